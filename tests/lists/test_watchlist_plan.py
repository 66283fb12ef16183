"""Records that lead from one watchlist to another, each of which a worker takes; and back again."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.errors import WatchlistError
from lists.watchlist_history import (
    Step,
    TopicRecord,
    at_sequence,
    before_newest_of,
    before_newest_publication,
    newest_by_place,
    replay_records,
)
from lists.watchlist_plan import Plan, plan
from lists.watchlist_replay import WatchlistReplay, says_the_same
from matchers.watchlist_check import check_watchlist
from matchers.watchlist_update import put_or_remove
from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Watchlist,
    WatchlistUpdate,
)
from tests.matchers.build import CONTEST


def contest(contest_id: str, *people: str, accounts: Sequence[str] = (), **changes: Any) -> Contest:
    """A contest of these people (their ids); the accounts are the first one's."""
    candidates = tuple(
        Candidate(
            id=one,
            ballot_name=f"NAMA {one}",
            names=(f"Nama {one}",),
            accounts=tuple(
                CandidateAccount(platform="x", handle=handle)
                for handle in (accounts if place == 0 else ())
            ),
        )
        for place, one in enumerate(people)
    )
    ballot = tuple(
        BallotPair(number=number, names=(one.ballot_name,))
        for number, one in enumerate(candidates, start=1)
    )
    fields = {"id": contest_id, "candidates": candidates, "ballot": ballot} | changes
    return msgspec.structs.replace(CONTEST, **fields)


def listed(*contests: Contest, name: str = "Contoh", **others: Sequence[Contest]) -> Watchlist:
    """Contests of election `e`; those of other elections by keyword."""
    elections = [Election(id="e", name=name, contests=contests)] if contests else []
    elections += [Election(id=one, name=one, contests=tuple(c)) for one, c in others.items()]
    return Watchlist(schema=1, elections=tuple(elections))


def planned(current: Watchlist, wanted: Watchlist, **options: Any) -> Plan:
    """A plan, of which every record is put to the whole check, as a worker does."""
    given = {"max_shrink": 0.2, "may_shrink": False, "first_sequence": 7} | options
    result = plan(WatchlistReplay(current, max_shrink=given["max_shrink"]), wanted, **given)
    standing = current
    for number, update in enumerate(result.updates):
        assert update.sequence == given["first_sequence"] + number
        assert update.publication == given["first_sequence"]
        standing = put_or_remove(standing, update, max_shrink=given["max_shrink"])
        check_watchlist(standing)
    assert says_the_same(standing, wanted)
    return result


def ops(result: Plan) -> list[tuple[str, str]]:
    return [(change.op, change.place[1]) for change in result.changes]


A, B, C = contest("a", "a1", "a2"), contest("b", "b1"), contest("c", "c1")


def test_only_what_differs_is_sent_puts_before_removals() -> None:
    changed = msgspec.structs.replace(A, name="Baru")
    assert ops(planned(listed(A, B), listed(B, A))) == []
    assert ops(planned(listed(A, B), listed(C, changed, B))) == [("put", "c"), ("put", "a")]
    assert ops(planned(listed(A, B), listed(C, A), may_shrink=True)) == [
        ("put", "c"),
        ("remove", "b"),
    ]


def test_a_removed_election_and_a_new_one() -> None:
    assert ops(planned(listed(A), listed(f=[B, C]), may_shrink=True)) == [
        ("put", "b"),
        ("put", "c"),
        ("remove", "a"),
    ]


def test_an_elections_new_name_goes_out_with_a_contest() -> None:
    (change,) = planned(listed(A, B), listed(A, B, name="Baru")).changes
    assert (change.op, change.before, change.after) == ("put", A, A)
    result = planned(listed(A, B), listed(A, C, name="Baru"), may_shrink=True)
    assert {update.election_name for update in result.updates} == {"Baru"}


