"""Which contests are monitored at an instant: a bit mask, found by bisection."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from streams.records import Contest, Phase


class ContestWindows:
    """The windows of all contests, cut at every phase boundary. Instants compare in UTC."""

    __slots__ = ("_boundaries", "_masks", "_phases")

    def __init__(self, contests: Sequence[Contest]) -> None:
        """`contests[i]` has bit `1 << i`."""
        self._phases = {contest.id: contest.phases for contest in contests}
        boundaries = sorted(
            {
                instant.timestamp()
                for contest in contests
                for phase in contest.phases
                for instant in (phase.start, phase.end)
            }
        )
        places = {instant: place for place, instant in enumerate(boundaries)}
        masks = [0] * len(boundaries)
        for bit, contest in enumerate(contests):
            for phase in contest.phases:
                first, last = places[phase.start.timestamp()], places[phase.end.timestamp()]
                for place in range(first, last):
                    masks[place] |= 1 << bit
        self._boundaries = boundaries
        self._masks = (0, *masks)  # before the first boundary nothing is monitored

    def contests_at(self, at: datetime) -> int:
        """The mask of the contests with a phase that holds `at`; 0 for none."""
        return self._masks[bisect_right(self._boundaries, at.timestamp())]

    def phase_at(self, contest_id: str, at: datetime) -> Phase | None:
        """The phase of a contest that holds `at`, if any."""
        for phase in self._phases.get(contest_id, ()):
            if phase.start <= at < phase.end:
                return phase
        return None


def overlapping(phases: Sequence[Phase]) -> list[tuple[Phase, Phase]]:
    """Neighbours in time of which the second starts before the first has ended."""
    in_order = sorted(phases, key=lambda phase: (phase.start, phase.end))
    return [(one, other) for one, other in pairwise(in_order) if other.start < one.end]
