"""The levels of evidence for a lead, in words a reviewer reads. Their weights are data.

Record linkage calls them comparison levels (Fellegi and Sunter, 1969). Each enumeration is in the
order from the strongest to the weakest.
"""

from enum import StrEnum
from typing import Final


class _Level(StrEnum):
    """Words that are keys of tables; hashed as the strings they are (Enum's own hash is Python)."""

    __hash__ = str.__hash__


class HandleLevel(_Level):
    """How alike two handles are. None of these: no candidate."""

    SAME = "same handle"
    SEPARATORS = "same handle without separators"
    SKELETON = "same handle after folding"
    AFFIX = "same handle but for a usual word before or behind"
    INSERTED = "handle with one letter more"
    DELETED = "handle with one letter less"
    SUBSTITUTED = "handle with one letter changed"
    SWAPPED = "handle with two letters swapped"


class DigitLevel(_Level):
    """Digits are identity-bearing: `budi88` and `budi89` are two people."""

    AGREE = "digits agree"
    NONE = "no digits"
    ONE_SIDED = "digits on one side only"
    CONFLICT = "digits conflict"


class NameLevel(_Level):
    """How display name and registered name compare; only ever next to a handle level.

    Bearers are people in the register with that very name. A single word says nothing.
    """

    ONE_LONG = "name of three words or more agrees, one bearer"
    ONE = "name of two words agrees, one bearer"
    FEW_LONG = "name of three words or more agrees, two or three bearers"
    FEW = "name of two words agrees, two or three bearers"
    SOME = "name agrees, up to a hundred bearers"
    MANY = "name agrees, more than a hundred bearers"
    REORDERED = "name agrees in another order"
    INITIALS = "name agrees by its initials"
    PART = "part of the name agrees"
    SIMILAR = "similar name"
    SILENT = "no name to compare"
    DIFFERS = "name differs"


class TitleLevel(_Level):
    """Academic and other titles worn with the name; those that a register keeps."""

    AGREE = "a title agrees"
    SILENT = "no title to compare"
    OTHER = "other titles"


class RegionLevel(_Level):
    NAMED = "region named in bio"
    SILENT = "no region in bio"
    OTHER = "another region named in bio"


class AgencyLevel(_Level):
    NAMED = "agency named in bio"
    SILENT = "no agency in bio"


FEW_BEARERS: Final = 3
MANY_BEARERS: Final = 100
HANDLE_LEVELS: Final = tuple(HandleLevel)
DIGIT_LEVELS: Final = tuple(DigitLevel)
EDITS: Final = frozenset(
    {HandleLevel.INSERTED, HandleLevel.DELETED, HandleLevel.SUBSTITUTED, HandleLevel.SWAPPED}
)
AGREEING_NAMES: Final = frozenset(
    {
        NameLevel.ONE_LONG,
        NameLevel.ONE,
        NameLevel.FEW_LONG,
        NameLevel.FEW,
        NameLevel.SOME,
        NameLevel.MANY,
        NameLevel.REORDERED,
    }
)
