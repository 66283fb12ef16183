"""From observations to match weights: log2 of m / u for every cell, smoothed.

m is how often a registered person's other account meets their own entry at a level, u how many
entries an outsider meets there on average. Handle and name share a table, and so do handle and
digits: the second holds what digits add once the handle level is known. Cells that were seldom seen
lean on what handle and name say apart (`LEAN` imagined observations); nothing counts as rarer than
one event of the stream, and what no match ever showed never speaks for anybody.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final, TypeVar

from learning.observations import Observation
from matchers.evidence_levels import (
    EDITS,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import Evidence, Weight

LEAN: Final = 20.0
UNSEEN: Final = 3
SAME_M: Final = 0.5
SAME_U: Final = 1e-6
"""Of the very same handle without an id nothing can be learned: an invented stream has as many as
one puts in. Assumed: one event in two by a registered person without an id is of that very
account; one outsider's event in a million is under a handle that passed on to them."""

Level = TypeVar("Level", bound=Hashable)


@dataclass
class Counts:
    """Weighted counts of levels, of matches (by `share`) and of outsiders' entries (an event)."""

    cells: defaultdict[tuple[HandleLevel, NameLevel], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    digits: defaultdict[tuple[HandleLevel, DigitLevel], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    titles: defaultdict[TitleLevel, float] = field(default_factory=lambda: defaultdict(float))
    region: defaultdict[RegionLevel, float] = field(default_factory=lambda: defaultdict(float))
    agency: defaultdict[AgencyLevel, float] = field(default_factory=lambda: defaultdict(float))
    seen: Counter[tuple[HandleLevel, NameLevel]] = field(default_factory=Counter)
    """Unweighted, to say what a cell rests on."""
    examples: dict[Hashable, str] = field(default_factory=dict)
    least: float = 1.0
    """The share of one event of the stream that counts least: nothing is rarer than that."""

    def add(self, observations: Iterable[Observation], share: float, *, matches: bool) -> None:
        """Count one kind of author, whose events together weigh `share`."""
        kept = list(observations)
        each = share / len(kept)
        self.least = min(self.least, each)
        for observation in kept:
            for met in observation.met:
                if met.is_true == matches:
                    self._count(met.evidence, each * met.times, observation)

    def count(self, evidence: Evidence, weight: float) -> None:
        """Count what an entry shows, as `weight` events (a share of all, or a number of them)."""
        self.cells[evidence.handle, evidence.name] += weight
        self.digits[evidence.handle, evidence.digits] += weight
        self.titles[evidence.titles] += weight
        self.region[evidence.region] += weight
        self.agency[evidence.agency] += weight

    def _count(self, evidence: Evidence, weight: float, observation: Observation) -> None:
        self.count(evidence, weight)
        cell = evidence.handle, evidence.name
        self.seen[cell] += 1
        actor = observation.actor
        shown = f"{actor.handle}, {actor.display_name or 'no name'}"
        for level in (cell, (evidence.handle, evidence.digits), evidence.titles):
            self.examples.setdefault(level, shown)
        for bio_level in (evidence.region, evidence.agency):
            self.examples.setdefault(bio_level, actor.bio or "no bio")


def handle_and_name(
    matches: Counts, outsiders: Counts
) -> dict[tuple[HandleLevel, NameLevel], Weight]:
    """The joint table. Weights fall with the levels of the handle's evidence as they are learned;
    nothing but the data orders them."""
    table: dict[tuple[HandleLevel, NameLevel], Weight] = {}
    m_name, u_name = _margin(matches.cells), _margin(outsiders.cells)
    for handle, name in product(HandleLevel, NameLevel):
        if handle is HandleLevel.SAME:
            table[handle, name] = _same(name, matches, outsiders)
            continue
        m_handle = _handle_total(matches.cells, handle)
        u_handle = _handle_total(outsiders.cells, handle)
        m = _leaning(matches, handle, name, m_handle, m_name[name])
        u = max(
            _leaning(outsiders, handle, name, u_handle, u_name[name]),
            _to_be_expected(outsiders, handle, name, u_handle),
        )
        seen = matches.seen[handle, name], outsiders.seen[handle, name]
        tenths = _tenths(m, u)
        if not seen[0]:  # what no match ever showed speaks for nobody
            tenths = min(tenths, 0)
        table[handle, name] = Weight(
            tenths,
            _example(matches, outsiders, (handle, name)),
            f"m {m:.2g} ({seen[0]:,} seen), u {u:.2g} ({seen[1]:,} seen)",
        )
    return table


def handle_and_digits(
    matches: Counts, outsiders: Counts
) -> dict[tuple[HandleLevel, DigitLevel], Weight]:
    """What digits add to each handle level; nothing where the handle is the very same."""
    table: dict[tuple[HandleLevel, DigitLevel], Weight] = {}
    for handle, digits in product(HandleLevel, DigitLevel):
        if handle is HandleLevel.SAME:
            table[handle, digits] = Weight(0, "budi.s under no id", "the handle says it all")
            continue
        m = _conditional(matches.digits, handle, digits)
        u = _conditional(outsiders.digits, handle, digits)
        table[handle, digits] = Weight(
            _tenths(m, u),
            _example(matches, outsiders, (handle, digits)),
            f"m {m:.2g}, u {u:.2g}, given the handle level",
        )
    return table


def single(
    levels: Iterable[Level],
    matches: Mapping[Level, float],
    outsiders: Mapping[Level, float],
    examples: Mapping[Hashable, str],
) -> dict[Level, Weight]:
    """A table of one kind of evidence, given that an entry is met."""
    levels = list(levels)
    table = {}
    for level in levels:
        m = _share(matches, level, levels)
        u = _share(outsiders, level, levels)
        table[level] = Weight(
            _tenths(m, u), examples.get(level, "not seen"), f"m {m:.2g}, u {u:.2g}"
        )
    return table


def _same(name: NameLevel, matches: Counts, outsiders: Counts) -> Weight:
    """The assumed weight of the handle, and what the name adds by itself."""
    tenths = _tenths(SAME_M, SAME_U)
    if name is NameLevel.DIFFERS:
        m_name, u_name = _margin(matches.cells)[name], _margin(outsiders.cells)[name]
        tenths += min(0, _tenths(m_name, u_name))
    return Weight(
        tenths,
        "budi.s, whose id the register knows and the event does not",
        f"assumed: m {SAME_M}, u {SAME_U:g}; a name that differs takes from it, none adds",
    )


def _margin(cells: Mapping[tuple[HandleLevel, NameLevel], float]) -> dict[NameLevel, float]:
    total = sum(cells.values())
    smallest = 1e-6
    return {
        name: max(
            smallest,
            sum(weight for (_, other), weight in cells.items() if other is name) / total,
        )
        for name in NameLevel
    }


def _handle_total(
    cells: Mapping[tuple[HandleLevel, NameLevel], float], handle: HandleLevel
) -> float:
    return sum(weight for (other, _), weight in cells.items() if other is handle)


def _leaning(
    counts: Counts, handle: HandleLevel, name: NameLevel, total: float, name_share: float
) -> float:
    """The cell's count, with `LEAN` imagined observations spread as names are over all handles."""
    seen = sum(counts.seen[handle, other] for other in NameLevel)
    # As much as the observations of this handle level count for on average.
    if not seen:
        return counts.least
    each = total / seen
    weight = counts.cells[handle, name] + LEAN * each * name_share
    weight *= seen / (seen + LEAN)
    return max(weight, counts.least)


def _to_be_expected(counts: Counts, handle: HandleLevel, name: NameLevel, total: float) -> float:
    """At most so much of what was hardly ever seen in n observations: 3 / n, with 95 %."""
    seen = sum(counts.seen[handle, other] for other in NameLevel)
    return UNSEEN * total / seen if seen and counts.seen[handle, name] < UNSEEN else 0.0


def _conditional(
    counts: Mapping[tuple[HandleLevel, DigitLevel], float], handle: HandleLevel, digits: DigitLevel
) -> float:
    alike = EDITS if handle in EDITS else {handle}
    given = {level: sum(counts.get((other, level), 0.0) for other in alike) for level in DigitLevel}
    return _share(given, digits, list(DigitLevel))


def _share(counts: Mapping[Level, float], level: Level, levels: list[Level]) -> float:
    """The level's share, a thousandth at least: unseen is not impossible."""
    total = sum(counts.get(other, 0.0) for other in levels)
    least = 0.001
    share = counts.get(level, 0.0) / total if total else 1 / len(levels)
    return (share + least) / (1 + least * len(levels))


def _example(matches: Counts, outsiders: Counts, level: Hashable) -> str:
    return matches.examples.get(level) or outsiders.examples.get(level) or "not seen"


def _tenths(m: float, u: float) -> int:
    return round(10 * math.log2(m / u))
