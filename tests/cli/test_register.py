"""`netral register`, through the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.register import app
from config.errors import InputError, RegisterError
from tests.lists.models import write_model
from tests.lists.sources import many, row, write_source

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
    recipient = run("review-key", tmp_path / "review.key").strip()
    keys = ("--key-file", tmp_path / "key", "--recipient", recipient)
    run("refs", built, "--election", "e1", *keys, "--vault", tmp_path / "v")
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


@pytest.fixture
def own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own: the shipped one is learned anew from time to time."""
    monkeypatch.setenv("NETRAL_LISTS__MODEL_FILE", str(write_model(tmp_path / "model.json")))


@pytest.mark.usefixtures("own_model")
def test_lookup(built: Path) -> None:
    where = ("--register", built, "--platform", "instagram")
    assert "identity    declared" in run("lookup", *where, "--handle", "@Budi.S")
    asked = (*where, "--handle", "budi_s", "--name", "Budi Santoso")
    found = json.loads(run("lookup", *asked, "--bio", "ASN di Jatim", "--json"))
    first, *others = found["candidates"]
    assert first["handle"] == "budi.s"
    assert [level["level"] for level in first["levels"]] == [
        "same handle without separators; name agrees, 1 bearer in the register",
        "no digits",
        "no title to compare",
        "region named in bio",
        "no agency in bio",
    ]
    assert [level["bits"] for level in first["levels"]] == [8.0, 0.0, 0.0, 5.0, 0.0]
    assert (first["weight_bits"], first["can_carry_a_lead"]) == (13.0, True)
    assert {level["basis"] for level in first["levels"]} == {"invented"}
    assert found["lead"] is True
    # `budi0` and so on: one letter less, and what speaks against them.
    assert {one["handle"] for one in others} == {"budi0", "budi1", "budi2"}
    assert found["more_candidates"] == 0
    assert all(
        one["levels"][0]["level"].startswith("handle with one letter more") for one in others
    )


@pytest.mark.usefixtures("own_model")
def test_lookup_in_words(built: Path) -> None:
    where = ("--register", built, "--platform", "instagram")
    at = ("--at", "2024-10-01T08:00:00+07:00")
    said = run("lookup", *where, "--handle", "budi_s", "--name", "Budi Santoso", *at)
    assert "candidate   budi.s  19.93%  " in said
    assert "+8.0 bits\n" in said
    assert (
        "               +8.0  same handle without separators; "
        "name agrees, 1 bearer in the register\n" in said
    )
    assert "               +0.0  no digits\n" in said
    assert "no lead (threshold 80.00%" in said
    early = run("lookup", *where, "--handle", "budi_s", "--at", "2023-10-01T08:00:00+07:00")
    assert "candidate" not in early, "nobody was declared yet"
    assert "no handle of instagram" in run("lookup", *where, "--handle", "no handle")


@pytest.mark.usefixtures("own_model")
def test_a_crowd_is_shown_as_far_as_there_is_room(tmp_path: Path) -> None:
    rows = [row(person_id=str(n), handle=f"budi{n}", account_id="") for n in range(260)]
    run("build", write_source(tmp_path / "c.csv", rows), "-o", tmp_path / "crowd")
    asked = ("--register", tmp_path / "crowd", "--platform", "instagram", "--handle", "budi_7")
    found = json.loads(run("lookup", *asked, "--json"))
    assert len(found["candidates"]) + found["more_candidates"] == 260
    assert found["more_candidates"] > 0
    assert f"and {found['more_candidates']} more, whose handles say less" in run("lookup", *asked)


def test_verify(built: Path) -> None:
    said = run("verify", built)
    assert "all as they were written" in said
    name = "accounts.handles.text.npy"
    content = bytearray((built / name).read_bytes())
    content[-1] ^= 1
    (built / name).write_bytes(content)
    with pytest.raises(RegisterError, match=name):
        run("verify", built)


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
