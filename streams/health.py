"""Whether the worker itself is stuck: a pure state machine, the clock passed in.

A liveness probe that fails restarts the process, so it may fail only for what a restart mends. It
does not mend a broker that is away or an output that takes nothing: while either is so, waiting
costs nobody's patience, and when it is over everybody's begins anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from streams.accounting import Partition


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen of one partition: the next offset not dealt with, and the log's end."""

    done: int
    end: int

    @property
    def lag(self) -> int:
        """Records not dealt with yet."""
        return max(0, self.end - self.done)


@dataclass(frozen=True, slots=True)
class Health:
    """What `/healthz` answers; `notes` says which partitions stand still."""

    alive: bool
    notes: dict[str, Any]


@dataclass(slots=True)
class _Watched:
    done: int
    lags: bool
    still: float


class ProgressWatch:
    """How long each partition with lag has stood still while nothing outside explains it.

    `patience` is how many seconds are too long. One observation adds at most `longest_step`
    seconds: a process that was suspended has not been stuck for as long as it slept.
    """

    def __init__(self, patience: float, longest_step: float) -> None:
        self._patience = patience
        self._longest_step = longest_step
        self._watched: dict[Partition, _Watched] = {}
        self._seen_at: float | None = None
        self._was_ours = False

    def observe(
        self,
        now: float,
        seen: Mapping[Partition, Sighting],
        *,
        brokers_answer: bool,
        output_accepts: bool,
    ) -> None:
        """Take note of every partition held at `now` (monotonic seconds); others are dropped."""
        step = 0.0 if self._seen_at is None else min(now - self._seen_at, self._longest_step)
        self._seen_at = now
        ours = brokers_answer and output_accepts
        if not self._was_ours:
            step = 0.0  # some of it went by while waiting was excused
        self._was_ours = ours
        watched: dict[Partition, _Watched] = {}
        for partition, sighting in seen.items():
            before = self._watched.get(partition)
            still = 0.0
            if before is not None and before.done == sighting.done and before.lags and ours:
                still = before.still + step if sighting.lag else 0.0
            watched[partition] = _Watched(sighting.done, sighting.lag > 0, still)
        self._watched = watched

    def still(self) -> dict[Partition, float]:
        """Seconds without progress of every partition held; 0 where it moves or needs not."""
        return {partition: each.still for partition, each in self._watched.items()}

    def health(self) -> Health:
        """Not alive: a partition has stood still for longer than the patience."""
        stuck = [
            {
                "topic": partition[0],
                "partition": partition[1],
                "offset": each.done,
                "seconds": round(each.still, 1),
            }
            for partition, each in sorted(self._watched.items())
            if each.still >= self._patience
        ]
        return Health(not stuck, {"stuck": stuck})
