"""EM finds the m and u that a sample of independent evidence was made with."""

from itertools import product

import numpy as np
import pytest

from learning.expectation_maximisation import (
    NOTHING,
    Comparison,
    Estimate,
    Floats,
    Ints,
    expectation_maximisation,
)

M = {"handle": (0.8, 0.15, 0.05), "name": (0.75, 0.15, 0.1), "bio": (0.5, 0.5)}
U = {"handle": (0.02, 0.08, 0.9), "name": (0.05, 0.15, 0.8), "bio": (0.02, 0.98)}
WITHOUT_BIO = 0.2
"""Of all pairs, whether they match or not."""
PAIRS = 50_000


def likelihood(of: dict[str, tuple[float, ...]], pattern: tuple[int, ...]) -> float:
    chance = 1.0
    for name, code in zip(of, pattern, strict=True):
        shown = 1 - WITHOUT_BIO if name == "bio" else 1.0
        chance *= WITHOUT_BIO if code == NOTHING else shown * of[name][code]
    return chance


def sample(prior: float) -> tuple[list[Comparison], Ints, Ints]:
    """The comparisons; how many pairs of each pattern match, and how many do not: as many as are
    to be expected, so that nothing is left to chance."""
    patterns = list(product(range(3), range(3), (0, 1, NOTHING)))
    true, other = (
        np.array([round(pairs * likelihood(of, pattern)) for pattern in patterns], np.int64)
        for of, pairs in ((M, PAIRS * prior), (U, PAIRS * (1 - prior)))
    )
    columns = np.array(patterns, np.int64).T
    comparisons = [
        Comparison(name, tuple(range(len(M[name]))), column)
        for name, column in zip(M, columns, strict=True)
    ]
    return comparisons, true, other


@pytest.mark.parametrize(("prior", "given_u"), [(0.1, False), (0.1, True), (0.7, False)])
def test_m_and_u_and_the_share_of_matches_are_found(prior: float, given_u: bool) -> None:
    """Also where most pairs match: matches are those at the stronger levels, not the fewer."""
    comparisons, true, other = sample(prior)
    found = expectation_maximisation(comparisons, true + other, other if given_u else None)
    assert found.prior == pytest.approx(prior, abs=0.003)
    for name in M:
        assert found.m[name] == pytest.approx(M[name], abs=0.005)
        assert found.u[name] == pytest.approx(U[name], abs=0.005)
        assert found.m[name].sum() == pytest.approx(1)
        assert found.u[name].sum() == pytest.approx(1)


def test_u_stays_as_it_is_given() -> None:
    """Whatever EM would make of it; with one pair more of each level."""
    comparisons, true, other = sample(0.1)
    found = expectation_maximisation(comparisons, true + other, other[::-1].copy())
    handle = comparisons[0].codes
    pairs = np.array([other[::-1][handle == level].sum() + 1 for level in range(3)])
    assert found.u["handle"] == pytest.approx(pairs / pairs.sum())


def test_what_one_side_never_shows_is_not_impossible_but_a_pair_in_all() -> None:
    """Evidence that tells the sides apart wholly would else become nothing, which splink refuses;
    and a level that no pair has is allowed."""
    comparisons = [
        Comparison(name, ("all", "some", "never", "none"), np.array(codes))
        for name, codes in (("one", [0, 1, 3]), ("two", [0, 0, 3]), ("three", [0, 1, 3]))
    ]
    found = expectation_maximisation(comparisons, np.array([900, 100, 9_000]))
    assert found.prior == pytest.approx(0.1, abs=0.001)
    for one in comparisons:
        assert found.m[one.name][3] == pytest.approx(1 / 1_000, rel=0.1)
        assert found.u[one.name][0] == pytest.approx(1 / 9_000, rel=0.1)
        assert found.m[one.name][2] == pytest.approx(1 / 1_000, rel=0.1)


def test_chances_are_bayes_rule() -> None:
    def both(one: tuple[float, ...], other: tuple[float, ...]) -> dict[str, Floats]:
        return {"one": np.array(one), "other": np.array(other)}

    estimate = Estimate(both((0.8, 0.2), (0.5, 0.5)), both((0.1, 0.9), (0.2, 0.8)), 0.01)
    comparisons = [
        Comparison("one", (0, 1), np.array([0, 1, NOTHING, NOTHING])),
        Comparison("other", (0, 1), np.array([0, NOTHING, 1, NOTHING])),
    ]
    likelihoods = [(0.8 * 0.5, 0.1 * 0.2), (0.2, 0.9), (0.5, 0.8), (1, 1)]
    expected = [0.01 * m / (0.01 * m + 0.99 * u) for m, u in likelihoods]
    assert estimate.chances(comparisons) == pytest.approx(expected)
