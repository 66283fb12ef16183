"""A worker process that can be stopped and started again, and what it says of itself."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.demo_worker import WORKER, WorkerProcess, worker_process
from config.settings import Settings
from tests.invariants.live import clean_environment
from tests.streams.wire import DEADLINE


class Member:
    """One worker of the group, which can be stopped and started again."""

    def __init__(self, settings: Settings, folder: Path, command: Sequence[str] = WORKER) -> None:
        self.settings = settings
        self.folder = folder
        self._command = command
        self._stack = contextlib.ExitStack()
        self.process: WorkerProcess

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stack.enter_context(clean_environment(self.folder))
        self.process = self._stack.enter_context(
            worker_process(self.settings, self.folder, self._command)
        )

    def stop(self) -> None:
        self._stack.close()

    def samples(self, name: str, label: str | None = None) -> dict[str, float]:
        return asyncio.run(self.process.samples(name, label))

    def status(self, path: str) -> int:
        """The status of an HTTP answer; 0: nobody answers."""
        return asyncio.run(self.process._get(path))[0]

    def partitions(self) -> set[str]:
        return set(self.samples("netral_lag_events", "partition"))

    def rebalances(self) -> float:
        return self.samples("netral_rebalances_total").get("", 0.0)

    def ready(self) -> bool:
        self.process.check_alive()
        return self.samples("netral_ready") == {"": 1.0}


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
