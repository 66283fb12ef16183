"""Calibration against isotonic regression by its definition, and what holds of any."""

from fractions import Fraction
from itertools import groupby, pairwise
from math import floor, log2
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from learning.calibration import LEAST, Scored, calibrate
from matchers.match_model import FARTHEST, Calibration

Event = tuple[int, bool, int]
"""Raw tenths, whether the author is registered, and the weight in hundredths."""
EVENTS: st.SearchStrategy[list[Event]] = st.lists(
    st.tuples(st.integers(-9, 9), st.booleans(), st.integers(1, 9)), min_size=1, max_size=30
)


def calibrated(events: list[Event], outsiders_seen: int = 1_000) -> Calibration:
    raw, matches, weights = (list(column) for column in zip(*events, strict=True))
    return calibrate(
        Scored(np.array(raw), np.array(matches), np.array(weights) / 100), outsiders_seen
    )


def reference(events: list[Event], outsiders_seen: int) -> Calibration:
    """Isotonic regression as its minimax formula has it, in fractions."""
    places = sorted({raw for raw, _, _ in events})

    def mean(first: int, last: int) -> Fraction:
        within = [event for event in events if first <= event[0] <= last]
        matches = sum(weight for _, is_match, weight in within if is_match)
        return Fraction(matches, sum(weight for _, _, weight in within))

    fitted = {
        at: max(
            min(mean(first, last) for last in places if last >= at)
            for first in places
            if first <= at
        )
        for at in places
    }
    steps: list[tuple[int, int]] = []
    worth = LEAST
    for _, block in groupby(places, key=fitted.__getitem__):
        together = list(block)
        within = [event for event in events if event[0] in together]
        m = sum(weight for _, is_match, weight in within if is_match) / 100
        u = sum(weight for _, is_match, weight in within if not is_match) / 100
        if m:
            worth = max(worth, floor(10 * log2(m / (u + 1 / outsiders_seen))))
        if not steps or worth > steps[-1][1]:
            steps.append((together[0], worth))
    return Calibration(tuple(raw for raw, _ in steps), tuple(worth for _, worth in steps))


@given(EVENTS, st.sampled_from([7, 777, 1_000_003]))
def test_it_is_isotonic_regression(events: list[Event], outsiders_seen: int) -> None:
    """With numbers of outsiders by which no quotient is a power of two, to be rounded by chance."""
    assert calibrated(events, outsiders_seen) == reference(events, outsiders_seen)


@given(EVENTS)
def test_steps_rise_and_are_in_range(events: list[Event]) -> None:
    found = calibrated(events)
    assert found.raw[0] == min(raw for raw, _, _ in events)
    for steps in found:
        assert all(before < after for before, after in pairwise(steps))
        assert all(-FARTHEST <= step <= FARTHEST for step in steps)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(events: list[Event], shuffler: Random) -> None:
    shuffled = events.copy()
    shuffler.shuffle(shuffled)
    assert calibrated(shuffled) == calibrated(events)


def test_each_step_is_worth_its_shares_with_one_outsider_more() -> None:
    found = calibrated([(10, False, 90), (10, True, 10), (50, False, 10), (50, True, 90)], 1_000)
    low, high = (floor(10 * log2(m / (u + 0.001))) for m, u in ((0.1, 0.9), (0.9, 0.1)))
    assert found == Calibration((10, 50), (low, high))


def test_what_falls_is_pooled() -> None:
    """More matches at the lower sum are noise: both sums are worth the same."""
    found = calibrated([(10, True, 60), (20, False, 30), (30, True, 40), (30, False, 70)], 1_000)
    assert found == Calibration((10,), (floor(10 * log2(1.0 / 1.001)),))


def test_what_never_failed_is_worth_no_more_than_the_stream_can_show() -> None:
    for outsiders_seen in (100, 10_000):
        found = calibrated([(10, False, 100), (50, True, 100)], outsiders_seen)
        assert found == Calibration((10, 50), (LEAST, floor(10 * log2(outsiders_seen))))


def test_few_matches_at_a_higher_sum_are_worth_no_less() -> None:
    """That outsider more weighs heavily where little was seen: worth would fall, and rise again."""
    much = [(10, True, 900), (10, False, 50)]
    little = [(20, True, 20), (20, False, 1), (30, True, 15)]
    assert calibrated(much + little, 100) == Calibration((10,), (floor(10 * log2(9.0 / 0.51)),))
