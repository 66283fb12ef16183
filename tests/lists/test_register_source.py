"""A source in each of its kinds; the fast path against the standard library, row by row."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from lists import register_source
from lists.register_source import KEPT, read_source
from tests.lists.sources import GOOD, many, row, rows_read, write_source
from tests.reference.slow_source import slow_csv

HEADING = ",".join(GOOD).encode()
BLOCKS = [1, 7, 64, 500, register_source.BLOCK_BYTES]


def csv_line(values: Sequence[str], quoting: Any = csv.QUOTE_MINIMAL) -> bytes:
    """One row without its line end."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator="\n").writerow(values)
    return text.getvalue().encode().removesuffix(b"\n")


def plain(name: str = "Budi") -> bytes:
    return csv_line(list(row(name=name).values()))


GOOD_LINES = [
    csv_line(list(row(name=name, person_id=number).values()), quoting)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    for name, number in (
        ("Budi", "1"),
        ("Budi, S.Pd.", "2"),
        ('Budi "Bud" S', "3"),
        ("Budi\nSantoso", "4"),
        ("Budi\r\nSantoso", "5"),
        ("Budi\rSantoso", "6"),
        ("", "7"),
        (" Bücher 🙂 ", "8"),
        ("\n\n", "9"),
        ('"', "\ufeff10"),
    )
]
STRANGE_LINES = [
    b"",
    b" ",
    b'""',
    b"\r",
    b"too,few",
    plain() + b",one too many",
    b"\xff" + plain(),
    b"\xef\xbb\xbf" + plain(),
    plain("Bu\xff").replace("ÿ".encode(), b"\xc3"),
    plain().replace(b"Budi,2024", b"\xff,2024"),  # in the display name, which is read over
    plain().replace(b"Budi", b'"Bu"di'),
    plain().replace(b"Budi", b'Bu"di'),
    plain().replace(b"Budi", b'Bu""di'),
    plain().replace(b"Budi", b' "Budi"'),
    plain().replace(b"Budi", b"Bu\rdi"),
    plain().replace(b"Budi", b"Bu\x00di"),
    b'"not closed' + plain(),
]


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """A file of good rows with some that are not, with either line end or both."""
    lines = draw(
        st.lists(
            st.one_of(
                st.just(plain()), st.sampled_from(GOOD_LINES), st.sampled_from(STRANGE_LINES)
            ),
            max_size=8,
        )
    )
    ends = st.sampled_from([b"\n", b"\r\n"])
    content = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + HEADING + draw(ends)
    for line in lines:
        content += line + draw(ends)
    return content if draw(st.booleans()) else content.rstrip(b"\r\n")


WHOLE = HEADING + b"\n" + b"\n".join([*GOOD_LINES, *STRANGE_LINES, plain()])


@pytest.mark.parametrize("block_bytes", BLOCKS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=csv_files())
@example(content=WHOLE)
@example(content=WHOLE.replace(b"\n", b"\r\n"))
@example(content=HEADING + b"\n" + plain())
@example(content=HEADING)
def test_csv_against_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int, content: bytes
) -> None:
    """Wherever the blocks are cut: quotes, line breaks in them, empty lines, BOM, bad bytes."""
    monkeypatch.setattr(register_source, "BLOCK_BYTES", block_bytes)
    path = tmp_path / "s.csv"
    path.write_bytes(content)
    read, unreadable = rows_read(path)
    expected, expected_unreadable = slow_csv(path)
    assert list(read.items()) == list(expected.items())
    assert sorted(unreadable) == expected_unreadable


