"""From the watchlist in force to the one that is wanted: which records, in which order.

A worker checks the whole list after every record, so the order matters where contests depend on
each other: an account or a candidate that leaves one contest for another must leave first. Where
two contests exchange something neither order will do, and one of them is taken out for the moment
between two records. Nothing is planned that a worker would refuse: the plan is tried first.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from config.errors import ListError, WatchlistError
from lists.watchlist_replay import (
    WatchlistReplay,
    contests_by_place,
    election_names,
    says_the_same,
)
from matchers.shrink import refuse_shrunk
from matchers.watchlist_check import check_watchlist
from matchers.watchlist_claims import Claim, Place, claims
from matchers.watchlist_update import entry_total
from streams.records import Contest, Watchlist, WatchlistUpdate


@dataclass(frozen=True, slots=True)
class Change:
    """One contest put or removed. `before` is what is in force when the record comes, None where
    there is none; `after` is None where it is removed."""

    place: Place
    election_name: str
    before: Contest | None
    after: Contest | None
    passing: bool = False
    """Removed only until it is put again: it exchanges something with another contest."""

    @property
    def op(self) -> Literal["put", "remove"]:
        return "remove" if self.after is None else "put"

    def update(self, sequence: int, publication: int, *, may_shrink: bool) -> WatchlistUpdate:
        """The record."""
        return WatchlistUpdate(
            schema=1,
            sequence=sequence,
            op=self.op,
            election_id=self.place[0],
            election_name=self.election_name,
            contest_id=self.place[1],
            contest=self.after,
            publication=publication,
            may_shrink=may_shrink,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes and their records, in order; of equal length, empty where nothing differs."""

    changes: tuple[Change, ...]
    updates: tuple[WatchlistUpdate, ...]


def plan(
    replay: WatchlistReplay,
    wanted: Watchlist,
    *,
    max_shrink: float,
    may_shrink: bool,
    first_sequence: int,
) -> Plan:
    """The records that turn what `replay` holds into `wanted`, which it then holds.

    `max_shrink` (0 to 1) is the workers'; `may_shrink` says that a greater fall, of a contest or of
    the whole list, is meant. Raises WatchlistError where the wanted list is refused, lost too much,
    or cannot be reached by records that workers take.
    """
    check_watchlist(wanted)
    current = replay.watchlist
    if not may_shrink:
        _refuse_shrunk(current, wanted, max_shrink)
    changes = _in_order(_differences(current, wanted))
    updates: list[WatchlistUpdate] = []
    for number, change in enumerate(changes):
        shrinks = may_shrink and _shrinks(change, max_shrink)
        update = change.update(first_sequence + number, first_sequence, may_shrink=shrinks)
        try:
            replay.apply(update)
        except WatchlistError as error:
            raise WatchlistError(
                f"record {number + 1} of {len(changes)} would be refused by workers, so nothing "
                f"was sent: {error}"
            ) from None
        updates.append(update)
    if not says_the_same(replay.watchlist, wanted):
        raise AssertionError("the planned records do not lead to the wanted list")
    return Plan(tuple(changes), tuple(updates))


def _refuse_shrunk(current: Watchlist, wanted: Watchlist, max_shrink: float) -> None:
    before, after = (
        {contest.id: entry_total(contest) for contest in contests_by_place(one).values()}
        for one in (current, wanted)
    )
    # What is new elsewhere does not make up for contests that go.
    fell = [(f"contest {one}", old, after[one]) for one, old in before.items() if one in after]
    in_force = sum(before.values())
    fell.insert(0, ("all contests in force", in_force, sum(new for _, _, new in fell)))
    problems = [
        f"{what}: {new} entries of {old} stay"
        for what, old, new in fell
        if _is_fall(old, new, max_shrink)
    ]
    if problems:
        shown = "\n".join(f"  {line}" for line in problems[:20])
        more = f"\n  … and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise WatchlistError(
            f"a fall of more than {max_shrink:.0%}:\n{shown}{more}\nGive the whole list, with "
            "every contest that is to stay; or say --allow-shrink if the fall is meant."
        )


def _shrinks(change: Change, max_shrink: float) -> bool:
    if change.before is None or change.after is None:
        return False
    return _is_fall(entry_total(change.before), entry_total(change.after), max_shrink)


def _is_fall(before: int, after: int, max_shrink: float) -> bool:
    try:
        refuse_shrunk("", before, after, max_shrink)
    except ListError:
        return True
    return False


def _differences(current: Watchlist, wanted: Watchlist) -> list[Change]:
    """Puts in the order of the wanted list, then removals."""
    before, after = contests_by_place(current), contests_by_place(wanted)
    old_names, names = election_names(current), election_names(wanted)
    changes = [
        Change(place, names[place[0]], before.get(place), contest)
        for place, contest in after.items()
        if before.get(place) != contest
    ]
    # An election's name is that of its newest record.
    told = {change.place[0] for change in changes}
    for place, contest in after.items():
        election, name = place[0], names[place[0]]
        if election not in told and old_names.get(election, name) != name:
            told.add(election)
            changes.append(Change(place, name, contest, contest))
    for place, contest in before.items():
        if place not in after:
            name = names.get(place[0], old_names[place[0]])
            changes.append(Change(place, name, contest, None))
    return changes


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """The changes so that whoever gives something up comes before whoever takes it."""
    waits_for = _dependencies(changes)
    followers: dict[int, list[int]] = {}
    for later, earlier in waits_for.items():
        for one in earlier:
            followers.setdefault(one, []).append(later)
    ready = [number for number in range(len(changes)) if not waits_for[number]]
    heapq.heapify(ready)
    waiting = set(range(len(changes))) - set(ready)
    pending = list(changes)
    done: list[Change] = []

    def release(number: int) -> None:
        for follower in followers.pop(number, ()):
            waits_for[follower].discard(number)
            if follower in waiting and not waits_for[follower]:
                waiting.discard(follower)
                heapq.heappush(ready, follower)

    while ready or waiting:
        if ready:
            number = heapq.heappop(ready)
            done.append(pending[number])
            release(number)
            continue
        number = _in_a_circle(waits_for, waiting)
        done.append(replace(pending[number], after=None, passing=True))
        pending[number] = replace(pending[number], before=None)
        release(number)
    return done


def _dependencies(changes: Sequence[Change]) -> dict[int, set[int]]:
    """For each change, by its place in the list, those that must come before it."""
    holders: dict[Claim, int] = {}
    for number, change in enumerate(changes):
        if change.before is not None:
            for claim, _ in claims(change.place[0], change.before):
                holders[claim] = number
    waits_for: dict[int, set[int]] = {number: set() for number in range(len(changes))}
    for number, change in enumerate(changes):
        if change.after is not None:
            for claim, _ in claims(change.place[0], change.after):
                holder = holders.get(claim, number)
                if holder != number:
                    waits_for[number].add(holder)
    return waits_for


def _in_a_circle(waits_for: Mapping[int, set[int]], waiting: set[int]) -> int:
    """One of those that wait for each other in a circle; the same for the same changes."""
    seen: list[int] = []
    number = min(waiting)
    while number not in seen:
        seen.append(number)
        number = min(waits_for[number] & waiting)
    return min(seen[seen.index(number) :])
