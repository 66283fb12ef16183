"""The register in memory: dictionaries, quick to build and to ask, for up to some million accounts.

Two tables, accounts and people, joined by row number; three dictionaries over the accounts: by
immutable id, by handle, by blocking key. Nothing of it ever changes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from config.errors import RegisterError
from matchers.active_period import declared_from, withdrawn_from
from matchers.handle_keys import HandleKey, blocking_keys, take_apart
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson
from streams.records import PLATFORMS, Platform

NO_OFFSET: Final = -1


@dataclass(frozen=True, slots=True)
class RegisterTables:
    """The register as columns; one list item a row.

    Accounts: `platforms`, `handles` (normalised), `account_ids`, `people` (rows of the other
    table), `declared_on` and `withdrawn_on` (days since 1 Jan of year 1, as `date.toordinal`).
    People: `names` (canonical), `region_codes`, `agency_codes`. `refs` holds for each election
    the pseudonym of every person.
    """

    platforms: Sequence[Platform]
    handles: Sequence[str]
    account_ids: Sequence[str | None]
    people: Sequence[int]
    declared_on: Sequence[int]
    withdrawn_on: Sequence[int | None]
    names: Sequence[str]
    region_codes: Sequence[str | None]
    agency_codes: Sequence[str | None]
    version: str
    refs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    overlay_offset: int = NO_OFFSET


class MemoryRegister:
    """Implements :class:`matchers.types.RegisterIndex` over :class:`RegisterTables`."""

    def __init__(self, tables: RegisterTables) -> None:
        """Build the dictionaries. Raises RegisterError for columns of unequal length."""
        _check_lengths(tables)
        self._tables = tables
        self._handle_keys = [
            take_apart(platform, handle)
            for platform, handle in zip(tables.platforms, tables.handles, strict=True)
        ]
        self._by_handle = _by_platform(tables.platforms, tables.handles)
        self._by_id = _by_platform(tables.platforms, tables.account_ids)
        self._blocks = _block(tables.platforms, self._handle_keys)
        self._bearers = Counter(tables.names)
        self._agencies = frozenset(code.upper() for code in tables.agency_codes if code)
        self._size = sum(day is None for day in tables.withdrawn_on)
        self._ref_people: dict[str, dict[str, int]] = {}

    @property
    def version(self) -> str:
        return self._tables.version

    @property
    def overlay_offset(self) -> int:
        return self._tables.overlay_offset

    @property
    def size(self) -> int:
        return self._size

    @property
    def account_count(self) -> int:
        """Rows of the account table, withdrawn ones included."""
        return len(self._tables.handles)

    @property
    def person_count(self) -> int:
        return len(self._tables.names)

    @property
    def agencies(self) -> frozenset[str]:
        return self._agencies

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return _look_up(self._by_id, keys)

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return _look_up(self._by_handle, keys)

    def blocked_rows(self, platform: str, key: HandleKey) -> list[int]:
        block = self._blocks.get(platform)
        if block is None:
            return []
        rows: set[int] = set()
        for shared in blocking_keys(key):
            found = block.get(shared)
            if found is None:
                continue
            if isinstance(found, int):
                rows.add(found)
            else:
                rows.update(found)
        return sorted(rows)

    def handle_key(self, row: int) -> HandleKey:
        return self._handle_keys[row]

    def account(self, row: int) -> RegisteredAccount:
        tables = self._tables
        return RegisteredAccount(
            platform=tables.platforms[row],
            handle=tables.handles[row],
            account_id=tables.account_ids[row],
            person=tables.people[row],
            declared_from=_declaration(tables.declared_on[row]),
            withdrawn_from=_withdrawal(tables.withdrawn_on[row]),
        )

    def person(self, person: int) -> RegisteredPerson:
        tables = self._tables
        name = tables.names[person]
        return RegisteredPerson(
            canonical_name=name,
            name_frequency=self._bearers[name],
            region_code=tables.region_codes[person],
            agency_code=tables.agency_codes[person],
        )

    def name_frequency(self, canonical_name: str) -> int:
        """How many people in the register bear the name."""
        return self._bearers.get(canonical_name, 0)

    def subject_ref(self, election_id: str, person: int) -> str:
        refs = self._tables.refs.get(election_id)
        if refs is None:
            raise RegisterError(
                f"the register has no pseudonyms for election {election_id}. Build them beside it: "
                f"netral register refs DIR --election {election_id} --key-file KEY --vault OUT"
            )
        return refs[person]

    def elections(self) -> frozenset[str]:
        return frozenset(self._tables.refs)

    def person_by_ref(self, election_id: str, ref: str) -> int:
        """The person with this pseudonym, `NO_ROW` for none. The first call builds an index."""
        people = self._ref_people.get(election_id)
        if people is None:
            refs = self._tables.refs.get(election_id, ())
            people = {known: person for person, known in enumerate(refs)}
            self._ref_people[election_id] = people
        return people.get(ref, NO_ROW)


def _by_platform(
    platforms: Iterable[str], values: Iterable[str | None]
) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {platform: {} for platform in PLATFORMS}
    for row, (platform, value) in enumerate(zip(platforms, values, strict=True)):
        if value is not None:
            rows[platform][value] = row
    return rows


def _look_up(rows: Mapping[str, Mapping[str, int]], keys: Sequence[tuple[str, str]]) -> list[int]:
    try:
        return [rows[platform].get(value, NO_ROW) for platform, value in keys]
    except KeyError:  # a platform that nobody knows
        return [rows.get(platform, {}).get(value, NO_ROW) for platform, value in keys]


def _block(
    platforms: Iterable[str], handle_keys: Iterable[HandleKey]
) -> Mapping[str, Mapping[str, int | list[int]]]:
    """Blocking keys to rows, by platform. Most keys have one row, which needs no list."""
    blocks: dict[str, dict[str, int | list[int]]] = {}
    for row, (platform, handle_key) in enumerate(zip(platforms, handle_keys, strict=True)):
        block = blocks.setdefault(platform, {})
        for key in blocking_keys(handle_key):
            found = block.setdefault(key, row)
            if isinstance(found, list):
                found.append(row)
            elif found != row:
                block[key] = [found, row]
    return blocks


@lru_cache(maxsize=4_096)
def _declaration(day: int) -> datetime:
    return declared_from(date.fromordinal(day))


@lru_cache(maxsize=4_096)
def _withdrawal(day: int | None) -> datetime | None:
    return None if day is None else withdrawn_from(date.fromordinal(day))


def _check_lengths(tables: RegisterTables) -> None:
    accounts = len(tables.handles)
    people = len(tables.names)
    unequal = [
        name
        for name in ("platforms", "account_ids", "people", "declared_on", "withdrawn_on")
        if len(getattr(tables, name)) != accounts
    ] + [name for name in ("region_codes", "agency_codes") if len(getattr(tables, name)) != people]
    unequal += [
        f"refs of {election}" for election, refs in tables.refs.items() if len(refs) != people
    ]
    if unequal:
        raise RegisterError(
            f"register tables: {', '.join(unequal)} not as long as the others. Build it again."
        )
