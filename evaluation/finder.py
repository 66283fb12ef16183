"""The product's content matching as it is measured: hits, evidence and where it stands.

The only place that builds an index, so that a change of its constructor is a change here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from config.settings import CONFIG_DIR
from evaluation.metrics import Place, merged
from evaluation.posts import Sample
from lists.ordinary_text import load_ordinary_text
from matchers.event_time import event_time
from matchers.evidence import gather
from matchers.touch import touch_batch
from matchers.types import Hit
from matchers.watchlist_check import check_watchlist
from matchers.watchlist_index import WatchlistIndex
from streams.records import EvidenceItem, Watchlist

BATCH: Final = 1_000

Keep = Callable[[EvidenceItem], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What the watchlist finds in one post."""

    sample: Sample
    hits: tuple[Hit, ...]
    items: tuple[EvidenceItem, ...]

    @property
    def counts(self) -> bool:
        """Whether anything in the post is sufficient."""
        return any(item.sufficient for item in self.items)

    def places(self, keep: Keep | None = None) -> list[Place]:
        """Where candidates are named, in the text's offsets; overlapping items are one place."""
        return merged(
            Place(*span_of(item, self.sample), item.candidate_id)
            for item in self.items
            if keep is None or keep(item)
        )


def is_sufficient(item: EvidenceItem) -> bool:
    return item.sufficient


def span_of(item: EvidenceItem, sample: Sample) -> tuple[int, int]:
    """The item's span in the text, also where it was found in the list of hashtags or handles."""
    return sample.places.get(item.field, (item.start, item.end))


class Finder:
    """One watchlist, searched as a worker searches it."""

    def __init__(self, watchlist: Watchlist) -> None:
        """Raises WatchlistError where the product would refuse the list."""
        check_watchlist(watchlist)
        self.index: Final = WatchlistIndex(watchlist, load_ordinary_text(CONFIG_DIR))

    def find(self, samples: Iterable[Sample]) -> Iterator[Found]:
        """Hits and evidence of every post, in order."""
        batch: list[Sample] = []
        for one in samples:
            batch.append(one)
            if len(batch) == BATCH:
                yield from self._find(batch)
                batch = []
        yield from self._find(batch)

    def again(self, found: Found, hits: Sequence[Hit]) -> Found:
        """The same post as if only these of its hits had been found."""
        items = gather(found.sample.post, hits, self.index)
        return Found(found.sample, tuple(hits), items)

    def _find(self, batch: Sequence[Sample]) -> Iterator[Found]:
        posts = [one.post for one in batch]
        contests = [self.index.contests_at(event_time(post)) for post in posts]
        for one, hits in zip(batch, touch_batch(posts, contests, self.index), strict=True):
            yield Found(one, hits, gather(one.post, hits, self.index))
