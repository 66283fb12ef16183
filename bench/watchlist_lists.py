"""A national watchlist, everything in it invented: the sizes of design's plan for one list."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Phase,
    Platform,
    Watchlist,
)
from synth.population_names import draw_names

CONTESTS: Final = 545
PAIRS: Final = 1_553
"""Of two people each."""
ACCOUNTS_A_PAIR: Final = 20
"""On each platform; the commission registers no more."""
PLATFORMS: Final[tuple[Platform, ...]] = ("x", "instagram", "facebook", "tiktok", "youtube")
A_LIST: Final = 90
"""Legislative candidates of one district."""
PHASES: Final = (
    Phase(
        name="campaign",
        start=datetime(2024, 9, 24, 17, tzinfo=UTC),
        end=datetime(2024, 11, 23, 17, tzinfo=UTC),
    ),
)


def national_watchlist(legislative: int, seed: int) -> Watchlist:
    """545 contests with 3,106 people and 31,000 accounts a platform; legislative names besides."""
    rng = np.random.default_rng(seed)
    names = _distinct_names(2 * PAIRS + legislative, rng)
    regional = [
        _contest(f"daerah-{number}", pairs, accounts=True)
        for number, pairs in enumerate(_split(names[: 2 * PAIRS], CONTESTS))
    ]
    districts = [
        _contest(f"dapil-{at // A_LIST}", names[at : at + A_LIST], accounts=False)
        for at in range(2 * PAIRS, len(names), A_LIST)
    ]
    elections = [Election(id="daerah", name="Regional", contests=tuple(regional))]
    if districts:
        elections.append(Election(id="legislatif", name="Legislative", contests=tuple(districts)))
    return Watchlist(schema=1, elections=tuple(elections))


def _distinct_names(count: int, rng: np.random.Generator) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        names.update(dict.fromkeys(draw_names(count, rng).names.to_pylist()))
    return list(names)[:count]


def _split(names: list[str], parts: int) -> list[list[str]]:
    """Even shares, each of an even number of names."""
    bounds = [2 * round(part * len(names) / 2 / parts) for part in range(parts + 1)]
    return [names[first:last] for first, last in pairwise(bounds)]


def _contest(contest_id: str, names: list[str], *, accounts: bool) -> Contest:
    number = contest_id.partition("-")[2]
    candidates = tuple(
        Candidate(
            id=f"{contest_id}-{place}",
            ballot_name=name.upper(),
            names=(name,),
            accounts=_accounts(number, place) if accounts and place % 2 == 0 else (),
        )
        for place, name in enumerate(names)
    )
    pairs = (
        [names[at : at + 2] for at in range(0, len(names), 2)] if accounts else [[n] for n in names]
    )
    return Contest(
        id=contest_id,
        name=f"Contest {contest_id}",
        region_code="35",
        region_names=(f"Wilayah {number}",),
        ballot_status="determined",
        ballot_as_of=PHASES[0].start,
        ballot_source="invented",
        ballot=tuple(
            BallotPair(number=place + 1, names=tuple(one.upper() for one in pair))
            if accounts
            else BallotPair(list_place=f"daftar {place + 1}", names=(pair[0].upper(),))
            for place, pair in enumerate(pairs)
        ),
        candidates=candidates,
        phases=PHASES,
    )


def _accounts(number: str, place: int) -> tuple[CandidateAccount, ...]:
    return tuple(
        CandidateAccount(platform=platform, handle=f"tim{number}p{place}n{one}", kind="campaign")
        for platform in PLATFORMS
        for one in range(ACCOUNTS_A_PAIR)
    )
