"""Folding: from what was typed to what a reader sees, and back to the original characters.

Every character is folded on its own (NFKD, case folding, look-alike letters to Latin; combining
marks, joiners, bidi marks, apostrophes, underscores dropped; all else but letters and digits
becomes a space), then spaces are made single. Because no character's folding depends on
its neighbours, the way back is a plain list, built only when there is a hit to place.

`@` stays, glued to what follows: `@emil_d` names an account, it does not say "Emil".
"""

import re
import unicodedata
from typing import Final

import numpy as np

from matchers.homoglyphs import HOMOGLYPHS
from matchers.jit import kernel

_GLUE: Final = "_'`´‘’ʻʼ＇"  # Ma'ruf is Maruf, #Jatim_Maju is #JatimMaju, @tri_r one handle
_JOINERS: Final = "\u200c\u200d"
_MISREAD: Final = "\u00c2\u00a0"
"""A hard space whose bytes were read as Latin-1, as many collections of posts have it."""
_LINK: Final = re.compile(r"https?://\S+")
_TAGS: Final = re.compile("[#＃]")
_DOTTED_HANDLE: Final = re.compile(r"(?<!\w)@\w+(?:[.·-]+\w+)+")
_DOTS_TO_GLUE: Final = str.maketrans(".·-", "'''")


def fold_character(character: str) -> str:
    """The folded form of one character: none, one or several of letters, digits, `@`, space."""
    if character in _GLUE:
        return ""
    if character in HOMOGLYPHS:
        return HOMOGLYPHS[character]
    plain = unicodedata.normalize("NFKD", character).casefold()
    out = []
    for part in unicodedata.normalize("NFKD", plain):
        category = unicodedata.category(part)
        if category[0] == "M" or category == "Cf" or part in _GLUE:
            continue
        part = HOMOGLYPHS.get(part, part)
        out.append(part if part == "@" or part.isalnum() else " ")
    return "".join(out)


class _FoldTable(dict[int, str]):
    """For `str.translate`: fills itself with the characters that are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_TABLE: Final = _FoldTable()
ASCII_DELETE: Final = b"_'`"
ASCII_TABLE: Final = bytes(
    ord(fold_character(chr(code)) or " ") if code < 128 else 32 for code in range(256)
)

_SPACE: Final = ord(" ")
DROPPED: Final = 0
KEPT: Final = 1
GAP: Final = 2
_ASCII_KINDS: Final = np.array(
    [
        DROPPED if code in ASCII_DELETE else GAP if ASCII_TABLE[code] == _SPACE else KEPT
        for code in range(128)
    ],
    dtype=np.int64,
)


def fold(text: str) -> str:
    """What a reader sees in `text`: words of letters and digits, one space between them.

    Links are left out: their words are the page's, not the author's. Linear in the length.
    """
    if "@" in text or "://" in text or _MISREAD in text:
        text = visible(text)
    if text.isascii():
        text = text.encode().translate(ASCII_TABLE, ASCII_DELETE).decode()
    else:
        text = text.translate(_TABLE)
    return " ".join(text.split())


def fold_with_tags(text: str) -> str:
    """`fold` of the text with one character before it; before a hashtag's word `#` in place of the
    space."""
    if "#" not in text and "＃" not in text:
        return f" {fold(text)}"
    words: list[str] = []
    # Links go first: what stands behind the `#` of one is no hashtag.
    for number, part in enumerate(_TAGS.split(visible(text))):
        folded = fold(part)
        if folded:
            words.append(f"{'#' if number else ' '}{folded}")
    return "".join(words) or " "


def visible(text: str) -> str:
    """The text, character for character, without links and with each handle in one piece."""
    if _MISREAD in text:
        text = text.replace(_MISREAD, "  ")
    if "://" in text:
        text = _LINK.sub(lambda link: " " * len(link[0]), text)
    if "@" in text:
        text = _DOTTED_HANDLE.sub(lambda handle: handle[0].translate(_DOTS_TO_GLUE), text)
    return text


@kernel
def _kept(kinds, origins):  # type: ignore[no-untyped-def]
    """The origins of what stays: everything but the dropped, and of each gap between two words its
    first character."""
    starts = np.empty(len(kinds), dtype=np.int64)
    count = 0
    gap = -1
    for place in range(len(kinds)):
        if kinds[place] == KEPT:
            if gap >= 0 and count:
                starts[count] = origins[gap]
                count += 1
            gap = -1
            starts[count] = origins[place]
            count += 1
        elif kinds[place] == GAP and gap < 0:
            gap = place
    return starts[:count]


class OffsetMap:
    """From spans of a folded text back to spans of the original text.

    `span` is monotone, and never parts a letter from the marks that stand on it.
    """

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        """Fold `text` again, this time keeping for each folded character where it came from."""
        shown = visible(text)
        if shown.isascii():
            kinds = _ASCII_KINDS[np.frombuffer(shown.encode(), dtype=np.uint8)]
            self._starts = _kept(kinds, np.arange(len(kinds), dtype=np.int64))
        else:
            parts = [_TABLE[ord(character)] for character in shown]
            origins = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
            codes = np.frombuffer("".join(parts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
            self._starts = _kept(np.where(codes == _SPACE, GAP, KEPT), origins)
        self._text = text

    def __len__(self) -> int:
        """The folded text's length."""
        return len(self._starts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original (start, end) of the folded `[start, end)`, which must not be empty."""
        return int(self._starts[start]), _cluster_end(self._text, int(self._starts[end - 1]))


def _cluster_end(text: str, start: int) -> int:
    """Where the character at `start` ends with its marks and joiners (they belong to it)."""
    end = start + 1
    while end < len(text) and (text[end] in _JOINERS or unicodedata.category(text[end])[0] == "M"):
        end += 1
    return end


def has_homoglyph(text: str) -> bool:
    """Whether an original text holds a letter of another script that looks Latin."""
    return not text.isascii() and not HOMOGLYPHS.keys().isdisjoint(text)
