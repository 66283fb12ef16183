"""The workers: real `netral worker` processes, replaced when they are killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from cli.demo_worker import worker_environment
from config.settings import Settings

ROOT: Final = Path(__file__).resolve().parent.parent
STOP_TIMEOUT: Final = 40.0
WARM: Final = 20.0
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Worker:
    process: subprocess.Popen[bytes]
    log_file: Path
    started: float
    expected_to_end: bool = False
    stopped: bool = False
    memory: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since its start, resident bytes."""

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def up(self) -> bool:
        """Its main has begun: it logs."""
        return self.log_file.stat().st_size > 0

    def send(self, number: signal.Signals) -> None:
        if self.alive:
            self.process.send_signal(number)

    def end(self, number: signal.Signals) -> None:
        """Send SIGTERM or SIGKILL; the end itself is waited for by :meth:`Fleet.ended`."""
        self.expected_to_end = True
        self.send(number)

    def sample_memory(self) -> None:
        if self.alive:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            self.memory.append((monotonic() - self.started, pages * _PAGE))


class Fleet:
    """All workers of a run, those that ended included."""

    def __init__(
        self, settings: Settings, folder: Path, module: Sequence[str] = ("cli.main", "worker")
    ) -> None:
        self.all: list[Worker] = []
        self.unexpected: list[str] = []
        """Workers that ended by themselves, with their exit code and the end of their log."""
        self._settings, self._folder, self._module = settings, folder, module

    @property
    def running(self) -> list[Worker]:
        return [worker for worker in self.all if worker.alive and not worker.expected_to_end]

    def add(self) -> Worker:
        log_file = self._folder / f"worker-{len(self.all)}.log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *self._module],
                env={**worker_environment(self._settings), "PYTHONPATH": str(ROOT)},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        worker = Worker(process, log_file, monotonic())
        self.all.append(worker)
        return worker

    def look_after(self) -> None:
        """Note the memory; start another where one ended by itself, as a supervisor would."""
        for worker in list(self.all):
            if worker.alive:
                worker.sample_memory()
            elif not worker.expected_to_end:
                worker.expected_to_end = True
                log = "\n".join(worker.log_file.read_text().splitlines()[-8:])
                self.unexpected.append(f"exit code {worker.process.returncode}:\n{log}")
                self.add()

    def ended(self, worker: Worker) -> None:
        """Wait for its end after SIGTERM; killed, and noted, where it takes over 40 s."""
        try:
            code = worker.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.unexpected.append(
                f"{worker.log_file.name}: SIGTERM, no end in {STOP_TIMEOUT:.0f} s"
            )
            worker.process.kill()
            worker.process.wait()
            return
        if code == -signal.SIGTERM and not worker.up:
            return  # Python was still starting, nobody listened to signals yet
        if code != 0:
            self.unexpected.append(f"{worker.log_file.name}: exit code {code} after SIGTERM")

    def kill_all(self) -> None:
        for worker in self.all:
            if worker.alive:
                worker.expected_to_end = True
                worker.process.kill()
                worker.process.wait()

    def memory_growth(self) -> float:
        """MiB from the first third of a worker's life to its last, the most of all workers.

        Its first 20 s do not count (loading lists, compiling), nor lives with less than 20 more.
        """
        growth = 0.0
        for worker in self.all:
            sizes = [size for age, size in worker.memory if age >= WARM]
            if not sizes or worker.memory[-1][0] < 2 * WARM:
                continue
            third = max(1, len(sizes) // 3)
            early, late = sizes[:third], sizes[-third:]
            growth = max(growth, sum(late) / len(late) - sum(early) / len(early))
        return growth / (1 << 20)
