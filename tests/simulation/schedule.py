"""What happens in one simulated run, as data: drawn from a seed, and shrunk when it fails.

A step's numbers are taken modulo what there is to choose from when it runs, and a step that makes
no sense then does nothing. So any part of a schedule is a schedule, which is what shrinking needs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal, NamedTuple, get_args

Kind = Literal[
    "fetch",
    "cut",
    "finish",
    "commit",
    "store",
    "lose",
    "answer",
    "rewind",
    "rebalance",
    "crash",
    "start",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WEIGHTS: Final = (10, 1, 9, 5, 5, 1, 5, 1, 2, 1, 1)
"""How often each kind is drawn, in their order."""

STEPS: Final = 60
PARTITIONS: Final = 2
MOST_RECORDS: Final = 12
LARGEST_GAP: Final = 4


class Step(NamedTuple):
    """`which` chooses a worker, `partition` a partition, `size` an amount, a batch or a fate."""

    kind: Kind
    which: int = 0
    partition: int = 0
    size: int = 0


@dataclass(frozen=True)
class Schedule:
    """Offsets of the records of each partition, with gaps; and the steps."""

    logs: tuple[tuple[int, ...], ...]
    steps: tuple[Step, ...]


def draw(seed: int) -> Schedule:
    """The schedule of a seed: the same on every run and machine."""
    rng = Random(seed)
    logs = tuple(_offsets(rng) for _ in range(PARTITIONS))
    kinds = rng.choices(KINDS, WEIGHTS, k=STEPS)
    steps = (Step(kind, *(rng.randrange(6) for _ in range(3))) for kind in kinds)
    return Schedule(logs, tuple(steps))


def _offsets(rng: Random) -> tuple[int, ...]:
    """One log's offsets; half of the neighbours are apart, as after compaction or transactions."""
    offsets: list[int] = []
    offset = rng.choice((0, 0, 7))  # retention may have taken the beginning
    for _ in range(rng.randrange(1, MOST_RECORDS + 1)):
        offset += rng.choice((0, rng.randrange(LARGEST_GAP + 1)))
        offsets.append(offset)
        offset += 1
    return tuple(offsets)


def shrink(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """A schedule that still fails, from which nothing single can be left out or made smaller."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(schedule):
            if fails(candidate):
                schedule, smaller = candidate, True
                break
    return schedule


def _smaller(schedule: Schedule) -> Iterator[Schedule]:
    steps = schedule.steps
    length = len(steps) // 2
    while length:
        for start in range(0, len(steps), length):
            yield replace(schedule, steps=steps[:start] + steps[start + length :])
        length //= 2
    for number, log in enumerate(schedule.logs):
        for place in range(len(log)):
            logs = list(schedule.logs)
            logs[number] = log[:place] + log[place + 1 :]
            yield replace(schedule, logs=tuple(logs))
    for place, step in enumerate(steps):
        for field, number in enumerate(step[1:], start=1):
            for value in range(number):
                changed = Step._make((*step[:field], value, *step[field + 1 :]))
                yield replace(schedule, steps=(*steps[:place], changed, *steps[place + 1 :]))
