"""The register with updates on top, against a plain list that is scanned from end to end."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from matchers.active_period import declared_from, withdrawn_from
from matchers.handle_keys import blocking_keys, take_apart
from matchers.names import canonical_name
from matchers.register_overlay import RECENT_MAX, OverlayRegister
from matchers.types import NO_ROW, RegisterIndex
from streams.records import RegisterUpdate, SubjectRef
from tests.matchers.people import Row, handles_of, register_of

REFS = {"e1": {"p1": "s1", "p2": "s2"}, "e2": {"p1": "t1", "p2": "t2"}}
ROWS = (
    Row("budi.s", "7"),
    Row("budi_s", None),
    Row("siti.rahma", None, "p2", "Siti Rahma"),
    Row("gone", "9", "p2", "Siti Rahma", withdrawn_on=date(2024, 3, 1)),
)


def overlay() -> OverlayRegister:
    return OverlayRegister(register_of(*ROWS, refs=REFS))


def update(
    op: Any, handle: str, sequence: int = 1, person: str | None = "3", **given: Any
) -> RegisterUpdate:
    fields: dict[str, Any] = {}
    if op in ("add", "change"):
        fields = {"declared_on": "2024-02-01", "declaration_ref": "D/1", "name": "Joko Susilo"}
        if person is not None:
            fields["subject_refs"] = (
                SubjectRef(election_id="e1", ref=f"s{person}"),
                SubjectRef(election_id="e2", ref=f"t{person}"),
            )
    fields |= given
    return RegisterUpdate(
        schema=1,
        sequence=sequence,
        op=op,
        platform="instagram",
        handle=handle,
        **fields,
    )


def blocked(register: RegisterIndex, handle: str) -> list[int]:
    return list(register.blocked_rows("instagram", take_apart("instagram", handle)))


def row_of(register: RegisterIndex, handle: str) -> int:
    return register.rows_by_handle([("instagram", handle)])[0]


def row_of_id(register: RegisterIndex, account_id: str) -> int:
    return register.rows_by_account_id([("instagram", account_id)])[0]


def everything(register: RegisterIndex) -> object:
    """All that can be asked of a small register."""
    handles = ["budi.s", "budi_s", "siti.rahma", "gone", "new.one", "joko"]
    rows = [row_of(register, handle) for handle in handles]
    known = sorted({row for row in rows if row != NO_ROW})
    return (
        register.version,
        register.overlay_offset,
        register.size,
        rows,
        [row_of_id(register, str(number)) for number in range(12)],
        [blocked(register, handle) for handle in handles],
        [register.account(row) for row in known],
        [register.person(register.account(row).person) for row in known],
        [register.subject_ref("e1", register.account(row).person) for row in known],
    )


def test_add_change_withdraw_bind() -> None:
    before = overlay()
    seen = everything(before)
    added = before.apply(update("add", "@New.One", 1, account_id="1"), 0)
    changed = added.apply(update("change", "new.one", 2, name="Joko Susanto"), 1)
    bound = changed.apply(update("bind", "budi_s", 3, account_id="8"), 2)
    last = bound.apply(update("withdraw", "budi.s", 4, withdrawn_on="2024-06-01"), 3)
    assert everything(before) == seen, "a snapshot never changes"
    row = row_of(last, "new.one")
    assert last.account(row).account_id == "1", "a change without an id keeps the one there is"
    assert last.person(last.account(row).person).canonical_name == "joko susanto"
    assert last.person(last.account(row).person).name_frequency == 1
    assert last.subject_ref("e2", last.account(row).person) == "t3"
    assert row_of_id(last, "8") == row_of(last, "budi_s")
    assert last.account(row_of(last, "budi.s")).withdrawn_from == withdrawn_from(date(2024, 6, 1))
    assert (last.size, last.overlay_offset, last.elections()) == (3, 3, frozenset({"e1", "e2"}))
    assert handles_of(added, blocked(added, "new_one"))[-1:] == ["new.one"]
    assert blocked(before, "newone") == []


def test_a_known_pseudonym_is_the_known_person() -> None:
    after = overlay().apply(update("add", "new.one", person="1"), 0)
    assert after.account(row_of(after, "new.one")).person == 0


def test_a_new_declaration_after_a_withdrawal_buries_the_old_one() -> None:
    after = overlay().apply(update("add", "gone", account_id="10"), 0)
    row = row_of(after, "gone")
    assert row >= len(ROWS)
    assert row_of_id(after, "9") == NO_ROW
    assert row_of_id(after, "10") == row
    old = after.account(3)
    assert not old.active_at(old.declared_from)


def test_what_the_base_includes_changes_nothing() -> None:
    register = OverlayRegister(register_of(*ROWS, refs=REFS, overlay_offset=5))
    assert register.apply(update("add", "new.one"), 5) is register
    assert register.apply(update("add", "new.one"), 6) is not register


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (update("add", "new.one", 0), "sequence number"),
        (update("add", "no handle!"), "cannot be one"),
        (update("add", "budi.s"), "stands already"),
        (update("add", "new.one", declared_on=None), "no declaration"),
        (update("add", "new.one", declaration_ref=None), "no declaration"),
        (update("add", "new.one", declared_on="01-02-2024"), "declared_on is no day"),
        (update("add", "new.one", withdrawn_on="soon"), "withdrawn_on is no day"),
        (update("add", "new.one", withdrawn_on="2024-01-01"), "before it was declared"),
        (update("add", "new.one", account_id="7"), "belongs to another handle"),
        (update("add", "new.one", person=None), "election e1, e2"),
        (
            update("add", "new.one", subject_refs=(SubjectRef(election_id="e1", ref="s1"),)),
            "election e2",
        ),
        (
            update(
                "add",
                "new.one",
                subject_refs=(
                    SubjectRef(election_id="e1", ref="s1"),
                    SubjectRef(election_id="e2", ref="t2"),
                ),
            ),
            "different people",
        ),
        (update("change", "new.one"), "no such account"),
        (update("change", "budi_s", account_id="7"), "belongs to another handle"),
        (update("change", "budi_s", declared_on=None), "no declaration"),
        (update("withdraw", "new.one", withdrawn_on="2024-06-01"), "no such account"),
        (update("withdraw", "budi.s"), "withdrawn_on is missing"),
        (update("withdraw", "gone", withdrawn_on="2024-06-01"), "earlier day"),
        (update("bind", "new.one", account_id="1"), "no such account"),
        (update("bind", "budi_s"), "no account id"),
        (update("bind", "budi_s", account_id="7"), "belongs to another handle"),
        (update("bind", "budi.s", account_id="8"), "bound to another id"),
    ],
)
def test_refused_updates_change_nothing(refused: RegisterUpdate, reason: str) -> None:
    register = overlay().apply(update("bind", "siti.rahma", 0, account_id="11"), 0)
    seen = everything(register)
    with pytest.raises(RegisterError, match=reason) as error:
        register.apply(refused, 1)
    assert "offset 1" in str(error.value)
    assert everything(register) == seen
    assert register.apply(update("add", "joko", 1), 2).size == register.size + 1


# A plain list of accounts, newest last, to compare with.


@dataclass(frozen=True)
class Plain:
    handle: str
    account_id: str | None
    person: str
    withdrawn: bool
    name: str = ""


def _apply_plainly(accounts: list[Plain], change: RegisterUpdate) -> list[Plain] | None:
    """The list after the update, None where it must be refused."""
    mine = [one for one in accounts if one.handle == change.handle]
    holder = [one for one in accounts if change.account_id and one.account_id == change.account_id]
    if any(one.handle != change.handle for one in holder):
        return None
    rest = [one for one in accounts if one.handle != change.handle]
    person = change.subject_refs[0].ref if change.subject_refs else ""
    if change.op == "add":
        if mine and not mine[0].withdrawn:
            return None
        return [*rest, Plain(change.handle, change.account_id, person, False)]
    if not mine:
        return None
    (old,) = mine
    if change.op == "change":
        new = replace(
            old, account_id=change.account_id or old.account_id, person=person, withdrawn=False
        )
    elif change.op == "withdraw":
        new = replace(old, withdrawn=True)
    elif old.account_id not in (None, change.account_id):
        return None
    else:
        new = replace(old, account_id=change.account_id)
    return [*rest, new]


_HANDLES = ["budisan", "budi.san", "bud1san", "budisann", "budis", "sitirahma", "siti_rahma"]
_CHANGES = st.tuples(
    st.sampled_from(["add", "add", "change", "withdraw", "bind"]),
    st.sampled_from(_HANDLES),
    st.sampled_from([None, "1", "2", "3"]),
    st.sampled_from("1234"),
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_HANDLES), st.sampled_from([None, "4", "5"])),
        max_size=4,
        unique_by=(lambda row: row[0], lambda row: row[1] or row[0]),
    ),
    st.lists(_CHANGES, max_size=RECENT_MAX // 2 + 20),
    st.sampled_from([1, 5, 10]),
)
def test_any_sequence_of_updates_against_a_full_scan(
    start: list[tuple[str, str | None]],
    changes: list[tuple[str, str, str | None, str]],
    repeats: int,
) -> None:
    refs = {"e1": {f"p{n}": f"s{n}" for n in range(1, 5)}}
    base = register_of(
        *[Row(handle, id_) for handle, id_ in start], refs=refs if start else {"e1": {}}
    )
    register = OverlayRegister(base)
    accounts = [Plain(handle, account_id, "s1", False) for handle, account_id in start]
    for number, (op, handle, account_id, person) in enumerate(changes * repeats):
        given_id = account_id or "1" if op == "bind" else account_id
        fields: dict[str, Any] = {"account_id": given_id}
        if op == "withdraw":
            fields = {"withdrawn_on": "2024-03-01"}
        elif op != "bind":
            fields["subject_refs"] = (SubjectRef(election_id="e1", ref=f"s{person}"),)
        change = update(op, handle, number, person=None, **fields)
        expected = _apply_plainly(accounts, change)
        try:
            register = register.apply(change, number)
        except RegisterError:
            assert expected is None
        else:
            assert expected is not None
            accounts = expected
    _compare(register, accounts)


def _compare(register: OverlayRegister, accounts: list[Plain]) -> None:
    by_handle = {one.handle: one for one in accounts}
    by_id = {one.account_id: one for one in accounts if one.account_id}
    assert register.size == sum(not one.withdrawn for one in accounts)
    for handle in _HANDLES:
        row, one = row_of(register, handle), by_handle.get(handle)
        assert (row == NO_ROW) == (one is None)
        if one is None:
            continue
        account = register.account(row)
        assert (account.handle, account.account_id) == (one.handle, one.account_id)
        assert (account.withdrawn_from is not None) == one.withdrawn
        assert register.subject_ref("e1", account.person) == one.person
        assert register.handle_key(row) == take_apart("instagram", handle)
    for account_id in "12345":
        row = row_of_id(register, account_id)
        found = None if row == NO_ROW else register.account(row).handle
        assert found == (by_id[account_id].handle if account_id in by_id else None)
    for handle in [*_HANDLES, "budisen", "xbudisan", "other"]:
        keys = set(blocking_keys(take_apart("instagram", handle)))
        sharing = {
            one.handle
            for one in accounts
            if keys & set(blocking_keys(take_apart("instagram", one.handle)))
        }
        rows = blocked(register, handle)
        assert rows == sorted(set(rows))
        standing = [row for row in rows if row_of(register, register.account(row).handle) == row]
        assert set(handles_of(register, standing)) == sharing


def test_an_update_costs_the_same_after_many() -> None:
    """A snapshot copies its recent changes only, however many have settled."""
    register = overlay()
    for number in range(20 * RECENT_MAX):
        register = register.apply(
            update("add", f"new{number}x", number, person=f"n{number}"), number
        )
    assert register.size == 3 + 20 * RECENT_MAX
    assert len(register._recent.accounts) <= RECENT_MAX
    assert register.person(register.account(row_of(register, "new5x")).person).name_frequency == (
        20 * RECENT_MAX
    )


def test_people_are_described_by_the_newest_change() -> None:
    register = overlay()
    frequency = register.person(0).name_frequency
    after = register.apply(update("change", "budi.s", person="1", name="Dra. Sri Wahyuni"), 0)
    assert after.person(0).canonical_name == canonical_name("Sri Wahyuni")
    assert after.name_frequency("budi sasmitho") == frequency - 1
    assert after.account(0).declared_from == declared_from(date(2024, 2, 1))
