"""What authors of known truth met, as learning counts it and as EM is shown it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from learning.expectation_maximisation import NOTHING, Comparison, Ints
from learning.ground import Ground, say
from learning.mix import OUTSIDERS
from learning.observations import Observation
from learning.weights import Counts
from matchers.evidence_levels import (
    EDITS,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import Evidence


@dataclass(frozen=True, slots=True)
class Sample:
    """`true_pairs[i]` and `other_pairs[i]` are how many pairs show `patterns[i]`; the events, with
    or without a pair, are the registered people's and the outsiders'."""

    matches: Counts
    outsiders: Counts
    patterns: tuple[Evidence, ...]
    true_pairs: Ints
    other_pairs: Ints
    registered_events: int
    outsiders_events: int


def draw_sample(
    stands_on: Ground, shares: Mapping[str, float], registered: int, outsiders: int
) -> Sample:
    """Observe so many events of each side, of every kind by its share (of variants as in `shares`):
    then each pair counts the same, and EM needs no weights, for which splink has no place."""
    matches, others = Counts(), Counts()
    true: Counter[Evidence] = Counter()
    other: Counter[Evidence] = Counter()
    for kind, share in shares.items():
        found = _observed(stands_on, f"variant:{kind}", share * registered)
        matches.add(found, share, matches=True)
        true.update(pairs_by_pattern(found, matches=True))
    for kind, share in OUTSIDERS.items():
        found = _observed(stands_on, kind, share * outsiders)
        others.add(found, share, matches=False)
        other.update(pairs_by_pattern(found, matches=False))
    patterns = tuple(true | other)
    return Sample(
        matches,
        others,
        patterns,
        np.array([true[pattern] for pattern in patterns], np.int64),
        np.array([other[pattern] for pattern in patterns], np.int64),
        registered,
        outsiders,
    )


def _observed(stands_on: Ground, kind: str, count: float) -> list[Observation]:
    say(f"observing {kind}")
    return list(stands_on.observed(kind, max(1, round(count))))


def pairs_by_pattern(observations: Iterable[Observation], *, matches: bool) -> dict[Evidence, int]:
    """How many true pairs, or other ones, show each evidence, whoever else bears the name. An entry
    that stands for several counts as often as it does."""
    sums: defaultdict[Evidence, float] = defaultdict(float)
    for observation in observations:
        for met in observation.met:
            if met.is_true == matches:
                sums[met.evidence._replace(bearers=0)] += met.times
    return {pattern: round(times) for pattern, times in sums.items()}


def comparisons_of(patterns: Sequence[Evidence]) -> list[Comparison]:
    """Comparisons whose levels are keys of the model's tables. Handle and name are one, as they are
    one table; digits are one for each handle level, and nothing to pairs that are not on it."""

    def comparison(
        name: str, levels: Iterable[Any], level_of: Callable[[Evidence], Any]
    ) -> Comparison:
        place = {level: at for at, level in enumerate(levels)}
        codes = np.array([place.get(level_of(one), NOTHING) for one in patterns], np.int64)
        return Comparison(name, tuple(place), codes)

    return [
        comparison(
            "handle_and_name",
            [(handle, name) for handle in HandleLevel for name in NameLevel],
            lambda one: (one.handle, one.name),
        ),
        *(
            comparison(
                f"digits_{handle.name.lower()}",
                [(handle, digits) for digits in DigitLevel],
                lambda one: (_for_all_edits(one.handle), one.digits),
            )
            for handle in dict.fromkeys(map(_for_all_edits, HandleLevel))
        ),
        comparison("titles", TitleLevel, lambda one: one.titles),
        comparison("region", RegionLevel, lambda one: one.region),
        comparison("agency", AgencyLevel, lambda one: one.agency),
    ]


def _for_all_edits(handle: HandleLevel) -> HandleLevel:
    """What digits add is learned for all edits together; one of them stands for all."""
    return HandleLevel.INSERTED if handle in EDITS else handle
