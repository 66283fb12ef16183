"""Which words of a text name a candidate, by number."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from matchers.fold import fold

_HEAD: Final = re.compile(r"(?:@[^ ]+(?: |$))*")


class NamedWords:
    """The words of one folded text that name a candidate; found when first asked for."""

    def __init__(self, text: str, folded: str, spans: Sequence[tuple[int, int]]) -> None:
        """`spans` are the names' [start, end) in the original `text`; `folded` is `fold(text)`."""
        self._text = text
        self._folded = folded
        self._spans = spans

    def within(self, begin: int, end: int) -> bool:
        """Whether a word of [begin, end) names a candidate."""
        words = self._words
        place = bisect_left(words, begin)
        return place < len(words) and words[place] < end

    @cached_property
    def _words(self) -> list[int]:
        """Ascending. The handles that a platform puts before a reply are not spoken of."""
        if not self._spans:
            return []
        head = _HEAD.match(self._folded)
        first = head[0].count("@") if head else 0
        found: set[int] = set()
        for start, end in self._spans:
            # With a letter behind it the last word is the one that the name begins.
            word = fold(f"{self._text[:start]}x").count(" ")
            found.update(range(word, word + fold(self._text[start:end]).count(" ") + 1))
        return sorted(word for word in found if word >= first)
