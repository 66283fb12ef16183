"""Which authors there are, and in what proportions: the assumptions of learning in one place.

Registered people's other accounts differ from the registered handle as the unequal pairs of real
handles do that are alike at all: the pairs' levels are counted, with one imagined pair more for
each class, and a level's share goes in equal parts to the classes of variants that lead to it.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from learning.real_pairs import HandlePair
from matchers.evidence_levels import DigitLevel, HandleLevel
from matchers.handle_pairs import compare

OUTSIDERS: Final = {"name_derived": 0.30, "unrelated": 0.70}
"""Of outsiders' events: 30 % come from a handle made of the owner's name."""

_CLASSES: Final = {
    "separators": ("separators",),
    "folding": ("doubling", "leet"),
    "digits": ("digits_added", "digits_removed"),
    "affix": ("affix", "prefix"),
    "inserted": ("insertion",),
    "deleted": ("deletion",),
    "substituted": ("substitution",),
    "swapped": ("swap",),
}


def variant_shares(pairs: Iterable[HandlePair]) -> dict[str, float]:
    """Share of each class among registered people's other accounts; they add up to 1."""
    counts = Counter(_CLASSES.keys())
    for pair in pairs:
        for ours, theirs in (pair, pair[::-1]):
            found = compare("instagram", ours, theirs)
            if found is not None:
                counts[_kind(*found)] += 1
    total = sum(counts.values())
    return {
        name: counts[kind] / total / len(names)
        for kind, names in _CLASSES.items()
        for name in names
    }


def _kind(handle: HandleLevel, digits: DigitLevel) -> str:
    match handle:
        case HandleLevel.AFFIX:
            return "affix"
        case HandleLevel.INSERTED:
            return "inserted"
        case HandleLevel.DELETED:
            return "deleted"
        case HandleLevel.SUBSTITUTED:
            return "substituted"
        case HandleLevel.SWAPPED:
            return "swapped"
    if digits in (DigitLevel.ONE_SIDED, DigitLevel.CONFLICT):
        return "digits"
    return "folding" if handle is HandleLevel.SKELETON else "separators"
