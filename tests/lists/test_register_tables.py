"""From rows to content: which account stands, and what is known of a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from lists import register_tables
from lists.array_files import named_arrays
from lists.register_checks import CheckedRow, CheckedRows, RefusalReason, RefusedRow
from lists.register_tables import content_of, joined, parse_names, unique_accounts
from matchers.names import parse_name
from matchers.register import Register, RegisterFacts
from matchers.register_arrays import day_number

Line = tuple[int, CheckedRow]
DAY = day_number(date(2024, 1, 5))


def checked(**changes: Any) -> CheckedRow:
    return CheckedRow("1", "Budi Santoso", "BKPSDM", "35.78", 0, "", "budi", DAY, 0)._replace(
        **changes
    )


def columns_of(lines: Sequence[Line]) -> CheckedRows:
    rows = [row for _, row in lines]

    def strings(name: str) -> pa.Array:
        return pa.array([getattr(row, name) for row in rows], pa.large_string())

    def numbers(name: str, kind: Any) -> Any:
        return np.array([getattr(row, name) for row in rows], kind)

    return CheckedRows(
        person_ids=strings("person_id"),
        names=strings("name"),
        agency_codes=strings("agency_code"),
        region_codes=strings("region_code"),
        platforms=numbers("platform", np.uint8),
        account_ids=strings("account_id"),
        handles=strings("handle"),
        declared_on=numbers("declared_on", np.uint16),
        withdrawn_on=numbers("withdrawn_on", np.uint16),
        lines=np.array([line for line, _ in lines], np.int64),
    )


def register_from(lines: Sequence[Line]) -> tuple[Register, pa.Table]:
    content = content_of(columns_of(lines), lambda stage: None)
    facts = RegisterFacts("v", -1, len(lines), content.regions, content.agencies)
    return Register(content.arrays, facts), content.identities


@st.composite
def lines_drawn(draw: st.DrawFn) -> list[Line]:
    """Rows of few people, handles and ids, so that they clash; lines in any order."""
    rows = draw(
        st.lists(
            st.builds(
                checked,
                person_id=st.sampled_from(["1", "2", "10"]),
                name=st.sampled_from(["Budi Santoso", "Drs. Budi Santoso", "Sri Wahyuni", ""]),
                agency_code=st.sampled_from(["", "BKPSDM", "bkn"]),
                region_code=st.sampled_from(["", "35.78"]),
                platform=st.sampled_from([0, 1]),
                account_id=st.sampled_from(["", "", "7", "8"]),
                handle=st.sampled_from(["budi", "sri", "joko", "буди"]),
                declared_on=st.sampled_from([DAY, DAY + 1]),
                withdrawn_on=st.sampled_from([0, DAY + 2]),
            ),
            max_size=10,
        )
    )
    numbers = draw(st.permutations(range(2, 2 + len(rows))))
    return list(zip(numbers, rows, strict=True))


def slow_unique(lines: Sequence[Line]) -> tuple[list[Line], list[RefusedRow]]:
    """The rules one after the other, as the words say."""
    refused: dict[int, RefusalReason] = {}
    accounts: dict[tuple[int, str], list[Line]] = {}
    for line, row in lines:
        accounts.setdefault((row.platform, row.handle), []).append((line, row))
    for found in accounts.values():
        if len({row.person_id for _, row in found}) > 1:
            refused |= {line: RefusalReason.TWO_PEOPLE for line, _ in found}
        else:
            newest = max(found, key=lambda one: (one[1].declared_on, one[0]))
            refused |= {line: RefusalReason.DUPLICATE for line, _ in found if line != newest[0]}
    left = [(line, row) for line, row in lines if line not in refused]
    holders = Counter((row.platform, row.account_id) for _, row in left if row.account_id)
    refused |= {
        line: RefusalReason.ID_OF_TWO
        for line, row in left
        if holders[row.platform, row.account_id] > 1
    }
    kept = [(line, row) for line, row in lines if line not in refused]
    return kept, [RefusedRow(line, reason) for line, reason in sorted(refused.items())]


def as_lines(rows: CheckedRows) -> list[Line]:
    columns = [
        column.tolist() if isinstance(column, np.ndarray) else column.to_pylist() for column in rows
    ]
    return [(line, CheckedRow(*values)) for *values, line in zip(*columns, strict=True)]


@settings(max_examples=300)
@given(lines_drawn(), st.integers(0, 10))
def test_which_accounts_stand_against_the_rules_in_words(lines: list[Line], cut: int) -> None:
    rows = joined([columns_of(lines[:cut]), columns_of(lines[cut:])])
    kept, refused = unique_accounts(rows)
    expected, expected_refused = slow_unique(lines)
    assert as_lines(kept) == expected
    assert sorted(refused, key=lambda one: one.line) == expected_refused
    again, none_left = unique_accounts(kept)
    assert none_left == []
    assert as_lines(again) == expected, "what stands is settled"


@settings(max_examples=150)
@given(lines_drawn().map(lambda lines: slow_unique(lines)[0]))
def test_people_are_as_their_newest_row_says(lines: list[Line]) -> None:
    register, identities = register_from(lines)
    numbers = sorted({row.person_id for _, row in lines})
    assert identities["person_id"].to_pylist() == numbers
    names = {}
    for place, number in enumerate(numbers):
        newest = max(
            ((line, row) for line, row in lines if row.person_id == number),
            key=lambda one: (one[1].declared_on, one[0]),
        )[1]
        names[number] = parse_name(newest.name).canonical
        person = register.person(place)
        assert person.canonical_name == names[number]
        assert person.titles == parse_name(newest.name).titles
        assert (person.region_code or "", person.agency_code or "") == (
            newest.region_code,
            newest.agency_code,
        )
        assert identities["name"][place].as_py() == newest.name
        assert (identities["agency_code"][place].as_py() or "") == newest.agency_code
    for place, number in enumerate(numbers):
        bearers = sum(name == names[number] for name in names.values())
        assert register.person(place).name_frequency == bearers
    for _, row in lines:
        platform = ("x", "instagram")[row.platform]
        (found,) = register.rows_by_handle([(platform, row.handle)])
        assert register.account(found).person == numbers.index(row.person_id)


@settings(max_examples=100)
@given(lines_drawn().map(lambda lines: slow_unique(lines)[0]), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(lines: list[Line], shuffle: Any) -> None:
    one = content_of(columns_of(lines), lambda stage: None)
    shuffle.shuffle(lines)
    other = content_of(columns_of(lines), lambda stage: None)
    assert (one.regions, one.agencies) == (other.regions, other.agencies)
    assert one.identities.equals(other.identities)
    for (name, ours), (same, theirs) in zip(
        named_arrays(one.arrays), named_arrays(other.arrays), strict=True
    ):
        assert name == same
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist(), name


def test_the_stages_are_told() -> None:
    told: list[str] = []
    content_of(columns_of([(2, checked())]), told.append)
    assert told == ["people", "names", "index"]


def test_codes_that_do_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_tables, "MOST_CODES", 3)
    lines = [
        (n, checked(person_id=str(n), handle=f"b{n}", region_code=f"3{n}")) for n in range(2, 4)
    ]
    register, _ = register_from(lines)
    assert [register.person(place).region_code for place in range(2)] == ["32", "33"]
    lines.append((4, checked(person_id="4", handle="b4", region_code="34")))
    with pytest.raises(RegisterError, match="4 different region or agency codes, at most 3 fit"):
        register_from(lines)


NAMES = ["Drs. Budi Santoso", "Sri Wahyuni, S.Pd.", "", "Буди", "Budi Santoso"]


def test_names_are_parsed_alike_by_one_process_and_by_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Past `MANY_NAMES` of them a second process helps; it takes a moment to start."""
    given_names = pa.array([*NAMES, *NAMES[::-1]], pa.large_string())
    expected = [parse_name(name) for name in given_names.to_pylist()]
    for many, task in ((200_000, 20_000), (1, 2)):
        monkeypatch.setattr(register_tables, "MANY_NAMES", many)
        monkeypatch.setattr(register_tables, "NAMES_A_TASK", task)
        names, titles = parse_names(given_names)
        assert names.to_pylist() == [one.canonical for one in expected]
        assert titles.tolist() == [one.titles for one in expected]
