"""`netral register`, through the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.register import app
from config.errors import InputError, RegisterError
from tests.lists.test_register_build import many, row, write_source

RUN = CliRunner()


def run(*arguments: str | Path) -> str:
    result = RUN.invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def built(tmp_path: Path) -> Path:
    # No region of its own, so that the example of the bio is all there is.
    source = write_source(tmp_path / "s.csv", [row(account_id=""), *many(3)])
    run("build", source, "-o", tmp_path / "reg")
    return tmp_path / "reg"


def test_build_refs_and_info(built: Path, tmp_path: Path) -> None:
    run("key", tmp_path / "key")
    assert "4 pseudonyms for e1" in run(
        "refs", built, "--election", "e1", "--key-file", tmp_path / "key", "--vault", tmp_path / "v"
    )
    said = run("info", built)
    assert "4 (4 not withdrawn)" in said
    assert "e1 (key " in said
    assert json.loads(run("info", built, "--json"))["people"] == 4


def test_build_says_what_was_refused(tmp_path: Path) -> None:
    source = write_source(tmp_path / "s.csv", [*many(3), row(declared_on="")])
    said = run("build", source, "-o", tmp_path / "reg", "--max-refused", "0.5")
    assert "line 5 refused: no_declaration" in said
    told = json.loads(run("build", source, "-o", tmp_path / "reg", "--max-refused", "1", "--json"))
    assert (told["rows"], told["refused_rows"], told["refused"]) == (4, 1, {"no_declaration": 1})
    with pytest.raises(RegisterError) as error:
        run("build", source, "-o", tmp_path / "reg")
    assert error.value.exit_code == 65


def test_lookup(built: Path) -> None:
    where = ("--register", built, "--platform", "instagram")
    assert "identity    declared" in run("lookup", *where, "--handle", "@Budi.S")
    found = json.loads(
        run(
            "lookup",
            *where,
            "--handle",
            "budi_s",
            "--name",
            "Budi Santoso",
            "--bio",
            "ASN di Jatim",
            "--json",
        )
    )
    (candidate,) = found["candidates"]
    assert candidate["handle"] == "budi.s"
    assert [level["level"] for level in candidate["levels"]] == [
        "same handle without separators; name agrees, 1 bearer in the register",
        "no digits",
        "region named in bio",
        "no agency in bio",
    ]
    assert found["lead"] is (candidate["probability"] >= found["lead_threshold"])
    said = run("lookup", *where, "--handle", "budi_s", "--at", "2024-10-01T08:00:00+07:00")
    assert "no lead (threshold 80.00%" in said
    assert "no handle of instagram" in run("lookup", *where, "--handle", "no handle")


@pytest.mark.parametrize(
    "arguments", [("--platform", "myspace"), ("--platform", "x", "--at", "2024-10-01")]
)
def test_a_look_up_that_cannot_be(built: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="refused"):
        run("lookup", "--register", built, "--handle", "budi", *arguments)


def test_no_register_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no register named"):
        run("info")
