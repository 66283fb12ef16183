"""The match weights of a sample by EM, which is told of its pairs only what they show.

splink's m and u are of a compared pair, the model's of an event. So what EM takes for matches is
counted as learning counts matches, and weighed and smoothed by the same code
(:mod:`learning.weights`): whatever differs is the estimate.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from learning.crosscheck_sample import Sample, comparisons_of
from learning.expectation_maximisation import Floats, expectation_maximisation
from learning.ground import Tables, tables_of
from learning.weights import Counts
from matchers.match_model import Evidence


class Guess(NamedTuple):
    """The tables if what EM believes were so, and the share of true pairs that it believes in;
    `found` is the share of the true pairs that it takes for true, `taken` of the others."""

    tables: Tables
    prior: float
    found: float
    taken: float


def guess(sample: Sample, *, given_u: bool) -> Guess:
    """The sample's weights by EM; with `given_u` it is told what the outsiders' pairs show too."""
    comparisons = comparisons_of(sample.patterns)
    pairs = sample.true_pairs + sample.other_pairs
    estimate = expectation_maximisation(comparisons, pairs, sample.other_pairs if given_u else None)
    chances = estimate.chances(comparisons)
    matches = counted(sample.patterns, chances * pairs, sample.registered_events)
    outsiders = (
        sample.outsiders
        if given_u
        else counted(sample.patterns, (1 - chances) * pairs, sample.outsiders_events)
    )
    return Guess(
        tables_of(matches, outsiders),
        estimate.prior,
        float(np.average(chances, weights=sample.true_pairs)),
        float(np.average(chances, weights=sample.other_pairs)),
    )


def counted(patterns: Sequence[Evidence], pairs: Floats, events: int) -> Counts:
    """Counts as learning has them, of so many events that met `pairs[i]` entries (not necessarily
    whole ones) of each pattern."""
    counts = Counts(least=1 / events)
    for pattern, times in zip(patterns, pairs.tolist(), strict=True):
        counts.count(pattern, times / events)
    counts.seen.update({cell: round(share * events) for cell, share in counts.cells.items()})
    return counts
