"""Shares with intervals, and agreement beyond chance. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

Z: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals cover 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`, with Wilson's 95 % interval [`low`, `high`]; of nothing it is [0, 1]."""

    hits: int
    n: int
    low: float
    high: float


def wilson(hits: int, n: int) -> Share:
    """Wilson's score interval (Wilson, JASA 22, 1927): usable for few cases and for 0 and 1."""
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    p = hits / n
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Share(hits, n, max(0.0, middle - half), min(1.0, middle + half))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's κ of two raters (Educ. Psychol. Meas. 20, 1960).

    None where it is not defined: no pairs, or both raters gave one and the same answer throughout.
    """
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(first == second for first, second in pairs) / n
    firsts = Counter(first for first, _ in pairs)
    seconds = Counter(second for _, second in pairs)
    expected = sum(firsts[answer] * seconds[answer] for answer in firsts) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of them does not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]
