"""What contests hold alone: the cheap check of one changed contest against the whole check."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from matchers.watchlist_check import contest_problems, watchlist_problems
from matchers.watchlist_claims import HeldClaims
from streams.records import BallotPair, Candidate, CandidateAccount, Contest, Election, Watchlist
from tests.matchers.build import CONTEST, SARTIKA, a_watchlist

ACCOUNTS = st.builds(
    CandidateAccount,
    platform=st.sampled_from(["x", "facebook"]),
    handle=st.sampled_from(["satu", "Satu", "sa.tu", "dua"]),
    account_id=st.sampled_from([None, "1", "2"]),
)


@st.composite
def contests(draw: st.DrawFn) -> Contest:
    """Two candidates with ids and accounts from small pools, so that they often clash."""
    ids = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=2))
    candidates = tuple(
        Candidate(
            id=one,
            ballot_name=f"NAMA {place}",
            names=(f"Nama {place}",),
            accounts=tuple(draw(st.lists(ACCOUNTS, max_size=2))),
        )
        for place, one in enumerate(ids)
    )
    return msgspec.structs.replace(
        CONTEST,
        id=draw(st.sampled_from(["c1", "c2", "c3"])),
        ballot=tuple(
            BallotPair(number=number, names=(one.ballot_name,))
            for number, one in enumerate(candidates, start=1)
        ),
        candidates=candidates,
    )


def of(contests: dict[tuple[str, str], Contest]) -> Watchlist:
    elections: dict[str, list[Contest]] = {}
    for (election, _), contest in contests.items():
        elections.setdefault(election, []).append(contest)
    return Watchlist(
        schema=1,
        elections=tuple(
            Election(id=name, name=name, contests=tuple(several))
            for name, several in elections.items()
        ),
    )


@given(st.lists(st.tuples(st.sampled_from(["e1", "e2"]), contests()), max_size=8))
def test_one_contest_looked_at_is_the_whole_list_checked(changes: list[Any]) -> None:
    """Good changes are kept, refused ones change nothing; the two checks never disagree."""
    standing: dict[tuple[str, str], Contest] = {}
    claims = HeldClaims(of(standing))
    for election, contest in changes:
        tried = standing | {(election, contest.id): contest}
        quick = [*contest_problems(contest), *claims.problems(election, contest)]
        assert bool(quick) == bool(watchlist_problems(of(tried)))
        if not quick:
            standing = tried
            claims.put(election, contest)
    for place in list(standing):
        claims.remove(*place)
        del standing[place]
        for election, contest in changes:
            if not contest_problems(contest):
                tried = standing | {(election, contest.id): contest}
                found = bool(claims.problems(election, contest))
                assert found == bool(watchlist_problems(of(tried)))


def test_the_problems_read_as_those_of_the_whole_check() -> None:
    rival = msgspec.structs.replace(CONTEST, id="lain-2024")
    found = HeldClaims(a_watchlist()).problems("pemilihan-2024", rival)
    whole = watchlist_problems(a_watchlist(CONTEST, rival))
    assert set(found) >= {one for one in whole if "used twice" in one}
    assert any("sartika: this id is used twice" in one for one in found)
    moved = msgspec.structs.replace(
        rival, candidates=(msgspec.structs.replace(SARTIKA, id="lain"),)
    )
    (first, *_) = HeldClaims(a_watchlist()).problems("pemilihan-2024", moved)
    assert first in watchlist_problems(a_watchlist(CONTEST, moved))
    assert "is claimed by sartika and lain" in first


def test_an_account_may_be_watched_in_two_elections() -> None:
    other = msgspec.structs.replace(
        CONTEST,
        id="lain-2029",
        candidates=tuple(
            msgspec.structs.replace(one, id=f"{one.id}-29") for one in CONTEST.candidates
        ),
    )
    claims = HeldClaims(a_watchlist())
    assert claims.problems("pemilihan-2029", other) == []
    assert claims.problems("pemilihan-2024", other) != []
