"""How far the weights by EM are from those that were learned, level by level and in sum."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from learning.crosscheck_guess import Guess
from learning.crosscheck_sample import Sample, comparisons_of
from learning.expectation_maximisation import Floats
from learning.ground import Tables
from matchers.evidence_levels import EDITS, DigitLevel

OFTEN: Final = 50
"""Pairs from which a level is seen often enough for a difference to mean anything."""


class Line(NamedTuple):
    """One level: its weights in bits, as learned and by each guess, and its pairs."""

    table: str
    level: str
    learned: float
    guessed: tuple[float, ...]
    true_pairs: int
    other_pairs: int


class Agreement(NamedTuple):
    """How far one guess is from what was learned. Spearman's correlation over all levels, weighted
    by their pairs and by their true pairs; of levels seen often, the mean difference in bits, and
    the line with the largest."""

    by_pairs: float
    by_true_pairs: float
    mean: float
    largest: Line


def lines_of(sample: Sample, learned: Tables, guesses: Sequence[Tables]) -> list[Line]:
    """Every level that any pair has, in the order of the tables."""
    lines = []
    for one in comparisons_of(sample.patterns):
        for code, level in enumerate(one.levels):
            here = one.codes == code
            true, other = int(sample.true_pairs[here].sum()), int(sample.other_pairs[here].sum())
            if true + other:
                table = next(name for name, table in learned.items() if level in table)
                ours, *theirs = (of[table][level].tenths / 10 for of in (learned, *guesses))
                lines.append(Line(table, _in_words(level), ours, tuple(theirs), true, other))
    return lines


def _in_words(level: Any) -> str:
    if not isinstance(level, tuple):
        return str(level)
    handle, other = level
    if isinstance(other, DigitLevel) and handle in EDITS:
        return f"handle with any one edit; {other}"
    return f"{handle}; {other}"


def agreement(lines: Sequence[Line], which: int) -> Agreement:
    """How guess number `which` agrees with what was learned. Raises ValueError where no level is
    seen often."""
    learned = np.array([line.learned for line in lines])
    guessed = np.array([line.guessed[which] for line in lines])
    true = np.array([line.true_pairs for line in lines], np.float64)
    pairs = true + [line.other_pairs for line in lines]
    often = np.flatnonzero(pairs >= OFTEN)
    if not len(often):
        raise ValueError(f"no level has {OFTEN} pairs. Draw more events.")
    differences = np.abs(guessed - learned)[often]
    return Agreement(
        weighted_spearman(learned, guessed, pairs),
        weighted_spearman(learned, guessed, true),
        float(differences.mean()),
        lines[often[differences.argmax()]],
    )


def weighted_spearman(ours: Floats, theirs: Floats, weights: Floats) -> float:
    """Spearman's rank correlation as if every value were there as often as it weighs; NaN where
    either side has one value only."""
    one, other = _middle_ranks(ours, weights), _middle_ranks(theirs, weights)
    one, other = one - np.average(one, weights=weights), other - np.average(other, weights=weights)
    spread = np.average(one**2, weights=weights) * np.average(other**2, weights=weights)
    return float(np.average(one * other, weights=weights) / math.sqrt(spread))


def _middle_ranks(values: Floats, weights: Floats) -> Floats:
    _, place = np.unique(values, return_inverse=True)
    mass = np.bincount(place, weights)
    ranks: Floats = (np.cumsum(mass) - mass / 2)[place]
    return ranks


def as_markdown(sample: Sample, guesses: Mapping[str, Guess], lines: Sequence[Line]) -> str:
    """What it comes to, and a table of all levels; guesses by what EM estimates, as in `lines`."""
    true, other = int(sample.true_pairs.sum()), int(sample.other_pairs.sum())
    met = (
        f"{sample.registered_events:,} events of registered people and "
        f"{sample.outsiders_events:,} of outsiders met {true:,} true and {other:,} other entries "
        f"({true / (true + other):.4f} true). Weights in bits."
    )
    told = [met, ""]
    for which, (what, guess) in enumerate(guesses.items()):
        found = agreement(lines, which)
        most = found.largest
        told.append(
            f"- EM of {what}: share of true pairs {guess.prior:.4f}; {guess.found:.1%} of the true "
            f"pairs found, {guess.taken:.2%} of the others taken for true. Spearman "
            f"{found.by_pairs:.3f} weighted by pairs, {found.by_true_pairs:.3f} by true pairs. "
            f"Levels with {OFTEN} pairs or more differ by {found.mean:.2f} on average, most "
            f"*{most.level}* ({most.learned:+.1f}, EM {most.guessed[which]:+.1f})."
        )
    columns = "".join(f" EM of {what} | differs |" for what in guesses)
    told += [
        "",
        f"| table | level | learned |{columns} true pairs | other pairs |",
        f"|---|---|---:|{'---:|---:|' * len(guesses)}---:|---:|",
    ]
    for line in lines:
        cells = "".join(f" {bits:+.1f} | {bits - line.learned:+.1f} |" for bits in line.guessed)
        told.append(
            f"| {line.table} | {line.level} | {line.learned:+.1f} |{cells} "
            f"{line.true_pairs:,} | {line.other_pairs:,} |"
        )
    return "\n".join(told) + "\n"
