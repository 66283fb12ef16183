"""What leads are worth on people and accounts that no weight has seen.

A register of other people than the model was learned on; authors of every kind. A lead is what a
worker would emit. Precision and recall are of the best candidate, at the base rate: each kind of
author counts for its share of events (`learning.mix`), registered variants together for the base
rate.
"""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.settings import JudgementSettings
from learning.mix import OUTSIDERS, variant_shares
from learning.real_pairs import HandlePair, real_pairs
from learning.scoring import AT, score
from matchers.exact_identity import resolve
from matchers.handle_pairs import compare
from matchers.match_model import MatchModel
from matchers.register import Register
from matchers.types import Identity
from streams.records import Actor, PublicPost
from synth.actors import OUTSIDE_KINDS, ActorTruth, draw_actors
from synth.population import Population

SEED: Final = 31
VARIANTS_EACH: Final = 5_000
OUTSIDERS_EACH: Final = {"name_derived": 400_000, "unrelated": 100_000}
OTHER_OUTSIDERS: Final = 20_000
THRESHOLDS: Final = (1_000, 2_000, 3_000, 5_000, 6_000, 7_000, 8_000, 9_000, 9_500, 9_900)
BINS: Final = 10


class Judged(NamedTuple):
    """One stream's best candidates as columns: probability per 10,000, whether it is the truth,
    and whether it may carry a lead."""

    probability: NDArray[np.int64]
    is_true: NDArray[np.bool_]
    carries: NDArray[np.bool_]


def quality(
    population: Population,
    register: Register,
    model: MatchModel,
    pairs: Sequence[HandlePair],
    scale: float,
) -> dict[str, Any]:
    """Every figure on leads, at the default settings. `scale` makes the streams smaller."""
    judgement = JudgementSettings()
    shares = variant_shares(pairs)
    streams: dict[str, Judged] = {}
    kinds = {f"variant:{kind}": VARIANTS_EACH for kind in shares}
    kinds |= {kind: OUTSIDERS_EACH.get(kind, OTHER_OUTSIDERS) for kind in OUTSIDE_KINDS}
    for kind, count in kinds.items():
        actors = draw_actors(population, kind, max(200, int(count * scale)), SEED)
        actors = _unidentified(actors, register)
        streams[kind] = _judged(actors, population, register, model, judgement)
    base = judgement.base_rate / 10_000
    weights = {f"variant:{kind}": base * share for kind, share in shares.items()}
    weights |= {kind: (1 - base) * share for kind, share in OUTSIDERS.items()}
    return {
        "base_rate": base,
        "threshold": judgement.lead_threshold,
        "by_threshold": [at_threshold(streams, weights, one) for one in THRESHOLDS],
        "calibration": calibration_error(streams, weights),
        "calibration_even": calibration_error(streams, _even(weights, base)),
        "false_leads_per_million": {
            kind: _emitted(streams[kind], judgement.lead_threshold) * 1e6 for kind in OUTSIDE_KINDS
        },
        "recall_by_class": {
            kind: _right(streams[f"variant:{kind}"], judgement.lead_threshold) for kind in shares
        },
    }


def at_threshold(
    streams: dict[str, Judged], weights: dict[str, float], threshold: int
) -> dict[str, float]:
    """Leads at a threshold: precision, recall of registered variants, leads a million events."""
    right = sum(
        weight * _right(streams[kind], threshold)
        for kind, weight in weights.items()
        if kind.startswith("variant:")
    )
    emitted = sum(weight * _emitted(streams[kind], threshold) for kind, weight in weights.items())
    registered = sum(w for kind, w in weights.items() if kind.startswith("variant:"))
    return {
        "threshold": threshold,
        "leads_per_million": emitted * 1e6,
        "precision": right / emitted if emitted else float("nan"),
        "recall": right / registered,
    }


