"""The exit code says how it ended, and nothing says what was in hand."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PROGRAM = """
import asyncio, sys
from aiokafka.errors import TopicAuthorizationFailedError
from config.errors import BrokerError, SettingsError
from config.settings import LogSettings
from streams.logs import configure_logging
from streams.runner import CrashedError, run

async def main(stop):
    {body}

configure_logging(LogSettings())
sys.exit(run(main))
"""


def ended(body: str) -> tuple[int, list[dict[str, object]]]:
    program = PROGRAM.format(body=textwrap.indent(textwrap.dedent(body), "    ").strip())
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "KANARI" not in done.stdout + done.stderr
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_asked_to_stop_is_0() -> None:
    assert ended("import os, signal; os.kill(os.getpid(), signal.SIGTERM); await stop.wait()") == (
        0,
        [],
    )


def test_a_second_signal_does_not_wait() -> None:
    code, lines = ended(
        """
        import os, signal
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()
        """
    )
    assert code == 0
    assert [line["event"] for line in lines] == ["stopped_at_once"]


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyError('KANARI')",
        "raise CrashedError('KANARI') from KeyError('KANARI')",
    ],
)
def test_inv_02_a_bug_is_70_and_is_named_by_type_only(body: str) -> None:
    code, lines = ended(body)
    assert code == 70
    assert lines[-1]["event"] == "crashed"
    assert lines[-1]["errors"] == ["KeyError"]


def test_a_broker_that_refuses_is_69() -> None:
    code, lines = ended("raise BrokerError('the broker refuses us')")
    assert code == 69
    assert lines[-1]["reason"] == "the broker refuses us"


def test_a_refused_setting_is_78() -> None:
    assert ended("raise SettingsError('metrics.port is taken')")[0] == 78


async def test_signals_reach_a_running_loop() -> None:
    """The process under test answers SIGINT as it does SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM.format(body="print('up', flush=True); await stop.wait()"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    async with asyncio.timeout(30):
        assert await process.wait() == 0
