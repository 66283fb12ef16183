"""False mentions: whom a watchlist of national size finds in text that is about no election.

A politician who really is named is no false mention, also where the list means a namesake: reviews
and news do name some. What was read is in `labels/ordinary_hits.jsonl`: source, line, span of the
text, a fingerprint of the surface, `real` (a politician or official of that name) or `false`. A
record without a place judges every other place of that surface in the source: single words, of
which up to three places each were read. A hit that nobody has read counts as a false one and is
reported as unjudged besides.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from evaluation.finder import Found, span_of
from evaluation.labels import LabelsError, fingerprint
from evaluation.metrics import Share

HITS: Final = Path(__file__).parent / "labels" / "ordinary_hits.jsonl"
Judgement = Literal["real", "false", "unjudged"]


class Spot(NamedTuple):
    """Where a hit stands: [start, end) in a text of the data."""

    source: str
    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FalseMentions:
    """Of `posts` texts: those with a sufficient item, with one that is not a real politician's.

    `by_judgement` counts hits, `by_kind` the kinds of those that are not real.
    """

    names: int
    posts: int
    hit: Share
    false: Share
    """What the goal is about: posts with a hit that is false or unjudged."""
    unjudged: Share
    by_judgement: dict[Judgement, int]
    by_kind: dict[str, int]


@dataclass(frozen=True, slots=True)
class Judgements:
    """What was read; surfaces are kept as fingerprints of their small letters.

    `spots` gives (judgement, surface) by place; `surfaces` the judgement by (source, surface).
    """

    spots: dict[Spot, tuple[Judgement, str]] = field(default_factory=dict)
    surfaces: dict[tuple[str, str], Judgement] = field(default_factory=dict)


def load_judgements(path: Path = HITS) -> Judgements:
    """What was read. Raises LabelsError where a line says neither `real` nor `false`."""
    found = Judgements()
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["judgement"] not in ("real", "false"):
            raise LabelsError(f"{path.name}: {record['judgement']!r} is neither real nor false")
        source, surface = record["source"], record["sha256"]
        if "number" in record:
            spot = Spot(source, record["number"], record["start"], record["end"])
            found.spots[spot] = (record["judgement"], surface)
        else:
            found.surfaces[source, surface] = record["judgement"]
    return found


def spots(found: Found) -> Iterator[tuple[Spot, str]]:
    """(spot, kind) of every sufficient item, each spot once."""
    seen: set[Spot] = set()
    for item in found.items:
        if item.sufficient:
            spot = Spot(found.sample.source, found.sample.number, *span_of(item, found.sample))
            if spot not in seen:
                seen.add(spot)
                yield spot, f"{item.kind}, {item.method}"


def judge(found: Found, spot: Spot, judgements: Judgements) -> Judgement:
    """What was read there. Raises LabelsError where the text is not the one that was read.

    A part of a longer name is a spot of its own: `Hasan` in `Zainudin Hasan` names nobody.
    """
    surface = fingerprint(found.sample.text[spot.start : spot.end].lower())
    exact = judgements.spots.get(spot)
    if exact is not None:
        if exact[1] != surface:
            raise LabelsError(
                f"{spot.source}, line {spot.number}: the text has changed since it was read. "
                "Use the data that the judgements were made on."
            )
        return exact[0]
    return judgements.surfaces.get((spot.source, surface), "unjudged")


def measure(names: int, founds: Iterable[Found], judgements: Judgements) -> FalseMentions:
    """Shares over texts; `names` says how large the watchlist is."""
    posts = hit = false = unjudged = 0
    counts: Counter[Judgement] = Counter()
    kinds: Counter[str] = Counter()
    for found in founds:
        posts += 1
        verdicts = {spot: (judge(found, spot, judgements), kind) for spot, kind in spots(found)}
        counts.update(verdict for verdict, _ in verdicts.values())
        kinds.update(kind for verdict, kind in verdicts.values() if verdict != "real")
        hit += bool(verdicts)
        false += any(verdict != "real" for verdict, _ in verdicts.values())
        unjudged += any(verdict == "unjudged" for verdict, _ in verdicts.values())
    return FalseMentions(
        names=names,
        posts=posts,
        hit=Share(hit, posts),
        false=Share(false, posts),
        unjudged=Share(unjudged, posts),
        by_judgement={verdict: counts[verdict] for verdict in ("real", "false", "unjudged")},
        by_kind=dict(kinds.most_common()),
    )
