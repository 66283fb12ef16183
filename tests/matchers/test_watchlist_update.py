"""One record, one whole contest: put, replaced, removed; what contradicts itself is refused."""

from typing import Any

import msgspec
import pytest

from config.errors import WatchlistError
from matchers.watchlist_update import entry_total, has_contest, put_or_remove
from streams.records import Watchlist, WatchlistUpdate
from tests.matchers.build import CONTEST, a_watchlist

ELECTION = "pemilihan-2024"
OTHER = msgspec.structs.replace(CONTEST, id="lain-2024")


def record(**changes: Any) -> WatchlistUpdate:
    fields: dict[str, Any] = {
        "op": "put",
        "election_id": ELECTION,
        "election_name": "Contoh",
        "contest_id": "lain-2024",
        "contest": OTHER,
    }
    return WatchlistUpdate(schema=1, sequence=7, **(fields | changes))


def removal(contest_id: str = CONTEST.id, **changes: Any) -> WatchlistUpdate:
    return record(op="remove", contest_id=contest_id, contest=None, **changes)


def ids(watchlist: Watchlist) -> list[tuple[str, str]]:
    return [
        (election.id, contest.id)
        for election in watchlist.elections
        for contest in election.contests
    ]


def test_a_new_contest_comes_last_and_the_given_list_is_unchanged() -> None:
    before = a_watchlist()
    after = put_or_remove(before, record())
    assert ids(after) == [(ELECTION, CONTEST.id), (ELECTION, "lain-2024")]
    assert before == a_watchlist()


def test_a_known_contest_is_replaced_in_its_place() -> None:
    changed = msgspec.structs.replace(CONTEST, name="Baru")
    after = put_or_remove(
        a_watchlist(CONTEST, OTHER), record(contest_id=CONTEST.id, contest=changed)
    )
    assert after.elections[0].contests == (changed, OTHER)


def test_a_new_election_is_made_and_one_without_contests_goes() -> None:
    both = put_or_remove(a_watchlist(), record(election_id="lain", election_name="Lain"))
    assert ids(both) == [(ELECTION, CONTEST.id), ("lain", "lain-2024")]
    assert both.elections[1].name == "Lain"
    assert ids(put_or_remove(both, removal())) == [("lain", "lain-2024")]


def test_putting_twice_is_putting_once_and_removing_undoes_it() -> None:
    once = put_or_remove(a_watchlist(), record())
    assert put_or_remove(once, record()) == once
    assert put_or_remove(once, removal("lain-2024")) == a_watchlist()


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (record(contest=None), "a put carries the whole contest"),
        (record(contest_id="else"), "under the same id"),
        (removal(election_id="lain"), "no such contest in lain"),
        (removal("else"), "no such contest"),
        (record(op="remove", contest_id=CONTEST.id), "a remove carries no contest"),
    ],
    ids=["no contest", "another id", "another election", "unknown contest", "remove with contest"],
)
def test_what_contradicts_itself_is_refused(update: WatchlistUpdate, reason: str) -> None:
    with pytest.raises(WatchlistError, match=rf"^watchlist update 7, contest .*{reason}"):
        put_or_remove(a_watchlist(), update)


def test_a_contest_that_shrank_is_refused_where_a_limit_is_given() -> None:
    shrunk = msgspec.structs.replace(CONTEST, candidates=CONTEST.candidates[1:])
    update = record(contest_id=CONTEST.id, contest=shrunk)
    with pytest.raises(WatchlistError, match="a fall of more than 20%"):
        put_or_remove(a_watchlist(), update, max_shrink=0.2)
    put_or_remove(a_watchlist(), update, max_shrink=1.0)
    put_or_remove(a_watchlist(), update)
    meant = msgspec.structs.replace(update, may_shrink=True)
    assert put_or_remove(a_watchlist(), meant, max_shrink=0.2) == a_watchlist(shrunk)


def test_entries_are_counted_over_all_candidates() -> None:
    assert entry_total(CONTEST) == 9 + 1 + 5 + 1
    assert entry_total(msgspec.structs.replace(CONTEST, candidates=())) == 0


def test_has_contest_asks_for_election_and_contest() -> None:
    assert has_contest(a_watchlist(), removal())
    assert not has_contest(a_watchlist(), removal(election_id="lain"))
    assert not has_contest(a_watchlist(), record())
