"""What a register of invented people answers to authors whose truth is known.

For a registered person's other account: at which levels their own entry is met, if at all. For an
outsider: how many entries are met at each level. A common handle meets thousands; then some rows of
each run stand for all of it, each counted as many times as it stands for.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from matchers.handles import normalise
from matchers.lead_evidence import AuthorSide, Bio
from matchers.match_model import Evidence, MatchModel
from matchers.register import Register
from matchers.run_table import Run
from matchers.types import NO_ROW
from streams.records import PLATFORMS, Actor
from synth.actors import OUTSIDER, ActorTruth
from synth.population import Population

ROWS_A_RUN: Final = 6
BATCH: Final = 512


class Met(NamedTuple):
    """One entry that an author met, standing for `times` such."""

    evidence: Evidence
    times: float
    is_true: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything one author met. `found` tells whether the true entry is among it."""

    actor: ActorTruth
    met: tuple[Met, ...]
    found: bool


def observe(
    actors: Sequence[ActorTruth],
    population: Population,
    register: Register,
    model: MatchModel,
    seed: int,
) -> Iterator[Observation]:
    """What each author meets, in order. `model` is asked for bounds only."""
    rng = Random(f"observe:{seed}")
    for first in range(0, len(actors), BATCH):
        part = actors[first : first + BATCH]
        keys = [(actor.platform, normalise(actor.platform, actor.handle) or "") for actor in part]
        truths = _true_rows(part, population, register)
        for actor, runs, true_row in zip(part, register.propose(keys), truths, strict=True):
            side = _side(actor, register, model)
            met = tuple(_met(runs, true_row, side, register, rng))
            yield Observation(actor, met, any(one.is_true for one in met))


def _side(actor: ActorTruth, register: Register, model: MatchModel) -> AuthorSide:
    shown = Actor(handle=actor.handle, display_name=actor.display_name, bio=actor.bio)
    return AuthorSide(shown, Bio(actor.bio, register, model))


def _true_rows(
    actors: Iterable[ActorTruth], population: Population, register: Register
) -> list[int]:
    """The register's rows of the accounts that authors truly are; `NO_ROW` for outsiders."""
    keys = [
        ("x", "")
        if actor.account == OUTSIDER
        else (
            PLATFORMS[population.account_platform[actor.account]],
            population.handles[actor.account].as_py(),
        )
        for actor in actors
    ]
    return register.rows_by_handle(keys)


def _met(
    runs: Sequence[Run], true_row: int, side: AuthorSide, register: Register, rng: Random
) -> Iterator[Met]:
    for run in runs:
        others = run.last - run.first
        if run.first <= true_row < run.last and true_row != NO_ROW:
            yield Met(_evidence(run, true_row, side, register), 1.0, is_true=True)
            others -= 1
        rows: Iterable[int] = range(run.first, run.last)
        if others > ROWS_A_RUN:
            rows = rng.sample(range(run.first, run.last), ROWS_A_RUN + 1)
        chosen = [row for row in rows if row != true_row]
        for row in chosen:
            yield Met(_evidence(run, row, side, register), others / len(chosen), is_true=False)


def _evidence(run: Run, row: int, side: AuthorSide, register: Register) -> Evidence:
    person = int(register.arrays.accounts.people[row])
    return side.compare(run, register.person(person))