def test_who_gives_an_account_up_comes_before_who_takes_it() -> None:
    with_account = contest("b", "b1", accounts=["satu"])
    taken = contest("a", "a1", "a2", accounts=["satu"])
    after = listed(taken, msgspec.structs.replace(B, name="Baru"))
    assert ops(planned(listed(A, with_account), after, may_shrink=True)) == [
        ("put", "b"),
        ("put", "a"),
    ]
    # The same with the contest gone that had it: then its removal comes first.
    assert ops(planned(listed(A, with_account), listed(taken), may_shrink=True)) == [
        ("remove", "b"),
        ("put", "a"),
    ]


def test_two_contests_that_exchange_an_account_cannot_both_stay() -> None:
    before = listed(contest("a", "a1", accounts=["satu"]), contest("b", "b1", accounts=["dua"]))
    after = listed(contest("a", "a1", accounts=["dua"]), contest("b", "b1", accounts=["satu"]))
    result = planned(before, after)
    assert ops(result) == [("remove", "a"), ("put", "b"), ("put", "a")]
    assert [change.passing for change in result.changes] == [True, False, False]
    assert result.changes[2].before is None
    assert says_the_same(before_newest_publication(steps_of(before, after)), before)


def test_three_in_a_circle_and_a_fourth_behind_them() -> None:
    handles = ["satu", "dua", "tiga", "empat"]
    before = listed(
        *(contest(n, f"{n}1", accounts=[h]) for n, h in zip("abcd", handles, strict=True))
    )
    turned = [*handles[1:3], handles[0], "lima"]
    after = listed(
        *(contest(n, f"{n}1", accounts=[h]) for n, h in zip("abcd", turned, strict=True)),
        contest("z", "z1", accounts=["empat"]),
    )
    result = planned(before, after)
    assert sum(change.passing for change in result.changes) == 1
    assert len(result.changes) == 6


def test_a_contest_changes_its_election() -> None:
    assert ops(planned(listed(A, B), listed(A, f=[B]))) == [("remove", "b"), ("put", "b")]
    with pytest.raises(
        WatchlistError, match=r"record 1 of 2 would be refused.*nothing was sent.*last one"
    ):
        planned(listed(A), listed(f=[A]))


def test_a_refused_list_is_not_planned() -> None:
    one_sided = msgspec.structs.replace(A, candidates=A.candidates[:1])
    with pytest.raises(WatchlistError, match="one-sided"):
        planned(listed(A), listed(one_sided), may_shrink=True)
    with pytest.raises(WatchlistError, match="holds no election"):
        planned(listed(A), listed(), may_shrink=True)


MANY = contest("a", *(f"a{n}" for n in range(10)))
FEWER = contest("a", *(f"a{n}" for n in range(7)))


def test_a_fall_is_refused_unless_it_is_meant() -> None:
    with pytest.raises(WatchlistError) as refused:
        planned(listed(MANY, B), listed(FEWER))
    assert "all contests in force: 7 entries of 11 stay" in str(refused.value)
    assert "contest a: 7 entries of 10 stay" in str(refused.value)
    assert "--allow-shrink" in str(refused.value)
    put, removal = planned(listed(MANY, B), listed(FEWER), may_shrink=True).updates
    assert (put.may_shrink, removal.may_shrink) == (True, False)
    (put,) = planned(listed(FEWER), listed(MANY), may_shrink=True).updates
    assert not put.may_shrink


def test_new_contests_do_not_make_up_for_those_that_go() -> None:
    with pytest.raises(WatchlistError, match="all contests in force: 2 entries of 3 stay"):
        planned(listed(A, B), listed(A, contest("z", "z1", "z2", "z3")))


def test_an_election_without_pseudonyms_is_refused() -> None:
    replay = WatchlistReplay(listed(A), max_shrink=0.2, elections=frozenset(["e"]))
    with pytest.raises(WatchlistError, match="no pseudonyms for election f"):
        plan(replay, listed(A, f=[B]), max_shrink=0.2, may_shrink=False, first_sequence=1)
    with pytest.raises(WatchlistError, match="no pseudonyms for election e"):
        WatchlistReplay(listed(A), max_shrink=0.2, elections=frozenset())


