"""Calibration: what the sum of the candidates' weights is really worth.

From a stream that no weight has seen. Isotonic regression (scikit-learn) over the raw sum T orders
the events; each step's worth is the share of matches over the share of outsiders' events on it,
with one outsider's event more than were seen: what was never seen to fail may still.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from matchers.match_model import FARTHEST, Calibration

LEAST: Final = -FARTHEST // 2
"""Tenths of the worth of an event that meets nobody."""


class Scored(NamedTuple):
    """Events as columns: raw tenths of T, whether the author is registered, and what each event
    counts for; the matches together count 1, the outsiders' events too."""

    raw: NDArray[np.int64]
    matches: NDArray[np.bool_]
    shares: NDArray[np.float64]


def calibrate(scored: Scored, outsiders_seen: int) -> Calibration:
    """`outsiders_seen` is how many outsiders' events the stream stands for."""
    order = np.argsort(scored.raw, kind="stable")
    raw, matches, shares = scored.raw[order], scored.matches[order], scored.shares[order]
    fitted = IsotonicRegression(out_of_bounds="clip").fit_transform(
        raw.astype(float), matches.astype(float), sample_weight=shares
    )
    starts = np.flatnonzero(np.concatenate(([True], np.diff(fitted) > 1e-12)))
    steps: list[tuple[int, int]] = []
    worth = LEAST
    for start, end in zip(starts, [*starts[1:], len(raw)], strict=True):
        m = float(shares[start:end][matches[start:end]].sum())
        u = float(shares[start:end][~matches[start:end]].sum()) + 1 / outsiders_seen
        if m > 0:
            worth = max(worth, math.floor(10 * math.log2(m / u)))
        steps.append((int(raw[start]), worth))
    return Calibration(*_rising(steps))


def _rising(steps: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Only the steps that change something."""
    kept = [steps[0]]
    kept += [after for before, after in pairwise(steps) if after[1] > before[1]]
    return tuple(raw for raw, _ in kept), tuple(worth for _, worth in kept)
