"""`netral register key`, `review-key` and `refs`, through the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.register import app
from config.errors import RegisterError
from lists.refs import key_id, read_key
from lists.register_build import build_register
from lists.vault import open_vault, read_review_key
from tests.lists.sources import many, row, write_source

RUN = CliRunner()


def run(*arguments: str | Path) -> str:
    result = RUN.invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refs(folder: Path, recipient: str) -> str:
    return run(
        "refs",
        folder / "reg",
        "--election",
        "e1",
        "--key-file",
        folder / "key",
        "--recipient",
        recipient,
        "--vault",
        folder / "vault",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a register of four people and a pseudonym key."""
    build_register(write_source(tmp_path / "s.csv", [row(), *many(3)]), tmp_path / "reg")
    said = run("key", tmp_path / "key")
    assert said == f"{tmp_path / 'key'}: new key {key_id(read_key(tmp_path / 'key'))}\n"
    return tmp_path


def test_pseudonyms_and_a_vault_for_the_review_side(folder: Path) -> None:
    # Printed alone, so that a script may hand it on as it is.
    recipient = run("review-key", folder / "review.key").strip()
    assert recipient == str(read_review_key(folder / "review.key").to_public())
    said = refs(folder, recipient)
    assert "4 pseudonyms for e1" in said
    assert recipient in said
    opened = open_vault(folder / "vault", folder / "review.key")
    assert len(opened) == 4
    assert opened.header.election_id == "e1"


def test_keys_are_never_replaced(folder: Path) -> None:
    run("review-key", folder / "review.key")
    for command, name in (("key", "key"), ("review-key", "review.key"), ("key", "review.key")):
        before = (folder / name).read_bytes()
        with pytest.raises(RegisterError, match="exists already"):
            run(command, folder / name)
        assert (folder / name).read_bytes() == before


def test_the_secret_is_refused_as_a_recipient(folder: Path) -> None:
    run("review-key", folder / "review.key")
    secret = str(read_review_key(folder / "review.key"))
    with pytest.raises(RegisterError, match="must not leave the review side") as error:
        refs(folder, secret)
    assert error.value.exit_code == 65
    assert secret not in str(error.value)
    assert not (folder / "vault").exists()


def test_a_recipient_must_be_given(folder: Path) -> None:
    arguments = ("refs", folder / "reg", "--election", "e1", "--key-file", folder / "key")
    result = RUN.invoke(app, [str(one) for one in (*arguments, "--vault", folder / "vault")])
    assert result.exit_code == 2
    assert not (folder / "vault").exists()
