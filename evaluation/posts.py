"""Posts of the evaluation data as `PublicPost`s, with where each tag and handle stands in the text.

Texts stay in memory: the data's licences do not allow to pass them on, so neither a report nor a
recorded figure holds any.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from streams.records import AccountRef, Actor, PublicPost
from streams.records.limits import MAX_LIST

GOVERNOR: Final = "posts/pilgub_jatim2024_relabel.csv"
PRESIDENT: Final = "posts/pilpres2024_anies_ganjar_prabowo_kaggle.csv"
SMSA: Final = (
    "posts/smsa_doc-sentiment-prosa__train_preprocess.tsv",
    "posts/smsa_doc-sentiment-prosa__valid_preprocess.tsv",
)
IDNER: Final = ("posts/idner2k_dev.txt", "posts/idner2k_test.txt")

REGIONAL_AT: Final = datetime(2024, 11, 1, 5, tzinfo=UTC)
NATIONAL_AT: Final = datetime(2024, 1, 15, 5, tzinfo=UTC)
"""Days inside the two campaigns: times are not what is measured here."""

_HASHTAG: Final = re.compile(r"#(\w{1,64})")
_HANDLE: Final = re.compile(r"@(\w{1,64})")
Span = tuple[int, int]
"""Code-point offsets [start, end) in the text."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One post. `number` is its row or line in `source`, as the data counts it.

    `places` gives the span in the text of each item of the post's `hashtags` and `mentions`, by the
    name of the evidence field (`hashtags[0]`); `#` and `@` belong to the span.
    """

    source: str
    number: int
    post: PublicPost
    places: dict[str, Span]

    @property
    def text(self) -> str:
        return self.post.text or ""


def sample(source: str, number: int, text: str, at: datetime = REGIONAL_AT) -> Sample:
    """A post as a platform delivers it: hashtags and handles are listed beside the text."""
    tags = list(_HASHTAG.finditer(text))[:MAX_LIST]
    handles = list(_HANDLE.finditer(text))[:MAX_LIST]
    post = PublicPost(
        schema=1,
        post_id=f"{source}-{number}",
        platform="x",
        action="post",
        actor=Actor(handle="somebody"),
        created_at=at,
        observed_at=at,
        source="evaluation",
        visibility="public",
        text=text,
        hashtags=tuple(tag[1] for tag in tags),
        mentions=tuple(AccountRef(handle=handle[1]) for handle in handles),
    )
    places = {f"hashtags[{place}]": tag.span() for place, tag in enumerate(tags)}
    places |= {f"mentions[{place}]": handle.span() for place, handle in enumerate(handles)}
    return Sample(source, number, post, places)


def governor_posts(data: Path) -> Iterator[Sample]:
    """5,950 posts on the governor's race in East Java, 2024; `number` is the data's `row`."""
    for row in _rows(data / GOVERNOR):
        yield sample("governor", int(row["row"]), row["text"], REGIONAL_AT)


def president_posts(data: Path) -> Iterator[Sample]:
    """30,000 posts that a search for three presidential candidates returned; `number` from 1."""
    for number, row in enumerate(_rows(data / PRESIDENT), start=1):
        yield sample("president", number, row["text"], NATIONAL_AT)


def ordinary_posts(data: Path) -> Iterator[Sample]:
    """Text that is about no election: 12,260 reviews and comments (SmSA), then IDNER's sentences.

    `source` is the file's name, `number` the line from 1 (of IDNER: of the sentence's first word).
    """
    for name in SMSA:
        path = data / name
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                yield sample(path.name, number, line.rstrip("\n").rpartition("\t")[0])
    for name in IDNER:
        yield from _sentences(data / name)


def _sentences(path: Path) -> Iterator[Sample]:
    words: list[str] = []
    first = 1
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate([*file, "\n"], start=1):
            word = line.split(" ")[0].strip()
            if word:
                words.append(word)
            elif words:
                yield sample(path.name, first, " ".join(words))
                words = []
            if not word:
                first = number + 1


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
