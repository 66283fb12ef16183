"""Changes to the register while it is in force: a small delta over an immutable base.

`apply` gives a new snapshot and leaves the old one as it was, so a batch in hand is judged by what
it started with. A snapshot has three layers, asked newest first: the `recent` changes, copied with
every update and therefore few; the `settled` ones, merged into once in a while; the base. So an
update costs microseconds however many came before, and a look-up two dictionary misses more.

What an update means
    add       a new account, or a new declaration of one that was withdrawn: the old period and id
              go (a tombstone), for the handle may have passed on to somebody else.
    change    a standing account anew. An id that the register holds stays where none is given: a
              reviewer bound it.
    withdraw  the account is inactive from `withdrawn_on`; events before that can still match it.
    bind      the account's immutable id, confirmed by a reviewer.

Whose account it is, is told by the pseudonyms in `subject_refs`; unknown ones are a new person.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final, Protocol

from config.errors import RegisterError
from matchers.active_period import declared_from, parse_day, withdrawn_from
from matchers.handle_keys import HandleKey, blocking_keys, take_apart
from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.overlay_layer import NOTHING
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson, RegisterIndex
from streams.records import RegisterUpdate

RECENT_MAX: Final = 64
"""Updates that are copied with each new one before they settle."""


class OverlayBase(RegisterIndex, Protocol):
    """What a register must answer, beyond look-ups, to be changed by updates."""

    @property
    def account_count(self) -> int: ...
    @property
    def person_count(self) -> int: ...
    def name_frequency(self, canonical_name: str) -> int: ...
    def person_by_ref(self, election_id: str, ref: str) -> int: ...


class OverlayRegister:
    """Implements :class:`matchers.types.RegisterIndex`; one snapshot, which never changes."""

    def __init__(self, base: OverlayBase) -> None:
        self._base = base
        self._settled = NOTHING
        self._recent = NOTHING
        self._recent_count = 0
        self._offset = base.overlay_offset
        self._sequence = -1
        self._size = base.size
        self._agencies = base.agencies
        self._account_count = base.account_count
        self._person_count = base.person_count

    def apply(self, update: RegisterUpdate, offset: int) -> "OverlayRegister":
        """The snapshot after `update`, the record of `register-updates` at `offset`.

        A record that the base includes already changes nothing. Raises RegisterError, naming the
        record by its offset, where it is refused; this snapshot is the same before and after.
        """
        if offset <= self._offset:
            return self
        try:
            after = self._with(update)
        except _RefusedError as refusal:
            raise RegisterError(
                f"register update {update.sequence} ({update.op}) at offset {offset} refused: "
                f"{refusal}. The register in force stays as it was."
            ) from None
        after._offset = offset
        after._sequence = update.sequence
        return after

    @property
    def version(self) -> str:
        return self._base.version

    @property
    def overlay_offset(self) -> int:
        return self._offset

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

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> Sequence[int]:
        rows = self._base.rows_by_account_id(keys)
        recent, settled = self._recent.ids, self._settled.ids
        if not recent and not settled:
            return rows
        return [recent.get(key, settled.get(key, row)) for key, row in zip(keys, rows, strict=True)]

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> Sequence[int]:
        rows = self._base.rows_by_handle(keys)
        recent, settled = self._recent.handles, self._settled.handles
        if not recent and not settled:
            return rows
        return [recent.get(key, settled.get(key, row)) for key, row in zip(keys, rows, strict=True)]

    def blocked_rows(self, platform: str, key: HandleKey) -> Sequence[int]:
        rows = self._base.blocked_rows(platform, key)
        recent, settled = self._recent.blocks, self._settled.blocks
        if not recent and not settled:
            return rows
        added: set[int] = set()
        for block in blocking_keys(key):
            added.update(recent.get((platform, block)) or settled.get((platform, block), ()))
        # Rows are only ever added behind those of the base, so the order holds.
        return [*rows, *sorted(added)] if added else rows

    def handle_key(self, row: int) -> HandleKey:
        added = self._recent.handle_keys.get(row) or self._settled.handle_keys.get(row)
        return added or self._base.handle_key(row)

    def account(self, row: int) -> RegisteredAccount:
        account = self._recent.accounts.get(row) or self._settled.accounts.get(row)
        return account or self._base.account(row)

    def person(self, person: int) -> RegisteredPerson:
        found = self._recent.people.get(person) or self._settled.people.get(person)
        if found is None:
            found = self._base.person(person)
        bearers = self.name_frequency(found.canonical_name)
        return found if bearers == found.name_frequency else replace(found, name_frequency=bearers)

    def name_frequency(self, canonical_name: str) -> int:
        more = self._recent.bearers.get(canonical_name)
        if more is None:
            more = self._settled.bearers.get(canonical_name, 0)
        return self._base.name_frequency(canonical_name) + more

    def subject_ref(self, election_id: str, person: int) -> str:
        key = election_id, person
        ref = self._recent.refs.get(key) or self._settled.refs.get(key)
        return ref or self._base.subject_ref(election_id, person)

    def elections(self) -> frozenset[str]:
        return self._base.elections()

    def person_by_ref(self, election_id: str, ref: str) -> int:
        key = election_id, ref
        person = self._recent.ref_people.get(key, self._settled.ref_people.get(key))
        return self._base.person_by_ref(election_id, ref) if person is None else person

    def _with(self, update: RegisterUpdate) -> "OverlayRegister":
        if update.sequence <= self._sequence:
            raise _RefusedError(
                f"its sequence number is not above {self._sequence}, which is in force"
            )
        handle = normalise(update.platform, update.handle)
        if handle is None:
            raise _RefusedError("its handle cannot be one on that platform")
        (row,) = self.rows_by_handle([(update.platform, handle)])
        after = self._next_snapshot()
        match update.op:
            case "add":
                after._add(update, handle, row)
            case "change":
                after._change(update, _known(row))
            case "withdraw":
                after._withdraw(update, _known(row))
            case "bind":
                after._bind(update, _known(row))
        return after

    def _next_snapshot(self) -> "OverlayRegister":
        after = OverlayRegister.__new__(OverlayRegister)
        after.__dict__.update(self.__dict__)
        if self._recent_count >= RECENT_MAX:
            after._settled = self._settled.under(self._recent)
            after._recent, after._recent_count = NOTHING.copy(), 1
        else:
            after._recent, after._recent_count = self._recent.copy(), self._recent_count + 1
        return after

    # The four operations change a snapshot that nobody has seen yet. Each checks first.

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
        self._recent.accounts[row] = RegisteredAccount(
            platform=update.platform,
            handle=handle,
            account_id=update.account_id,
            person=person,
            declared_from=declared_from(declared),
            withdrawn_from=None if withdrawn is None else withdrawn_from(withdrawn),
        )
        self._recent.handles[update.platform, handle] = row
        if update.account_id is not None:
            self._recent.ids[update.platform, update.account_id] = row
        handle_key = take_apart(update.platform, handle)
        self._recent.handle_keys[row] = handle_key
        for key in blocking_keys(handle_key):
            block = update.platform, key
            rows = self._recent.blocks.get(block) or self._settled.blocks.get(block, ())
            self._recent.blocks[block] = (*rows, row)

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
        account_id = update.account_id or before.account_id
        if account_id != before.account_id:
            self._forget_id(before)
            self._recent.ids[update.platform, str(account_id)] = row
        self._size += (withdrawn is None) - (before.withdrawn_from is None)
        self._recent.accounts[row] = replace(
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
        self._recent.accounts[row] = replace(before, withdrawn_from=withdrawn_from(day))

    def _bind(self, update: RegisterUpdate, row: int) -> None:
        if update.account_id is None:
            raise _RefusedError("it carries no account id")
        self._check_id_free(update, row)
        before = self.account(row)
        if before.account_id not in (None, update.account_id):
            raise _RefusedError("the account is bound to another id; send a change")
        self._recent.accounts[row] = replace(before, account_id=update.account_id)
        self._recent.ids[update.platform, update.account_id] = row

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
            self._recent.ids[account.platform, account.account_id] = NO_ROW

    def _bury(self, row: int) -> None:
        """The old row can still be proposed by its blocking keys, but is active at no time."""
        account = self.account(row)
        self._forget_id(account)
        self._recent.accounts[row] = replace(
            account, account_id=None, withdrawn_from=account.declared_from
        )

    def _refs_of(self, update: RegisterUpdate) -> dict[str, str]:
        known = self.elections()
        refs = {one.election_id: one.ref for one in update.subject_refs}
        missing = sorted(known - refs.keys())
        if missing:
            raise _RefusedError(f"it lacks the pseudonym for election {', '.join(missing)}")
        return {election: ref for election, ref in refs.items() if election in known}

    def _person_of(self, refs: dict[str, str]) -> int:
        people = {self.person_by_ref(election, ref) for election, ref in refs.items()}
        if len(people) > 1:
            raise _RefusedError("its pseudonyms belong to different people")
        return people.pop() if people else NO_ROW

    def _new_person(self, update: RegisterUpdate, refs: dict[str, str]) -> int:
        person = self._person_count
        self._person_count += 1
        for election, ref in refs.items():
            self._recent.refs[election, person] = ref
            self._recent.ref_people[election, ref] = person
        self._write_person(person, update, "")
        return person

    def _describe(self, person: int, update: RegisterUpdate) -> None:
        """Bring what is known of a person up to date; a name that is not given stays."""
        self._write_person(person, update, self.person(person).canonical_name)

    def _write_person(self, person: int, update: RegisterUpdate, name_before: str) -> None:
        name = name_before if update.name is None else canonical_name(update.name)
        if name != name_before:
            for changed, by in ((name_before, -1), (name, 1)):
                if changed:
                    more = self._recent.bearers.get(changed)
                    if more is None:
                        more = self._settled.bearers.get(changed, 0)
                    self._recent.bearers[changed] = more + by
        if update.agency_code:
            self._agencies |= {update.agency_code.upper()}
        self._recent.people[person] = RegisteredPerson(
            canonical_name=name,
            name_frequency=self.name_frequency(name),
            region_code=update.region_code,
            agency_code=update.agency_code,
        )


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
