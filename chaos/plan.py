"""What goes wrong and when, drawn from a seed. The table of faults is the policy."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

FaultKind = Literal[
    "worker_kill",
    "worker_zombie",
    "worker_term",
    "worker_added",
    "worker_removed",
    "rolling_restart_workers",
    "broker_kill",
    "broker_pause",
    "leader_change",
    "all_brokers_away",
    "rolling_restart_brokers",
    "connections_cut",
    "latency",
    "disk_full",
]

IN_WORDS: Final[Mapping[FaultKind, str]] = {
    "worker_kill": "a worker killed (SIGKILL), another started",
    "worker_zombie": "a worker stopped for longer than its session (SIGSTOP), then woken",
    "worker_term": "a worker asked to end (SIGTERM), another started",
    "worker_added": "a worker more, up to four",
    "worker_removed": "a worker less (SIGTERM), down to two",
    "rolling_restart_workers": "every worker ended and replaced, one after another",
    "broker_kill": "a broker killed (SIGKILL) and started again",
    "broker_pause": "a broker stopped until the others take over (SIGSTOP), then woken",
    "leader_change": "a broker ended in order, its leaderships handed over, and started again",
    "all_brokers_away": "all three brokers killed, and started again after a while",
    "rolling_restart_brokers": "every broker ended and started again, one after another",
    "connections_cut": "every connection of the workers reset, then refused for a while",
    "latency": "500 ms each way between workers and brokers for a while",
    "disk_full": "the disk under a broker's log filled, then freed, the broker started again",
}

WORKER_FAULTS: Final[Sequence[FaultKind]] = (
    "worker_kill",
    "worker_zombie",
    "worker_term",
    "worker_added",
    "worker_removed",
    "rolling_restart_workers",
)
BROKER_FAULTS: Final[Sequence[FaultKind]] = (
    "broker_kill",
    "broker_pause",
    "leader_change",
    "all_brokers_away",
    "rolling_restart_brokers",
    "connections_cut",
    "latency",
    "disk_full",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`wait` seconds after the one before it in its lane; `draw` chooses whom it hits."""

    kind: FaultKind
    wait: float
    draw: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Two lanes that run beside each other: a worker may die while a broker is away."""

    workers: Sequence[Fault]
    brokers: Sequence[Fault]

    def __len__(self) -> int:
        return len(self.workers) + len(self.brokers)


def draw_plan(seed: int, faults: int, *, pause: float, leave_out: Sequence[FaultKind] = ()) -> Plan:
    """A plan of `faults` faults. Every kind comes once before one comes twice."""
    chance = random.Random(f"plan {seed}")
    half = faults // 2
    return Plan(
        _lane(chance, WORKER_FAULTS, faults - half, pause, leave_out),
        _lane(chance, BROKER_FAULTS, half, pause, leave_out),
    )


def _lane(
    chance: random.Random,
    kinds: Sequence[FaultKind],
    count: int,
    pause: float,
    leave_out: Sequence[FaultKind],
) -> list[Fault]:
    drawn: list[FaultKind] = []
    while len(drawn) < count:
        again = [kind for kind in kinds if kind not in leave_out]
        chance.shuffle(again)
        drawn += again
    return [
        Fault(kind, chance.uniform(0.3, 1.7) * pause, chance.random()) for kind in drawn[:count]
    ]
