"""A worker is stuck only where a restart would help; the clock is the test's."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.accounting import Partition
from streams.health import ProgressWatch, Sighting

P0: Partition = ("public-posts", 0)
P1: Partition = ("public-posts", 1)
PATIENCE = 60.0
STEP = 10.0


class Looks:
    """One look every ten seconds."""

    def __init__(self) -> None:
        self.watch = ProgressWatch(PATIENCE, 2 * STEP)
        self.now = 1_000.0

    def look(
        self,
        seen: Mapping[Partition, Sighting],
        *,
        times: int = 1,
        brokers: bool = True,
        output: bool = True,
        after: float = STEP,
    ) -> bool:
        for _ in range(times):
            self.now += after
            self.watch.observe(self.now, seen, brokers_answer=brokers, output_accepts=output)
        return self.watch.health().alive


STANDS = {P0: Sighting(5, 9)}


def test_a_partition_with_lag_that_stands_still_is_stuck_after_the_patience() -> None:
    looks = Looks()
    assert looks.look(STANDS, times=6)  # the first look only begins to count
    assert not looks.look(STANDS)
    assert looks.watch.health().notes == {
        "stuck": [{"topic": "public-posts", "partition": 0, "offset": 5, "seconds": 60.0}]
    }
    assert looks.watch.still() == {P0: 60.0}


def test_one_that_moves_is_not_however_far_behind() -> None:
    looks = Looks()
    for done in range(100):
        assert looks.look({P0: Sighting(done, 1_000_000 + 1_000 * done)})


def test_one_without_lag_waits_for_nothing() -> None:
    looks = Looks()
    assert looks.look({P0: Sighting(9, 9)}, times=100)
    # And its patience begins when a record comes in.
    assert looks.look({P0: Sighting(9, 10)}, times=6)


def test_one_of_two_is_enough() -> None:
    looks = Looks()
    for done in range(7):
        looks.look({P0: Sighting(5, 9), P1: Sighting(done, 1_000)})
    (stuck,) = looks.watch.health().notes["stuck"]
    assert stuck["partition"] == 0


@pytest.mark.parametrize(("brokers", "output"), [(False, True), (True, False), (False, False)])
def test_an_outage_restarts_nobody(brokers: bool, output: bool) -> None:
    looks = Looks()
    assert looks.look(STANDS, times=5)
    assert looks.look(STANDS, times=1_000, brokers=brokers, output=output)
    # When it is over there is the whole patience for catching up.
    assert looks.look(STANDS, times=6)
    assert not looks.look(STANDS)


def test_an_output_that_refuses_now_and_again_is_no_bug_of_ours() -> None:
    looks = Looks()
    for _ in range(50):
        assert looks.look(STANDS, times=5)
        assert looks.look(STANDS, output=False)


def test_a_partition_given_up_is_forgotten() -> None:
    looks = Looks()
    assert not looks.look(STANDS, times=10)
    assert looks.look({})
    assert looks.look(STANDS, times=6)


def test_progress_after_a_standstill_is_life() -> None:
    looks = Looks()
    assert not looks.look(STANDS, times=10)
    assert looks.look({P0: Sighting(6, 9)})


def test_a_suspended_process_was_not_stuck_while_it_slept() -> None:
    looks = Looks()
    assert looks.look(STANDS, times=3)
    assert looks.look(STANDS, after=3_600.0)


def test_a_log_that_ends_below_what_was_done_has_no_lag() -> None:
    assert Sighting(10, 4).lag == 0


LOOKS = st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans())


@given(st.lists(LOOKS, max_size=40))
def test_it_agrees_with_reading_the_whole_history_again(
    history: list[tuple[int, int, bool, bool]],
) -> None:
    """Stuck: every look of a whole patience saw the same offset, lag, and no excuse."""
    looks = Looks()
    past: list[tuple[int, int, bool]] = []
    for done, end, brokers, output in history:
        alive = looks.look({P0: Sighting(done, end)}, brokers=brokers, output=output)
        past.append((done, end, brokers and output))
        newest = past[-int(PATIENCE / STEP) - 1 :]
        stuck = len(newest) > PATIENCE / STEP and all(
            each_done == done < each_end and ok for each_done, each_end, ok in newest
        )
        assert alive != stuck
