from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CONFIG_DIR
from lists.common_words import load_common_words
from lists.ordinary_text import load_ordinary_text
from lists.watchlist_file import load_watchlist
from matchers.ambiguity import OrdinaryText, is_everyday
from matchers.ballot import lines_with_candidates
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, BallotPair, Phase
from tests.matchers.build import COMMON_WORDS, CONTEST, INDEX, ORDINARY, PHASES, a_watchlist

EXAMPLE = CONFIG_DIR / "elections" / "jatim-2024.yaml"
WIB = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("ref", "handle", "found"),
    [
        (AccountRef(handle="sartika_w"), "sartika_w", ["sartika_w"]),
        (AccountRef(handle="sartika_w", account_id="501"), "sartika_w", ["sartika_w"]),
        (AccountRef(handle="renamed", account_id="501"), "renamed", ["sartika_w"]),
        (AccountRef(account_id="501"), None, ["sartika_w"]),
        (AccountRef(handle="sartika_w", account_id="666"), "sartika_w", []),
        (AccountRef(handle="menang_satu", account_id="666"), "menang_satu", ["menang_satu"]),
        (AccountRef(handle="sartika"), "sartika", []),
        (AccountRef(), None, []),
    ],
)
def test_an_account_is_known_by_id_else_by_handle(
    ref: AccountRef, handle: str | None, found: list[str]
) -> None:
    assert [entry.text for entry in INDEX.accounts("x", ref, handle)] == found
    assert INDEX.accounts("tiktok", ref, handle) == ()


def test_entry_ids_are_stable_and_unique() -> None:
    ids = [entry.entry_id for entry in INDEX.entries]
    assert len(ids) == len(set(ids)) == INDEX.entry_count
    assert "sartika:name:sartika wulandari" in ids
    assert "sartika:account:x:sartika_w" in ids
    assert "contoh-2024:number:2" in ids
    assert [entry.row for entry in INDEX.entries] == list(range(len(ids)))


def test_namesakes_have_each_their_own_number_and_parties() -> None:
    names = ("SARTIKA WULANDARI", "GANJAR PRANOTO")
    people = tuple(
        msgspec.structs.replace(one, id=f"{one.id}-{line}", accounts=())
        for line in (1, 2)
        for one in (CONTEST.candidates[0], CONTEST.candidates[2])
    )
    ballot = tuple(
        BallotPair(number=line, names=names, parties=(f"Partai {line}",)) for line in (1, 2)
    )
    contest = msgspec.structs.replace(CONTEST, candidates=people, ballot=ballot)
    index = WatchlistIndex(a_watchlist(contest), ORDINARY)
    numbers = {e.text: e.candidate_id for e in index.entries if e.kind == "ballot_number"}
    assert numbers == {"1": "sartika-1", "2": "sartika-2"}
    assert index.parties(contest.id, "ganjar-2") == (" partai 2 ",)


def test_a_line_finds_its_candidate_also_where_titles_differ() -> None:
    pair = BallotPair(number=4, names=("Hj. Sartika Wulandari, S.E.", "NOBODY LISTED"))
    contest = msgspec.structs.replace(CONTEST, ballot=(pair,))
    assert list(lines_with_candidates(contest)) == [(pair, ("sartika",))]


def test_the_order_of_parties_makes_no_version() -> None:
    def version(*parties: str) -> str:
        pair = msgspec.structs.replace(CONTEST.ballot[0], parties=parties)
        contest = msgspec.structs.replace(CONTEST, ballot=(pair, CONTEST.ballot[1]))
        return WatchlistIndex(a_watchlist(contest), ORDINARY).version

    assert version("A1", "B2") == version("B2", "A1") != version("A1")


def test_a_long_text_still_has_a_short_id() -> None:
    first = msgspec.structs.replace(CONTEST.candidates[0], slogans=("a" * 250,), id="c" * 200)
    contest = msgspec.structs.replace(CONTEST, candidates=(first, *CONTEST.candidates[1:]))
    index = WatchlistIndex(a_watchlist(contest), ORDINARY)
    assert max(len(entry.entry_id) for entry in index.entries) <= 256


def test_the_version_is_of_the_content_only() -> None:
    turned = msgspec.structs.replace(
        CONTEST,
        candidates=CONTEST.candidates[::-1],
        phases=tuple(
            Phase(name=p.name, start=p.start.astimezone(WIB), end=p.end.astimezone(WIB))
            for p in PHASES[::-1]
        ),
    )
    assert WatchlistIndex(a_watchlist(turned), ORDINARY).version == INDEX.version
    other = msgspec.structs.replace(CONTEST, region_code="98")
    assert WatchlistIndex(a_watchlist(other), ORDINARY).version != INDEX.version
    more = OrdinaryText(COMMON_WORDS | {"x"})
    assert WatchlistIndex(a_watchlist(), more).version != INDEX.version


@given(st.timedeltas(timedelta(days=-30), timedelta(days=120)))
def test_windows_agree_with_a_scan_of_all_phases(since: timedelta) -> None:
    at = PHASES[0].start.astimezone(WIB) + since
    later = tuple(
        Phase(name=p.name, start=p.start + timedelta(days=9), end=p.end + timedelta(days=5))
        for p in PHASES[1:3]
    )
    contests = (CONTEST, msgspec.structs.replace(CONTEST, id="zz", phases=later, candidates=()))
    index = WatchlistIndex(a_watchlist(*contests), ORDINARY)
    expected = 0
    for bit, contest in enumerate(contests):
        holding = [p for p in contest.phases if p.start <= at < p.end]
        expected |= (1 << bit) * bool(holding)
        assert index.phase_at(contest.id, at) == (holding[0] if holding else None)
    assert index.contests_at(at) == expected


def test_phases_start_inclusive_and_end_exclusive() -> None:
    for phase in PHASES:
        assert INDEX.contests_at(phase.start) == 1
        assert INDEX.contests_at(phase.end - timedelta(microseconds=1)) == 1
    assert INDEX.contests_at(PHASES[-1].end) == 0
    assert INDEX.contests_at(PHASES[0].start - timedelta(microseconds=1)) == 0
    assert INDEX.phase_at("nowhere", datetime(2024, 10, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("text", ["ganjar", "amin", "gemoy", "pilih", "indonesia maju", "indah"])
def test_everyday_words_are_ambiguous(text: str) -> None:
    assert is_everyday(text, load_common_words(CONFIG_DIR / "common_words.txt"))


@pytest.mark.parametrize("text", ["khofifah", "prabowo", "anies", "luluk", "gus hans", "mas emil"])
def test_distinctive_names_are_not(text: str) -> None:
    assert not is_everyday(text, load_common_words(CONFIG_DIR / "common_words.txt"))


def test_the_example_election_is_complete() -> None:
    watchlist = load_watchlist(EXAMPLE)
    index = WatchlistIndex(watchlist, load_ordinary_text(CONFIG_DIR))
    assert index.election_ids == {"pilkada-2024"}
    (contest,) = watchlist.elections[0].contests
    assert len(contest.ballot) == 3
    assert len(contest.candidates) == 6
    phase = index.phase_at("jatim-2024", datetime(2024, 11, 23, 16, 59, tzinfo=UTC))
    assert phase is not None
    assert phase.name == "campaign"
