"""The register's look-ups against a plain list that is walked from end to end."""

from collections.abc import Sequence
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from matchers.active_period import declared_from, withdrawn_from
from matchers.evidence_levels import DigitLevel, HandleLevel
from matchers.names import parse_name
from matchers.register import Register, _confirmed
from matchers.register_arrays import DAY_ZERO, day_number, day_of
from matchers.run_table import Run, RunTable
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson
from streams.records import PLATFORMS, Platform
from tests.matchers.handles_drawn import alike, handles_of
from tests.matchers.people import Row, pseudonym, register_of
from tests.reference.slow_handles import slow_compare

Key = tuple[str, str]
NAMES = (
    *("Budi Santoso", "Santoso Budi", "Drs. Budi Santoso, M.Si.", "Budi Budi Santoso", "Budi"),
    *("Sri Wahyuni", "Wahyuni Sri", "Hj. Sri Wahyuni", "Sri Dwi Wahyuni", "", "Ñoño Буди"),
)
DAYS = st.sampled_from([date(2000, 1, 1), date(2024, 1, 5), date(2024, 2, 29), date(2100, 12, 31)])


@st.composite
def registers(draw: st.DrawFn) -> list[Row]:
    """Accounts that clash on purpose: few stems, separators, digits, servers and people."""
    rows: dict[Key, Row] = {}
    ids: set[Key] = set()
    used = draw(st.lists(st.sampled_from(PLATFORMS), min_size=1, max_size=2))
    for _ in range(draw(st.integers(0, 12))):
        platform = draw(st.sampled_from(used))
        handle = draw(_handle(platform, rows))
        account_id = draw(st.sampled_from([None, None, "1", "2", "3", "é", "10" * 128]))
        if account_id is not None and (platform, account_id) in ids:
            account_id = None
        if account_id is not None:
            ids.add((platform, account_id))
        person = draw(st.sampled_from("abcdef"))
        rows.setdefault(
            (platform, handle),
            Row(
                handle,
                account_id,
                person,
                NAMES[ord(person) % len(NAMES)],
                platform,
                draw(st.sampled_from([None, "35.78", "51"])),
                draw(st.sampled_from([None, "BKPSDM", "bkn"])),
                draw(DAYS),
                draw(st.none() | DAYS),
            ),
        )
    return list(rows.values())


def _handle(platform: Platform, rows: dict[Key, Row]) -> st.SearchStrategy[str]:
    known = [handle for of, handle in rows if of == platform]
    drawn = handles_of(platform)
    if not known:
        return drawn
    return st.one_of(drawn, st.sampled_from(known).flatmap(lambda handle: alike(platform, handle)))


@st.composite
def registers_and_keys(draw: st.DrawFn) -> tuple[list[Row], list[Key]]:
    """A register, and what it is asked for: its own handles, their likes and others."""
    rows = draw(registers())
    keys: list[Key] = []
    for _ in range(draw(st.integers(0, 5))):
        platform = draw(st.sampled_from([row.platform for row in rows] or list(PLATFORMS)))
        known: dict[Key, Row] = {(row.platform, row.handle): row for row in rows}
        keys.append((platform, draw(_handle(platform, known))))
    keys += draw(st.sampled_from([[], [("myspace", "budi")], [("x", "")]]))
    return rows, draw(st.permutations(keys))


def proposed(register: Register, runs: Sequence[Run]) -> dict[str, tuple[HandleLevel, DigitLevel]]:
    """By handle; no row may be in two runs."""
    found = {}
    for run in runs:
        assert run.first < run.last
        for row in range(run.first, run.last):
            handle = register.account(row).handle
            assert handle not in found
            found[handle] = run.handle, run.digits
    return found


def expected(rows: Sequence[Row], key: Key) -> dict[str, tuple[HandleLevel, DigitLevel]]:
    platform, handle = key
    return {
        row.handle: levels
        for row in rows
        if row.platform == platform
        and (levels := slow_compare(platform, handle, row.handle)) is not None
    }


