"""From source to artifact: what is refused, what is listed, what replaces what."""

from pathlib import Path
from typing import Any

import pytest

from config.errors import RegisterError
from lists import register_source
from lists.register_artifact import IDENTITIES, open_register, read_identities, read_manifest
from lists.register_build import build_register
from tests.lists.sources import GOOD, many, row, write_source

KINDS = ["csv", "jsonl", "parquet"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_source_gives_the_same_register(tmp_path: Path, kind: str) -> None:
    rows = [row(), *many(3), row(handle="буди", platform="youtube", account_id="x", name="Ñ")]
    source = write_source(tmp_path / f"s.{kind}", rows)
    report = build_register(source, tmp_path / "reg")
    assert (report.rows, report.refused, report.manifest.people) == (5, (), 4)
    register = open_register(tmp_path / "reg")
    (found,) = register.rows_by_account_id([("instagram", "7")])
    account = register.account(found)
    person = register.person(account.person)
    assert (account.handle, person.canonical_name) == ("budi.s", "n")
    assert (person.region_code, person.agency_code, register.size) == ("35.78", "BKPSDM", 5)
    assert register.version == report.manifest.version
    other = build_register(write_source(tmp_path / "o.csv", rows), tmp_path / "other").manifest
    assert (other.version, other.files) == (report.manifest.version, report.manifest.files)


@pytest.mark.parametrize("kind", KINDS)
def test_refused_rows_are_listed_by_line_and_reason(tmp_path: Path, kind: str) -> None:
    rows = [*many(2), row(declared_on=""), *many(1), row(handle="b s", person_id="9"), row()]
    report = build_register(
        write_source(tmp_path / f"s.{kind}", rows), tmp_path / "reg", max_refused=1
    )
    first = 2 if kind == "csv" else 1
    expected = [
        (first, "duplicate"),  # of line `first + 3`: the later one stands
        (first + 2, "no_declaration"),
        (first + 4, "invalid_handle"),
    ]
    assert [(one.line, one.reason.value) for one in report.refused] == expected
    assert report.manifest.refused == {"duplicate": 1, "invalid_handle": 1, "no_declaration": 1}
    assert (tmp_path / "reg.refused.tsv").read_text() == "".join(
        f"{line}\t{reason}\n" for line, reason in expected
    )


def test_one_account_under_two_people_is_nobodys(tmp_path: Path) -> None:
    rows = [row(account_id=""), row(account_id="", person_id="2", handle="@budi.S"), *many(300)]
    report = build_register(write_source(tmp_path / "s.csv", rows), tmp_path / "reg")
    assert [(one.line, one.reason.value) for one in report.refused] == [
        (2, "one_account_under_two_people"),
        (3, "one_account_under_two_people"),
    ]
    assert report.manifest.refused == {"one_account_under_two_people": 2}
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


@pytest.mark.parametrize("name", ["absent.csv", "s.xlsx"])
def test_a_source_that_cannot_be_read_leaves_everything(tmp_path: Path, name: str) -> None:
    with pytest.raises(RegisterError, match=name):
        build_register(tmp_path / name, tmp_path / "reg")
    assert list(tmp_path.iterdir()) == []


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


def test_withdrawn_accounts_are_a_loss_too(tmp_path: Path) -> None:
    build_register(write_source(tmp_path / "s.csv", many(10)), tmp_path / "reg")
    rows = [
        one | {"withdrawn_on": "2024-02-01" if number < 3 else ""}
        for number, one in enumerate(many(10))
    ]
    with pytest.raises(RegisterError, match="7 entries where 10"):
        build_register(write_source(tmp_path / "t.csv", rows), tmp_path / "reg")


def test_what_it_replaces_must_be_readable_or_meant_to_go(tmp_path: Path) -> None:
    source = write_source(tmp_path / "s.csv", many(3))
    build_register(source, tmp_path / "reg")
    (tmp_path / "reg" / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(RegisterError, match=r"of format 1.*--max-shrink 1 replaces"):
        build_register(source, tmp_path / "reg")
    assert build_register(source, tmp_path / "reg", max_shrink=1).manifest.accounts == 3


def test_a_folder_that_is_no_register_is_never_replaced(tmp_path: Path) -> None:
    source = write_source(tmp_path / "s.csv", many(3))
    (tmp_path / "photos").mkdir()
    assert build_register(source, tmp_path / "photos").manifest.accounts == 3, "an empty one is"
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "one.jpg").touch()
    with pytest.raises(RegisterError, match="no register"):
        build_register(source, tmp_path / "album", max_shrink=1)
    assert (tmp_path / "album" / "one.jpg").exists()


def test_a_failure_while_writing_leaves_the_old_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_register(write_source(tmp_path / "s.csv", many(3)), tmp_path / "reg")
    before = read_manifest(tmp_path / "reg")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lists.register_artifact.write_array", full)
    with pytest.raises(OSError, match="No space left"):
        build_register(write_source(tmp_path / "s.csv", many(4)), tmp_path / "reg")
    assert read_manifest(tmp_path / "reg") == before
    assert open_register(tmp_path / "reg").size == 3
    assert {path.name for path in tmp_path.iterdir()} == {"reg", "reg.refused.tsv", "s.csv"}


def test_the_stages_are_told_and_the_rows_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_source, "BLOCK_BYTES", 400)
    told: list[tuple[str, int]] = []
    source = write_source(tmp_path / "s.csv", [*many(20), row(handle="")])
    build_register(
        source,
        tmp_path / "reg",
        max_refused=1,
        progress=lambda stage, done: told.append((stage, done)),
    )
    counts = [done for stage, done in told if stage == "rows"]
    assert len(counts) > 3
    assert counts == sorted(counts)
    assert counts[-1] == 21
    stages = list(dict.fromkeys(stage for stage, _ in told))
    assert stages == ["rows", "accounts", "people", "names", "index", "files"]


