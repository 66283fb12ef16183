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
    CONTEST,
    GANJAR,
    INDAH,
    ORDINARY,
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


def effective(first: int | None, last: int | None) -> CandidateAccount:
    return CandidateAccount(
        platform="x",
        handle="sartika_w",
        effective_from=datetime(2024, 9, first, tzinfo=UTC) if first else None,
        effective_until=datetime(2024, 9, last, tzinfo=UTC) if last else None,
    )


def line(*names: str, **place: Any) -> BallotPair:
    return BallotPair(names=names, **place)


def second(**place: Any) -> BallotPair:
    return line(*CONTEST.ballot[1].names, **place)


def listed(place: int) -> BallotPair:
    return line(*CONTEST.ballot[place].names, list_place="Partai Contoh 1")


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
    (
        "effective until before from",
        lambda: with_first(accounts=(effective(9, 9),)),
        "sartika: the x account 'sartika_w' is effective until 2024-09-09T00:00:00+00:00, not",
    ),
    (
        "twice with other dates",
        lambda: with_first(accounts=(effective(9, None), effective(None, 12))),
        "sartika: the x account 'sartika_w' stands twice, with different dates",
    ),
    (
        "seen in some phases only",
        lambda: with_first(names=(), aliases=(), accounts=(effective(9, None),)),
        "sartika (Dr. SARTIKA WULANDARI, M.Si.) has neither account nor name nor alias that counts",
    ),
    (
        "a namesake without a candidate",
        lambda: changed(ballot=(*CONTEST.ballot, line("Bimantara Sakti", number=3))),
        "one-sided; the ballot holds the name Bimantara Sakti 2 times, but candidates with",
    ),
    (
        "number and list place",
        lambda: changed(ballot=(*CONTEST.ballot[:1], second(number=2, list_place="Partai 2"))),
        "GANJAR PRANOTO has both a number and a list_place",
    ),
    (
        "same list place",
        lambda: changed(ballot=(listed(0), listed(1))),
        "two lines have the same list_place",
    ),
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


def test_namesakes_on_a_ballot_are_two_candidates() -> None:
    namesake = msgspec.structs.replace(BIMA, id="bima-2")
    ballot = (*CONTEST.ballot, line("H. Bimantara Sakti, S.E.", number=3))
    check_contest(changed(ballot=ballot, candidates=(*CONTEST.candidates, namesake)))


def test_a_ballot_of_lists_has_no_numbers() -> None:
    places = ("Partai Satu 1", "Partai Dua 1")
    ballot = tuple(
        line(*pair.names, list_place=place)
        for pair, place in zip(CONTEST.ballot, places, strict=True)
    )
    check_contest(changed(ballot=ballot))


def test_an_account_that_counts_in_every_phase_is_enough() -> None:
    always = CandidateAccount(
        platform="x",
        handle="sartika_w",
        effective_from=PHASES[0].start,
        effective_until=PHASES[-1].end,
    )
    check_contest(with_first(names=(), aliases=(), accounts=(always,)))


def test_an_account_that_is_effective_at_no_time_is_a_warning() -> None:
    over = CandidateAccount(platform="x", handle="lama", effective_until=PHASES[0].start)
    early = CandidateAccount(platform="x", handle="baru", effective_from=PHASES[-1].end)
    now = CandidateAccount(platform="x", handle="kini", effective_from=PHASES[-1].start)
    contest = with_first(accounts=(over, early, now))
    check_contest(contest)
    warnings = [
        one for one in watchlist_warnings(a_watchlist(contest), ORDINARY) if "at no time" in one
    ]
    assert [one.split("'")[1] for one in warnings] == ["lama", "baru"]


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
    warnings = "\n".join(watchlist_warnings(a_watchlist(contest), ORDINARY))
    assert "ganjar: the alias 'Ganjar' is everyday words" in warnings
    assert "indah: the name 'Indah Permata' is everyday words" in warnings
    assert "the hashtag 'ganjarmenang' is used by sartika, ganjar" in warnings
    assert "bima: no account" in warnings
