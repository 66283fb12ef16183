"""Digits for letters, when one digit may be any of several: `7u1uk`, `64rd4k`.

Letters that share a digit are folded to one sign, in the names and in the text; so whatever was
meant is found, and then each digit is held against the letter that stands in the name. Which digits
stand for which letters: zxcvbn's table and PyPI's `alay`, both under the MIT licence.
"""

import re
from typing import Final

STANDS_FOR: Final = {
    "0": "o",
    "1": "il",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "gdb",
    "7": "tlj",
    "8": "b",
    "9": "gq",
    "@": "a",
}
_SIGNS: Final = str.maketrans("o0il1tj7z2e3a4@s5gdbq689", "ooiiiiiizzeeaaassggggggg")

LEET: Final = re.compile(r"[a-z][013-9@]|[0-9][a-z]")
"""Where a text may hold digits for letters; a 2 behind a word says it twice (`orang2`)."""


def leet_fold(text: str) -> str:
    """The text with letters and digits that may stand for each other as one; of the same length."""
    return text.translate(_SIGNS)


def is_leet_for(written: str, meant: str) -> bool:
    """Whether a text is another with digits for some letters, one at least; both folded.

    An `@` that begins a word is a handle's.
    """
    if len(written) != len(meant) or written == meant or " @" in f" {written}":
        return False
    return all(
        one == other or other in STANDS_FOR.get(one, "")
        for one, other in zip(written, meant, strict=True)
    )
