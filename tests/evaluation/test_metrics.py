"""Wilson's interval against published values, and when two spans are the same mention."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.metrics import Place, Share, match, merged, same, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [  # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_values(part: int, whole: int, low: float, high: float) -> None:
    assert list(wilson(part, whole)) == pytest.approx([low, high], abs=5e-5)


def test_a_share_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert isnan(Share(0, 0).value)


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_between_0_and_1(part: int, more: int) -> None:
    whole = part + more
    low, high = wilson(part, whole)
    assert 0 <= low <= part / whole <= high <= 1
    assert list(wilson(whole - part, whole)) == pytest.approx([1 - high, 1 - low])


def test_same_needs_an_overlap_and_the_same_candidate() -> None:
    name = Place(10, 18, "khofifah")
    assert same(name, Place(17, 30, "khofifah"))
    assert not same(name, Place(18, 30, "khofifah"))  # ends are exclusive
    assert not same(name, Place(10, 18, "emil"))


def test_a_hashtag_of_two_candidates_is_met_by_an_item_inside_it_for_each() -> None:
    labelled = [Place(0, 13, "khofifah"), Place(0, 13, "emil")]
    result = match([Place(1, 9, "khofifah")], labelled)
    assert result.right == (True,)
    assert result.met == (True, False)


def test_what_touches_only_an_unclear_label_counts_for_neither_side() -> None:
    result = match([Place(0, 4, "emil")], [], [Place(0, 4, "emil")])
    assert result.found == ()
    assert result.ignored == (Place(0, 4, "emil"),)
    clear = match([Place(0, 9, "emil")], [Place(5, 9, "emil")], [Place(0, 4, "emil")])
    assert clear.right == (True,)


def test_a_find_that_nobody_labelled_is_wrong() -> None:
    result = match([Place(0, 4, "emil"), Place(5, 9, "emil")], [Place(5, 9, "emil")])
    assert result.right == (False, True)
    assert result.met == (True,)


def test_overlapping_items_of_a_candidate_are_one_place() -> None:
    pieces = [Place(0, 8, "a"), Place(4, 12, "a"), Place(4, 12, "b"), Place(12, 15, "a")]
    assert merged(pieces) == [Place(0, 12, "a"), Place(4, 12, "b"), Place(12, 15, "a")]
