"""Is a post for or against somebody? Cues together with a counting mention, held against labels.

A cue is evidence for a rule and no verdict; what is measured is whether the posts that a rule could
be about on this evidence really take a side.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from evaluation.finder import Found
from evaluation.labels import PAIR_OF, PAIRS, Labelled, Stance
from evaluation.metrics import Share
from matchers.cues import find_cues
from matchers.facts import own_words
from streams.records import CueKind

KINDS: Final[dict[Stance, frozenset[CueKind]]] = {
    "support": frozenset({"support", "appeal"}),
    "opposition": frozenset({"opposition"}),
}


@dataclass(frozen=True, slots=True)
class StanceQuality:
    """Of one stance: by post, and by post and pair (a cue is then held to every pair named)."""

    precision: Share
    recall: Share
    pair_precision: Share
    pair_recall: Share


def predicted(found: Found, stance: Stance) -> frozenset[str]:
    """The pairs that a post speaks for or against: those that count in it, if a cue is there."""
    words = own_words(found.sample.post, find_cues(found.sample.post, found.items))
    if KINDS[stance].isdisjoint(cue.kind for cue in words):
        return frozenset()
    return frozenset(PAIR_OF[item.candidate_id] for item in found.items if item.sufficient)


def measure(found: Sequence[Found], labelled: Sequence[Labelled], stance: Stance) -> StanceQuality:
    """Posts whose stance the labels call unclear are left out."""
    posts: list[tuple[bool, bool]] = []
    pairs: list[tuple[bool, bool]] = []
    for one, label in zip(found, labelled, strict=True):
        if label.unclear_stance:
            continue
        said = predicted(one, stance)
        true = {pair for pair, side in label.stance.items() if side == stance}
        posts.append((bool(said), bool(true)))
        pairs += [(pair in said, pair in true) for pair in PAIRS]
    return StanceQuality(*_quality(posts), *_quality(pairs))


def _quality(judged: Iterable[tuple[bool, bool]]) -> tuple[Share, Share]:
    """(precision, recall) of (predicted, true) flags."""
    judged = list(judged)
    right = sum(said and true for said, true in judged)
    return (
        Share(right, sum(said for said, _ in judged)),
        Share(right, sum(true for _, true in judged)),
    )
