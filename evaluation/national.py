"""A watchlist of national size: every regional contest of 2024, and as many legislative names.

The 545 contests and their 3,106 names are the commission's. Legislative names are real ones from
ballots (some 44,300 that differ), filled up with invented ones of the same build; they are shuffled
once, so that a smaller list is a sample of the larger one.
"""

from itertools import groupby
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from evaluation.posts import REGIONAL_AT
from evaluation.watchlists import PILKADA, make_contest, rows, watchlist
from matchers.fold import fold
from matchers.names import canonical_name
from streams.records import Contest, Watchlist
from synth.population_names import draw_names

BALLOT_NAMES: Final = "names/id_real_ballot_names_distinct.csv"
REGENCIES: Final = "regions/idn_area_regencies.csv"
NATIONAL_NAMES: Final = 250_000
"""Legislative candidates of one national election, about."""
SEED: Final = 2024
A_CONTEST: Final = 250
"""Legislative names a contest; a ballot has at most 256 lines."""


def regional_contests(data: Path) -> list[Contest]:
    """Every contest for governor, regent or mayor of 2024, with its whole ballot."""
    found = []
    key = lambda row: (row["level"], row["region_code"], row["region_name"])  # noqa: E731
    for (level, code, region), lines in groupby(sorted(rows(data / PILKADA), key=key), key):
        pairs = []
        for line in lines:
            names = tuple(name for name in (line["head"], line["deputy"]) if name)
            pairs.append((int(line["ballot_no"]), names))
        pairs.sort()
        found.append(make_contest(f"{level}-{code}", (region,), code, pairs, REGIONAL_AT))
    return found


def legislative_names(data: Path, count: int) -> list[str]:
    """`count` names that differ, real and invented in the proportion of the national list."""
    real = {
        canonical
        for row in rows(data / BALLOT_NAMES)
        if fold(canonical := canonical_name(row["ballot_name"])).replace(" ", "").isalpha()
    }
    names = dict.fromkeys(sorted(real))
    rng = np.random.default_rng(SEED)
    while len(names) < max(NATIONAL_NAMES, count):
        names.update(dict.fromkeys(map(canonical_name, draw_names(50_000, rng).names.to_pylist())))
    mixed = [name for name in names if name][: max(NATIONAL_NAMES, count)]
    Random(SEED).shuffle(mixed)
    return mixed[:count]


def national_watchlist(data: Path, names: int = NATIONAL_NAMES) -> Watchlist:
    """All regional contests, and `names` legislative candidates in contests named after regencies.

    Every contest monitors the same month. Legislative ballots are prospective: no numbers.
    """
    regencies = [row["name"] for row in rows(data / REGENCIES)]
    listed = legislative_names(data, names)
    legislative = []
    for place, first in enumerate(range(0, len(listed), A_CONTEST)):
        region = regencies[place % len(regencies)]
        region = region.removeprefix("KABUPATEN ")
        pairs = [(None, (name,)) for name in listed[first : first + A_CONTEST]]
        contest_id = f"legislative-{place:04d}"
        legislative.append(make_contest(contest_id, (region,), "00", pairs, REGIONAL_AT))
    return watchlist([("pilkada-2024", regional_contests(data)), ("pileg", legislative)])
