"""What the report says of lines whose agreement is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr  # type: ignore[import-untyped]

from learning.crosscheck_guess import Guess
from learning.crosscheck_report import (
    OFTEN,
    Line,
    agreement,
    as_markdown,
    lines_of,
    weighted_spearman,
)
from learning.crosscheck_sample import Sample
from learning.ground import EMPTY, Tables
from learning.weights import Counts
from matchers.evidence_levels import DigitLevel, HandleLevel, NameLevel, TitleLevel
from matchers.match_model import Weight
from tests.learning.met import evidence

ROWS = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 5)), min_size=2, max_size=15
).filter(lambda rows: all(len({row[side] for row in rows if row[2]}) > 1 for side in (0, 1)))


@given(ROWS)
def test_weights_are_as_if_rows_were_repeated(rows: list[tuple[int, int, int]]) -> None:
    ours, theirs, weights = (np.array(column) for column in zip(*rows, strict=True))
    repeated = np.repeat(ours, weights), np.repeat(theirs, weights)
    expected = spearmanr(*repeated).statistic
    found = weighted_spearman(ours.astype(float), theirs.astype(float), weights.astype(float))
    assert found == pytest.approx(expected)


LINES = [
    Line("titles", "rare", 1.0, (9.0, 1.0), 1, OFTEN - 2),
    Line("titles", "near", 2.0, (2.5, 2.0), OFTEN, 0),
    Line("region", "far", -3.0, (-5.0, -3.5), 0, OFTEN),
    Line("region", "same", 4.0, (4.0, 4.0), 10, 10_000),
]


def test_mean_and_largest_are_of_levels_seen_often() -> None:
    found = agreement(LINES, 0)
    assert found.mean == pytest.approx((0.5 + 2.0 + 0.0) / 3)
    assert found.largest.level == "far"
    assert agreement(LINES[:3], 1).mean == pytest.approx((0 + 0.5) / 2)


def test_correlations_are_weighted_by_pairs_and_by_true_pairs() -> None:
    found = agreement(LINES, 0)
    columns = [np.array(column) for column in ([1.0, 2, -3, 4], [9.0, 2.5, -5, 4])]
    for value, weights in (
        (found.by_pairs, [OFTEN - 1, OFTEN, OFTEN, 10_010]),
        (found.by_true_pairs, [1, OFTEN, 0, 10]),
    ):
        repeated = (np.repeat(column, weights) for column in columns)
        assert value == pytest.approx(spearmanr(*repeated).statistic)
    assert found.by_pairs != pytest.approx(found.by_true_pairs)


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"no level has 50 pairs\. Draw more events\."):
        agreement(LINES[:1], 0)


def tables(**tenths: int) -> Tables:
    """The empty tables but for the levels of the patterns below."""
    changed: Tables = {
        name: dict(getattr(EMPTY, name))
        for name in ("handle_and_name", "handle_and_digits", "titles", "region", "agency")
    }
    changed["handle_and_name"][HandleLevel.SWAPPED, NameLevel.ONE] = Weight(tenths["cell"], "", "")
    changed["titles"][TitleLevel.SILENT] = Weight(tenths["titles"], "", "")
    return changed


SAMPLE = Sample(
    Counts(),
    Counts(),
    (
        evidence(HandleLevel.SWAPPED, NameLevel.ONE, DigitLevel.NONE),
        evidence(HandleLevel.SWAPPED, NameLevel.SILENT, DigitLevel.AGREE),
    ),
    np.array([1_300, 0]),
    np.array([40, 6_000]),
    2_000,
    30_000,
)


def test_every_level_that_was_met_has_a_line_with_its_weights_and_pairs() -> None:
    learned, guessed = tables(cell=55, titles=-1), tables(cell=48, titles=2)
    swapped, edit = "handle with two letters swapped", "handle with any one edit"
    expected = [
        ("handle_and_name", f"{swapped}; {NameLevel.ONE}", 5.5, 4.8, 1_300, 40),
        ("handle_and_name", f"{swapped}; {NameLevel.SILENT}", 0.0, 0.0, 0, 6_000),
        ("handle_and_digits", f"{edit}; digits agree", 0.0, 0.0, 0, 6_000),
        ("handle_and_digits", f"{edit}; no digits", 0.0, 0.0, 1_300, 40),
        ("titles", "no title to compare", -0.1, 0.2, 1_300, 6_040),
        ("region", "no region in bio", 0.0, 0.0, 1_300, 6_040),
        ("agency", "no agency in bio", 0.0, 0.0, 1_300, 6_040),
    ]
    assert lines_of(SAMPLE, learned, [guessed, learned]) == [
        Line(table, level, ours, (theirs, ours), true, other)
        for table, level, ours, theirs, true, other in expected
    ]


def test_the_markdown_has_the_sums_and_a_row_for_each_line() -> None:
    learned = tables(cell=55, titles=-1)
    guesses = {
        "m and u": Guess(tables(cell=48, titles=2), 0.21, 0.876, 0.0123),
        "m, u given": Guess(tables(cell=57, titles=-1), 0.2, 0.9, 0.01),
    }
    lines = lines_of(SAMPLE, learned, [one.tables for one in guesses.values()])
    head, _, one, other, _, columns, _, *rows = as_markdown(SAMPLE, guesses, lines).splitlines()
    assert head == (
        "2,000 events of registered people and 30,000 of outsiders met 1,300 true and 6,040 other "
        "entries (0.1771 true). Weights in bits."
    )
    assert one.startswith(
        "- EM of m and u: share of true pairs 0.2100; 87.6% of the true pairs found, 1.23% of the "
        "others taken for true. Spearman "
    )
    assert one.endswith(
        "Levels with 50 pairs or more differ by 0.14 on average, most "
        "*handle with two letters swapped; name of two words agrees, one bearer* (+5.5, EM +4.8)."
    )
    assert "Spearman 1.000 weighted by pairs, 1.000 by true pairs" in other
    assert "differ by 0.03 on average" in other
    assert other.endswith("(+5.5, EM +5.7).")
    assert columns == (
        "| table | level | learned | EM of m and u | differs | EM of m, u given | differs "
        "| true pairs | other pairs |"
    )
    assert len(rows) == len(lines)
    assert rows[4] == (
        "| titles | no title to compare | -0.1 | +0.2 | +0.3 | -0.1 | +0.0 | 1,300 | 6,040 |"
    )
