"""What a text is looked up by: hashes of words, of pairs of words, and of both with a letter less.

A word is hashed as a polynomial over 2^64 with an odd base, so that the hash without its j-th
letter, and that of two words written as one, follow from what is known already.
"""

from typing import Final

import numpy as np

from matchers.jit import inlined, kernel
from matchers.key_hash import BASE, BYTE_VALUES, spread

LONGEST_WORD: Final = 40
"""Bytes of a word up to which slips are looked for; names have no longer ones."""

_PAIR: Final = np.uint64(0xD6E8FEB86659FD93)
WORD: Final = np.uint64(0x1B873593)
"""A phrase written as one word."""
PAIR: Final = np.uint64(0x2545F4914F6CDD1D)
"""The first two words of a phrase."""
SLIP: Final = np.uint64(0x52DCE729)
"""A phrase of one word, as it is or with a letter less."""
SLIP_FIRST: Final = np.uint64(0x38495AB5)
"""As `PAIR`, the first word as it is or with a letter less."""
SLIP_SECOND: Final = np.uint64(0x7F4A7C15)
"""As `PAIR`, the second word as it is or with a letter less."""


@inlined
def longer(raw, byte):  # type: ignore[no-untyped-def]
    """The raw hash of a word with one more byte."""
    return (raw + BYTE_VALUES[byte]) * BASE


@inlined
def joined(raw, other, power):  # type: ignore[no-untyped-def]
    """The raw hash of two words written as one; `power` is `BASE` to the size of the other."""
    return raw * power + other


@inlined
def pair_of(raw, other):  # type: ignore[no-untyped-def]
    return raw * _PAIR + other


@inlined
def key_of(raw, kind):  # type: ignore[no-untyped-def]
    """The key under which a raw hash is filed; `kind` is one of this module's."""
    return spread(raw + kind * BASE)


@kernel
def take_apart(text, start, end, prefixes):  # type: ignore[no-untyped-def]
    """The raw hash of the word at [start, end); fills `prefixes[k]` with that of its first k."""
    raw = np.uint64(0)
    prefixes[0] = raw
    for at in range(start, end):
        raw = longer(raw, text[at])
        prefixes[at - start + 1] = raw
    return raw


@kernel
def deletions(prefixes, size, out):  # type: ignore[no-untyped-def]
    """Fills `out` with the raw hashes of a word as it is and without each of its letters.

    Returns how many. Of equal neighbours one is left out, which gives the same word.
    """
    raw = prefixes[size]
    out[0] = raw
    count = 1
    power = np.uint64(1)
    for at in range(size - 1, -1, -1):
        without = raw - (prefixes[at + 1] - prefixes[at]) * power
        power *= BASE
        if without != out[count - 1]:
            out[count] = without
            count += 1
    return count
