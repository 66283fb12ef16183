"""Changes to the register while it is in force: a small delta over an immutable base.

A change is checked whole, then made whole, in microseconds however many came before. It is made
between two batches, so each batch is judged by one state. A look-up costs a dictionary miss more,
a proposal one set of hashes a batch.

What an update means
    add       a new account, or a new declaration of one that was withdrawn: the old period and id
              go (a tombstone), for the handle may have passed on to somebody else.
    change    a standing account anew. An id that the register holds stays where none is given: a
              reviewer bound it.
    withdraw  the account is inactive from `withdrawn_on`; events before that can still match it.
    bind      the account's immutable id, confirmed by a reviewer.

Whose account it is, is told by the pseudonyms in `subject_refs`; unknown ones are a new person.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from config.errors import RegisterError
from matchers.active_period import declared_from, parse_day, withdrawn_from
from matchers.handle_pairs import blocking_keys, compare, keys_of_batch
from matchers.handles import normalise
from matchers.names import parse_name
from matchers.register import ref_bytes
from matchers.run_table import Run, RunTable
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson, RegisterIndex
from streams.records import RegisterUpdate


class OverlayBase(RegisterIndex, Protocol):
    """What a register must answer, beyond look-ups, to be changed by updates."""

    @property
    def overlay_sequence(self) -> int: ...
    @property
    def account_count(self) -> int: ...
    @property
    def person_count(self) -> int: ...
    def name_frequency(self, canonical_name: str) -> int: ...
    def person_by_ref(self, election_id: str, ref: str) -> int: ...
    def rows_of_people(
        self, table: RunTable, people: Collection[int]
    ) -> Sequence[tuple[int, int]]: ...


class OverlayRegister:
    """Implements :class:`matchers.types.RegisterIndex`; changed by :meth:`apply` only."""

    def __init__(self, base: OverlayBase) -> None:
        self._base = base
        self._accounts: dict[int, RegisteredAccount] = {}
        self._people: dict[int, RegisteredPerson] = {}
        self._more_bearers: dict[str, int] = {}
        self._ids: dict[tuple[str, str], int] = {}
        """A row of `NO_ROW` says that the id names nobody now."""
        self._handles: dict[tuple[str, str], int] = {}
        self._blocks: dict[int, list[int]] = {}
        """Added rows by the hashes that their handles are filed under."""
        self._restated: set[int] = set()
        """The base's people with a row that may bear another name now than the base says."""
        self._refs: dict[tuple[str, int], str] = {}
        self._ref_people: dict[tuple[str, str], int] = {}
        self._offset = base.overlay_offset
        self._sequence = base.overlay_sequence
        self._size = base.size
        self._agencies = base.agencies
        self._account_count = base.account_count
        self._person_count = base.person_count

    def apply(self, update: RegisterUpdate, offset: int) -> bool:
        """Make the change of the record of `register-updates` at `offset`.

        False for a record that the base includes already. Raises RegisterError, naming the record
        by its offset, where it is refused; nothing is changed then.
        """
        if offset <= self._offset:
            return False
        try:
            self._make(update)
        except _RefusedError as refusal:
            raise RegisterError(
                f"register update {update.sequence} ({update.op}) at offset {offset} refused: "
                f"{refusal}. The register in force stays as it was."
            ) from None
        self._offset = offset
        self._sequence = update.sequence
        return True

    @property
    def base(self) -> OverlayBase:
        return self._base

    @property
    def changed_accounts(self) -> Mapping[int, RegisteredAccount]:
        """Every account that is not as in the base, by row; added ones have rows behind it."""
        return self._accounts

    @property
    def changed_people(self) -> Mapping[int, RegisteredPerson]:
        """Every person that is not as in the base; bearers as of when they were written."""
        return self._people

    @property
    def version(self) -> str:
        return self._base.version

    @property
    def overlay_offset(self) -> int:
        return self._offset

    @property
    def overlay_sequence(self) -> int:
        return self._sequence

    @property
    def size(self) -> int:
        return self._size

    @property
    def account_count(self) -> int:
        return self._account_count

    @property
    def person_count(self) -> int:
        return self._person_count

    @property
    def agencies(self) -> frozenset[str]:
        return self._agencies

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        rows = self._base.rows_by_account_id(keys)
        return _changed(rows, keys, self._ids) if self._ids else rows

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        rows = self._base.rows_by_handle(keys)
        return _changed(rows, keys, self._handles) if self._handles else rows

    def run_table(self, keys: Sequence[tuple[str, str]]) -> RunTable:
        table = self._base.run_table(keys)
        if not self._blocks or not keys:
            return table
        hashes, asked = keys_of_batch(keys)
        if self._blocks.keys().isdisjoint(hashes):
            return table
        filed: dict[int, set[int]] = {}
        for hashed, key in zip(hashes, asked, strict=True):
            if hashed in self._blocks:
                filed.setdefault(key, set()).update(self._blocks[hashed])
        added: dict[int, list[Run]] = {}
        for key, rows in filed.items():
            platform, handle = keys[key]
            for row in sorted(rows):
                account = self.account(row)
                levels = None
                if account.platform == platform:
                    levels = compare(platform, handle, account.handle)
                if levels is not None:
                    added.setdefault(key, []).append(Run(*levels, row, row + 1))
        return table.with_added(added)

    def propose(self, keys: Sequence[tuple[str, str]]) -> list[list[Run]]:
        """As :meth:`run_table`, as objects."""
        return self.run_table(keys).lists(len(keys))

    def rows_with_names(self, table: RunTable, names: Sequence[str]) -> dict[int, list[int]]:
        """As the base, by the names that hold now; one who was renamed is found by both names."""
        added = table.first >= self._base.account_count
        known = table.where(~added)
        rows = self._base.rows_with_names(known, names)
        changed = list(self._base.rows_of_people(known, self._restated)) if self._restated else []
        if added.any():
            more = table.where(added)
            changed += zip(more.asked.tolist(), more.first.tolist(), strict=True)
        for asked, row in changed:
            theirs = self.person(self.account(row).person).canonical_name
            found = rows.get(asked, [])
            if sorted(theirs.split()) == sorted(names[asked].split()) and row not in found:
                rows[asked] = sorted([*found, row])
        return rows

    def account(self, row: int) -> RegisteredAccount:
        return self._accounts.get(row) or self._base.account(row)

    def person(self, person: int) -> RegisteredPerson:
        found = self._people.get(person) or self._base.person(person)
        bearers = self.name_frequency(found.canonical_name) if self._more_bearers else 0
        if not bearers or bearers == found.name_frequency:
            return found
        return replace(found, name_frequency=bearers)

    def name_frequency(self, canonical_name: str) -> int:
        return self._base.name_frequency(canonical_name) + self._more_bearers.get(canonical_name, 0)

    def subject_ref(self, election_id: str, person: int) -> str:
        return self._refs.get((election_id, person)) or self._base.subject_ref(election_id, person)

    def elections(self) -> frozenset[str]:
        return self._base.elections()

    def person_by_ref(self, election_id: str, ref: str) -> int:
        person = self._ref_people.get((election_id, ref))
        return self._base.person_by_ref(election_id, ref) if person is None else person

    def handle_of(self, update: RegisterUpdate) -> str:
        """The update's handle in normal form, empty where it has none."""
        return normalise(update.platform, update.handle) or ""

    def _make(self, update: RegisterUpdate) -> None:
        if update.sequence <= self._sequence:
            raise _RefusedError(
                f"its sequence number is not above {self._sequence}, which is in force"
            )
        handle = self.handle_of(update)
        if not handle:
            raise _RefusedError("its handle cannot be one on that platform")
        (row,) = self.rows_by_handle([(update.platform, handle)])
        match update.op:
            case "add":
                self._add(update, handle, row)
            case "change":
                self._change(update, _known(row))
            case "withdraw":
                self._withdraw(update, _known(row))
            case "bind":
                self._bind(update, _known(row))

    # Each of the four operations checks everything before it changes anything.

    def _add(self, update: RegisterUpdate, handle: str, standing_row: int) -> None:
        if standing_row != NO_ROW and self.account(standing_row).withdrawn_from is None:
            raise _RefusedError("the account stands already; send a change")
        declared, withdrawn = _declaration(update)
        refs = self._refs_of(update)
        self._check_id_free(update, standing_row)
        person = self._person_of(refs)
        if person == NO_ROW:
            person = self._new_person(update, refs)
        if standing_row != NO_ROW:
            self._bury(standing_row)
        row = self._account_count
        self._account_count += 1
        self._size += withdrawn is None
        self._accounts[row] = RegisteredAccount(
            platform=update.platform,
            handle=handle,
            account_id=update.account_id,
            person=person,
            declared_from=declared_from(declared),
            withdrawn_from=None if withdrawn is None else withdrawn_from(withdrawn),
        )
        self._handles[update.platform, handle] = row
        if update.account_id is not None:
            self._ids[update.platform, update.account_id] = row
        for hashed in blocking_keys(update.platform, handle):
            self._blocks.setdefault(hashed, []).append(row)

    def _change(self, update: RegisterUpdate, row: int) -> None:
        declared, withdrawn = _declaration(update)
        refs = self._refs_of(update)
        self._check_id_free(update, row)
        before = self.account(row)
        person = self._person_of(refs) if refs else before.person
        if person == NO_ROW:
            person = self._new_person(update, refs)
        else:
            self._describe(person, update)
        if person != before.person:
            self._restated.add(before.person)
        account_id = update.account_id or before.account_id
        if account_id != before.account_id:
            self._forget_id(before)
            self._ids[update.platform, str(account_id)] = row
        self._size += (withdrawn is None) - (before.withdrawn_from is None)
        self._accounts[row] = replace(
            before,
            account_id=account_id,
            person=person,
            declared_from=declared_from(declared),
            withdrawn_from=None if withdrawn is None else withdrawn_from(withdrawn),
        )

    def _withdraw(self, update: RegisterUpdate, row: int) -> None:
        day = None if update.withdrawn_on is None else parse_day(update.withdrawn_on)
        if day is None:
            raise _RefusedError("withdrawn_on is missing or no day written YYYY-MM-DD")
        before = self.account(row)
        if before.withdrawn_from is not None and withdrawn_from(day) > before.withdrawn_from:
            raise _RefusedError("the account was withdrawn on an earlier day")
        self._size -= before.withdrawn_from is None
        self._accounts[row] = replace(before, withdrawn_from=withdrawn_from(day))

    def _bind(self, update: RegisterUpdate, row: int) -> None:
        if update.account_id is None:
            raise _RefusedError("it carries no account id")
        self._check_id_free(update, row)
        before = self.account(row)
        if before.account_id not in (None, update.account_id):
            raise _RefusedError("the account is bound to another id; send a change")
        self._accounts[row] = replace(before, account_id=update.account_id)
        self._ids[update.platform, update.account_id] = row

    def _check_id_free(self, update: RegisterUpdate, row: int) -> None:
        if update.account_id is None:
            return
        (holder,) = self.rows_by_account_id([(update.platform, update.account_id)])
        if holder not in (NO_ROW, row):
            raise _RefusedError(
                "its account id belongs to another handle; withdraw or change that first"
            )

    def _forget_id(self, account: RegisteredAccount) -> None:
        if account.account_id is not None:
            self._ids[account.platform, account.account_id] = NO_ROW

    def _bury(self, row: int) -> None:
        """The old row can still be proposed by its blocking keys, but is active at no time."""
        account = self.account(row)
        self._forget_id(account)
        self._accounts[row] = replace(
            account, account_id=None, withdrawn_from=account.declared_from
        )

    def _refs_of(self, update: RegisterUpdate) -> dict[str, str]:
        known = self.elections()
        refs = {one.election_id: one.ref for one in update.subject_refs}
        missing = sorted(known - refs.keys())
        if missing:
            raise _RefusedError(f"it lacks the pseudonym for election {', '.join(missing)}")
        refs = {election: ref for election, ref in refs.items() if election in known}
        strange = sorted(election for election, ref in refs.items() if ref_bytes(ref) is None)
        if strange:
            raise _RefusedError(
                f"its pseudonym for election {', '.join(strange)} is none: s and 32 hexadecimal "
                "digits"
            )
        return refs

    def _person_of(self, refs: dict[str, str]) -> int:
        people = {self.person_by_ref(election, ref) for election, ref in refs.items()}
        if len(people) > 1:
            raise _RefusedError("its pseudonyms belong to different people")
        return people.pop() if people else NO_ROW

    def _new_person(self, update: RegisterUpdate, refs: dict[str, str]) -> int:
        person = self._person_count
        self._person_count += 1
        for election, ref in refs.items():
            self._refs[election, person] = ref
            self._ref_people[election, ref] = person
        self._write_person(person, update, None)
        return person

    def _describe(self, person: int, update: RegisterUpdate) -> None:
        """Bring what is known of a person up to date; a name that is not given stays."""
        self._write_person(person, update, self.person(person))

    def _write_person(
        self, person: int, update: RegisterUpdate, before: RegisteredPerson | None
    ) -> None:
        name, titles = before.canonical_name if before else "", before.titles if before else 0
        if update.name is not None:
            name, titles = parse_name(update.name)
        if before is None or name != before.canonical_name:
            if before is not None:
                self._count_bearers(before.canonical_name, -1)
                self._restated.add(person)
            self._count_bearers(name, 1)
        if update.agency_code:
            self._agencies |= {update.agency_code.upper()}
        self._people[person] = RegisteredPerson(
            canonical_name=name,
            name_frequency=self.name_frequency(name),
            titles=titles,
            region_code=update.region_code,
            agency_code=update.agency_code,
        )

    def _count_bearers(self, name: str, more: int) -> None:
        if name:
            self._more_bearers[name] = self._more_bearers.get(name, 0) + more


def _changed(
    rows: list[int], keys: Sequence[tuple[str, str]], changes: Mapping[tuple[str, str], int]
) -> list[int]:
    return [changes.get(key, row) for key, row in zip(keys, rows, strict=True)]


class _RefusedError(Exception):
    """Why an update is refused; never leaves this module."""


def _known(row: int) -> int:
    if row == NO_ROW:
        raise _RefusedError("the register has no such account; send an add")
    return row


def _declaration(update: RegisterUpdate) -> tuple[date, date | None]:
    if not (update.declared_on and update.declaration_ref):
        raise _RefusedError("it carries no declaration (declared_on and declaration_ref)")
    declared = parse_day(update.declared_on)
    if declared is None:
        raise _RefusedError("declared_on is no day written YYYY-MM-DD")
    if update.withdrawn_on is None:
        return declared, None
    withdrawn = parse_day(update.withdrawn_on)
    if withdrawn is None:
        raise _RefusedError("withdrawn_on is no day written YYYY-MM-DD")
    if withdrawn < declared:
        raise _RefusedError("it was withdrawn before it was declared")
    return declared, withdrawn
