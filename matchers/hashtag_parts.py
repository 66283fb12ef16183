"""A hashtag of several words: is a name in it really one of its words?

`#DukungKhofifahEmil` is cut where its capitals are, `#dukungkhofifahemil` where the rest falls into
words; `#mamarismansyah` names no Risma.
"""

import re
from collections.abc import Set
from typing import Final

CAMPAIGN_WORDS: Final = frozenset(
    """
    dukung coblos pilih menang menangkan lanjutkan salam jari tim relawan sahabat teman sobat
    kawan bersama bareng untuk jatim jateng jabar jakarta indonesia cagub cawagub gubernur
    wagub bupati wabup walikota presiden wapres paslon nomor urut no satu dua tiga pilkada
    pilgub pilpres kita kami aku saya bu bunda ibu pak bapak mas mbak gus ning cak kang abah
    mak mama umi tolak jangan asal bukan ganti maju juara jaya hebat mantap gas gaspol siap
    setia cinta love for merakyat berkah center fans official
    """.split()  # noqa: SIM905 - a text of so many words reads better
)
"""Words that campaigns make hashtags of, besides everyday ones."""
SURE_LETTERS: Final = 8
"""A name of so many letters is believed when one side of it falls into words."""
_CAPITALS: Final = re.compile(r"[^\W\d_]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|\d+|_+")
_LONGEST: Final = 24
_SHORTEST: Final = 2


def is_part(
    tag: str,
    folded: str,
    first: int,
    last: int,
    words: Set[str],
    names: Set[str],
    *,
    ambiguous: bool,
) -> bool:
    """Whether folded[first:last] is made of whole words of the hashtag.

    `tag` is the hashtag as written, without `#`; `folded` the same folded; `words` and `names` are
    what else a hashtag is made of, the latter what was found in this one. An `ambiguous` text must
    be a word on both sides.
    """
    edges = _edges(tag)
    if len(edges) > 2 and edges[-1] == len(folded) and first in edges and last in edges:
        return True
    left = _falls_into_words(folded[:first], words, names)
    right = _falls_into_words(folded[last:], words, names)
    if ambiguous or last - first < SURE_LETTERS:
        return left and right
    return left or right


def _edges(tag: str) -> list[int]:
    """Where words begin and end by capitals and digits, in letters and digits of the tag."""
    edges = [0]
    for part in _CAPITALS.findall(tag):
        edges.append(edges[-1] + len(part.replace("_", "")))
    return edges


def _falls_into_words(text: str, words: Set[str], names: Set[str]) -> bool:
    """Whether a text is nothing, or words and numbers one behind another."""
    reached = {0}
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if start in reached:
                piece = text[start:end]
                if piece.isdigit() or (
                    len(piece) >= _SHORTEST and (piece in words or piece in names)
                ):
                    reached.add(end)
                    break
    return len(text) in reached
