"""Intervals and agreement against figures from the literature and slow definitions."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.intervals import kappa, median, quantile, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score, no correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(hits: int, n: int, low: float, high: float) -> None:
    share = wilson(hits, n)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_nothing_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9])
def test_wilson_covers_about_what_it_says(p: float) -> None:
    n = 60
    covered = sum(
        comb(n, hits) * p**hits * (1 - p) ** (n - hits)
        for hits in range(n + 1)
        if wilson(hits, n).low <= p <= wilson(hits, n).high
    )
    assert 0.92 < covered < 0.985


def test_kappa_as_published() -> None:
    """Cohen (1960), table 1 scaled to 200: observed .70, expected .41, κ = .492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    names = "abc"
    pairs = [
        (names[i], names[j])
        for i, row in enumerate(table)
        for j, n in enumerate(row)
        for _ in range(n)
    ]
    value = kappa(pairs)
    assert value is not None
    assert round(value, 3) == 0.492


def test_kappa_is_not_defined_without_variety() -> None:
    assert kappa([]) is None
    assert kappa([("a", "a")] * 5) is None
    assert kappa([("a", "a"), ("b", "b")]) == 1


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_quantiles_by_counting(values: list[float]) -> None:
    for share in (0.1, 0.5, 0.9, 1.0):
        found = quantile(values, share)
        assert found is not None
        assert sum(v <= found for v in values) >= share * len(values) - 1e-9
        assert sum(v < found for v in values) < share * len(values) + 1e-9
    middle = median(values)
    assert middle is not None
    assert min(values) <= middle <= max(values)
