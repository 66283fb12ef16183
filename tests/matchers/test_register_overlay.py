"""The register with updates on top, against a plain list that is scanned from end to end."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from matchers.active_period import declared_from, withdrawn_from
from matchers.evidence_levels import DigitLevel, HandleLevel
from matchers.names import TITLES, canonical_name
from matchers.register_overlay import OverlayRegister
from matchers.run_table import Run, RunTable
from matchers.types import NO_ROW, RegisterIndex
from streams.records import RegisterUpdate, SubjectRef
from tests.matchers.people import Row, handles_of, pseudonym, register_of
from tests.reference.slow_handles import slow_compare


def refs_of(*people: str) -> dict[str, dict[str, str]]:
    """Election → person → pseudonym."""
    return {
        election: {person: pseudonym(f"{election} {person}") for person in people}
        for election in ("e1", "e2")
    }


def subject_refs(first: str, second: str | None = None) -> tuple[SubjectRef, ...]:
    """A person's pseudonyms in both elections; `second` for a mix of two people's."""
    return tuple(
        SubjectRef(election_id=election, ref=pseudonym(f"{election} {person}"))
        for election, person in (("e1", first), ("e2", second or first))
    )


ROWS = (
    Row("budi.s", "7"),
    Row("budi_s", None),
    Row("gone", "9", "p2", "Siti Rahma", withdrawn_on=date(2024, 3, 1)),
    Row("siti.rahma", None, "p2", "Siti Rahma"),
)


def overlay() -> OverlayRegister:
    return OverlayRegister(register_of(*ROWS, refs=refs_of("p1", "p2")))


def update(
    op: Any, handle: str, sequence: int = 1, person: str | None = "p3", **given: Any
) -> RegisterUpdate:
    fields: dict[str, Any] = {}
    if op in ("add", "change"):
        fields = {"declared_on": "2024-02-01", "declaration_ref": "D/1", "name": "Joko Susilo"}
        if person is not None:
            fields["subject_refs"] = subject_refs(person)
    fields |= given
    return RegisterUpdate(
        schema=1,
        sequence=sequence,
        op=op,
        platform="instagram",
        handle=handle,
        **fields,
    )


def row_of(register: RegisterIndex, handle: str) -> int:
    return register.rows_by_handle([("instagram", handle)])[0]


def row_of_id(register: RegisterIndex, account_id: str) -> int:
    return register.rows_by_account_id([("instagram", account_id)])[0]


def proposed(register: RegisterIndex, handle: str) -> dict[int, tuple[HandleLevel, DigitLevel]]:
    """Levels by row; no row may be proposed twice."""
    (runs,) = register.propose([("instagram", handle)])
    rows = [(row, (run.handle, run.digits)) for run in runs for row in range(run.first, run.last)]
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def everything(register: OverlayRegister) -> object:
    """All that can be asked of a small register."""
    handles = ["budi.s", "budi_s", "siti.rahma", "gone", "new.one", "joko"]
    rows = [row_of(register, handle) for handle in handles]
    return (
        register.version,
        register.overlay_offset,
        register.overlay_sequence,
        register.size,
        register.account_count,
        register.person_count,
        register.agencies,
        rows,
        [row_of_id(register, str(number)) for number in range(12)],
        [proposed(register, handle) for handle in handles],
        [register.account(row) for row in range(register.account_count)],
        [register.person(person) for person in range(register.person_count)],
        [
            register.subject_ref(election, person)
            for election in ("e1", "e2")
            for person in range(register.person_count)
        ],
        [
            register.person_by_ref("e1", pseudonym(f"e1 {person}"))
            for person in ("p1", "p2", "p3", "p4")
        ],
        [register.name_frequency(name) for name in ("budi sasmitho", "siti rahma", "joko susilo")],
    )


def test_add_change_withdraw_bind() -> None:
    register = overlay()
    assert proposed(register, "newone") == {}
    assert register.apply(
        update("add", "@New.One", 1, account_id="1", name="Drs. Joko Susilo", agency_code="bkn"), 0
    )
    row = row_of(register, "new.one")
    assert row == len(ROWS)
    assert proposed(register, "new_one") == {row: (HandleLevel.SEPARATORS, DigitLevel.NONE)}
    assert proposed(register, "newoine") == {row: (HandleLevel.INSERTED, DigitLevel.NONE)}
    person = register.account(row).person
    assert register.person(person).titles == 1 << TITLES.index("drs")
    assert register.agencies == {"BKPSDM", "BKN"}
    assert register.apply(update("change", "new.one", 2, name="Joko Susanto"), 1)
    assert register.account(row).account_id == "1", "a change without an id keeps the one there is"
    assert register.person(person).canonical_name == "joko susanto"
    assert (register.person(person).name_frequency, register.person(person).titles) == (1, 0)
    assert register.name_frequency("joko susilo") == 0
    assert register.apply(update("bind", "budi_s", 3, account_id="8"), 2)
    assert row_of_id(register, "8") == row_of(register, "budi_s")
    assert register.apply(update("withdraw", "budi.s", 4, withdrawn_on="2024-06-01"), 3)
    assert register.account(row_of(register, "budi.s")).withdrawn_from == withdrawn_from(
        date(2024, 6, 1)
    )
    assert register.subject_ref("e2", person) == pseudonym("e2 p3")
    assert (register.size, register.overlay_offset, register.overlay_sequence) == (3, 3, 4)
    assert register.elections() == {"e1", "e2"}


def test_the_base_never_changes() -> None:
    base = register_of(*ROWS, refs=refs_of("p1", "p2"))
    before = everything(OverlayRegister(base))
    register = OverlayRegister(base)
    for sequence, (op, handle, more) in enumerate(
        [
            ("add", "new.one", {"account_id": "1"}),
            ("change", "budi.s", {"person": "p1", "account_id": "2"}),
            ("bind", "siti.rahma", {"account_id": "3"}),
            ("withdraw", "budi_s", {"withdrawn_on": "2024-06-01"}),
            ("add", "gone", {"account_id": "9"}),
        ]
    ):
        assert register.apply(update(op, handle, sequence, **more), sequence)
    assert everything(register) != before
    assert everything(OverlayRegister(base)) == before


def test_a_known_pseudonym_is_the_known_person() -> None:
    register = overlay()
    register.apply(update("add", "new.one", person="p1"), 0)
    assert register.account(row_of(register, "new.one")).person == 0
    register.apply(update("add", "other.one", 2, person="p3"), 1)
    register.apply(update("add", "third.one", 3, person="p3"), 2)
    people = [register.account(row_of(register, one)).person for one in ("other.one", "third.one")]
    assert people == [2, 2]
    assert register.person_count == 3


def test_a_new_declaration_after_a_withdrawal_buries_the_old_one() -> None:
    register = overlay()
    old_row = row_of(register, "gone")
    register.apply(update("add", "gone", account_id="10"), 0)
    row = row_of(register, "gone")
    assert row >= len(ROWS)
    assert row_of_id(register, "9") == NO_ROW
    assert row_of_id(register, "10") == row
    old = register.account(old_row)
    assert not old.active_at(old.declared_from)
    assert set(proposed(register, "g.one")) == {old_row, row}


def test_a_new_declaration_may_keep_the_id() -> None:
    register = overlay()
    register.apply(update("add", "gone", account_id="9"), 0)
    assert row_of_id(register, "9") == row_of(register, "gone") == len(ROWS)


def test_what_the_base_includes_changes_nothing() -> None:
    refs = refs_of("p1", "p2")
    register = OverlayRegister(register_of(*ROWS, refs=refs, overlay_offset=5))
    before = everything(register)
    assert register.apply(update("add", "new.one"), 5) is False
    assert everything(register) == before
    assert register.apply(update("add", "new.one"), 6) is True
    assert register.apply(update("add", "new.two", 2), 6) is False
    assert row_of(register, "new.two") == NO_ROW


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
        (update("add", "gone", account_id="7"), "belongs to another handle"),
        (update("add", "new.one", person=None), "election e1, e2"),
        (update("add", "new.one", subject_refs=subject_refs("p1")[:1]), "election e2"),
        (update("add", "new.one", subject_refs=subject_refs("p1", "p2")), "different people"),
        (update("add", "new.one", subject_refs=subject_refs("p1", "p3")), "different people"),
        (
            update(
                "add",
                "new.one",
                subject_refs=(
                    subject_refs("p3")[0],
                    SubjectRef(election_id="e2", ref="198001012005011001"),
                ),
            ),
            "pseudonym for election e2 is none",
        ),
        (update("change", "new.one"), "no such account"),
        (update("change", "budi_s", account_id="7"), "belongs to another handle"),
        (update("change", "budi_s", declared_on=None), "no declaration"),
        (update("change", "budi_s", subject_refs=subject_refs("p1", "p2")), "different people"),
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
    register = overlay()
    register.apply(update("bind", "siti.rahma", 0, account_id="11"), 0)
    seen = everything(register)
    with pytest.raises(RegisterError, match=reason) as error:
        register.apply(refused, 1)
    assert "offset 1" in str(error.value)
    assert "19800101" not in str(error.value), "a message never quotes a record"
    assert everything(register) == seen
    # Neither its offset nor its number is spent.
    size = register.size
    register.apply(update("add", "joko", 1), 1)
    assert register.size == size + 1


# A plain list of accounts, newest last, to compare with.


@dataclass(frozen=True)
class Plain:
    handle: str
    account_id: str | None
    person: str
    withdrawn: bool


@dataclass(frozen=True)
class PlainRegister:
    accounts: tuple[Plain, ...]
    names: dict[str, str]
    """By person, as the first or the newest description said."""

    def after(self, change: RegisterUpdate, person: str) -> "PlainRegister | None":
        """The register after the update, None where it must be refused."""
        accounts = _apply_plainly(self.accounts, change, person)
        if accounts is None:
            return None
        names = dict(self.names)
        if change.op == "change" or (change.op == "add" and person not in names):
            names[person] = canonical_name(change.name or "")
        return PlainRegister(accounts, names)


def _apply_plainly(
    accounts: tuple[Plain, ...], change: RegisterUpdate, person: str
) -> tuple[Plain, ...] | None:
    mine = [one for one in accounts if one.handle == change.handle]
    holder = [one for one in accounts if change.account_id and one.account_id == change.account_id]
    if any(one.handle != change.handle for one in holder):
        return None
    rest = tuple(one for one in accounts if one.handle != change.handle)
    if change.op == "add":
        if mine and not mine[0].withdrawn:
            return None
        return (*rest, Plain(change.handle, change.account_id, person, False))
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
    return (*rest, new)


_HANDLES = ["budisan", "budi.san", "bud1san", "budisann", "budis", "sitirahma", "siti_rahma", "b_7"]
_ASKED = [*_HANDLES, "budisen", "xbudisan", "realbudisan", "budisan7", "other", "b7", "_"]
_NAMES = ["Budi Sasmitho", "Joko Susilo", "Sri Wahyuni"]
_CHANGES = st.tuples(
    st.sampled_from(["add", "add", "change", "withdraw", "bind"]),
    st.sampled_from(_HANDLES),
    st.sampled_from([None, "1", "2", "3"]),
    st.sampled_from(["p1", "p2", "p3", "p4"]),
    st.sampled_from(_NAMES),
)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.sampled_from(_HANDLES), st.sampled_from([None, "4", "5"])),
        max_size=4,
        unique_by=(lambda row: row[0], lambda row: row[1] or row[0]),
    ),
    st.lists(_CHANGES, max_size=30),
)
def test_any_sequence_of_updates_against_a_full_scan(
    start: list[tuple[str, str | None]],
    changes: list[tuple[str, str, str | None, str, str]],
) -> None:
    refs = {"e1": {f"p{n}": pseudonym(f"e1 p{n}") for n in range(1, 5)}}
    base = register_of(*[Row(handle, id_) for handle, id_ in start], refs=refs)
    register = OverlayRegister(base)
    plain = PlainRegister(
        tuple(Plain(handle, account_id, "p1", False) for handle, account_id in start),
        {"p1": "budi sasmitho"} if start else {},
    )
    for number, (op, handle, account_id, person, name) in enumerate(changes):
        given_id = account_id or "1" if op == "bind" else account_id
        fields: dict[str, Any] = {"account_id": given_id}
        if op == "withdraw":
            fields = {"withdrawn_on": "2024-03-01"}
        elif op != "bind":
            fields |= {"subject_refs": subject_refs(person)[:1], "name": name}
        change = update(op, handle, number, person=None, **fields)
        expected = plain.after(change, person)
        try:
            assert register.apply(change, number)
        except RegisterError:
            assert expected is None
        else:
            assert expected is not None
            plain = expected
    _compare(register, plain)


def _compare(register: OverlayRegister, plain: PlainRegister) -> None:
    accounts = plain.accounts
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
        assert register.subject_ref("e1", account.person) == pseudonym(f"e1 {one.person}")
        person = register.person(account.person)
        assert person.canonical_name == plain.names[one.person]
        assert person.name_frequency == list(plain.names.values()).count(person.canonical_name)
    for account_id in "12345":
        row = row_of_id(register, account_id)
        found = None if row == NO_ROW else register.account(row).handle
        assert found == (by_id[account_id].handle if account_id in by_id else None)
    for name in map(canonical_name, _NAMES):
        assert register.name_frequency(name) == list(plain.names.values()).count(name)
    for person_key in plain.names:
        number = register.person_by_ref("e1", pseudonym(f"e1 {person_key}"))
        assert register.subject_ref("e1", number) == pseudonym(f"e1 {person_key}")
    for handle in _ASKED:
        alike = {
            one.handle: levels
            for one in accounts
            if (levels := slow_compare("instagram", handle, one.handle)) is not None
        }
        rows = proposed(register, handle)
        standing = {
            register.account(row).handle: levels
            for row, levels in rows.items()
            if row_of(register, register.account(row).handle) == row
        }
        assert standing == alike
        for row in rows:
            account = register.account(row)
            if account.handle not in standing or row != row_of(register, account.handle):
                assert not account.active_at(account.declared_from), "only what is buried is left"
    for name in map(canonical_name, _NAMES):
        table = register.run_table([("instagram", handle) for handle in _ASKED])
        namesakes = register.rows_with_names(table, [name] * len(_ASKED))
        for asked, runs in enumerate(table.lists(len(_ASKED))):
            named = namesakes.get(asked, [])
            met = [row for run in runs for row in range(run.first, run.last)]
            now = {row for row in met if _name_of(register, row) == name}
            before = {row for row in met if _name_before(register, row) == name}
            assert len(named) == len(set(named))
            assert now <= set(named) <= now | before
    together = register.propose([("instagram", handle) for handle in _ASKED])
    assert together == [register.propose([("instagram", handle)])[0] for handle in _ASKED]


def _name_of(register: OverlayRegister, row: int) -> str:
    return register.person(register.account(row).person).canonical_name


def _name_before(register: OverlayRegister, row: int) -> str:
    base = register.base
    if row >= base.account_count:
        return ""
    return base.person(base.account(row).person).canonical_name


def test_unknown_platforms_and_empty_batches() -> None:
    register = overlay()
    register.apply(update("add", "new.one"), 0)
    assert register.propose([]) == []
    assert register.rows_by_handle([]) == register.rows_by_account_id([]) == []
    keys = [("myspace", "newone"), ("x", "newone"), ("instagram", ""), ("instagram", "newone")]
    *none, added = register.propose(keys)
    assert none == [[], [], []]
    assert [(run.first, run.last) for run in added] == [(len(ROWS), len(ROWS) + 1)]
    assert register.rows_by_handle(keys) == [NO_ROW] * 4


def namesakes(register: OverlayRegister, handle: str, name: str) -> list[str]:
    """Handles of the rows that are proposed and bear the name."""
    table = register.run_table([("instagram", "zzz"), ("instagram", handle)])
    found = register.rows_with_names(table, ["nobody", canonical_name(name)])
    assert found.keys() <= {1}
    return sorted(handles_of(register, found.get(1, [])))


def test_namesakes_of_base_and_added() -> None:
    register = overlay()
    register.apply(update("add", "budi._s", name="Sasmitho Budi"), 0)
    register.apply(update("add", "b.udi.s", 2, person="p4", name="Sri Wahyuni"), 1)
    assert len(proposed(register, "budis")) == 4
    assert namesakes(register, "budis", "Budi Sasmitho") == ["budi._s", "budi.s", "budi_s"]
    assert namesakes(register, "budis", "Wahyuni Sri") == ["b.udi.s"]
    run = Run(HandleLevel.SAME, DigitLevel.NONE, 0, 1)
    assert register.rows_with_names(RunTable.of([[run]]), ["sri wahyuni"]) == {}


def test_many_changes_are_all_there() -> None:
    register = overlay()
    many = 1_000
    for number in range(many):
        register.apply(update("add", f"new{number}x", number, person=f"n{number}"), number)
    assert register.size == 3 + many
    assert register.person(register.account(row_of(register, "new5x")).person).name_frequency == (
        many
    )
    assert len(proposed(register, "newx")) == many


def test_people_are_described_by_the_newest_change() -> None:
    register = overlay()
    frequency = register.person(0).name_frequency
    change = update(
        "change", "budi.s", person="p1", name="Dra. Sri Wahyuni", region_code="51", agency_code="X"
    )
    register.apply(change, 0)
    person = register.person(0)
    assert person.canonical_name == canonical_name("Sri Wahyuni")
    assert (person.region_code, person.agency_code) == ("51", "X")
    assert person.titles == 1 << TITLES.index("dra")
    assert register.name_frequency("budi sasmitho") == frequency - 1
    assert register.account(row_of(register, "budi.s")).declared_from == declared_from(
        date(2024, 2, 1)
    )
    register.apply(update("change", "budi.s", 2, person="p1", name=None), 1)
    assert register.person(0).canonical_name == canonical_name("Sri Wahyuni"), (
        "none given: it stays"
    )
    assert register.person(0).titles == person.titles
