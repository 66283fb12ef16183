"""Hostile text made harmless to look at: for exports, and for any page that shows posts."""

import re
from typing import Final

_HIDDEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Controls, zero-width characters, and what turns the direction of text."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    """Characters that cannot be seen, or that reorder others, spelt out as ‹U+202E›."""
    return _HIDDEN.sub(lambda found: f"‹U+{ord(found.group()):04X}›", text)


def plain_cell(value: object) -> str:
    """A CSV cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = visible("" if value is None else str(value))
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text
