"""The phrases that texts are searched for, filed by the keys of `matchers.phrase_keys`.

A phrase of one word is filed under that word; a longer one under its first two words and, as people
run names together, under all of it as one word. Phrases in which slips are looked for are filed
under the same with a letter less as well: whoever is one letter away meets them there (the idea of
SymSpell, and of `matchers.blocking`).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.exact_table import ExactTable, Strings, build_exact_table
from matchers.jit import inlined, kernel
from matchers.phrase_keys import (
    LONGEST_WORD,
    PAIR,
    SLIP,
    SLIP_FIRST,
    SLIP_SECOND,
    WORD,
    deletions,
    key_of,
    longer,
    pair_of,
    take_apart,
)
from matchers.string_columns import strings_of

KNOWN: Final = 1
"""An everyday word, or part of a phrase: no slip of another word."""
WHOLE: Final = 2
"""A phrase written as one word."""
FIRST: Final = 4
SECOND: Final = 8
SLIP_FIRST_WORD: Final = 16
"""The first word of a phrase in which slips are looked for."""
SLIP_SECOND_WORD: Final = 32
_BITS_A_KEY: Final = 8
_SPREAD: Final = np.uint64(0xC4CEB9FE1A85EC53)
"""Its product's bits from the 40th name a slot, so there are 2 ** 24 at the most."""
_CHECK: Final = np.uint32(0xFFFFFF00)
_LETTERS_LESS: Final = 3
"""A word of fewer letters is not looked for with a letter less."""


class PhraseTable(NamedTuple):
    """`phrases[i]` is looked for; `slips[i]` says whether one letter may be wrong.

    `words` is an open-addressed table of single words: in each slot 24 bits of a word's hash that
    are not those of its place, and the flags; 0 where it is empty. `keys` are the phrases by their
    keys, `filed` has a bit for every key that may be there (:func:`may_be_filed`).
    """

    phrases: Strings
    slips: NDArray[np.bool_]
    words: NDArray[np.uint32]
    keys: ExactTable
    filed: NDArray[np.uint64]


def build_phrase_table(
    phrases: Sequence[str],
    slips: NDArray[np.bool_],
    run_together: NDArray[np.bool_],
    known_words: Sequence[str],
) -> PhraseTable:
    """`phrases` are folded, words one space apart, no phrase twice; as are `known_words`.

    `run_together` says of each phrase whether it is looked for without its spaces, too.
    """
    strings = strings_of(phrases)
    keys, filed, hashes, flags = _forms(*strings, slips, run_together)
    known = _hashes(*strings_of(known_words)) if known_words else np.empty(0, np.uint64)
    hashes = np.concatenate([hashes, known])
    flags = np.concatenate([flags, np.full(len(known), KNOWN, np.uint8)])
    return PhraseTable(
        strings,
        slips,
        _word_table(hashes, flags),
        build_exact_table(keys, filed),
        _key_bits(keys),
    )


@kernel
def _hashes(text, ends):  # type: ignore[no-untyped-def]
    hashes = np.empty(len(ends) - 1, dtype=np.uint64)
    for row in range(len(hashes)):
        raw = np.uint64(0)
        for at in range(np.int64(ends[row]), np.int64(ends[row + 1])):
            raw = longer(raw, text[at])
        hashes[row] = raw
    return hashes