@settings(max_examples=150)
@given(registers_and_keys())
def test_proposals_against_a_full_scan(drawn: tuple[list[Row], list[Key]]) -> None:
    rows, keys = drawn
    register = register_of(*rows)
    found = register.propose(keys)
    assert [proposed(register, runs) for runs in found] == [expected(rows, key) for key in keys]
    assert found == [register.propose([key])[0] for key in keys], "a batch is as one by one"


@given(registers_and_keys(), st.data())
def test_exact_look_ups_against_a_full_scan(
    drawn: tuple[list[Row], list[Key]], data: st.DataObject
) -> None:
    rows, keys = drawn
    register = register_of(*rows)
    by_handle: dict[Key, Row] = {(row.platform, row.handle): row for row in rows}
    by_id: dict[Key, Row] = {(row.platform, row.account_id): row for row in rows if row.account_id}
    keys = [*keys, *by_handle]
    ids: list[Key] = [
        *product(
            {"myspace", *(row.platform for row in rows)}, ["1", "2", "", "é", "11", "x" * 256]
        ),
        *((platform, str(account_id)) for platform, account_id in by_id),
    ]
    ids = data.draw(st.permutations(ids))
    for found, wanted in (
        (register.rows_by_handle(keys), [by_handle.get(key) for key in keys]),
        (register.rows_by_account_id(ids), [by_id.get(key) for key in ids]),
    ):
        assert [None if row == NO_ROW else _row_of(register, row, rows) for row in found] == wanted


def _row_of(register: Register, row: int, rows: Sequence[Row]) -> Row:
    account = register.account(row)
    (found,) = (
        one for one in rows if (one.platform, one.handle) == (account.platform, account.handle)
    )
    return found


@given(registers())
def test_accounts_and_people_as_they_were_given(rows: list[Row]) -> None:
    register = register_of(*rows)
    order = list(dict.fromkeys(row.person for row in rows))
    people = {row.person: row for row in reversed(rows)}
    canonical = {person: parse_name(row.name).canonical for person, row in people.items()}
    assert (register.account_count, register.person_count) == (len(rows), len(people))
    assert register.size == sum(row.withdrawn_on is None for row in rows)
    for number in range(len(rows)):
        row = _row_of(register, number, rows)
        assert register.account(number) == RegisteredAccount(
            row.platform,
            row.handle,
            row.account_id,
            order.index(row.person),
            declared_from(row.declared_on),
            None if row.withdrawn_on is None else withdrawn_from(row.withdrawn_on),
        )
    for number, person in enumerate(order):
        assert register.person(number) == RegisteredPerson(
            canonical[person],
            sum(name == canonical[person] for name in canonical.values()),
            parse_name(people[person].name).titles,
            people[person].region,
            people[person].agency,
        )
    for name in {*canonical.values(), *NAMES, "budi", "santoso budi", "zz"}:
        bearers = sum(known == name for known in canonical.values())
        assert register.name_frequency(name) == bearers
    agencies = {row.agency for row in rows if row.agency}
    assert register.agencies == {agency.upper() for agency in agencies}


@given(registers_and_keys(), st.data())
def test_namesakes_among_the_proposed(
    drawn: tuple[list[Row], list[Key]], data: st.DataObject
) -> None:
    rows, keys = drawn
    register = register_of(*rows)
    asked_names = [parse_name(name).canonical for name in (*NAMES, "Nobody At All", "budi x")]
    names = [data.draw(st.sampled_from(asked_names)) for _ in keys]
    table = register.run_table(keys)
    expected_rows = {
        asked: namesakes
        for asked, runs in enumerate(table.lists(len(keys)))
        if (namesakes := _namesakes(register, runs, names[asked]))
    }
    assert register.rows_with_names(table, names) == expected_rows


def _namesakes(register: Register, runs: Sequence[Run], name: str) -> list[int]:
    return [
        row
        for run in runs
        for row in range(run.first, run.last)
        if sorted(register.person(register.account(row).person).canonical_name.split())
        == sorted(name.split())
    ]


