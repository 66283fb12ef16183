"""One test a check: what is refused, and that the message names it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from config.errors import WatchlistError
from matchers.watchlist_check import (
    check_contest,
    check_watchlist,
    watchlist_problems,
    watchlist_warnings,
)
from streams.records import BallotPair, CandidateAccount, Contest, Election, Phase, Watchlist
from tests.matchers.build import (
    BIMA,
    COMMON_WORDS,
    CONTEST,
    GANJAR,
    INDAH,
    PHASES,
    SARTIKA,
    a_watchlist,
)


def changed(**fields: Any) -> Contest:
    return msgspec.structs.replace(CONTEST, **fields)


def with_first(**fields: Any) -> Contest:
    first = msgspec.structs.replace(SARTIKA, **fields)
    return changed(candidates=(first, BIMA, GANJAR, INDAH))


def second_numbered(number: int | None) -> Contest:
    first, second = CONTEST.ballot
    return changed(ballot=(first, msgspec.structs.replace(second, number=number)))


def phase(name: Any, first: int, last: int) -> Phase:
    return Phase(
        name=name,
        start=datetime(2024, 9, first, tzinfo=UTC),
        end=datetime(2024, 9, last, tzinfo=UTC),
    )


def test_a_complete_watchlist_passes() -> None:
    check_watchlist(a_watchlist())
    check_contest(CONTEST)


REFUSED: list[tuple[str, Callable[[], Contest], str]] = [
    (
        "one-sided",
        lambda: changed(candidates=(SARTIKA, BIMA)),
        "one-sided; on the ballot but not a candidate here: GANJAR PRANOTO; INDAH PERMATA",
    ),
    (
        "off the ballot",
        lambda: changed(ballot=CONTEST.ballot[:1]),
        "ganjar (GANJAR PRANOTO) is not on the ballot",
    ),
    ("no ballot", lambda: changed(ballot=(), candidates=()), "its ballot is empty"),
    (
        "nothing to look for",
        lambda: with_first(names=(), aliases=("!!",), accounts=()),
        "sartika (Dr. SARTIKA WULANDARI, M.Si.) has neither account nor name nor alias",
    ),
    (
        "twice a candidate",
        lambda: changed(candidates=(*CONTEST.candidates, msgspec.structs.replace(BIMA, id="b2"))),
        "1 candidate(s) share a ballot_name",
    ),
    (
        "no number",
        lambda: second_numbered(None),
        "the ballot is determined, but a pair has no number",
    ),
    (
        "same number",
        lambda: second_numbered(1),
        "two pairs have the same number",
    ),
    ("no phase", lambda: changed(phases=()), "it has no phase"),
    (
        "ends before it starts",
        lambda: changed(phases=(phase("campaign", 9, 9),)),
        "phase campaign: it ends (2024-09-09T00:00:00+00:00) not after it starts",
    ),
    (
        "overlap",
        lambda: changed(phases=(phase("quiet", 8, 12), phase("campaign", 1, 9))),
        "the phases campaign and quiet overlap from 2024-09-08T00:00:00+00:00",
    ),
    (
        "bad handle",
        lambda: with_first(accounts=(CandidateAccount(platform="x", handle="not a handle"),)),
        "sartika: 'not a handle' cannot be a handle on x",
    ),
    ("empty text", lambda: with_first(slogans=("!!!",)), "the slogan '!!!' holds no letter"),
    ("no region", lambda: changed(region_names=()), "it names no region"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("contest", "message"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_a_contest_is_refused(contest: Callable[[], Contest], message: str) -> None:
    with pytest.raises(WatchlistError) as refused:
        check_contest(contest())
    assert message in str(refused.value)
    with pytest.raises(WatchlistError) as whole:
        check_watchlist(a_watchlist(contest()))
    assert f"election pemilihan-2024, contest {CONTEST.id}" in str(whole.value)


def test_empty_lists_are_refused() -> None:
    assert "holds no election" in watchlist_problems(Watchlist(schema=1, elections=()))[0]
    empty = Watchlist(schema=1, elections=(Election(id="e", name="E", contests=()),))
    assert watchlist_problems(empty) == (
        "election e: it holds no contest. Name one or remove the election.",
    )


def test_ids_are_unique() -> None:
    twice = a_watchlist(CONTEST, CONTEST)
    problems = "\n".join(watchlist_problems(twice))
    assert f"contest {CONTEST.id}: this id is used twice" in problems
    assert "candidate sartika: this id is used twice" in problems
    election = a_watchlist().elections[0]
    both = Watchlist(schema=1, elections=(election, election))
    assert "election pemilihan-2024: this id is used twice" in "\n".join(watchlist_problems(both))


@pytest.mark.parametrize(
    "account",
    [
        CandidateAccount(platform="x", handle="@Sartika_W"),
        CandidateAccount(platform="x", handle="lain", account_id="501"),
    ],
)
def test_an_account_belongs_to_one_candidate(account: CandidateAccount) -> None:
    rival = msgspec.structs.replace(GANJAR, accounts=(account,))
    contest = changed(candidates=(SARTIKA, BIMA, rival, INDAH))
    (problem,) = watchlist_problems(a_watchlist(contest))
    assert "is claimed by sartika and ganjar" in problem


def test_all_problems_are_listed_at_once() -> None:
    with pytest.raises(WatchlistError, match="2 problem"):
        check_watchlist(a_watchlist(changed(phases=(), region_names=())))


def test_the_empty_box_is_nobody() -> None:
    box = BallotPair(number=2, names=("KOLOM KOSONG",))
    check_contest(changed(ballot=(CONTEST.ballot[0], box), candidates=(SARTIKA, BIMA)))


def test_a_prospective_ballot_needs_no_numbers() -> None:
    pairs = tuple(msgspec.structs.replace(pair, number=None) for pair in CONTEST.ballot)
    check_contest(changed(ballot=pairs, ballot_status="prospective", phases=PHASES[:1]))


def test_titles_and_case_of_the_ballot_do_not_matter() -> None:
    pair = BallotPair(number=1, names=("Hj. Sartika Wulandari, S.E.", "Bimantara Sakti"))
    check_contest(changed(ballot=(pair, CONTEST.ballot[1])))


def test_warnings_name_everyday_words_shared_texts_and_missing_accounts() -> None:
    contest = with_first(hashtags=("#SartikaBima", "#GanjarMenang"))
    warnings = "\n".join(watchlist_warnings(a_watchlist(contest), COMMON_WORDS))
    assert "ganjar: the alias 'Ganjar' is everyday words" in warnings
    assert "indah: the name 'Indah Permata' is everyday words" in warnings
    assert "the hashtag 'ganjarmenang' is used by sartika, ganjar" in warnings
    assert "bima: no account" in warnings
