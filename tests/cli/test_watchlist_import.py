"""`netral watchlist import`, as a user runs it: what is said, what is written, what is not."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import main
from cli.watchlist import app
from lists.watchlist_file import load_watchlist
from tests.lists.ballots import BALLOT, DCT, Sources, contests_of, with_cell

RUN = CliRunner().invoke


def arguments(sources: Sources, output: Path, *more: str) -> list[str]:
    ballot, calendar, accounts = sources.paths()
    given = ["import", str(ballot), "--calendar", str(calendar), "-o", str(output), *more]
    return [*given, "--accounts", str(accounts)] if accounts else given


@pytest.mark.parametrize("name", ["out.yaml", "out.json"])
def test_what_is_written_is_fit_to_be_in_force(tmp_path: Path, name: str) -> None:
    output = tmp_path / name
    result = RUN(app, arguments(Sources(tmp_path), output))
    assert result.exit_code == 0, result.output
    assert f"{output}: contoh-2024, 3 contests, 5 pairs, 10 people, 4 accounts" in result.output
    assert "names: 10 full, 6 shorter forms, 2 nicknames" in result.output
    assert "warning  2 people have a name of one word\n" in result.output
    assert "people have a full name that does not count alone" in result.output
    assert "warning  4 people have no account" in result.output
    assert len(contests_of(load_watchlist(output))) == 3
    checked = RUN(app, ["check", str(output)])
    assert checked.exit_code == 0, checked.output


def test_the_numbers_for_a_script(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    sources = Sources(tmp_path, ballot=list(DCT), accounts=None)
    result = RUN(app, arguments(sources, output, "--form", "dct", "--json"))
    report = orjson.loads(result.output)
    assert (report["file"], report["contests"], report["people"]) == (str(output), 2, 4)


def test_a_refused_import_leaves_what_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out.yaml"
    output.write_text("the old one")
    sources = Sources(tmp_path, ballot=with_cell(BALLOT, 3, "head", ""))
    before = sorted(tmp_path.iterdir())
    assert main(["watchlist", *arguments(sources, output)]) == 65
    error = capsys.readouterr().err
    assert "import refused, 1 problem(s), nothing was written" in error
    assert "ballot.csv, line 3, column head: '' is no name" in error
    assert output.read_text() == "the old one"
    assert {*tmp_path.iterdir()} - {*before} == {*sources.paths()}


def test_an_output_that_is_no_watchlist_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["watchlist", "import", "none.csv", "--calendar", "none.yaml", "-o", "out.csv"]) == 65
    )
    assert "out.csv: no kind of watchlist" in capsys.readouterr().err


def test_a_gap_is_allowed_where_it_is_said(tmp_path: Path) -> None:
    output = tmp_path / "out.yaml"
    sources = Sources(tmp_path, ballot=with_cell(BALLOT, 7, "ballot_no", "3"), accounts=None)
    assert main(["watchlist", *arguments(sources, output)]) == 65
    assert main(["watchlist", *arguments(sources, output, "--allow-gaps")]) == 0


@pytest.mark.shared
def test_the_ballots_of_2024(tmp_path: Path, shared: Path) -> None:
    output, sources = tmp_path / "out.yaml", Sources(tmp_path, accounts=None)
    given = arguments(sources, output)
    given[1] = str(shared / "candidates/pilkada2024_pairs.csv")
    result = RUN(app, given)
    assert result.exit_code == 0, result.output
    assert "545 contests, 1,557 pairs, 3,114 people" in result.output
    checked = RUN(app, ["check", str(output)])
    assert checked.exit_code == 0
    assert "more warnings; --json has them all" in checked.output
    assert len(checked.output.splitlines()) < 60
