"""The demo's worker: a real `netral worker` process, and what it says of itself over HTTP."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from cli.worker_http import get
from config.errors import NetralError
from config.settings import ENV_NESTED, ENV_PREFIX, Settings

WORKER: Final = ("-m", "cli.main", "worker")
START_TIMEOUT: Final = 45.0
STOP_TIMEOUT: Final = 15.0
_HTTP_TIMEOUT: Final = 2.0


class WorkerError(NetralError):
    """The demo's worker process did not start or ended by itself."""

    exit_code = 70


def worker_environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a process these settings, and none of the caller's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    for section, values in settings.model_dump(mode="json", exclude_unset=True).items():
        for name, value in values.items():
            written = value if isinstance(value, str) else orjson.dumps(value).decode()
            kept[f"{ENV_PREFIX}{section}{ENV_NESTED}{name}".upper()] = written
    return kept


@contextlib.contextmanager
def worker_process(
    settings: Settings, folder: Path, command: Sequence[str] = WORKER
) -> Iterator["WorkerProcess"]:
    """A `netral worker` with these settings; stopped with SIGTERM when the block ends.

    `command` is what the interpreter is given.
    """
    log_file = folder / "worker.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own code, no shell
            [sys.executable, *command],
            env=worker_environment(settings),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is the demo's: it stops the worker in order
        )
    try:
        yield WorkerProcess(process, settings, log_file)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A running worker, asked over HTTP as an SRE's monitoring would."""

    process: subprocess.Popen[bytes]
    settings: Settings
    log_file: Path

    @property
    def metrics_url(self) -> str:
        return f"http://{self.settings.metrics.host}:{self.settings.metrics.port}/metrics"

    async def wait_until_ready(self) -> None:
        """Wait for `/readyz`. Raises WorkerError with the end of the worker's log."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT):
                while not await self._is_ready():
                    self.check_alive()
                    await asyncio.sleep(0.1)
                return
        raise WorkerError(
            f"the worker was not ready within {START_TIMEOUT:.0f} s.{self._log_end()}"
        )

    def check_alive(self) -> None:
        """Raises WorkerError where the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise WorkerError(f"the worker ended with exit code {code}.{self._log_end()}")

    async def wait_for_end(self) -> None:
        """Wait as long as the process lives; then raises WorkerError."""
        while True:
            self.check_alive()
            await asyncio.sleep(1.0)

    async def metric(self, name: str, label: str | None = None) -> dict[str, int]:
        """The samples of one count by the value of one label (\"\" without a label)."""
        return {value: int(count) for value, count in (await self.samples(name, label)).items()}

    async def samples(self, name: str, label: str | None = None) -> dict[str, float]:
        """The samples of one metric by the value of one label (\"\" without a label)."""
        from prometheus_client.parser import text_string_to_metric_families

        status, body = await self._get("/metrics")
        if status != 200:
            return {}
        return {
            sample.labels[label] if label is not None else "": sample.value
            for family in text_string_to_metric_families(body)
            for sample in family.samples
            if sample.name == name
        }

    async def _is_ready(self) -> bool:
        status, _ = await self._get("/readyz")
        return status == 200

    async def _get(self, path: str) -> tuple[int, str]:
        """Status and body; status 0 where nobody answers."""
        metrics = self.settings.metrics
        status, body = await get(metrics.host, metrics.port, path, _HTTP_TIMEOUT)
        return status, body.decode(errors="replace")

    def _log_end(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()[-15:]
        return "".join(f"\n  {line}" for line in ("its log ends:", *lines))
