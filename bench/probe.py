"""What each benchmarked consumer reports of itself, as one JSON line on standard output."""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import orjson


@dataclass
class Stopwatch:
    """Times from the first to the last of `expected` events, so that start-up does not count."""

    expected: int
    seen: int = 0
    first: float = field(default=0.0)

    def count(self, events: int) -> bool:
        """Count a batch; True when all have been seen."""
        if not self.seen:
            self.first = time.perf_counter()
            self.expected -= events  # the first batch starts the clock and is not timed
            self.seen = 1
            return self.expected <= 0
        self.seen += events
        return self.seen > self.expected

    def report(self) -> None:
        """Print events per second and peak memory (MiB), and say so at once."""
        seconds = time.perf_counter() - self.first
        line = {"events": self.seen - 1, "seconds": seconds, "peak_mib": peak_mib("self")}
        sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()


def peak_mib(process: int | str) -> float:
    """Peak resident memory (MiB) of a process that still runs, by its id or `self`.

    Not `getrusage`: that counts what the process was forked from.
    """
    return _status(process, "VmHWM:")


def resident_mib() -> float:
    """Resident memory (MiB) of this process, now."""
    return _status("self", "VmRSS:")


def _status(process: int | str, key: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    return 0.0
