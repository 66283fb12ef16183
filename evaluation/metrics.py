"""Shares with their uncertainty, and when a found span and a labelled one are the same mention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

Z: Final = 1.959963984540054
"""Two-sided 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with Wilson's 95 % interval."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """Not a number where there is nothing to take a share of."""
        return self.part / self.whole if self.whole else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.part, self.whole)

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a share, (0, 1) for a share of nothing.

    Mentions of one post are not independent, so the true interval is somewhat wider.
    """
    if not whole:
        return 0.0, 1.0
    share = part / whole
    square = z * z
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    reach = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    reach /= 1 + square / whole
    # Where the share is 0 or 1 it is an end of the interval; the sum misses it by a rounding.
    return (max(0.0, centre - reach) if part else 0.0), (
        min(1.0, centre + reach) if part < whole else 1.0
    )


class Place(NamedTuple):
    """A span [start, end) that names a candidate."""

    start: int
    end: int
    candidate: str


def same(one: Place, other: Place) -> bool:
    """The same candidate, in spans that overlap."""
    return one.candidate == other.candidate and one.start < other.end and other.start < one.end


@dataclass(frozen=True, slots=True)
class Matching:
    """What was found held against what is labelled, in one text.

    Three tuples of flags and places: `right` for each found place whether it is labelled, `met` for
    each labelled one whether it was found; `ignored` found places that touch only an unclear label.
    """

    found: tuple[Place, ...]
    right: tuple[bool, ...]
    labelled: tuple[Place, ...]
    met: tuple[bool, ...]
    ignored: tuple[Place, ...]


def match(
    found: Sequence[Place], labelled: Sequence[Place], unclear: Sequence[Place] = ()
) -> Matching:
    """Hold found places against labelled ones; those on an unclear label alone do not count."""
    judged, ignored = [], []
    for one in found:
        if not _any(one, labelled) and _any(one, unclear):
            ignored.append(one)
        else:
            judged.append(one)
    return Matching(
        found=tuple(judged),
        right=tuple(_any(one, labelled) for one in judged),
        labelled=tuple(labelled),
        met=tuple(_any(one, found) for one in labelled),
        ignored=tuple(ignored),
    )


def merged(places: Iterable[Place]) -> list[Place]:
    """Overlapping places of one candidate as one place: several pieces of evidence, one mention."""
    out: list[Place] = []
    for one in sorted(places, key=lambda place: (place.candidate, place.start, place.end)):
        last = out[-1] if out else None
        if last and last.candidate == one.candidate and one.start < last.end:
            out[-1] = Place(last.start, max(last.end, one.end), one.candidate)
        else:
            out.append(one)
    return sorted(out)


def _any(one: Place, others: Iterable[Place]) -> bool:
    return any(same(one, other) for other in others)
