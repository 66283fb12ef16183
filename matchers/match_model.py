"""The match model: how strongly each level of evidence speaks for a lead, and how sure that is.

Fellegi and Sunter's model of record linkage (1969). A match weight is the binary logarithm of m / u
in tenths of a bit: m is how often a registered person's other account meets their entry at that
level, u how many entries an outsider's account meets there on average. Weights of independent
evidence add up. Handle and name are not independent, since a handle is made of a name, nor are
handle and digits: they are weighed jointly. All numbers are data, learned by `learning/` and kept
in `config/match_model.yaml` with where they come from.

The author is one of the candidates, or nobody in the register. Let T be the sum of 2^w over the
candidates. Calibration turns T into how many times likelier it is to see it if the author is
registered; with the base rate b that gives the probability that it is one of them, which the
candidates share by their 2^w.

Everything is integers, so that the same event gives the same bytes on every machine.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.evidence_levels import (
    AGREEING_NAMES,
    DIGIT_LEVELS,
    HANDLE_LEVELS,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.run_table import level_table

_SCALE_BITS: Final = 32
_TENTHS: Final = tuple(round(2 ** (tenth / 10) * (1 << _SCALE_BITS)) for tenth in range(10))
FARTHEST: Final = 1_300
"""Tenths of a bit; no sum of weights is as large."""


@dataclass(frozen=True, slots=True)
class Weight:
    """`tenths` of a bit, with what it looks like and where it comes from."""

    tenths: int
    example: str
    basis: str


def odds(tenths: int) -> int:
    """2 ** (tenths / 10), times 2 ** 32, by integers only: equal bytes on every machine."""
    whole, tenth = divmod(tenths, 10)
    scaled = _TENTHS[tenth]
    return scaled << whole if whole >= 0 else scaled >> -whole


_ODDS: Final = tuple(odds(tenths) for tenths in range(-FARTHEST, FARTHEST + 1))


def tenths_of(scaled: int) -> int:
    """The most tenths whose :func:`odds` are no more than `scaled`; the inverse, rounded down."""
    return max(0, bisect_right(_ODDS, scaled) - 1) - FARTHEST


class Calibration(NamedTuple):
    """A monotone step: from `raw[i]` tenths of T on, the evidence is worth `worth[i]` tenths."""

    raw: tuple[int, ...]
    worth: tuple[int, ...]

    def apply(self, tenths: int) -> int:
        place = bisect_right(self.raw, tenths) - 1
        return self.worth[place] if place >= 0 else -FARTHEST


class Evidence(NamedTuple):
    """What speaks for and against one candidate. `bearers` of the name in the register."""

    handle: HandleLevel
    digits: DigitLevel
    name: NameLevel
    titles: TitleLevel
    region: RegionLevel
    agency: AgencyLevel
    bearers: int

    @property
    def beyond_the_name(self) -> bool:
        """Whether anything but handle, name and titles speaks for it."""
        return self.region is RegionLevel.NAMED or self.agency is AgencyLevel.NAMED

    @property
    def can_carry_a_lead(self) -> bool:
        """Conflicting digits are overcome by evidence beyond the name only."""
        return self.digits is not DigitLevel.CONFLICT or self.beyond_the_name

    def in_words(self) -> tuple[str, ...]:
        """The levels that say something, handle first, for the reviewer."""
        said = [str(self.handle)]
        if self.digits is not DigitLevel.NONE:
            said.append(str(self.digits))
        if self.name is not NameLevel.SILENT:
            said.append(self.name_in_words())
        if self.titles is not TitleLevel.SILENT:
            said.append(str(self.titles))
        if self.region is not RegionLevel.SILENT:
            said.append(str(self.region))
        if self.agency is not AgencyLevel.SILENT:
            said.append(str(self.agency))
        return tuple(said)

    def name_in_words(self) -> str:
        if self.name in AGREEING_NAMES and self.name is not NameLevel.REORDERED:
            bearers = "bearer" if self.bearers == 1 else "bearers"
            return f"name agrees, {self.bearers:,} {bearers} in the register"
        return str(self.name)


@dataclass(frozen=True)
class MatchModel:
    """The tables. `version` is a digest of everything that changes a probability."""

    handle_and_name: Mapping[tuple[HandleLevel, NameLevel], Weight]
    handle_and_digits: Mapping[tuple[HandleLevel, DigitLevel], Weight]
    titles: Mapping[TitleLevel, Weight]
    region: Mapping[RegionLevel, Weight]
    agency: Mapping[AgencyLevel, Weight]
    calibration: Calibration
    version: str
    best: "Bounds" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "best", _bounds(self))

    def weight(self, evidence: Evidence) -> int:
        """The match weight in tenths of a bit."""
        return (
            self.handle_and_name[evidence.handle, evidence.name].tenths
            + self.handle_and_digits[evidence.handle, evidence.digits].tenths
            + self.titles[evidence.titles].tenths
            + self.region[evidence.region].tenths
            + self.agency[evidence.agency].tenths
        )

    def parts(self, evidence: Evidence) -> tuple[tuple[str, Weight], ...]:
        """Each level in words with its weight; handle and name have one weight between them."""
        return (
            (
                f"{evidence.handle}; {evidence.name_in_words()}",
                self.handle_and_name[evidence.handle, evidence.name],
            ),
            (str(evidence.digits), self.handle_and_digits[evidence.handle, evidence.digits]),
            (str(evidence.titles), self.titles[evidence.titles]),
            (str(evidence.region), self.region[evidence.region]),
            (str(evidence.agency), self.agency[evidence.agency]),
        )

    def probabilities(self, weights: Sequence[int], base_rate: int, others: int = 0) -> list[int]:
        """How likely each candidate is the author, per 10,000, rounded down.

        `weights` in tenths of a bit; `base_rate` per 10,000; `others` is the sum of :func:`odds`
        over candidates that are not asked for, who compete all the same.
        """
        total = sum(map(odds, weights)) + others
        return [self.probability(weight, total, base_rate) for weight in weights]

    def probability(self, weight: int, total: int, base_rate: int) -> int:
        """How likely one candidate is the author; `total` is the sum of everybody's odds."""
        if not total:
            return 0
        registered = base_rate * odds(self.calibration.apply(tenths_of(total)))
        everybody = ((10_000 - base_rate) << _SCALE_BITS) + registered
        return 10_000 * registered * odds(weight) // (everybody * total)

    def least_weight(self, base_rate: int, threshold: int) -> int:
        """A match weight in tenths that a candidate needs to reach `threshold`; both per 10,000.

        No candidate with less can reach it, whoever competes: the probability that the author is
        one of the candidates must reach the threshold, and the candidate's share of it too.
        """
        return _least_weight(self.calibration, base_rate, threshold)