# Any two lists


@st.composite
def watchlists(draw: st.DrawFn) -> Watchlist:
    """People and accounts from one small pool, dealt out to contests, so that they often move."""
    people = draw(st.permutations(["p1", "p2", "p3", "p4", "p5"]))
    accounts = draw(st.permutations(["satu", "dua", "tiga", "empat"]))
    elections: dict[str, list[Contest]] = {}
    for contest_id in draw(st.sets(st.sampled_from("abcd"), min_size=1)):
        if not people:
            break
        held = draw(st.integers(0, 2))
        one = contest(
            contest_id, people.pop(), accounts=[accounts.pop() for _ in range(held) if accounts]
        )
        elections.setdefault(draw(st.sampled_from("ef")), []).append(one)
    return Watchlist(
        schema=1,
        elections=tuple(
            Election(id=one, name=draw(st.sampled_from(["Lama", "Baru"])), contests=tuple(several))
            for one, several in elections.items()
        ),
    )


@hypothesis_settings(max_examples=300)
@given(watchlists(), watchlists())
def test_from_any_list_to_any_other(current: Watchlist, wanted: Watchlist) -> None:
    try:
        planned(current, wanted, may_shrink=True)
    except WatchlistError as error:
        # Nobody can stay while everybody's place is needed: this needs two publishes.
        assert "it is the last one" in str(error)  # noqa: PT017


@st.composite
def any_updates(draw: st.DrawFn) -> WatchlistUpdate:
    one = contest(
        draw(st.sampled_from("abc")),
        *draw(st.lists(st.sampled_from(["p1", "p2", "p3"]), min_size=1, max_size=2)),
        accounts=draw(st.lists(st.sampled_from(["satu", "dua"]), max_size=2)),
    )
    put = draw(st.booleans())
    return WatchlistUpdate(
        schema=1,
        sequence=draw(st.integers(0, 20)),
        op="put" if put else "remove",
        election_id=draw(st.sampled_from("ef")),
        election_name="Contoh",
        contest_id=one.id,
        contest=one if put else None,
        may_shrink=draw(st.booleans()),
    )


@hypothesis_settings(max_examples=300)
@given(watchlists(), st.lists(any_updates(), max_size=8))
def test_the_replay_takes_what_the_whole_check_takes(
    base: Watchlist, updates: list[WatchlistUpdate]
) -> None:
    replay = WatchlistReplay(base, max_shrink=0.2)
    standing, newest = base, -1
    for update in updates:
        try:
            after = put_or_remove(standing, update, max_shrink=0.2)
            check_watchlist(after)
        except WatchlistError:
            refused = True
        else:
            refused = update.sequence <= newest
        if refused:
            with pytest.raises(WatchlistError, match=f"update {update.sequence}, contest"):
                replay.apply(update)
        else:
            replay.apply(update)
            standing, newest = after, update.sequence
        assert replay.watchlist == standing
        assert replay.sequence == newest


# Going back


def steps_of(base: Watchlist, *lists: Watchlist) -> list[Step]:
    """The topic after each list was published."""
    records: list[TopicRecord] = []
    replay = WatchlistReplay(base, max_shrink=0.2)
    for wanted in lists:
        first = len(records) + 1
        result = plan(replay, wanted, max_shrink=0.2, may_shrink=True, first_sequence=first)
        records += [TopicRecord(first + n, 0, update) for n, update in enumerate(result.updates)]
    return replay_records(WatchlistReplay(base, max_shrink=0.2), records)


RENAMED = msgspec.structs.replace(A, name="Baru")


def test_the_newest_publication_is_undone_whole() -> None:
    steps = steps_of(listed(A, B), listed(RENAMED, B, C), listed(RENAMED, name="Lain"))
    assert [step.refused for step in steps] == [""] * len(steps)
    assert says_the_same(before_newest_publication(steps), listed(RENAMED, B, C))
    assert says_the_same(before_newest_publication(steps[:2]), listed(A, B))


