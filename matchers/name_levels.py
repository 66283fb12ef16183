"""How two names compare, titles apart. Only for candidates that a handle proposed (invariant 05).

rapidfuzz computes every similarity.
"""

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz

from matchers.evidence_levels import FEW_BEARERS, MANY_BEARERS, NameLevel, TitleLevel

SIMILAR: Final = 90.0
"""rapidfuzz's ratio (0 to 100) from which two names are similar."""
LONG_WORDS: Final = 3


def name_level(ours: str, theirs: str, bearers: int) -> NameLevel:
    """The level of two canonical names, `theirs` having `bearers` in the register.

    A name of a single word never says anything, on either side.
    """
    if " " not in ours or " " not in theirs:
        return NameLevel.SILENT
    if ours == theirs:
        return _agreeing(theirs, bearers)
    our_words, their_words = ours.split(), theirs.split()
    if sorted(our_words) == sorted(their_words):
        return NameLevel.REORDERED
    if _one_within_the_other(our_words, their_words):
        return NameLevel.PART
    if _by_initials(our_words, their_words):
        return NameLevel.INITIALS
    if fuzz.token_sort_ratio(ours, theirs, score_cutoff=SIMILAR):
        return NameLevel.SIMILAR
    return NameLevel.DIFFERS


def title_level(ours: int, theirs: int) -> TitleLevel:
    """Two sets of titles, as bits (:data:`matchers.names.TITLES`)."""
    if not ours or not theirs:
        return TitleLevel.SILENT
    return TitleLevel.AGREE if ours & theirs else TitleLevel.OTHER


def _agreeing(name: str, bearers: int) -> NameLevel:
    if bearers > MANY_BEARERS:
        return NameLevel.MANY
    if bearers > FEW_BEARERS:
        return NameLevel.SOME
    is_long = name.count(" ") + 1 >= LONG_WORDS
    if bearers > 1:
        return NameLevel.FEW_LONG if is_long else NameLevel.FEW
    return NameLevel.ONE_LONG if is_long else NameLevel.ONE


def _one_within_the_other(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """`Budi Santoso` and `Muhammad Budi Santoso`: one name, written shorter."""
    shared = set(ours) & set(theirs)
    return len(shared) >= 2 and len(shared) in (len(set(ours)), len(set(theirs)))


def _by_initials(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """`Budi S` and `Budi Santoso`: word by word equal or an initial, one whole word at least."""
    if len(ours) != len(theirs):
        return False
    whole = 0
    for our_word, their_word in zip(ours, theirs, strict=True):
        if our_word == their_word:
            whole += len(our_word) > 1
        elif not (min(len(our_word), len(their_word)) == 1 and our_word[0] == their_word[0]):
            return False
    return whole >= 1