@given(st.lists(st.text("0123456789abcdef", min_size=32, max_size=32), unique=True, max_size=8))
def test_people_by_pseudonym(digits: list[str]) -> None:
    refs = [f"s{one}" for one in digits]
    people = [f"p{number}" for number in range(len(refs))]
    rows = [Row(f"budi{number}", None, person) for number, person in enumerate(people)]
    register = register_of(*rows, refs={"e1": dict(zip(people, refs, strict=True))})
    for number, ref in enumerate(refs):
        assert register.person_by_ref("e1", ref) == number
        assert register.subject_ref("e1", number) == ref
        for strange in (ref.upper(), ref[1:], f"{ref}0", ref[:-1], f"x{ref[1:]}", f"{ref[:-1]} "):
            assert register.person_by_ref("e1", strange) == NO_ROW
        assert register.person_by_ref("other", ref) == NO_ROW
    assert register.person_by_ref("e1", pseudonym("nobody")) == NO_ROW
    assert register.person_by_ref("e1", "") == NO_ROW
    assert register.elections() == {"e1"}


def test_an_election_without_pseudonyms_says_how_to_make_them() -> None:
    register = register_of(Row("budi"))
    with pytest.raises(RegisterError, match=r"election e9.*register refs DIR --election e9"):
        register.subject_ref("e9", 0)


# Big groups


SEPARATED = [
    "".join(letter + separator for letter, separator in zip("budi", separators, strict=True))
    for separators in product(["", "_", "."], ["", "_", "."], ["", "_", "."], ["", "_", "__"])
]
NUMBERED = [
    *(f"budi{number}" for number in range(10, 110)),
    *(f"b_udi{number}" for number in range(20, 60)),
    *(f"budi12345678{number}" for number in range(30)),
    *("budi12345678", "budi1234567", "1234567budi8", "budi0", "budi00", "budi000000000"),
]
ONE_EDIT = [
    f"{'budisantoso'[:at]}{letter}{'budisantoso'[at + cut :]}"
    for at, letter, cut in product(range(11), ["", *"abcefgijklmnrwx"], [0, 1])
]


@pytest.mark.parametrize(
    ("handles", "asked"),
    [
        (SEPARATED, ["budi", "b_udi", "b.u.d.i", "buddi", "budi7", "xbudi"]),
        (NUMBERED, ["budi", "budi50", "budi_50", "budi12345678", "budi9", "bud50", "budi_0"]),
        ([*SEPARATED, *NUMBERED], ["budi", "budi55", "boedi", "realbudi20"]),
        (ONE_EDIT, ["budisantoso", "bud1santoso", "budisantoso7", "realbudisantoso"]),
        ([f"a{n}" for n in range(200)], ["a7", "a_7", "a", "7"]),
    ],
    ids=["separators", "digits", "both", "one edit", "raw"],
)
def test_many_accounts_that_are_almost_the_same(handles: list[str], asked: list[str]) -> None:
    rows = [
        Row(handle, None, f"p{number}", platform="instagram")
        for number, handle in enumerate(dict.fromkeys(handles))
    ]
    register = register_of(*rows, Row("budi", platform="x"), Row("budisantoso", platform="x"))
    keys = [("instagram", handle) for handle in asked] * 2
    found = register.propose(keys)
    assert [proposed(register, runs) for runs in found] == [expected(rows, key) for key in keys]
    assert any(len(expected(rows, key)) > 64 for key in keys) or handles[0] == "a0"


def test_a_group_stands_together_by_digits_then_handle() -> None:
    register = register_of(*[Row(handle, None, handle) for handle in reversed(NUMBERED)])
    ordered = sorted(NUMBERED, key=lambda handle: (_digits_in(handle), handle))
    assert [register.account(row).handle for row in range(len(NUMBERED))] == ordered
    (runs,) = register.propose([("instagram", "budi12345678")])
    first = ordered.index("1234567budi8")
    assert sorted(runs, key=lambda run: run.first) == [
        Run(HandleLevel.SKELETON, DigitLevel.CONFLICT, 0, first),
        Run(HandleLevel.SKELETON, DigitLevel.AGREE, first, first + 1),
        Run(HandleLevel.SAME, DigitLevel.NONE, first + 1, first + 2),
        Run(HandleLevel.SKELETON, DigitLevel.CONFLICT, first + 2, len(NUMBERED)),
    ]