def calibration_error(streams: dict[str, Judged], weights: dict[str, float]) -> dict[str, Any]:
    """Expected calibration error of the best candidates, and the reliability curve.

    Ten bins of equal width; each event counts by its weight.
    """
    bins = np.zeros((BINS, 3))
    for kind, weight in weights.items():
        judged = streams[kind]
        each = weight / len(judged.probability)
        probability = judged.probability / 10_000
        place = np.minimum((probability * BINS).astype(int), BINS - 1)
        np.add.at(bins, place, np.stack([np.full(len(place), each), probability * each,
                                         judged.is_true * each], axis=1))  # fmt: skip
    total = bins[:, 0].sum()
    held = bins[:, 0] > 0
    said, true = bins[held, 1] / bins[held, 0], bins[held, 2] / bins[held, 0]
    share = bins[held, 0] / total
    return {
        "expected_error": float((share * np.abs(said - true)).sum()),
        "error_over_one_percent": float(_error_above(streams, weights)),
        "said": said.tolist(),
        "true": true.tolist(),
        "share": share.tolist(),
    }


def real_recall(data: Path) -> dict[str, float]:
    """Of the real pairs that no share was learned from: how many the blocking finds, by level."""
    pairs = real_pairs(data, "held out")
    counts: dict[str, int] = {}
    for pair in pairs:
        found = compare("instagram", *pair)
        name = "not alike" if found is None else str(found[0])
        counts[name] = counts.get(name, 0) + 1
    return {name: count / len(pairs) for name, count in sorted(counts.items())} | {
        "pairs": len(pairs)
    }


def wrong_attributions(
    population: Population, register: Register, events: int, part: int = 200_000
) -> dict[str, int]:
    """`bound` or `declared` among outsiders' events: there must be none."""
    shares = {"name_derived": 0.6, "unrelated": 0.2, "look_alike": 0.1, "reused_handle": 0.1}
    wrong = asked = seed = 0
    for kind, share in shares.items():
        left = int(events * share)
        while left:
            count = min(part, left)
            actors = draw_actors(population, kind, count, SEED + 1_000 + seed)
            found = resolve([_post(actor) for actor in actors], register)
            wrong += sum(isinstance(one, Identity) for one in found)
            asked += count
            left -= count
            seed += 1
    return {"events": asked, "wrong": wrong}


def _judged(
    actors: Sequence[ActorTruth],
    population: Population,
    register: Register,
    model: MatchModel,
    judgement: JudgementSettings,
) -> Judged:
    scored = score(actors, population, register, model, judgement)
    rows = [
        (
            one.candidates[0].probability,
            one.best_is_true,
            one.candidates[0].evidence.can_carry_a_lead,
        )
        if one.candidates
        else (0, False, False)
        for one in scored
    ]
    table = np.array(rows, dtype=np.int64)
    return Judged(table[:, 0], table[:, 1].astype(bool), table[:, 2].astype(bool))


def _unidentified(actors: Sequence[ActorTruth], register: Register) -> list[ActorTruth]:
    """Those that the exact identity leaves over: only they can become leads."""
    found = resolve([_post(actor) for actor in actors], register)
    return [actor for actor, one in zip(actors, found, strict=True) if one is None] or [
        actors[0]._replace(handle="nobody")
    ]


def _post(actor: ActorTruth) -> PublicPost:
    return PublicPost(
        schema=1,
        post_id="p",
        platform=actor.platform,
        action="post",
        actor=Actor(handle=actor.handle, account_id=actor.account_id),
        created_at=AT,
        observed_at=AT,
        source="bench",
        visibility="public",
    )


def _emitted(judged: Judged, threshold: int) -> float:
    return float(((judged.probability >= threshold) & judged.carries).mean())


def _right(judged: Judged, threshold: int) -> float:
    return float(((judged.probability >= threshold) & judged.carries & judged.is_true).mean())


def _even(weights: dict[str, float], base: float) -> dict[str, float]:
    """The mix in which half of the events above one per cent are registered: the hard one."""
    return {
        kind: weight * (0.5 / base if kind.startswith("variant:") else 0.5 / (1 - base))
        for kind, weight in weights.items()
    }


def _error_above(streams: dict[str, Judged], weights: dict[str, float]) -> float:
    """The calibration error over events whose best candidate is said to be above one per cent."""
    total = error = 0.0
    for low, high in pairwise(np.linspace(0.01, 1, BINS + 1)):
        said = true = 0.0
        for kind, weight in weights.items():
            judged = streams[kind]
            each = weight / len(judged.probability)
            probability = judged.probability / 10_000
            here = (probability > low) & (probability <= high)
            said += each * float(probability[here].sum())
            true += each * float(judged.is_true[here].sum())
            total += each * int(here.sum())
        error += abs(said - true)
    return error / total if total else 0.0