def test_ordinary_rows_take_the_fast_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the comparison above would compare the standard library with itself."""
    monkeypatch.setattr(register_source, "_read_rows", None)
    lines = [line for line in GOOD_LINES if b"\n" not in line and b"\r" not in line]
    path = tmp_path / "s.csv"
    for end in (b"\n", b"\r\n"):
        path.write_bytes(end.join([HEADING, *lines, b""]))
        assert len(rows_read(path)[0]) == len(lines)


@pytest.mark.parametrize(
    "strange", [line for line in STRANGE_LINES if not line.startswith(b'"not closed')]
)
def test_a_strange_row_leaves_the_others_as_they_are(tmp_path: Path, strange: bytes) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(b"\n".join([HEADING, plain("one"), strange, plain("two"), b""]))
    read, _ = rows_read(path)
    names = [values["name"] for values in read.values()]
    assert (names[0], names[-1]) == ("one", "two")


def test_a_quotation_mark_that_nobody_closes_ends_with_its_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_source, "BLOCK_BYTES", 100)
    monkeypatch.setattr(register_source, "MOST_BLOCK_BYTES", 1_000)
    path = tmp_path / "s.csv"
    rows = [plain(f"n{number}") for number in range(40)]
    rows[3] = b'"' + rows[3]
    path.write_bytes(b"\n".join([HEADING, *rows, b""]))
    read, unreadable = rows_read(path)
    assert unreadable == [5]
    assert {2, 3, 4, 41} <= read.keys()
    assert all(values["name"] == f"n{line - 2}" for line, values in read.items())


def test_a_field_beyond_all_measure_is_unreadable_wherever_it_stands(tmp_path: Path) -> None:
    """The standard library reads no field as long; the fast path must not be more patient."""
    path = tmp_path / "s.csv"
    long = plain("n" * 140_000)
    for lines in ([plain(), long, plain()], [plain(), long, b"", plain()]):
        path.write_bytes(b"\n".join([HEADING, *lines, b""]))
        read, unreadable = rows_read(path)
        assert (len(read), unreadable) == (2, [3])


# Other kinds


def test_json_lines_by_line(tmp_path: Path) -> None:
    source = tmp_path / "s.jsonl"
    good = json.dumps(row()).encode()
    lines = [b"{", b"[]", b"17", b'{"nme": "x"}', b'{"name": ["x"]}', b"\xff", b"", b" ", good]
    lines += [json.dumps(row(person_id=7, region_code=None)).encode()]
    lines += [json.dumps(row(person_id=True)).encode(), json.dumps(row(person_id=1.5)).encode()]
    lines += [b'{"name": "\\ud800"}', b'{"platform": "x"}']
    source.write_bytes(b"\n".join(lines))
    read, unreadable = rows_read(source)
    assert list(read) == [9, 10, 14]
    assert unreadable == [1, 2, 3, 4, 5, 6, 11, 12, 13]
    assert read[9] == {name: GOOD[name] for name in KEPT}
    assert (read[10]["person_id"], read[10]["region_code"]) == ("7", "")
    assert read[14] == dict.fromkeys(KEPT, "") | {"platform": "x"}


def test_parquet_by_row(tmp_path: Path) -> None:
    source = tmp_path / "s.parquet"
    whole_numbers = pa.array([1, None, 3], pa.int64())
    columns: dict[str, Any] = {
        name: pa.array([value] * 3) for name, value in GOOD.items() if name != "agency_code"
    } | {
        "person_id": whole_numbers,
        "declared_on": pa.array([date(2024, 1, 5)] * 3),
        "platform": pa.array(["x", "tiktok", "x"]).dictionary_encode(),
        "withdrawn_on": pa.nulls(3),
    }
    pq.write_table(pa.table(columns), source)
    read, unreadable = rows_read(source)
    assert (list(read), unreadable) == ([1, 2, 3], [])
    assert [values["person_id"] for values in read.values()] == ["1", "", "3"]
    assert [values["platform"] for values in read.values()] == ["x", "tiktok", "x"]
    assert {values["declared_on"] for values in read.values()} == {"2024-01-05"}
    assert {(v["agency_code"], v["withdrawn_on"]) for v in read.values()} == {("", "")}


def test_parquet_columns_of_other_types_are_read_row_by_row(tmp_path: Path) -> None:
    source = tmp_path / "s.parquet"
    columns: dict[str, Any] = {name: pa.array([value] * 3) for name, value in GOOD.items()} | {
        "person_id": pa.array([1.0, None, 2.5]),
        "declared_on": pa.array([datetime(2024, 1, 5, 12)] * 3),  # noqa: DTZ001 - as Parquet has it
    }
    pq.write_table(pa.table(columns), source)
    read, unreadable = rows_read(source)
    assert (list(read), unreadable) == ([2], [1, 3])
    assert read[2]["declared_on"] == "2024-01-05"


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_chunks_go_on_where_the_last_one_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(register_source, "BLOCK_BYTES", 300)
    monkeypatch.setattr(register_source, "CHUNK_ROWS", 3)
    source = write_source(tmp_path / f"s.{kind}", many(20))
    assert len(list(read_source(source))) > 3
    read, unreadable = rows_read(source)
    first = 2 if kind == "csv" else 1
    assert unreadable == []
    assert list(read) == list(range(first, first + 20))
    assert [values["person_id"] for values in read.values()] == [str(n) for n in range(20)]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_source_without_rows(tmp_path: Path, kind: str) -> None:
    source = tmp_path / f"s.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({name: pa.array([], pa.string()) for name in GOOD}), source)
    else:
        source.write_bytes(HEADING if kind == "csv" else b"")
    assert rows_read(source) == ({}, [])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.xlsx", b"", "no kind of register source"),
        ("s", b"", "no kind of register source"),
        ("s.csv", b"", "register source is empty"),
        ("s.csv", b"\xef\xbb\xbf\n", "register source is empty"),
        ("s.csv", b"person_id,name\n", "missing: declaration_ref"),
        ("s.csv", HEADING + b",salary\n", "unknown: salary"),
        ("s.csv", HEADING + b",name\n", "none may stand twice"),
        ("s.csv", HEADING.replace(b"handle", b"h\xff") + b"\n", "missing: handle"),
        ("s.csv", HEADING + b"\r" + plain() + b"\r", "columns refused"),
        ("s.csv", b'"' + HEADING + b"\n" + plain(), "columns refused"),
        ("s.parquet", b"PAR1", "no readable Parquet"),
        ("s.parquet", b"", "no readable Parquet"),
    ],
)
def test_a_source_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RegisterError, match=message) as error:
        list(read_source(tmp_path / name))
    assert str(error.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.mkdir()], ids=["absent", "directory"]
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_file_that_is_none(tmp_path: Path, kind: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / f"s.{kind}")
    with pytest.raises(RegisterError, match="cannot be read"):
        list(read_source(tmp_path / f"s.{kind}"))
