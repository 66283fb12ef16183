"""m and u of compared pairs without knowing which are matches: splink's EM, in DuckDB in memory.

EM takes comparisons for independent, given whether a pair is a match. It begins from the shares of
all pairs, those of m tilted towards the stronger levels: enough to say which of the two classes is
the matches.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator

NOTHING: Final = -1
"""The code of a pattern with nothing to compare; it says neither for nor against."""
FIRST_PRIOR: Final = 0.01
"""Where EM begins with the share of matches."""
MOST_ITERATIONS: Final = 2_000
"""Far more than it takes until no probability changes by a ten-thousandth."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Comparison(NamedTuple):
    """One kind of evidence: its levels from the strongest to the weakest, and in `codes` each
    pattern's level by its place among them, or `NOTHING`."""

    name: str
    levels: tuple[Any, ...]
    codes: Ints


class Estimate(NamedTuple):
    """m and u by the comparison's name, one number for each of its levels; `prior` is the share of
    matches among the pairs."""

    m: Mapping[str, Floats]
    u: Mapping[str, Floats]
    prior: float

    def chances(self, comparisons: Sequence[Comparison]) -> Floats:
        """How likely a pair of each pattern is a match, from 0 to 1."""
        bits = np.full(len(comparisons[0].codes), math.log2(self.prior / (1 - self.prior)))
        for one in comparisons:
            weights = np.log2(self.m[one.name] / self.u[one.name])
            bits += np.where(one.codes == NOTHING, 0.0, weights[one.codes])
        chances: Floats = 1 / (1 + np.exp2(-bits))
        return chances


def expectation_maximisation(
    comparisons: Sequence[Comparison], pairs: Ints, others: Ints | None = None
) -> Estimate:
    """Estimate from `pairs[i]` pairs of each pattern. `others[i]` are pairs known to be no matches:
    if they are given, u is theirs, and m and the prior alone are estimated."""
    shares = {one.name: _shares(one, pairs) for one in comparisons}
    u = shares if others is None else {one.name: _shares(one, others) for one in comparisons}
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            _IMAGINED,
            *(_for_splink(one.name, shares[one.name], u[one.name]) for one in comparisons),
        ],
        probability_two_random_records_match=FIRST_PRIOR,
        em_convergence=1e-4,
        max_iterations=MOST_ITERATIONS,
    )
    # Nothing here may reach for the network: extensions are neither fetched nor loaded. One thread
    # adds up in one order, so that the same pairs give the same numbers.
    with duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": 1,
        }
    ) as connection:
        connection.register("pairs", _with_imagined_pairs(comparisons, pairs))
        database = DuckDBAPI(connection)
        # Each pair is a record on both sides, which meets itself alone.
        sides = [database.register("pairs", dataset_display_name=side) for side in ("one", "other")]
        linker = Linker(sides, settings, log_level=None)
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.unique_id = r.unique_id",
            estimate_without_term_frequencies=True,
            fix_u_probabilities=others is not None,
            populate_probability_two_random_records_match_from_trained_values=True,
        )
        return _estimate(comparisons, linker.misc.save_model_to_json())


def _shares(comparison: Comparison, pairs: Ints) -> Floats:
    """Every level's share of the pairs that have any, with one pair more of each level."""
    there = comparison.codes != NOTHING
    counts = 1 + np.bincount(
        comparison.codes[there], pairs[there], minlength=len(comparison.levels)
    )
    shares: Floats = counts / counts.sum()
    return shares


def _with_imagined_pairs(comparisons: Sequence[Comparison], pairs: Ints) -> pa.Table:
    """The pairs as splink's columns, with two imagined for every level: a match and another.

    So nothing becomes rarer than one pair; splink fails where an estimate falls to nothing.
    """
    seen = int(pairs.sum())
    which = np.arange(seen + 2 * sum(len(one.levels) for one in comparisons))
    columns = {"unique_id": pa.array(which)}
    at = seen
    for one in comparisons:
        column = np.full(len(which), NOTHING)
        column[:seen] = np.repeat(one.codes, pairs)
        imagined = np.repeat(np.arange(len(one.levels)), 2)
        column[at : at + len(imagined)] = imagined
        at += len(imagined)
        columns[one.name] = pa.array(column, mask=column == NOTHING)
    columns["imagined"] = pa.array((which - seen) % 2, mask=which < seen)
    return pa.table(columns)


_IMAGINED: Final = cl.CustomComparison(
    [
        cll.NullLevel("imagined"),
        *(
            level.configure(
                m_probability=m, u_probability=u, fix_m_probability=True, fix_u_probability=True
            )
            for level, m, u in (
                (cll.CustomLevel("imagined_l = 0"), 1.0, 1e-100),
                (cll.ElseLevel(), 1e-100, 1.0),
            )
        ),
    ],
    output_column_name="imagined",
)
"""Says of imagined pairs what they are, and nothing of the others."""


def _for_splink(name: str, shares: Floats, u: Floats) -> cl.CustomComparison:
    tilted = shares * np.arange(len(shares), 0, -1)
    tilted /= tilted.sum()
    last = len(shares) - 1
    return cl.CustomComparison(
        [
            cll.NullLevel(name),
            *(
                (
                    cll.ElseLevel() if code == last else cll.CustomLevel(f'"{name}_l" = {code}')
                ).configure(m_probability=float(tilted[code]), u_probability=float(u[code]))
                for code in range(len(shares))
            ),
        ],
        output_column_name=name,
    )


def _estimate(comparisons: Sequence[Comparison], trained: Mapping[str, Any]) -> Estimate:
    def trained_as(key: str) -> dict[str, Floats]:
        """Without the comparison of imagined pairs, and every comparison's null level."""
        return {
            one.name: np.array([level[key] for level in told["comparison_levels"][1:]])
            for one, told in zip(comparisons, trained["comparisons"][1:], strict=True)
        }

    return Estimate(
        trained_as("m_probability"),
        trained_as("u_probability"),
        trained["probability_two_random_records_match"],
    )
