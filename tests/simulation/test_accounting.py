"""Ten thousand seeded schedules of a consumer group, and five planted bugs that they find.

A failing seed prints its schedule, shrunk. To see one again:

    python -m tests.simulation.test_accounting SEED
"""

import sys

import pytest

from streams.accounting import BatchAccounting
from tests.simulation.mutants import MUTANTS
from tests.simulation.schedule import KINDS, Schedule, draw, shrink
from tests.simulation.world import Books, ViolationError, World

SCHEDULES = 10_000
CHUNKS = 8
A_CHUNK = SCHEDULES // CHUNKS


def violation(schedule: Schedule, books: Books = BatchAccounting) -> ViolationError | None:
    try:
        World(schedule, books).run()
    except ViolationError as error:
        return error
    return None


def report(seed: int, schedule: Schedule, books: Books = BatchAccounting) -> str:
    """The failing schedule made as short as it goes, with what each step did."""
    first = violation(schedule, books)
    assert first is not None

    def fails(candidate: Schedule) -> bool:
        found = violation(candidate, books)
        return found is not None and found.kind == first.kind

    small = shrink(schedule, fails)
    world = World(small, books)
    with pytest.raises(ViolationError) as caught:
        world.run()
    lines = [f"seed {seed}: {caught.value} ({len(small.steps)} of {len(schedule.steps)} steps)"]
    lines += [f"  records of partition {n}: {list(log)}" for n, log in enumerate(small.logs)]
    lines += [f"  {number:2} {done}" for number, done in enumerate(world.trace, start=1)]
    return "\n".join(lines)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_schedule_breaks_a_promise(chunk: int) -> None:
    for seed in range(chunk * A_CHUNK, (chunk + 1) * A_CHUNK):
        schedule = draw(seed)
        if violation(schedule) is not None:
            pytest.fail(report(seed, schedule))


@pytest.mark.parametrize(("books", "kind"), MUTANTS, ids=[m.__name__ for m, _ in MUTANTS])
def test_a_planted_bug_is_found(books: type[BatchAccounting], kind: str) -> None:
    for seed in range(SCHEDULES):
        schedule = draw(seed)
        found = violation(schedule, books)
        if found is not None and found.kind == kind:
            break
    else:
        pytest.fail(f"{books.__name__} is not found in {SCHEDULES:,} schedules")
    said = report(seed, schedule, books)
    assert f"seed {seed}: {kind}" in said
    steps = [line for line in said.splitlines() if line.split()[0].isdigit()]
    assert len(steps) <= 12, said


def test_a_seed_is_the_same_schedule_every_time() -> None:
    assert draw(41) == draw(41)
    assert draw(41) != draw(42)


def test_every_kind_of_step_does_something_somewhere() -> None:
    """A schedule that never reaches a state proves nothing about it."""
    told: set[str] = set()
    for seed in range(200):
        world = World(draw(seed))
        world.run()
        told.update(world.trace)
    assert {line.split()[0] for line in told} >= set(KINDS)
    for said in (
        "an assignment that is over",
        "gives up waiting",
        "is told that it was refused",
        "broker refuses",
        "does not arrive",
        "does not reach its agent",
        "reads again from",
        "is killed with 2 batches",
    ):
        assert any(said in line for line in told), said


if __name__ == "__main__":
    number = int(sys.argv[1])
    drawn = draw(number)
    if violation(drawn) is not None:
        print(report(number, drawn))  # noqa: T201
    else:
        print(f"seed {number} breaks no promise")  # noqa: T201
