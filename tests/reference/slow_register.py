"""The register as a plain list: every look-up walks all of it. Slow, and easy to believe."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, timezone

from lists.refs import subject_ref
from matchers.handles import normalise
from matchers.names import canonical_name, parse_name
from matchers.run_table import Run, RunTable
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson
from synth.register import SourceRow
from tests.reference.slow_handles import slow_compare

WIB = timezone(timedelta(hours=7))
WIT = timezone(timedelta(hours=9))


class SlowRegister:
    """Implements `matchers.types.RegisterIndex` over source rows that are all in order."""

    def __init__(
        self, rows: Sequence[SourceRow], version: str, secret: bytes, elections: frozenset[str]
    ) -> None:
        self._accounts = []
        self._persons: list[SourceRow] = []
        numbers: dict[str, int] = {}
        for row in rows:
            if row.person_id not in numbers:
                numbers[row.person_id] = len(self._persons)
                self._persons.append(row)
            handle = normalise(row.platform, row.handle)
            assert handle is not None
            withdrawn = row.withdrawn_on
            self._accounts.append(
                RegisteredAccount(
                    platform=row.platform,
                    handle=handle,
                    account_id=row.account_id,
                    person=numbers[row.person_id],
                    # In force from the end of the day of declaration, wherever in Indonesia, ...
                    declared_from=datetime.combine(
                        row.declared_on + timedelta(days=1), time(), WIB
                    ).astimezone(UTC),
                    # ... until the day of withdrawal begins anywhere in Indonesia.
                    withdrawn_from=None
                    if withdrawn is None
                    else datetime.combine(withdrawn, time(), WIT).astimezone(UTC),
                )
            )
        self._version = version
        self._secret = secret
        self._elections = elections

    @property
    def version(self) -> str:
        return self._version

    @property
    def overlay_offset(self) -> int:
        return -1

    @property
    def size(self) -> int:
        return sum(account.withdrawn_from is None for account in self._accounts)

    @property
    def agencies(self) -> frozenset[str]:
        return frozenset(person.agency_code.upper() for person in self._persons)

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return [self._first(lambda a, key=key: (a.platform, a.account_id) == key) for key in keys]

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return [self._first(lambda a, key=key: (a.platform, a.handle) == key) for key in keys]

    def _first(self, wanted) -> int:  # type: ignore[no-untyped-def]
        for row, account in enumerate(self._accounts):
            if wanted(account):
                return row
        return NO_ROW

    def run_table(self, keys: Sequence[tuple[str, str]]) -> RunTable:
        return RunTable.of(self.propose(keys))

    def propose(self, keys: Sequence[tuple[str, str]]) -> list[list[Run]]:
        return [
            [
                Run(*levels, row, row + 1)
                for row, account in enumerate(self._accounts)
                if account.platform == platform
                and (levels := slow_compare(platform, handle, account.handle)) is not None
            ]
            for platform, handle in keys
        ]

    def rows_with_names(self, table: RunTable, names: Sequence[str]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for asked, runs in enumerate(table.lists(len(names))):
            words = sorted(names[asked].split())
            for run in runs:
                for row in range(run.first, run.last):
                    theirs = self.person(self._accounts[row].person).canonical_name
                    if sorted(theirs.split()) == words:
                        found.setdefault(asked, []).append(row)
        return found

    def account(self, row: int) -> RegisteredAccount:
        return self._accounts[row]

    def person(self, person: int) -> RegisteredPerson:
        source = self._persons[person]
        name, titles = parse_name(source.name)
        bearers = sum(canonical_name(other.name) == name for other in self._persons)
        return RegisteredPerson(name, bearers, titles, source.region_code, source.agency_code)

    def subject_ref(self, election_id: str, person: int) -> str:
        return subject_ref(self._secret, election_id, self._persons[person].person_id)

    def elections(self) -> frozenset[str]:
        return self._elections
