"""How likely a text means the candidate and not something else: computed, not listed by hand.

    probability = M / (M + O)

M is how often posts mean a candidate by such a text while an election is on, O how often ordinary
texts hold the same text; both per million posts. O is counted (`config/ordinary_text.tsv`); M is
assumed by the kind of the entry, in the table below. An entry under `STANDS_ALONE` never counts
without a second, independent piece of evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Final

MENTIONS: Final[dict[str, int]] = {
    # kind, words          a million posts   example: what else the text may be
    "alias": 20_000,  #                      `Bu Risma`; the operator says that people use it
    "name of one word": 100,  #              `Sudirman`: a street, a general, many people
    "name of two words": 1_000,  #           `Kartika Sari`: a bakery
    "longer name": 1_000,  #                 `Khofifah Indar Parawansa`
}
EVERYDAY: Final = 10_000
"""Of a million ordinary posts, at the least, hold a word of the dictionary (`ganjar`, a reward)."""
SHORT: Final = 3
"""Letters: a shorter text is taken for an everyday word."""
STANDS_ALONE: Final = 8_000
"""Per 10,000: from here on an entry counts by itself."""
UNSEEN: Final = 100
"""Of a million, where nothing was counted."""
LIFTED: Final = 2_858
"""Per 10,000: from here on a second piece of evidence lifts an entry over `STANDS_ALONE`, as it
makes the candidate ten times as likely: 10 p / (10 p + 1 - p)."""
_MILLION: Final = 1_000_000


@dataclass(frozen=True)
class OrdinaryText:
    """Everyday words (a dictionary's), and in how many of `texts` ordinary texts words and pairs
    of neighbours stand; all folded."""

    everyday: frozenset[str]
    counts: Mapping[str, int] = field(default_factory=dict)
    texts: int = 0

    @cached_property
    def words(self) -> frozenset[str]:
        """Every single word of it: none is a slip of a name, and hashtags are made of them."""
        return self.everyday.union(text for text in self.counts if " " not in text)

    def is_everyday(self, folded: str) -> bool:
        """Whether a text is one or two everyday words, and so says nothing by itself."""
        return is_everyday(folded, self.everyday)

    def share(self, folded: str) -> int:
        """Of a million ordinary texts, about how many hold this one; rounded up.

        A text of several words is no more frequent than its rarest pair of neighbours, a pair that
        was never seen than if its words were met by chance.
        """
        words = folded.split(" ")
        if len(words) == 1:
            found = self._of(folded)
        else:
            found = min(self._of_pair(one, other) for one, other in pairwise(words))
        if self.is_everyday(folded) or len(folded.replace(" ", "")) < SHORT:
            return max(found, EVERYDAY)
        return found

    @cached_property
    def digest(self) -> str:
        """What of a watchlist's version this is."""
        content = sha256("\n".join(sorted(self.everyday)).encode())
        content.update(repr((sorted(self.counts.items()), self.texts, MENTIONS)).encode())
        return content.hexdigest()[:16]

    def _of(self, text: str) -> int:
        """A text that was never seen counts for half a one."""
        if not self.texts:
            return UNSEEN
        return -(-_MILLION * (2 * self.counts.get(text, 0) + 1) // (2 * self.texts))

    def _of_pair(self, one: str, other: str) -> int:
        pair = f"{one} {other}"
        if pair in self.counts:
            return self._of(pair)
        return -(-self._of(one) * self._of(other) // _MILLION)


def is_everyday(folded: str, everyday: frozenset[str]) -> bool:
    """Whether a text is one or two of the everyday words."""
    words = folded.split(" ")
    return len(words) <= 2 and everyday.issuperset(words)


def probability(kind: str, folded: str, ordinary: OrdinaryText) -> int:
    """Per 10,000, that a text means the candidate; `kind` is a key of `MENTIONS`."""
    mentions = MENTIONS[kind]
    return 10_000 * mentions // (mentions + ordinary.share(folded))


def kind_of_name(folded: str) -> str:
    """Which row of `MENTIONS` a full name is."""
    words = folded.count(" ") + 1
    return ("name of one word", "name of two words")[words - 1] if words <= 2 else "longer name"