class Bounds(NamedTuple):
    """The most that a part of the evidence can weigh, in tenths, for a quick way out."""

    with_name: NDArray[np.int64]
    """By handle and digit level, with the best name and titles."""
    without_agreement: NDArray[np.int64]
    """Where no name agrees word for word; with the best of the others, and titles."""
    without_name: NDArray[np.int64]
    """Where the author shows no name that can be compared; with the best titles."""
    by_name: Mapping[NameLevel, NDArray[np.int64]]
    """With one level of the name, and the best titles."""
    odds_of_others: tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]
    """:func:`odds` of a candidate who is not looked at, by handle and digit level: where the author
    shows no name, and where the name is taken to differ."""
    of_another_handle: int
    """The most of `with_name` where the handle is not the same."""
    of_another_handle_without_name: int
    silent_bio: int
    """Of a bio that names neither region nor agency, or of none."""
    region_beyond_silence: int
    """What naming a region can add to that."""
    agency_beyond_silence: int


def _most(weights: Iterable[Weight]) -> int:
    return max(weight.tenths for weight in weights)


def _bounds(model: MatchModel) -> Bounds:
    titles = _most(model.titles.values())

    def with_names(names: Iterable[NameLevel]) -> NDArray[np.int64]:
        names = tuple(names)
        return level_table(
            {
                (handle, digits): weight.tenths
                + titles
                + _most(model.handle_and_name[handle, name] for name in names)
                for (handle, digits), weight in model.handle_and_digits.items()
            }
        )

    def odds_with(name: NameLevel) -> Sequence[Sequence[int]]:
        return [
            [
                odds(
                    model.handle_and_name[handle, name].tenths
                    + model.handle_and_digits[handle, digits].tenths
                )
                for digits in DIGIT_LEVELS
            ]
            for handle in HANDLE_LEVELS
        ]

    with_name, without_name = with_names(NameLevel), with_names([NameLevel.SILENT])
    no_region = model.region[RegionLevel.SILENT].tenths
    no_agency = model.agency[AgencyLevel.SILENT].tenths
    another = [place for place, level in enumerate(HandleLevel) if level is not HandleLevel.SAME]
    return Bounds(
        with_name,
        with_names(set(NameLevel) - AGREEING_NAMES),
        without_name,
        {name: with_names([name]) for name in NameLevel},
        (odds_with(NameLevel.SILENT), odds_with(NameLevel.DIFFERS)),
        int(with_name[another].max()),
        int(without_name[another].max()),
        no_region + no_agency,
        _most(model.region.values()) - no_region,
        _most(model.agency.values()) - no_agency,
    )


@lru_cache(maxsize=64)
def _least_weight(calibration: Calibration, base_rate: int, threshold: int) -> int:
    raw = -FARTHEST
    while raw < FARTHEST:
        registered = base_rate * odds(calibration.apply(raw))
        if 10_000 * registered >= threshold * (((10_000 - base_rate) << _SCALE_BITS) + registered):
            break
        raw += 1
    # A share of at least the threshold: 2^w >= threshold * T; and `tenths_of` rounds down.
    return tenths_of(odds(raw) * threshold // 10_000)