@kernel
def _forms(text, ends, slips, run_together):  # type: ignore[no-untyped-def]
    """Every key with its phrase, and every word's hash with its flags."""
    phrases = len(ends) - 1
    most_keys = np.int64(0)
    most_words = phrases
    for row in range(phrases):
        start, end = np.int64(ends[row]), np.int64(ends[row + 1])
        most_keys += 2 + (end - start + 3 if slips[row] else 0)
        most_words += 1
        for at in range(start, end):
            most_words += text[at] == 32
    keys = np.empty(most_keys, dtype=np.uint64)
    filed = np.empty(most_keys, dtype=np.uint32)
    hashes = np.empty(most_words, dtype=np.uint64)
    flags = np.empty(most_words, dtype=np.uint8)
    count = 0
    words = 0
    prefixes = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    ours = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    theirs = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    for row in range(phrases):
        start, end = np.int64(ends[row]), np.int64(ends[row + 1])
        whole = np.uint64(0)
        first = np.uint64(0)
        second = np.uint64(0)
        first_end = 0
        second_end = 0
        number = 0
        raw = np.uint64(0)
        for at in range(start, end + 1):
            if at < end and text[at] != 32:
                raw = longer(raw, text[at])
                whole = longer(whole, text[at])
                continue
            flag = KNOWN
            if number == 0:
                first, first_end = raw, at
                if at < end:
                    flag |= FIRST | (SLIP_FIRST_WORD if slips[row] else 0)
            elif number == 1:
                second, second_end = raw, at
                flag |= SECOND | (SLIP_SECOND_WORD if slips[row] else 0)
            hashes[words] = raw
            flags[words] = flag
            words += 1
            number += 1
            raw = np.uint64(0)
        if number == 1 or run_together[row]:
            hashes[words] = whole
            flags[words] = WHOLE
            words += 1
            keys[count] = key_of(whole, WORD)
            filed[count] = row
            count += 1
        if number > 1:
            keys[count] = key_of(pair_of(first, second), PAIR)
            filed[count] = row
            count += 1
        if not slips[row] or first_end - start > LONGEST_WORD:
            continue
        take_apart(text, start, first_end, prefixes)
        our_count = 1
        ours[0] = first
        if first_end - start >= _LETTERS_LESS:
            our_count = deletions(prefixes, first_end - start, ours)
        if number == 1:
            for one in range(our_count):
                keys[count] = key_of(ours[one], SLIP)
                filed[count] = row
                count += 1
            continue
        for one in range(our_count):
            keys[count] = key_of(pair_of(ours[one], second), SLIP_FIRST)
            filed[count] = row
            count += 1
        size = second_end - first_end - 1
        if size > LONGEST_WORD:
            continue
        take_apart(text, first_end + 1, second_end, prefixes)
        their_count = 1
        theirs[0] = second
        if size >= _LETTERS_LESS:
            their_count = deletions(prefixes, size, theirs)
        for one in range(their_count):
            keys[count] = key_of(pair_of(first, theirs[one]), SLIP_SECOND)
            filed[count] = row
            count += 1
    return keys[:count], filed[:count], hashes[:words], flags[:words]


@inlined
def _slot_of(raw, size):  # type: ignore[no-untyped-def]
    """Where a raw hash belongs in a table of `size` slots, and the bits that say it is there."""
    mixed = raw * _SPREAD
    place = np.int64((mixed >> np.uint64(40)) & np.uint64(size - 1))
    return place, np.uint32(mixed & np.uint64(0xFFFFFFFF)) & _CHECK


@kernel
def _word_table(hashes, flags):  # type: ignore[no-untyped-def]
    distinct = len(np.unique(hashes))
    size = 4
    while size < 2 * distinct:
        size *= 2
    slots = np.zeros(size, dtype=np.uint32)
    for one in range(len(hashes)):
        place, check = _slot_of(hashes[one], size)
        while slots[place] != 0 and slots[place] & _CHECK != check:
            place = (place + 1) & (size - 1)
        slots[place] |= check | np.uint32(flags[one])
    return slots


@inlined
def flags_of(raw, slots):  # type: ignore[no-untyped-def]
    """What the table of words says of a raw hash; 0 for nothing."""
    place, check = _slot_of(raw, len(slots))
    slot = slots[place]
    while slot != 0 and slot & _CHECK != check:
        place = (place + 1) & (len(slots) - 1)
        slot = slots[place]
    return np.int64(slot & np.uint32(0xFF))


@kernel
def _key_bits(keys):  # type: ignore[no-untyped-def]
    size = 64
    while size < _BITS_A_KEY * len(keys):
        size *= 2
    filed = np.zeros(size >> 6, dtype=np.uint64)
    for key in keys:
        bit = (key >> np.uint64(8)) & np.uint64(size - 1)
        filed[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))
    return filed


@inlined
def may_be_filed(key, filed):  # type: ignore[no-untyped-def]
    """False where no phrase is filed under the key; quicker than to look, as the bits are few."""
    bit = (key >> np.uint64(8)) & np.uint64((len(filed) << 6) - 1)
    return (filed[np.int64(bit >> np.uint64(6))] >> (bit & np.uint64(63))) & np.uint64(1) != 0
