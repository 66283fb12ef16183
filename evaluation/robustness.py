"""Are names still found when somebody disguises them? Labelled mentions, rewritten in their posts.

Two ways: one mention of a post is disguised and the rest of the post speaks on (a hashtag, a
region or the running mate can then make a weak find count); or every name in the post is disguised
alike, as somebody would who does not want to be found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from random import Random
from typing import Final

from evaluation.disguise import Disguise, Undisguisable
from evaluation.finder import Finder, is_sufficient
from evaluation.labels import Labelled, Mention
from evaluation.metrics import Place, Share, match
from evaluation.posts import Sample, sample

PLAIN: Final = "undisguised"
TYPO: Final = "typo"
KIND_OF_TYPO: Final = "typo: "


@dataclass(frozen=True, slots=True)
class Robustness:
    """Recall of one class: sufficient finds, any finds, and both with every name disguised."""

    alone: Share
    alone_any: Share
    everywhere: Share
    everywhere_any: Share

    def __add__(self, other: "Robustness") -> "Robustness":
        return Robustness(
            self.alone + other.alone,
            self.alone_any + other.alone_any,
            self.everywhere + other.everywhere,
            self.everywhere_any + other.everywhere_any,
        )


def names_in(labelled: Labelled) -> list[Mention]:
    """The mentions that are a name in plain words: no hashtag, handle or number; each span once."""
    text = labelled.sample.text
    spans: dict[tuple[int, int], Mention] = {}
    for one in labelled.mentions:
        if one.kind == "name" and text[one.start] not in "#@":
            spans.setdefault((one.start, one.end), one)
    return [spans[span] for span in sorted(spans)]


def rewritten(
    labelled: Labelled, mentions: Sequence[Mention], disguise: Disguise, rng: Random
) -> tuple[Sample, list[Place]] | None:
    """The post with these mentions disguised, and where they stand in it; None if none can be.

    Mentions that give no room are left as they are and not among the places.
    """
    text = labelled.sample.text
    pieces: list[str] = []
    places: list[Place] = []
    done = length = 0
    for one in mentions:
        try:
            written = disguise(text[one.start : one.end], rng)
        except Undisguisable:
            continue
        pieces += [text[done : one.start], written]
        start = length + one.start - done
        length = start + len(written)
        places.append(Place(start, length, one.candidate))
        done = one.end
    if not places:
        return None
    pieces.append(text[done:])
    old = labelled.sample
    at = old.post.observed_at
    return sample(old.source, old.number, "".join(pieces), at), places


def measure(
    finder: Finder,
    labelled: Sequence[Labelled],
    classes: Mapping[str, Disguise],
    seeds: Sequence[int],
) -> dict[str, Robustness]:
    """Recall by class over all seeds; `typo`, before its kinds, is all of them together."""
    found: dict[str, Robustness] = {}
    typos: list[Robustness] = []
    for name, disguise in {PLAIN: _unchanged, **classes}.items():
        one = Robustness(
            *(
                share
                for everywhere in (False, True)
                for share in _recall(
                    finder, list(cases(labelled, name, disguise, seeds, everywhere=everywhere))
                )
            )
        )
        if name.startswith(KIND_OF_TYPO):
            typos.append(one)
            found[TYPO] = reduce(add, typos)
        found[name] = one
    return found


Case = tuple[Sample, list[Place]]


def cases(
    labelled: Sequence[Labelled],
    name: str,
    disguise: Disguise,
    seeds: Sequence[int],
    *,
    everywhere: bool,
) -> Iterator[Case]:
    """Rewritten posts with their disguised places: one a mention, or one a post."""
    for seed in seeds if name != PLAIN else seeds[:1]:
        for one in labelled:
            rng = Random(f"{seed}:{name}:{one.sample.number}:{everywhere}")
            mentions = names_in(one)
            for group in [mentions] if everywhere else [[mention] for mention in mentions]:
                case = rewritten(one, group, disguise, rng)
                if case is not None:
                    yield case


def _recall(finder: Finder, cases: Sequence[Case]) -> list[Share]:
    """[by sufficient items, by any item]."""
    met = [0, 0]
    whole = 0
    found = finder.find(case[0] for case in cases)
    for one, (_, places) in zip(found, cases, strict=True):
        whole += len(places)
        for at, keep in enumerate((is_sufficient, None)):
            met[at] += sum(match(one.places(keep), places).met)
    return [Share(part, whole) for part in met]


def _unchanged(name: str, rng: Random) -> str:
    return name
