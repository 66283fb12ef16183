"""Which rows stand: the kernel never says yes where the slow check would say anything else."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lists.register_checks import (
    CheckedRow,
    CheckedRows,
    RefusalReason,
    RefusedRow,
    check_chunk,
    check_row,
)
from lists.register_ordinary import ordinary_rows
from lists.register_source import KEPT, Chunk
from matchers.register_arrays import day_number
from streams.records import PLATFORMS
from tests.lists.sources import GOOD, row
from tests.matchers.handles_drawn import LIMITS, handles_of

Fields = dict[str, str]
PLACES: dict[str, int] = {platform: place for place, platform in enumerate(PLATFORMS)}


def fields(**changes: str) -> Fields:
    """A row as a chunk has it."""
    return {name: row(**changes)[name] for name in KEPT}


def chunk_of(rows: Sequence[Mapping[str, str]], first: int = 2) -> Chunk:
    return Chunk(
        {name: pa.array([one[name] for one in rows], pa.large_string()) for name in KEPT},
        np.arange(first, first + len(rows)),
        (),
    )


def listed(rows: CheckedRows) -> list[tuple[int, CheckedRow]]:
    """Columns as rows, with their lines."""
    columns = [
        column.tolist() if isinstance(column, np.ndarray) else column.to_pylist() for column in rows
    ]
    person, name, agency, region, platform, account_id, handle, declared, withdrawn, lines = columns
    return [
        (line, CheckedRow(*values))
        for line, *values in zip(
            *(lines, person, name, agency, region, platform, account_id, handle),
            *(declared, withdrawn),
            strict=True,
        )
    ]


# One row by itself


def test_a_good_row_in_its_normal_form() -> None:
    given_row = fields(
        person_id=" 198001 ", platform=" Instagram", agency_code="\u00a0", declared_on=" 2024-01-05"
    )
    assert check_row(given_row) == CheckedRow(
        person_id="198001",
        name=GOOD["name"],
        agency_code="",
        region_code="35.78",
        platform=PLATFORMS.index("instagram"),
        account_id="7",
        handle="budi.s",
        declared_on=day_number(date(2024, 1, 5)),
        withdrawn_on=0,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"declared_on": ""}, "no_declaration"),
        ({"declaration_ref": " "}, "no_declaration"),
        ({"declared_on": "5/1/2024"}, "bad_date"),
        ({"declared_on": "2024-02-30"}, "bad_date"),
        ({"declared_on": "1999-12-31"}, "bad_date"),
        ({"declared_on": "2101-01-01"}, "bad_date"),
        ({"withdrawn_on": "x"}, "bad_date"),
        ({"withdrawn_on": "2024-01-04"}, "withdrawn_before_declared"),
        ({"platform": "myspace"}, "unknown_platform"),
        ({"platform": ""}, "unknown_platform"),
        ({"handle": "budi s"}, "invalid_handle"),
        ({"handle": ""}, "invalid_handle"),
        ({"person_id": ""}, "no_person_id"),
        ({"person_id": "\t"}, "no_person_id"),
        ({"name": "x" * 257}, "value_too_long"),
        ({"agency_code": "x" * 65}, "value_too_long"),
        ({"region_code": "x" * 65}, "value_too_long"),
        ({"account_id": "x" * 257}, "value_too_long"),
        ({"handle": "x" * 513}, "value_too_long"),
        # The first of several reasons, always the same.
        ({"person_id": "", "declared_on": "", "handle": ""}, "no_person_id"),
        ({"declared_on": "", "platform": "myspace"}, "no_declaration"),
        ({"declared_on": "x", "handle": ""}, "bad_date"),
    ],
)
def test_a_bad_row_by_reason(changes: dict[str, str], reason: str) -> None:
    bad = fields(**changes)
    assert check_row(bad) is RefusalReason(reason)
    rows, refused = check_chunk(chunk_of([fields(), bad, fields()]))
    assert refused == [RefusedRow(3, RefusalReason(reason))]
    assert [line for line, _ in listed(rows)] == [2, 4]


@pytest.mark.parametrize("changes", [{"declared_on": "2024-01-05", "withdrawn_on": "2024-01-05"}])
def test_withdrawn_on_the_day_of_declaration_stands(changes: dict[str, str]) -> None:
    found = check_row(fields(**changes))
    assert isinstance(found, CheckedRow)
    assert found.declared_on == found.withdrawn_on


# The kernel against the slow check


NASTY = st.one_of(
    st.sampled_from(
        [
            *("", " ", "x", " x", "x ", "\tx", "x\n", "x\u00a0", "\u2003x", "x\x1f", "\x85x", "é"),
            *("éx", "xé", "x é x", "\x00", "x\x7f", "\x7fx", "a" * 64, "a" * 65, "a" * 256),
            *("a" * 257, "é" * 32, "é" * 33, "é" * 128, "xé" * 85 + "x"),
        ]
    ),
    st.text(max_size=5),
)
DAYS = st.one_of(
    st.dates(date(1995, 1, 1), date(2105, 1, 1)).map(date.isoformat),
    st.builds(
        lambda year, month, day: f"{year}-{month:02}-{day:02}",
        st.sampled_from([1999, 2000, 2023, 2024, 2096, 2100, 2101]),
        st.integers(0, 13),
        st.integers(0, 32),
    ),
    st.sampled_from(
        [
            *("", " ", "2024-1-05", "2024-01-5", "20240105", "2024/01/05", "2024-01-05 "),
            *(" 2024-01-05", "2024-01-0a", "2024-W01-1", "+024-01-05", "２０２４-01-05"),
            *("2024-01-05T", "2024-13-01"),
        ]
    ),
)
_NEAR_HANDLES = [
    *("a.b.c", ".ab", "ab.", "a..b", "a_b", "_ab", "ab_", "a-b", "-ab", "ab-", "a·b", "@ab", "Ab"),
    *("ab ", "a", "", "буди", "é", "ab@kita.id", "@kita.id", "ab@kita", "ab@@kita.id", "ab@k_a.id"),
    *("ab@kita.1d", "ab@-kita.id", "ab@kita-.id", "ab@kita..id", "ab@kita.id.", "ab@.id"),
    *("handle.invalid", "ab@x.invalid", "ab@invalid", "ab.invalid", "a.1d", "1.a"),
    *("ab.bsky.social", "https://x.com/budi"),
    *(f"{'a' * 64}.id", f"{'a' * 63}.id", f"ab@{'a' * 64}.id", f"{'a.' * 64}id", "x" * 128),
    *(f"{'a' * 125}.id", f"{'a.' * 63}id", f"{'a' * 61}@kita.id", f"{'a' * 60}@kita.id"),
    *(length * "a" for length in (2, 3, 15, 16, 24, 25, 30, 31, 50, 51)),
]


@st.composite
def rows_drawn(draw: st.DrawFn) -> Fields:
    """A good row with some values that are not, or not quite."""
    platform = draw(st.sampled_from(PLATFORMS))
    handle = draw(
        st.one_of(
            handles_of(platform),
            st.sampled_from(LIMITS[platform]),
            st.sampled_from(_NEAR_HANDLES),
        )
    )
    changes: dict[str, Any] = {"platform": platform, "handle": handle, "name": "Budi"}
    for name in draw(st.sets(st.sampled_from(KEPT), max_size=3)):
        changes[name] = draw(
            {
                "declared_on": DAYS,
                "withdrawn_on": DAYS,
                "platform": st.sampled_from([*PLATFORMS, "X", "x ", "myspace", ""]),
                "handle": st.sampled_from(_NEAR_HANDLES),
            }.get(name, NASTY)
        )
    return fields(**changes)


CHUNKS = st.lists(rows_drawn(), max_size=6)


@settings(max_examples=300)
@given(CHUNKS)
@example(
    [fields(platform=platform, handle=handle) for platform in PLATFORMS for handle in _NEAR_HANDLES]
)
@example(
    [
        fields(declared_on=f"{year}-{month:02}-{day:02}")
        for year in (2000, 2023, 2024, 2100)
        for month in range(14)
        for day in range(33)
    ]
)
@example(
    [
        fields(declared_on=day, withdrawn_on=until)
        for day in ("2024-02-29", "2024-03-01")
        for until in ("2024-02-28", "2024-02-29", "2024-03-01")
    ]
)
def test_ordinary_is_only_what_the_slow_check_says_the_same_of(rows: list[Fields]) -> None:
    chunk = chunk_of(rows)
    platforms = np.array([PLACES.get(one["platform"], 255) for one in rows], np.uint8)
    ordinary, declared, withdrawn = ordinary_rows(platforms, chunk.columns)
    for number, given_row in enumerate(rows):
        if ordinary[number]:
            assert check_row(given_row) == CheckedRow(
                person_id=given_row["person_id"],
                name=given_row["name"],
                agency_code=given_row["agency_code"],
                region_code=given_row["region_code"],
                platform=int(platforms[number]),
                account_id=given_row["account_id"],
                handle=given_row["handle"],
                declared_on=int(declared[number]),
                withdrawn_on=int(withdrawn[number]),
            )


def test_nearly_every_row_of_a_clean_source_is_ordinary() -> None:
    """Else the comparison above would hold for a kernel that never says yes."""
    clean = [
        fields(platform=platform, handle=handle, withdrawn_on=day)
        for platform, handle in (
            *(("x", "budi_88"), ("instagram", "b.u_di"), ("threads", "budi"), ("tiktok", "b.udi")),
            *(("facebook", "budi88"), ("youtube", "budi"), ("bluesky", "budi.bsky.social")),
            ("mastodon", "budi_s@kita.id"),
        )
        for day in ("", "2024-02-29")
    ]
    assert {one["platform"] for one in clean} == set(PLATFORMS)
    platforms = np.array([PLACES[one["platform"]] for one in clean], np.uint8)
    assert ordinary_rows(platforms, chunk_of(clean).columns)[0].all()


@settings(max_examples=200)
@given(CHUNKS, st.lists(st.integers(100, 200), unique=True, max_size=2))
def test_a_chunk_is_as_its_rows_one_by_one(rows: list[Fields], unreadable: list[int]) -> None:
    chunk = chunk_of(rows)._replace(unreadable=tuple(unreadable))
    stand, refused = check_chunk(chunk)
    alone = [(line, check_row(one)) for line, one in enumerate(rows, start=2)]
    assert listed(stand) == [(line, one) for line, one in alone if isinstance(one, CheckedRow)]
    assert refused == [
        *(RefusedRow(line, RefusalReason.UNREADABLE) for line in unreadable),
        *(RefusedRow(line, one) for line, one in alone if isinstance(one, RefusalReason)),
    ]


@given(CHUNKS, st.integers(0, 3), st.integers(0, 3))
def test_a_slice_of_columns_is_read_from_where_it_begins(
    rows: list[Fields], before: int, after: int
) -> None:
    """Arrow's slices share their buffers with what stands around them."""
    padded = chunk_of([fields(name="before")] * before + rows + [fields(handle="")] * after)
    sliced = {name: column.slice(before, len(rows)) for name, column in padded.columns.items()}
    chunk = Chunk(sliced, padded.lines[before : before + len(rows)], ())
    whole = chunk_of(rows, first=2 + before)
    assert listed(check_chunk(chunk)[0]) == listed(check_chunk(whole)[0])
    assert check_chunk(chunk)[1] == check_chunk(whole)[1]
