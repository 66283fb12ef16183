"""The list of national size: what the product accepts, and smaller ones are samples of it."""

from pathlib import Path

import pytest

from evaluation.national import legislative_names, national_watchlist, regional_contests
from matchers.watchlist_check import watchlist_problems


@pytest.mark.shared
def test_the_regional_contests_are_all_there_and_fit(shared: Path) -> None:
    contests = regional_contests(shared)
    assert len(contests) == 545
    assert sum(len(one.candidates) for one in contests) > 3_000
    assert watchlist_problems(national_watchlist(shared, 600)) == ()


@pytest.mark.shared
def test_a_smaller_list_is_the_beginning_of_a_larger_one(shared: Path) -> None:
    many = legislative_names(shared, 3_000)
    assert len(set(many)) == 3_000
    assert legislative_names(shared, 1_000) == many[:1_000]
