"""What learning stands on: invented people, and their register as an operator would build it."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from learning.observations import Observation, observe
from learning.weights import Counts, handle_and_digits, handle_and_name, single
from lists.register_artifact import open_register
from lists.register_build import build_register
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import FARTHEST, Calibration, MatchModel, Weight
from matchers.register import Register
from synth.actors import ActorTruth, draw_actors
from synth.population import Population, draw_population
from synth.population_file import write_population

Tables = dict[str, dict[Any, Weight]]
"""The tables of a match model, by the names they have in its file."""

AS_IT_IS: Final = Calibration(
    tuple(range(-FARTHEST, FARTHEST + 1)), tuple(range(-FARTHEST, FARTHEST + 1))
)
"""No calibration yet: the sum is worth what it says."""
_NOTHING: Final = Weight(0, "nothing", "no weight yet")


@dataclass(frozen=True, slots=True)
class Ground:
    """One population and its register; authors and what they meet follow from the seed."""

    population: Population
    register: Register
    seed: int

    def authors(self, kind: str, count: int, seed: int) -> list[ActorTruth]:
        """`count` authors of a kind (:mod:`synth.actors`)."""
        return draw_actors(self.population, kind, count, seed)

    def observed(self, kind: str, count: int) -> Iterator[Observation]:
        """What `count` authors of a kind meet in the register."""
        authors = self.authors(kind, count, self.seed)
        return observe(authors, self.population, self.register, EMPTY, self.seed)


@contextmanager
def ground(people: int, seed: int) -> Iterator[Ground]:
    """Draw `people` invented persons and build their register, which lasts as long as the block."""
    population = draw_population(people, seed)
    with tempfile.TemporaryDirectory(prefix="netral-learning-") as name:
        folder = Path(name)
        write_population(population, folder / "register.parquet")
        build_register(folder / "register.parquet", folder / "register")
        yield Ground(population, open_register(folder / "register"), seed)


def tables_of(matches: Counts, outsiders: Counts) -> Tables:
    """The match weights that the two counts give."""
    examples = {**outsiders.examples, **matches.examples}
    return {
        "handle_and_name": handle_and_name(matches, outsiders),
        "handle_and_digits": handle_and_digits(matches, outsiders),
        "titles": single(TitleLevel, matches.titles, outsiders.titles, examples),
        "region": single(RegionLevel, matches.region, outsiders.region, examples),
        "agency": single(AgencyLevel, matches.agency, outsiders.agency, examples),
    }


def model_of(tables: Tables, calibration: Calibration) -> MatchModel:
    """The tables as a model to score with, before it has a file and a version."""
    return MatchModel(
        handle_and_name=tables["handle_and_name"],
        handle_and_digits=tables["handle_and_digits"],
        titles=tables["titles"],
        region=tables["region"],
        agency=tables["agency"],
        calibration=calibration,
        version="learning",
    )


def say(what: str) -> None:
    """Progress, for whoever waits."""
    sys.stderr.write(f"{what}\n")


EMPTY: Final = model_of(
    {
        "handle_and_name": {(h, n): _NOTHING for h in HandleLevel for n in NameLevel},
        "handle_and_digits": {(h, d): _NOTHING for h in HandleLevel for d in DigitLevel},
        "titles": dict.fromkeys(TitleLevel, _NOTHING),
        "region": dict.fromkeys(RegionLevel, _NOTHING),
        "agency": dict.fromkeys(AgencyLevel, _NOTHING),
    },
    AS_IT_IS,
)
"""A model that weighs nothing: enough to observe with."""