def test_a_record_without_a_publication_is_undone_alone() -> None:
    steps = steps_of(listed(A, B), listed(RENAMED, B, C))
    by_hand = [
        msgspec.structs.replace(step.record.update, publication=None)
        for step in steps
        if step.record.update is not None
    ]
    steps = replay_records(
        WatchlistReplay(listed(A, B), max_shrink=0.2),
        [TopicRecord(n, 0, update) for n, update in enumerate(by_hand)],
    )
    assert says_the_same(before_newest_publication(steps), listed(RENAMED, B))


def test_what_others_sent_in_between_stays() -> None:
    """Undone is what the newest publication is about, and no other election's name."""
    base = listed(A, B, f=[contest("z", "z1")])
    steps = steps_of(base, listed(RENAMED, B, C, f=[contest("z", "z1")]))
    first, second = (step.record for step in steps)
    other = WatchlistUpdate(
        schema=1,
        sequence=2,
        op="put",
        election_id="f",
        election_name="Lain",
        contest_id="z",
        contest=contest("z", "z1"),
    )
    assert second.update is not None
    records = [
        first,
        TopicRecord(5, 0, other),
        TopicRecord(6, 0, None, "unreadable: malformed_json at $"),
        TopicRecord(7, 0, msgspec.structs.replace(second.update, sequence=3)),
    ]
    steps = replay_records(WatchlistReplay(base, max_shrink=0.2), records)
    wanted = Watchlist(
        schema=1,
        elections=(base.elections[0], msgspec.structs.replace(base.elections[1], name="Lain")),
    )
    assert says_the_same(before_newest_publication(steps), wanted)


def test_one_contest_goes_back_one_version() -> None:
    twice = msgspec.structs.replace(A, name="Lagi")
    steps = steps_of(listed(A, B), listed(RENAMED, B, C), listed(twice, B))
    assert says_the_same(before_newest_of(steps, "a"), listed(RENAMED, B))
    assert says_the_same(before_newest_of(steps, "c"), listed(twice, B, C))
    assert says_the_same(before_newest_of(steps[:2], "c"), listed(RENAMED, B))
    with pytest.raises(WatchlistError, match="no record in force is about contest b"):
        before_newest_of(steps, "b")


def test_the_list_as_it_was_after_a_record() -> None:
    base = listed(A, B)
    steps = steps_of(base, listed(RENAMED, B, C), listed(RENAMED, C))
    assert at_sequence(base, steps, 0) == base
    assert says_the_same(at_sequence(base, steps, 1), listed(RENAMED, B)) or says_the_same(
        at_sequence(base, steps, 1), listed(A, B, C)
    )
    assert says_the_same(at_sequence(base, steps, 2), listed(RENAMED, B, C))
    with pytest.raises(WatchlistError, match="no record with sequence 9 came into force"):
        at_sequence(base, steps, 9)


def test_nothing_to_undo() -> None:
    with pytest.raises(WatchlistError, match="nothing to undo"):
        before_newest_publication([])
    refused = WatchlistUpdate(
        schema=1, sequence=1, op="remove", election_id="e", election_name="", contest_id="none"
    )
    steps = replay_records(WatchlistReplay(listed(A), max_shrink=0.2), [TopicRecord(0, 0, refused)])
    assert "no such contest" in steps[0].refused
    assert steps[0].taken is None
    assert newest_by_place(steps) == {}
    with pytest.raises(WatchlistError, match="nothing to undo"):
        before_newest_publication(steps)


def test_who_holds_each_contest_now() -> None:
    steps = steps_of(listed(A, B), listed(RENAMED, B), listed(RENAMED, B, C), listed(RENAMED, B))
    newest = newest_by_place(steps)
    assert {place: step.taken and step.taken.op for place, step in newest.items()} == {
        ("e", "a"): "put",
        ("e", "c"): "remove",
    }