def test_blocks_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*many(30), row(name="Budi\nSantoso"), row(handle="x y", person_id="9"), *many(5)]
    source = write_source(tmp_path / "s.csv", rows)
    one = build_register(source, tmp_path / "a", max_refused=1)
    monkeypatch.setattr(register_source, "BLOCK_BYTES", 150)
    other = build_register(source, tmp_path / "b", max_refused=1)
    assert one == other


def test_the_same_rows_in_any_order_are_the_same_bytes(tmp_path: Path) -> None:
    rows = [*many(20), row(platform="x", handle="budi_s"), row(declared_on="2024-02-01")]
    one = build_register(write_source(tmp_path / "a.csv", rows), tmp_path / "a").manifest
    two = build_register(write_source(tmp_path / "b.csv", rows[::-1]), tmp_path / "b").manifest
    assert (one.version, one.files) == (two.version, two.files)
    assert one.source_sha256 != two.source_sha256


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    rows = [*many(2), row(withdrawn_on="2024-02-01")]
    source = write_source(tmp_path / "s.csv", rows)
    manifest = build_register(source, tmp_path / "reg", overlay_offset=7).manifest
    assert read_manifest(tmp_path / "reg") == manifest
    assert (manifest.accounts, manifest.accounts_standing, manifest.people) == (3, 2, 3)
    assert (manifest.overlay_offset, manifest.refused, manifest.refs) == (7, {}, {})
    assert open_register(tmp_path / "reg").overlay_offset == 7
    other = build_register(source, tmp_path / "other").manifest
    assert other.version == manifest.version, "the version is of accounts and people only"


def test_identities_are_for_their_owner_only(tmp_path: Path) -> None:
    build_register(write_source(tmp_path / "s.csv", [row(), *many(4)]), tmp_path / "reg")
    assert (tmp_path / "reg" / IDENTITIES).stat().st_mode & 0o077 == 0
    identities = read_identities(tmp_path / "reg").to_pylist()
    assert identities[2] == {
        "person_id": "198001",
        "name": "Drs. Budi Santoso, M.Si.",
        "agency_code": "BKPSDM",
    }
