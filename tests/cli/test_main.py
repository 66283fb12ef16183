import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import main as entry
from cli.context import Invocation
from cli.lazy_group import LAZY_GROUPS
from config.errors import BrokerError
from tests.cli.conftest import ROOT, Run


def test_help_names_every_command_and_imports_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from cli.main import main\n"
        "code = main(['--help'])\n"
        "heavy = {'faust', 'aiokafka', 'pyarrow', 'pydantic', 'ahocorasick_rs', 'msgspec'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)), code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "HEAVY [] 0" in done.stdout
    for name in ("demo", "worker", "produce", "tail", "screen", "explain", *LAZY_GROUPS):
        assert name in done.stdout


@pytest.mark.parametrize("group", sorted(LAZY_GROUPS))
def test_every_group_loads_and_lists_its_commands(group: str) -> None:
    done = CliRunner().invoke(entry.app, [group, "--help"])
    assert done.exit_code == 0
    assert "Commands" in done.output


def test_version() -> None:
    done = CliRunner().invoke(entry.app, ["--version"])
    assert done.exit_code == 0
    assert done.output.startswith("netral ")


def test_unknown_setting_names_itself_and_leaves_no_traceback(netral: Run, tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text("{}\n")
    done = netral(
        *("screen", "posts.jsonl", "--register", "r", "--watchlist", "w"),
        env={"NETRAL_KAFKA__GROP": "x"},
    )
    assert done.returncode == 78
    assert "NETRAL_KAFKA__GROP" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_setting_in_the_named_file(netral: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[kafka]\nbootstap = 'x:1'\n")
    done = netral("--config", "own.toml", "worker")
    assert done.returncode == 78
    assert "bootstap" in done.stderr


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (BrokerError("the broker is away. Start it."), 69, "netral: the broker is away. Start it."),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_expected_endings(
    raised: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def settings(self: Invocation, overrides: object = None) -> None:
        raise raised

    monkeypatch.setattr(Invocation, "settings", settings)
    assert entry.main(["worker"]) == code
    assert capsys.readouterr().err.strip() == said


def test_a_defect_says_where_and_never_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def settings(self: Invocation, overrides: object = None) -> None:
        raise ValueError("canary-in-a-post")

    monkeypatch.setattr(Invocation, "settings", settings)
    assert entry.main(["worker"]) == 70
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "test_main.py" in said
    assert "canary" not in said


def test_wrong_use_is_2() -> None:
    assert entry.main(["no-such-command"]) == 2
