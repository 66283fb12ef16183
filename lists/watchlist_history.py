"""What the records of `watchlist-updates` did, one after the other, and how to go back.

The topic is never rewritten: going back is a new record with the earlier version.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.errors import WatchlistError
from lists.watchlist_replay import (
    WatchlistReplay,
    contests_by_place,
    election_names,
    watchlist_of,
)
from matchers.watchlist_claims import Place
from streams.records import Watchlist, WatchlistUpdate


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """One record as it lies in the topic; `timestamp` is milliseconds since 1970.

    `update` is None where it cannot be read. `unfit` says why, or why it is not obeyed although it
    can be read: it is not signed as it must be, or not in its order.
    """

    offset: int
    timestamp: int
    update: WatchlistUpdate | None
    unfit: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one record. `refused` is why workers refuse it, '' where they take it."""

    record: TopicRecord
    refused: str
    before: Watchlist
    after: Watchlist

    @property
    def taken(self) -> WatchlistUpdate | None:
        """The record's content where it came into force."""
        return None if self.refused else self.record.update


def replay_records(replay: WatchlistReplay, records: Iterable[TopicRecord]) -> list[Step]:
    """Every record put to the replay, in order."""
    steps: list[Step] = []
    for record in records:
        before, refused = replay.watchlist, record.unfit
        if record.update is not None and not refused:
            try:
                replay.apply(record.update)
            except WatchlistError as error:
                refused = str(error)
        steps.append(Step(record, refused, before, replay.watchlist))
    return steps


def newest_by_place(steps: Iterable[Step]) -> dict[Place, Step]:
    """The record that each contest is as it is by; those of the base are not among them."""
    return {
        (step.taken.election_id, step.taken.contest_id): step
        for step in steps
        if step.taken is not None
    }


def before_newest_publication(steps: Sequence[Step]) -> Watchlist:
    """What was in force before the newest record, and those sent together with it, for the
    contests that they are about. Raises WatchlistError where no record is in force."""
    taken = [step for step in steps if step.taken is not None]
    if not taken:
        raise WatchlistError(
            "there is nothing to undo: no record of the topic is in force, only the base file."
        )
    newest = taken[-1].taken
    assert newest is not None  # noqa: S101 - those without were left out
    together = [
        step
        for step in taken
        if step is taken[-1]
        or (
            newest.publication is not None
            and step.taken is not None
            and step.taken.publication == newest.publication
        )
    ]
    return _undone(steps[-1].after, together)


def before_newest_of(steps: Sequence[Step], contest_id: str) -> Watchlist:
    """What is in force now, with one contest as it was before its newest record.

    Raises WatchlistError where no record is about it.
    """
    found = [step for step in steps if step.taken and step.taken.contest_id == contest_id]
    if not found:
        raise WatchlistError(
            f"no record in force is about contest {contest_id}: it is as the base file has it, or "
            "it is nowhere. 'netral watchlist history' lists the records."
        )
    return _undone(steps[-1].after, found[-1:])


def at_sequence(base: Watchlist, steps: Sequence[Step], sequence: int) -> Watchlist:
    """What was in force once the record with that sequence was; 0 is the base file, before any.

    Raises WatchlistError where no such record came into force.
    """
    for step in steps:
        if step.taken is not None and step.taken.sequence == sequence:
            return step.after
    if sequence == 0:
        return base
    raise WatchlistError(
        f"no record with sequence {sequence} came into force. 'netral watchlist history' lists the "
        "records; 0 is the base file."
    )


def _undone(current: Watchlist, undo: Sequence[Step]) -> Watchlist:
    """`current` with every contest of these records as it was before the first of them."""
    contests, names = contests_by_place(current), election_names(current)
    seen: set[Place] = set()
    for step in undo:
        assert step.taken is not None  # noqa: S101 - only records in force are undone
        place = step.taken.election_id, step.taken.contest_id
        if place in seen:
            continue
        seen.add(place)
        contest = contests_by_place(step.before).get(place)
        if contest is None:
            contests.pop(place, None)
        else:
            contests[place] = contest
    for step in reversed(undo):  # the first of them has the last word
        for election_id, name in election_names(step.before).items():
            if any(election_id == place[0] for place in seen):
                names[election_id] = name
    return watchlist_of(contests, names)
