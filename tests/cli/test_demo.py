"""The demo as a user runs it: a real broker, a real worker, and the known answer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.demo_view import DemoView
from cli.demo_worker import worker_environment
from config.settings import KafkaSettings, ListSettings, Settings
from synth.answer import Comparison
from tests.cli.conftest import ROOT, Run

pytestmark = pytest.mark.broker


def test_demo_gives_the_known_answer_and_exits(netral: Run) -> None:
    done = netral("demo", "--exit", "--posts", "1500", timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the answer equals the known one" in done.stdout
    assert "metrics at http://127.0.0.1:" in done.stdout
    for name in ("invalid", "not_public", "stopped", "out_of_window", "flagged"):
        assert name in done.stdout
    assert "[[" in done.stdout
    assert done.stderr == ""


def test_ctrl_c_stops_worker_and_broker(tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("NETRAL_")}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "cli.main", "demo", "--posts", "1500"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        env={**clean, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "Ctrl-C stops everything" in line:
                break
        children = _children(demo.pid)
        assert len(children) == 2
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 130
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert list(tmp_path.iterdir()) == []


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("needs /proc to see the demo's processes")
    return [int(child) for child in listed.read_text().split()]


def test_a_different_answer_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = Comparison(
        missing=tuple(f"p{number}" for number in range(25)),
        unexpected=("q1",),
        different=("r1: rules D2 instead of D2, D8",),
        dispositions={"flagged": (3, 2)},
    )
    DemoView().answer(comparison)
    said = capsys.readouterr().out
    for part in ("DIFFERS", "missing: p0", "and 5 more missing", "unexpected: q1", "D2, D8"):
        assert part in said
    assert "flagged: 2 instead of 3" in said


def test_the_worker_gets_the_demos_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRAL_LOG__LEVEL", "debug")
    environment = worker_environment(
        Settings.model_construct(
            kafka=KafkaSettings(bootstrap="127.0.0.1:5"),
            lists=ListSettings(register_dir=Path("/r")),
        )
    )
    ours = {name: value for name, value in environment.items() if name.startswith("NETRAL_")}
    assert ours == {
        "NETRAL_KAFKA__BOOTSTRAP": "127.0.0.1:5",
        "NETRAL_LISTS__REGISTER_DIR": "/r",
    }