def _digits_in(handle: str) -> str:
    return "".join(filter(str.isdigit, handle))


def test_what_shares_a_bucket_and_a_tag_by_chance_is_not_proposed() -> None:
    """One entry in 256 has the tag that is looked for: of thousands, some are strangers."""
    names = [f"{first}{last}" for first in ("budi", "sri", "joko", "ani") for last in LAST_NAMES]
    rows = [
        *(
            Row(f"budisantoso@server{n}.id", None, f"m{n}", platform="mastodon")
            for n in range(1_500)
        ),
        *(Row(name, None, f"{name}", platform=platform) for name in names for platform in PLAIN),
    ]
    register = register_of(*rows)
    keys: list[Key] = [
        *(("mastodon", f"budi.santoso@server{n}.id") for n in range(0, 1_500, 3)),
        *((platform, name) for platform in PLAIN for name in names),
    ]
    for (platform, handle), runs in zip(keys, register.propose(keys), strict=True):
        accounts = [register.account(row) for run in runs for row in range(run.first, run.last)]
        assert {account.platform for account in accounts} == {platform}
        assert {account.handle.partition("@")[2] for account in accounts} == {
            handle.partition("@")[2]
        }


PLAIN: tuple[Platform, ...] = ("x", "instagram", "facebook", "tiktok", "youtube", "threads")
LAST_NAMES = [
    f"{a}{b}{c}" for a in ("san", "wir", "kus", "har") for b in ("to", "ya", "di", "ra", "mi")
    for c in ("so", "no", "wan", "ti", "nto")
]  # fmt: skip


# Odds and ends


def test_an_empty_register_and_an_empty_batch() -> None:
    empty, one = register_of(), register_of(Row("budi", "7"))
    keys = [("instagram", "budi"), ("myspace", "budi"), ("x", "")]
    assert empty.propose(keys) == [[], [], []]
    assert empty.rows_by_handle(keys) == empty.rows_by_account_id(keys) == [NO_ROW] * 3
    assert empty.name_frequency("budi") == 0
    assert (empty.size, empty.account_count, empty.person_count) == (0, 0, 0)
    empty.warm_up()
    for register in (empty, one):
        assert register.propose([]) == []
        assert register.rows_by_handle([]) == register.rows_by_account_id([]) == []
        assert register.rows_with_names(RunTable.of([]), []) == {}
        assert register.rows_with_names(register.run_table([]), ["budi santoso"]) == {}


def test_platforms_are_apart() -> None:
    register = register_of(*[Row("budisantoso", "7", p, platform=p) for p in ("x", "tiktok")])
    keys = [("x", "budisantoso"), ("tiktok", "budisantoso"), ("facebook", "budisantoso")]
    rows = register.rows_by_handle(keys)
    assert rows == [0, 1, NO_ROW]
    assert [register.account(row).platform for row in rows[:2]] == ["x", "tiktok"]
    assert register.propose(keys) == [
        [Run(HandleLevel.SAME, DigitLevel.NONE, 0, 1)],
        [Run(HandleLevel.SAME, DigitLevel.NONE, 1, 2)],
        [],
    ]
    assert register.rows_by_account_id([("tiktok", "7"), ("x", "7")]) == [1, 0]


def test_what_is_no_edit_apart_is_not_proposed() -> None:
    """A second opinion on the kernel, which has none of these wrong."""
    pairs = np.array([-1, 0, 1, 1], np.int32)
    skeletons = ["budi", "sudi", "budi", "siti"]
    kept = _confirmed(pairs, skeletons)
    assert kept is not None
    assert kept.tolist() == [True, True, False, False]
    assert _confirmed(pairs, ["budi", "bdui", "budi", "buÐdi"]) is None
    assert _confirmed(pairs, []) is None


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_days_as_numbers(day: date) -> None:
    assert day_of(day_number(day)) == day
    assert 0 < day_number(day) < 2**16
    assert day_number(DAY_ZERO) == day_number(None) == 0
    assert day_of(0) is None
