"""What each kind of evidence and each method adds: drop its hits, judge the rest anew, compare.

A hit that is dropped takes its support with it: a weak find that counted because of it counts no
longer. Nothing is searched again, so what a dropped method hid (a longer name, say) stays hidden.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from evaluation import mentions
from evaluation.finder import Finder, Found
from evaluation.labels import Labelled
from evaluation.metrics import Share
from matchers.types import Hit
from streams.records import EvidenceKind, Method

KINDS: Final[tuple[EvidenceKind, ...]] = get_args(EvidenceKind)
METHODS: Final[tuple[Method, ...]] = tuple(one for one in get_args(Method) if one != "exact")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one collection of posts: those with any item, with a sufficient one, items by kind."""

    posts: int
    touched: Share
    counting: Share
    kinds: dict[tuple[str, str], tuple[int, int]]
    """(kind, method) → (all items, sufficient ones)."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What is left without one kind or method. `hits` are those dropped in each collection."""

    name: str
    precision: Share
    recall: Share
    touched: dict[str, Share]
    counting: dict[str, Share]
    hits: dict[str, int]


def coverage(founds: Iterable[Found]) -> Coverage:
    """Counts over a collection."""
    posts = touched = counting = 0
    every: Counter[tuple[str, str]] = Counter()
    sufficient: Counter[tuple[str, str]] = Counter()
    for found in founds:
        posts += 1
        touched += bool(found.items)
        counting += found.counts
        every.update((item.kind, item.method) for item in found.items)
        sufficient.update((item.kind, item.method) for item in found.items if item.sufficient)
    return Coverage(
        posts=posts,
        touched=Share(touched, posts),
        counting=Share(counting, posts),
        kinds={key: (count, sufficient[key]) for key, count in sorted(every.items())},
    )


@dataclass(frozen=True, slots=True)
class Collection:
    """What one watchlist found in one collection of posts."""

    name: str
    finder: Finder
    founds: Sequence[Found]


def measure(collections: Sequence[Collection], labelled: Sequence[Labelled]) -> list[Dropped]:
    """One line for each kind and method that occurs; `labelled` are posts of the first collection.

    The first line drops nothing.
    """
    tagged = [_tagged(one) for one in collections]
    met = {name for several in tagged for kinds in several for pair in kinds for name in pair}
    lines = [_without(None, collections, tagged, labelled)]
    return lines + [
        _without(name, collections, tagged, labelled) for name in (*KINDS, *METHODS) if name in met
    ]


Tags = list[tuple[str, str]]
"""(kind, method) of each hit of a post."""


def _tagged(collection: Collection) -> list[Tags]:
    again = collection.finder.again
    return [
        [(again(found, [hit]).items[0].kind, hit.method) for hit in found.hits]
        for found in collection.founds
    ]


def _without(
    name: str | None,
    collections: Sequence[Collection],
    tagged: Sequence[list[Tags]],
    labelled: Sequence[Labelled],
) -> Dropped:
    touched, counting, dropped = {}, {}, {}
    first: dict[int, Found] = {}
    for place, (collection, tags) in enumerate(zip(collections, tagged, strict=True)):
        left = [
            _left(collection.finder, found, several, lambda pair: name not in pair)
            for found, several in zip(collection.founds, tags, strict=True)
        ]
        posts = len(left)
        touched[collection.name] = Share(sum(bool(one.items) for one in left), posts)
        counting[collection.name] = Share(sum(one.counts for one in left), posts)
        dropped[collection.name] = sum(name in pair for several in tags for pair in several)
        if place == 0:
            first = {one.sample.number: one for one in left}
    quality = mentions.measure([first[one.sample.number] for one in labelled], labelled)
    return Dropped(
        name=name or "nothing",
        precision=quality.precision,
        recall=quality.recall,
        touched=touched,
        counting=counting,
        hits=dropped,
    )


def _left(
    finder: Finder, found: Found, tags: Tags, keep: Callable[[tuple[str, str]], bool]
) -> Found:
    kept: list[Hit] = [hit for hit, pair in zip(found.hits, tags, strict=True) if keep(pair)]
    return found if len(kept) == len(found.hits) else finder.again(found, kept)
