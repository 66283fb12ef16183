import csv
from collections import Counter
from datetime import date
from pathlib import Path

from matchers.handles import normalise
from streams.records import PLATFORMS
from synth.register import SOURCE_COLUMNS, draw_register, write_source


def test_same_seed_same_rows_and_bytes(tmp_path: Path) -> None:
    rows = draw_register(200, 3)
    assert rows == draw_register(200, 3)
    assert rows != draw_register(200, 4)
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    write_source(rows, first)
    write_source(draw_register(200, 3), second)
    assert first.read_bytes() == second.read_bytes()


def test_every_kind_of_account_occurs() -> None:
    rows = draw_register(800, 3)
    accounts = Counter(row.person_id for row in rows)
    assert len(accounts) == 800
    assert set(accounts.values()) == {1, 2, 3}
    assert {row.platform for row in rows} == set(PLATFORMS)
    assert 0.2 < sum(row.account_id is None for row in rows) / len(rows) < 0.5
    assert any(row.withdrawn_on for row in rows)
    assert any(row.display_name is None for row in rows)


def test_handles_can_be_handles_and_nobody_shares_one() -> None:
    rows = draw_register(2_000, 11)
    normal = [(row.platform, normalise(row.platform, row.handle)) for row in rows]
    assert all(handle is not None for _, handle in normal)
    assert len(set(normal)) == len(normal)


def test_standing_does_not_change_in_2024() -> None:
    for row in draw_register(500, 5):
        assert row.declared_on < date(2023, 4, 1)
        assert row.withdrawn_on is None or row.declared_on < row.withdrawn_on < date(2024, 1, 1)


def test_source_has_the_columns_that_the_build_reads(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    written = write_source(draw_register(50, 1), path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == written
    assert tuple(rows[0]) == SOURCE_COLUMNS
    assert all(row["declaration_ref"] and row["declared_on"] for row in rows)
