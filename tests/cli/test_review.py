"""`netral review` and `netral audit` at the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import main

Netral = Callable[..., int]


@pytest.fixture
def netral(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Netral:
    """Runs a command in a folder with settings for a store."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "netral.toml").write_text(
        '[review]\nstore = "sqlite:///review.db"\nmaster_key_file = "master.key"\n'
        "compare_units = false\n"
    )
    return lambda *arguments: main([str(argument) for argument in arguments])


def test_from_a_key_to_a_verified_record(
    netral: Netral, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert netral("review", "user", "budi", "--name", "Budi", "--role", "reviewer") == 78
    assert "'netral review key FILE' makes one" in capsys.readouterr().err
    assert netral("review", "key", "master.key") == 0
    assert netral("review", "key", "master.key") == 78
    for name, role in (("budi", "reviewer"), ("lena", "lead"), ("zahra", "auditor")):
        assert netral("review", "user", name, "--name", name.title(), "--role", role) == 0
    assert netral("review", "user", "x", "--name", "X", "--role", "king") == 1
    assert netral("review", "sweep") == 0
    assert netral("review", "backup", "copy.db", "--keys", "keys.txt") == 0
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    capsys.readouterr()
    assert netral("audit", "verify") == 0
    said = capsys.readouterr().out
    assert said.startswith("audit: 3 entries, 3 with their bodies, unbroken")
    kept = said.rsplit(": ", 1)[1].strip()
    assert netral("audit", "verify", "--expect", kept) == 0
    assert netral("audit", "verify", "--expect", "2:" + "0" * 32) == 1
    assert "entry 2 is not the one that was kept" in capsys.readouterr().err
    assert netral("audit", "verify", "--expect", "nonsense") == 1
