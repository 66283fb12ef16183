"""A plan comes from its seed alone, and no kind of fault comes twice before each came once."""

import pytest

from chaos.plan import BROKER_FAULTS, IN_WORDS, WORKER_FAULTS, draw_plan


def test_the_same_seed_gives_the_same_plan() -> None:
    assert draw_plan(3, 20, pause=2.0) == draw_plan(3, 20, pause=2.0)
    assert draw_plan(3, 20, pause=2.0) != draw_plan(4, 20, pause=2.0)


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_comes_before_one_comes_twice(seed: int) -> None:
    plan = draw_plan(seed, 2 * len(BROKER_FAULTS), pause=1.0)
    assert {fault.kind for fault in plan.brokers} == set(BROKER_FAULTS)
    assert {fault.kind for fault in plan.workers[: len(WORKER_FAULTS)]} == set(WORKER_FAULTS)
    assert len(plan) == 2 * len(BROKER_FAULTS)


def test_what_cannot_be_had_is_left_out() -> None:
    plan = draw_plan(1, 40, pause=1.0, leave_out=["disk_full"])
    assert "disk_full" not in {fault.kind for fault in plan.brokers}


def test_every_fault_has_words() -> None:
    assert set(IN_WORDS) == {*WORKER_FAULTS, *BROKER_FAULTS}
