"""The 400 hand-labelled posts: who is named where, and which side the post takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from evaluation.posts import Sample

LABELS: Final = Path(__file__).parent / "labels" / "pilgub_jatim2024.jsonl"
PAIRS: Final[dict[str, tuple[str, str]]] = {
    "luluk-lukmanul": ("luluk", "lukmanul"),
    "khofifah-emil": ("khofifah", "emil"),
    "risma-gushans": ("risma", "gus-hans"),
}
"""Both candidates of each pair, by the name that the labels give the pair."""
PAIR_OF: Final = {candidate: pair for pair, both in PAIRS.items() for candidate in both}

Half = Literal["looked at", "held out"]
HALVES: Final[tuple[Half, Half]] = ("looked at", "held out")
MentionKind = Literal["name", "number", "unclear"]
Stance = Literal["support", "opposition"]


class LabelsError(Exception):
    """Labels and texts do not belong together; says which and what to do."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One labelled mention; `start` and `end` are code-point offsets in the text."""

    start: int
    end: int
    candidate: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Labelled:
    """A post and what a person read in it. `stance` is by pair; a pair without one is left out."""

    sample: Sample
    mentions: tuple[Mention, ...]
    stance: dict[str, Stance]
    unclear_stance: bool
    reports: bool

    @property
    def half(self) -> Half:
        return half_of(self.sample.number)


def half_of(row: int) -> Half:
    """Fixed by the row alone: errors are read in one half only, the other stays unseen."""
    digest = sha256(f"pilgub_jatim2024:{row}".encode()).digest()
    return HALVES[digest[0] % 2]


def fingerprint(text: str) -> str:
    """The first 16 hexadecimal digits of the text's SHA-256: tells a changed file from ours."""
    return sha256(text.encode()).hexdigest()[:16]


def load_labels(samples: Sequence[Sample], path: Path = LABELS) -> list[Labelled]:
    """The labelled posts in the order of the file.

    Raises LabelsError where a labelled text is missing or not the one that was labelled.
    """
    by_number = {one.number: one for one in samples}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record: dict[str, Any] = json.loads(line)
        row = record["row"]
        one = by_number.get(row)
        if one is None:
            raise LabelsError(
                f"{path.name}: row {row} is labelled, but the data has no such row. "
                "Use the data that the labels were made from."
            )
        if fingerprint(one.text) != record["sha256"]:
            raise LabelsError(
                f"{path.name}: the text of row {row} has changed since it was labelled, so the "
                "offsets mean nothing. Use the data that the labels were made from."
            )
        found.append(
            Labelled(
                sample=one,
                mentions=tuple(Mention(*mention) for mention in record["mentions"]),
                stance=record["stance"],
                unclear_stance=record.get("unclear_stance", False),
                reports=record["reports"],
            )
        )
    return found
