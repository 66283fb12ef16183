"""Invariant 08: a contest is monitored only when every name on its ballot can be seen."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import WatchlistError
from matchers.watchlist_check import check_contest, check_watchlist
from tests.matchers.build import CONTEST, a_watchlist

CANDIDATES = CONTEST.candidates


@given(st.sets(st.sampled_from(range(len(CANDIDATES)))))
def test_inv_08_any_missing_name_refuses_the_contest_and_is_named(kept: set[int]) -> None:
    contest = msgspec.structs.replace(
        CONTEST, candidates=tuple(CANDIDATES[i] for i in sorted(kept))
    )
    missing = [one for place, one in enumerate(CANDIDATES) if place not in kept]
    if not missing:
        check_contest(contest)
        return
    with pytest.raises(WatchlistError) as refused:
        check_watchlist(a_watchlist(contest))
    for one in missing:
        assert one.names[0].upper() in str(refused.value)


@pytest.mark.parametrize("place", range(len(CANDIDATES)))
def test_inv_08_a_name_nothing_is_known_of_refuses_the_contest(place: int) -> None:
    bare = msgspec.structs.replace(CANDIDATES[place], names=(), aliases=(), accounts=())
    contest = msgspec.structs.replace(
        CONTEST, candidates=(*CANDIDATES[:place], bare, *CANDIDATES[place + 1 :])
    )
    with pytest.raises(WatchlistError, match=bare.id):
        check_contest(contest)
