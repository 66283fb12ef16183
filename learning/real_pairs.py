"""Real pairs of handles of one person on two platforms, from two collections that permit it.

`us2022_candidate_handles_meiu22.csv` (MIT) and `us_legislators_social_media.yaml` (CC0): American
politicians, 2022. They are no Indonesian civil servants; what is taken from them is only in which
proportions people change a handle that they cannot have: separators, letters, digits, words. People
are split in two by a hash of their name: one half is learned from, the other only measured on.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Final, Literal, NamedTuple

import yaml

from matchers.handles import normalise

MEIU22: Final = "matching/us2022_candidate_handles_meiu22.csv"
LEGISLATORS: Final = "matching/us_legislators_social_media.yaml"
LOOSEST: Final = ("instagram", "youtube")
"""Handles of different platforms are compared as if they were of one that allows either."""

Half = Literal["learned", "held out"]


class HandlePair(NamedTuple):
    """Two handles of one person, on the platforms named, in normal form."""

    ours: str
    theirs: str


def real_pairs(data: Path, half: Half) -> list[HandlePair]:
    """Every pair of unequal handles of the people in one half."""
    handles: dict[str, set[str]] = defaultdict(set)
    for person, handle in (*_meiu22(data / MEIU22), *_legislators(data / LEGISLATORS)):
        digest = sha256(person.encode()).digest()[0]
        if (digest % 2 == 0) == (half == "learned"):
            handles[person].add(handle)
    return [
        HandlePair(*pair) for found in handles.values() for pair in combinations(sorted(found), 2)
    ]


def _meiu22(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            handle = _normal(row["handle"] or "")
            if handle is not None:
                yield f"{row['type']}|{row['state']}|{row['name']}", handle


def _legislators(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as file:
        people = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    for person in people:
        for platform in ("twitter", "facebook", "instagram", "youtube"):
            handle = _normal(str(person["social"].get(platform) or ""))
            if handle is not None:
                yield person["id"]["bioguide"], handle


def _normal(handle: str) -> str | None:
    for platform in LOOSEST:
        normal = normalise(platform, handle)
        if normal is not None:
            return normal
    return None
