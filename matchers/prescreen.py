"""Which of many texts may touch the watchlist: one pass of the automaton over all of them.

Nine posts in ten touch nothing. Folding each text and calling the automaton for each costs more
than the search itself, so the plain ones of a batch are joined, mapped byte by byte and searched at
once. The answer errs on one side only: a text that is not named here touches nothing; one that is
named is folded and searched on its own, which gives the places.

Spaces are not made single here. Every pattern is looked for with one space and with two between
its words (a comma before a space makes two); three in a row name the text by themselves.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, product
from typing import Final

import ahocorasick_rs

from matchers.fold import ASCII_DELETE, ASCII_TABLE, visible

MAX_GAPS: Final = 4
"""Spaces inside a pattern up to which both widths are spelt out; longer ones look for one word."""
_BETWEEN: Final = " \0 "
_TABLE: Final = b"\0" + ASCII_TABLE[1:]
"""As in folding, but the byte 0 stays: it separates the texts."""


class Prescreen:
    """A search for all patterns in many texts at once."""

    def __init__(self, patterns: Iterable[str], *, fast: bool) -> None:
        """`patterns` as for one padded, folded text; `fast` buys speed with memory."""
        spelt = dict.fromkeys(
            wider.encode() for one in patterns if one.isascii() for wider in _widened(one)
        )
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            [*spelt, b"   "],
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.DFA if fast else None,
        )

    def may_touch(self, texts: Sequence[str]) -> Iterator[int]:
        """Places of the texts worth a search of their own, each once, plain ones first."""
        plain: list[str] = []
        places: list[int] = []
        for place, text in enumerate(texts):
            if "@" in text or "://" in text:
                text = visible(text)
            if text.isascii() and "\0" not in text:
                plain.append(text)
                places.append(place)
            else:
                yield place
        if plain:
            yield from (places[number] for number in self._found_in(plain))

    def _found_in(self, texts: Sequence[str]) -> Iterator[int]:
        joined = f" {_BETWEEN.join(texts)} ".encode().translate(_TABLE, ASCII_DELETE)
        found = self._automaton.find_matches_as_indexes(joined, overlapping=True)
        if not found:
            return
        # Folding dropped some bytes, so the texts' new ends are read off the separators.
        ends = list(accumulate(len(text) + 1 for text in joined.split(b"\0")))
        last = -1
        for _, start, _ in found:
            number = bisect_right(ends, start)
            if number > last:
                last = number
                yield number


def _widened(pattern: str) -> Iterator[str]:
    """The pattern with one space and with two in each gap between its words."""
    words = pattern.strip(" ").split(" ")
    before = " " * pattern.startswith(" ")
    after = " " * pattern.endswith(" ")
    if len(words) > MAX_GAPS + 1:
        yield f" {max(words[1:-1], key=len)} "
        return
    for gaps in product((" ", "  "), repeat=len(words) - 1):
        inner = "".join(word + gap for word, gap in zip(words, (*gaps, ""), strict=True))
        yield f"{before}{inner}{after}"
