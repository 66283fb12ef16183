"""From source to artifact and back: what is refused, what is read, what replaces what."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config.errors import RegisterError
from lists.register_artifact import (
    ACCOUNTS,
    IDENTITIES,
    MANIFEST,
    PEOPLE,
    open_register,
    read_manifest,
)
from lists.register_build import build_register
from lists.register_source import RefusalReason, RefusedRow, SourceRow, read_source

GOOD: dict[str, Any] = {
    "person_id": "198001",
    "name": "Drs. Budi Santoso, M.Si.",
    "agency_code": "BKPSDM",
    "region_code": "35.78",
    "platform": "instagram",
    "account_id": "7",
    "handle": "https://www.instagram.com/Budi.S/?igsh=1",
    "display_name": "Budi",
    "declared_on": "2024-01-05",
    "declaration_ref": "D/1",
    "withdrawn_on": "",
}


def row(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def many(count: int) -> list[dict[str, Any]]:
    return [
        row(
            person_id=str(n),
            account_id="",
            handle=f"budi{n}",
            name=f"Budi Santoso {chr(97 + n % 26)}x",
        )
        for n in range(count)
    ]


def write_source(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(GOOD))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_each_kind_of_source_gives_the_same_register(tmp_path: Path, kind: str) -> None:
    source = write_source(tmp_path / f"s.{kind}", [row(), *many(3)])
    (first, *_) = read_source(source)
    assert isinstance(first, SourceRow)
    assert first.line == (2 if kind == "csv" else 1)
    report = build_register(source, tmp_path / "reg")
    assert (report.rows, report.refused, report.manifest.people) == (4, (), 4)
    register = open_register(tmp_path / "reg")
    (found,) = register.rows_by_account_id([("instagram", "7")])
    account = register.account(found)
    person = register.person(account.person)
    assert (account.handle, person.canonical_name) == ("budi.s", "budi santoso")
    assert (person.region_code, person.agency_code, register.size) == ("35.78", "BKPSDM", 4)
    assert register.version == report.manifest.version


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"declared_on": ""}, "no_declaration"),
        ({"declaration_ref": " "}, "no_declaration"),
        ({"declared_on": "5/1/2024"}, "bad_date"),
        ({"declared_on": "2024-02-30"}, "bad_date"),
        ({"withdrawn_on": "x"}, "bad_date"),
        ({"withdrawn_on": "2024-01-04"}, "withdrawn_before_declared"),
        ({"platform": "myspace"}, "unknown_platform"),
        ({"handle": "budi s"}, "invalid_handle"),
        ({"handle": ""}, "invalid_handle"),
        ({"person_id": ""}, "no_person_id"),
        ({"name": "x" * 300}, "value_too_long"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_bad_row_is_refused_by_line_and_reason(
    tmp_path: Path, kind: str, changes: dict[str, str], reason: str
) -> None:
    source = write_source(tmp_path / f"s.{kind}", [*many(2), row(**changes), *many(1)])
    refused = [one for one in read_source(source) if isinstance(one, RefusedRow)]
    assert refused == [RefusedRow(4 if kind == "csv" else 3, RefusalReason(reason))]


def test_rows_that_cannot_be_read(tmp_path: Path) -> None:
    source = tmp_path / "s.jsonl"
    good = json.dumps(row()).encode()
    lines = [b"{", b"[]", b"17", b'{"nme": "x"}', b'{"name": ["x"]}', b"\xff", b"", good]
    source.write_bytes(b"\n".join(lines))
    read = list(read_source(source))
    assert [one.line for one in read] == [1, 2, 3, 4, 5, 6, 8]
    assert [isinstance(one, SourceRow) for one in read] == [False] * 6 + [True]
    source = write_source(
        tmp_path / "s.csv",
        [row(), row(name="Bücher 🙂")],
    )
    with source.open("ab") as file:
        file.write(b"too,few\r\n" + b"\xff" + source.read_bytes().splitlines()[1] + b"\r\n")
    kinds = [type(one).__name__ for one in read_source(source)]
    assert kinds == ["SourceRow", "SourceRow", "RefusedRow", "RefusedRow"]


def test_one_account_under_two_people_is_nobodys(tmp_path: Path) -> None:
    rows = [row(account_id=""), row(account_id="", person_id="2", handle="@budi.S"), *many(300)]
    report = build_register(write_source(tmp_path / "s.csv", rows), tmp_path / "reg")
    assert [(one.line, one.reason.value) for one in report.refused] == [
        (2, "one_account_under_two_people"),
        (3, "one_account_under_two_people"),
    ]
    assert report.manifest.refused == {"one_account_under_two_people": 2}
    assert (tmp_path / "reg.refused.tsv").read_text() == (
        "2\tone_account_under_two_people\n3\tone_account_under_two_people\n"
    )
    assert open_register(tmp_path / "reg").rows_by_handle([("instagram", "budi.s")]) == [-1]


def test_duplicates_keep_the_newest_declaration_and_ids_name_one_handle(tmp_path: Path) -> None:
    rows = [
        row(declared_on="2024-03-01"),
        row(declared_on="2023-03-01", withdrawn_on="2023-04-01"),
        row(handle="one", account_id="8", person_id="2"),
        row(handle="two", account_id="8", person_id="3"),
        *many(500),
    ]
    report = build_register(write_source(tmp_path / "s.csv", rows), tmp_path / "reg")
    assert report.manifest.refused == {"duplicate": 1, "one_account_id_under_two_handles": 2}
    register = open_register(tmp_path / "reg")
    (found,) = register.rows_by_handle([("instagram", "budi.s")])
    assert register.account(found).withdrawn_from is None


def test_too_many_refused_rows_write_nothing_but_the_list(tmp_path: Path) -> None:
    source = write_source(tmp_path / "s.csv", [*many(9), row(declared_on="")])
    with pytest.raises(RegisterError, match=r"1 of 10 rows refused \(no_declaration 1\)"):
        build_register(source, tmp_path / "reg")
    assert not (tmp_path / "reg").exists()
    assert (tmp_path / "reg.refused.tsv").read_text() == "11\tno_declaration\n"
    assert build_register(source, tmp_path / "reg", max_refused=0.1).manifest.accounts == 9


@pytest.mark.parametrize("content", ["", ",".join(GOOD) + "\n"])
def test_an_empty_source_is_refused(tmp_path: Path, content: str) -> None:
    build_register(write_source(tmp_path / "s.csv", many(3)), tmp_path / "reg")
    before = read_manifest(tmp_path / "reg")
    (tmp_path / "s.csv").write_text(content)
    with pytest.raises(RegisterError, match="empty"):
        build_register(tmp_path / "s.csv", tmp_path / "reg", max_shrink=1)
    assert read_manifest(tmp_path / "reg") == before


def test_a_source_that_shrank_is_refused(tmp_path: Path) -> None:
    build_register(write_source(tmp_path / "s.csv", many(10)), tmp_path / "reg")
    seven = write_source(tmp_path / "t.csv", many(7))
    with pytest.raises(RegisterError, match="7 entries where 10"):
        build_register(seven, tmp_path / "reg")
    assert open_register(tmp_path / "reg").size == 10
    build_register(write_source(tmp_path / "u.csv", many(8)), tmp_path / "reg")
    build_register(seven, tmp_path / "reg", max_shrink=0.5)
    assert open_register(tmp_path / "reg").size == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "reg",
        "reg.refused.tsv",
        "s.csv",
        "t.csv",
        "u.csv",
    ]


def test_a_folder_that_is_no_register_is_never_replaced(tmp_path: Path) -> None:
    source = write_source(tmp_path / "s.csv", many(3))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").touch()
    with pytest.raises(RegisterError, match="no register"):
        build_register(source, tmp_path / "photos", max_shrink=1)
    assert (tmp_path / "photos" / "one.jpg").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.xlsx", b"", "no kind of register source"),
        ("s.csv", b"person_id,name\n", "missing: declaration_ref"),
        ("s.csv", (",".join(GOOD) + ",salary\n").encode(), "unknown: salary"),
        ("s.parquet", b"PAR1", "no readable Parquet"),
    ],
)
def test_a_source_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RegisterError, match=message):
        list(read_source(tmp_path / name))
    with pytest.raises(RegisterError, match="cannot be read"):
        list(read_source(tmp_path / "absent.csv"))


def test_the_same_rows_in_any_order_are_the_same_bytes(tmp_path: Path) -> None:
    rows = many(20)
    one = build_register(write_source(tmp_path / "a.csv", rows), tmp_path / "a").manifest
    two = build_register(write_source(tmp_path / "b.csv", rows[::-1]), tmp_path / "b").manifest
    assert (one.version, one.files) == (two.version, two.files)


def test_a_damaged_artifact_is_refused_by_name(tmp_path: Path) -> None:
    directory = tmp_path / "reg"
    build_register(write_source(tmp_path / "s.csv", many(5)), directory)
    for name in (ACCOUNTS, PEOPLE):
        whole = (directory / name).read_bytes()
        for damaged in (whole[:-1], b"", whole[:-1] + bytes([whole[-1] ^ 1]), whole + b"x"):
            (directory / name).write_bytes(damaged)
            with pytest.raises(RegisterError, match=name):
                open_register(directory)
        (directory / name).unlink()
        with pytest.raises(RegisterError, match=name):
            open_register(directory)
        (directory / name).write_bytes(whole)
    manifest = (directory / MANIFEST).read_bytes()
    for damaged, message in (
        (b"", "no manifest"),
        (manifest[:-20], "no manifest"),
        (b"[1]", "format None"),
        (manifest.replace(b'"format": 1', b'"format": 0'), "of format 0, this Netral reads 1"),
        (manifest.replace(b'"people": 5', b'"people": 6'), "counts"),
        (manifest.replace(b'"people"', b'"persons"', 1), "damaged"),
    ):
        (directory / MANIFEST).write_bytes(damaged)
        with pytest.raises(RegisterError, match=message):
            open_register(directory)
    with pytest.raises(RegisterError, match="cannot be read"):
        open_register(tmp_path / "absent")


def test_identities_are_for_their_owner_only(tmp_path: Path) -> None:
    build_register(write_source(tmp_path / "s.csv", many(5)), tmp_path / "reg")
    assert (tmp_path / "reg" / IDENTITIES).stat().st_mode & 0o077 == 0
