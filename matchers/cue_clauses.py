"""A folded text as words, and where the original's punctuation parts them into clauses.

Folding drops punctuation, but a negation must not reach over it: `bukan, saya dukung` supports.
"""

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final, NamedTuple

from matchers.cue_names import NamedWords
from matchers.cue_words import OWN, SAID
from matchers.fold import OffsetMap, fold, visible

QUOTED: Final = re.compile(r"[\"“”„«][^\"“”„«»\n]{12,240}[\"“”»]")
"""A shorter one is a title or a word at a distance, a longer one lost its mark."""

_BREAK: Final = re.compile(
    r"(?:\.(?!\d)|[,;!?？؟…\n|•#\"“”„«»—–\u2600-\u27bf\U0001f300-\U0001faff])+|\s[-/]+\s"
)
"""Not a colon: `Ketua DPC: pilih Risma` has a subject. Not brackets: they interrupt. All of these
fold to a space, so that the words between them are those of the whole text."""
_ENDS: Final = re.compile(r"[.!?？؟…\n]")
_SIGN: Final = re.compile(r"[\u2600-\u27bf\U0001f300-\U0001faff]")
_CLOSES: Final = re.compile(r"[\"”»]$")
"""A sign after a closing quotation mark ends the quoted sentence, as a full stop does."""
_ASKS: Final = re.compile(r"[?？؟]")
_ABBREVIATIONS: Final = frozenset({
    "kh", "h", "hj", "dr", "dra", "drs", "ir", "prof", "no", "st", "bpk", "jl", "tgl", "s", "m",
})  # fmt: skip
_BY_THEMSELVES: Final = OWN | {"kata", "kunci", "hati"}
"""`kata saya`, `menurut gue` quote nobody; nor do `kata kata`, `kata kunci`, `kata hati`."""


class Breaks(NamedTuple):
    """Numbers of the words that begin a clause, and a sentence; of those before which one asks."""

    clauses: list[int]
    sentences: list[int]
    asking: set[int]


class Clauses:
    """The words of one text, by number; a look-up is of a bounded number of words."""

    def __init__(self, text: str, folded: str, named: NamedWords) -> None:
        """`folded` is `fold(text)`, and not empty; `named` are its words that name candidates."""
        self._named = named
        self.text: Final = text
        self.words: Final = folded.split(" ")
        self.starts: Final[list[int]] = []
        """Where each word begins in the folded text."""
        place = 0
        for word in self.words:
            self.starts.append(place)
            place += len(word) + 1
        self._quotes: dict[int, bool] = {}
        self._neutral: dict[int, bool] = {}

    @cached_property
    def _breaks(self) -> Breaks:
        return _breaks(self.text)

    @cached_property
    def offsets(self) -> OffsetMap:
        """The way back to the original; built when first asked for."""
        return OffsetMap(self.text)

    @cached_property
    def _quoted(self) -> list[tuple[int, int]]:
        return [found.span() for found in QUOTED.finditer(self.text)]

    def names(self, begin: int, end: int) -> bool:
        """Whether a word of [begin, end) names a candidate."""
        return self._named.within(begin, end)

    def calls_for_neutrality(self, word: int) -> bool:
        """Whether the sentence of a word speaks of neutrality: `ASN netral, jangan dukung`."""
        place = bisect_right(self._breaks.sentences, word)
        begin = self._breaks.sentences[place - 1] if place else 0
        end = self.sentence_end(word)
        if end not in self._neutral:
            self._neutral[end] = any(one.startswith("netral") for one in self.words[begin:end])
        return self._neutral[end]

    def word_at(self, place: int) -> int:
        """The number of the word at a place of the folded text."""
        return bisect_right(self.starts, place) - 1

    def original(self, word: int) -> str:
        """A word as it was typed."""
        start, end = self._span(word)
        return self.text[start:end]

    def clause(self, word: int) -> tuple[int, int]:
        """First word of the clause that a word stands in, and the one after its last."""
        place = bisect_right(self._breaks.clauses, word)
        return (
            self._breaks.clauses[place - 1] if place else 0,
            self._breaks.clauses[place] if place < len(self._breaks.clauses) else len(self.words),
        )

    def sentence_end(self, word: int) -> int:
        """The word after the last one of the sentence that a word stands in."""
        place = bisect_right(self._breaks.sentences, word)
        return (
            self._breaks.sentences[place]
            if place < len(self._breaks.sentences)
            else len(self.words)
        )

    def asks(self, end: int) -> bool:
        """Whether the clause that ends before word `end` ends with a question mark."""
        return end in self._breaks.asking

    def is_tag(self, word: int) -> bool:
        """Whether a word is a hashtag's first."""
        start, _ = self._span(word)
        return self.text[max(0, start - 1) : start] in ("#", "＃")

    def is_percentage(self, word: int) -> bool:
        """Whether a percent sign follows a number other than 100."""
        number = self.words[word]
        if not number.isdigit() or number == "100":
            return False
        _, end = self._span(word)
        return self.text[end : end + 1] == "%"

    def is_quoted(self, word: int) -> bool:
        """Whether a word stands between quotation marks."""
        if not self._quoted:
            return False
        start, _ = self._span(word)
        before = bisect_right(self._quoted, (start, len(self.text))) - 1
        return before >= 0 and start < self._quoted[before][1]

    def quotes(self, word: int) -> bool:
        """Whether the sentence of a word says whose words it repeats: `kata Khofifah`."""
        end = self.sentence_end(word)
        if end not in self._quotes:
            place = bisect_right(self._breaks.sentences, word)
            begin = self._breaks.sentences[place - 1] if place else 0
            words = [*self.words[begin:end], ""]
            self._quotes[end] = any(
                word in SAID and words[place + 1] not in _BY_THEMSELVES
                for place, word in enumerate(words)
            )
        return self._quotes[end]

    def _span(self, word: int) -> tuple[int, int]:
        begin = self.starts[word]
        return self.offsets.span(begin, begin + len(self.words[word]))


def _breaks(text: str) -> Breaks:
    text = visible(text)
    clauses: list[int] = []
    sentences: list[int] = []
    asking: set[int] = set()
    count = last = 0
    closed = False
    for mark in _BREAK.finditer(text):
        piece = fold(text[last : mark.start()])
        last = mark.end()
        if piece:
            count += piece.count(" ") + 1
        if mark[0] == "." and piece.rpartition(" ")[2] in _ABBREVIATIONS:
            continue
        if _ASKS.search(mark[0]):
            asking.add(count)
        if not clauses or clauses[-1] != count:
            clauses.append(count)
        ends = _ENDS.search(mark[0]) or (closed and not piece and _SIGN.search(mark[0]))
        closed = _CLOSES.search(mark[0]) is not None
        if ends and (not sentences or sentences[-1] != count):
            sentences.append(count)
    return Breaks(clauses, sentences, asking)
