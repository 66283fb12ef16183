"""A second view of a folded text, with the usual disguises of words undone.

Two disguises: letters written apart (`r i s m a`, `r.1.s.m.4`) and letters held (`rismaaaa`). A
double letter is left alone: too many words have one. Digits for letters in whole words are
`matchers.leet`'s. Nearly every post has no disguise; the search for phrases says where one may be
(`matchers.phrase_search.DISGUISED`), and only there the view is made.
"""

import re
from typing import Final

from streams.records import Method

_SPACED: Final = re.compile(
    r"(?<![^ ])[a-z](?: [a-z0-9]){2,} [a-z](?![^ ])"
)  # not `nomor 2 r i s m a`
_HELD: Final = re.compile(r"([a-z])\1{2,}")
_LEET: Final = str.maketrans("03456789@", "oeasgtbga")  # zxcvbn's table (MIT), first choice
_VOWELS: Final = frozenset("aeiou")


def deobfuscate(folded: str) -> str | None:
    """The view of a folded text with disguises undone; None where there are none. Linear."""
    view = _HELD.sub(r"\1", _SPACED.sub(_join_letters, folded))
    return None if view == folded else view


def _join_letters(run: re.Match[str]) -> str:
    return _leet_word(run[0].replace(" ", ""))


def _leet_word(word: str) -> str:
    """Digits to letters, one for one. 1 is `l` where only vowels are beside it, else `i`."""
    plain = word.translate(_LEET)
    if "1" not in plain:
        return plain
    letters = list(plain)
    for place, letter in enumerate(letters):
        if letter == "1":
            beside = plain[max(place - 1, 0) : place] + plain[place + 1 : place + 2]
            letters[place] = "l" if _VOWELS.issuperset(beside) else "i"
    return "".join(letters)


class DisguiseMap:
    """From spans of the second view back to the folded text, and which disguise was there."""

    __slots__ = ("_folded", "_origins", "view")

    def __init__(self, folded: str) -> None:
        """Undo the disguises of `folded` again, keeping where each character came from."""
        self._folded = folded
        self._origins = list(range(len(folded)))
        letters = _SPACED.sub(_in_place, folded)
        plain = self._without(_spaces_between_letters(folded), letters)
        held = [
            place for run in _HELD.finditer(plain) for place in range(run.start() + 1, run.end())
        ]
        self.view = self._without(held, plain)

    def _without(self, dropped: list[int], text: str) -> str:
        if not dropped:
            return text
        gone = set(dropped)
        kept = [place for place in range(len(text)) if place not in gone]
        self._origins = [self._origins[place] for place in kept]
        return "".join([text[place] for place in kept])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Folded (start, end) of the view's `[start, end)`; held letters belong to the span."""
        last = self._origins[end - 1]
        stop = self._origins[end] if end < len(self._origins) else len(self._folded)
        return self._origins[start], last + len(self._folded[last:stop].rstrip(" "))

    def method(self, start: int, end: int) -> Method | None:
        """How the folded `[start, end)` was disguised, plainest sign first; None: it was not."""
        piece = self._folded[start:end]
        if _SPACED.search(piece):
            return "spaced_letters"
        return "elongation" if _HELD.search(piece) else None


def _in_place(run: re.Match[str]) -> str:
    """The run with letters for its digits, still written apart."""
    return " ".join(_join_letters(run))


def _spaces_between_letters(folded: str) -> list[int]:
    return [
        place for run in _SPACED.finditer(folded) for place in range(run.start() + 1, run.end(), 2)
    ]
