"""Streams of authors scored as a worker would score them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from config.settings import JudgementSettings
from matchers.fuzzy_identity import ScoredCandidate, rank_batch
from matchers.match_model import MatchModel, tenths_of
from matchers.register import Register
from streams.records import PLATFORMS, Actor, PublicPost
from synth.actors import ActorTruth
from synth.population import Population

AT: Final = datetime(2024, 10, 20, tzinfo=UTC)
"""In 2024 every account of a population stands or does not, all year."""
BATCH: Final = 512


class ScoredActor(NamedTuple):
    """An author with the candidates, by falling probability. `raw` are tenths of the sum of their
    weights; `best_is_true` whether the first is who the author truly is."""

    actor: ActorTruth
    raw: int
    candidates: tuple[ScoredCandidate, ...]
    best_is_true: bool
    true_probability: int


def score(
    actors: Sequence[ActorTruth],
    population: Population,
    register: Register,
    model: MatchModel,
    judgement: JudgementSettings,
) -> Iterable[ScoredActor]:
    """Every author in order; those without candidates too."""
    for first in range(0, len(actors), BATCH):
        part = actors[first : first + BATCH]
        posts = [_post(actor) for actor in part]
        people = _true_people(part, population, register)
        ranked = rank_batch(posts, register, model, judgement)
        for actor, person, (total, candidates) in zip(part, people, ranked, strict=True):
            true = [one.probability for one in candidates if one.person == person]
            yield ScoredActor(
                actor,
                tenths_of(total),
                tuple(candidates[:5]),
                bool(candidates) and candidates[0].person == person,
                true[0] if true else 0,
            )


def _post(actor: ActorTruth) -> PublicPost:
    return PublicPost(
        schema=1,
        post_id="p",
        platform=actor.platform,
        action="post",
        actor=Actor(
            handle=actor.handle,
            account_id=actor.account_id,
            display_name=actor.display_name,
            bio=actor.bio,
        ),
        created_at=AT,
        observed_at=AT,
        source="learning",
        visibility="public",
    )


def _true_people(
    actors: Sequence[ActorTruth], population: Population, register: Register
) -> list[int]:
    keys = [
        (PLATFORMS[population.account_platform[a.account]], population.handles[a.account].as_py())
        if a.account >= 0
        else ("x", "")
        for a in actors
    ]
    return [
        int(register.arrays.accounts.people[row]) if row >= 0 else -1
        for row in register.rows_by_handle(keys)
    ]
