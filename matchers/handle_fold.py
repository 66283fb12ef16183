"""Taking a handle apart, as kernels over UTF-8 bytes: skeleton, digits, host.

A skeleton is what of a handle survives a disguise: the letters without separators, case, leet
(`d3wi`), doubled letters (`diana` and `diannaa`) and old spelling (`djoko`, `joko`). Digits are
apart: they are identity-bearing, `budi88` and `budi89` are two people. A single digit right
between two letters is leet, unless a usual word is all that follows (`rama5ofc`); any other is a
digit. The server's part of a name (`@kita.id`) is no letter of the person's: it only keeps accounts
of different servers apart.

What the spelling step does, letter by letter, to what stands before it:

======================  =====================  ==============================================
written                 becomes                example
======================  =====================  ==============================================
y v q z                 i f k s                `yudhi` is `iudi`, `zulfiqar` is `sulfikar`
kh dh th ch             k d t c                `khoirul` is `koirul`
ph                      f                      `sophia` is `sofia`
dj tj sj                j c s                  `djoko` is `joko`
oe                      u                      `soeharto` is `suharto`
the same letter twice   once                   `diannaa` is `diana`
======================  =====================  ==============================================

A handle with fewer than two letters left has what was written, separators apart, for a skeleton:
too little is left to tell anybody apart. Such a *raw* skeleton has its digits in it and is only
ever compared for equality.
"""

from typing import Final

import numpy as np

from matchers.affix_words import SUFFIXES
from matchers.jit import inlined, kernel
from streams.records import PLATFORMS

LONGEST: Final = 512
"""Bytes of the longest handle that is taken apart; a normalised one has 128 characters at most."""
LEAST_LETTERS: Final = 2

MASTODON: Final = PLATFORMS.index("mastodon")
BLUESKY: Final = PLATFORMS.index("bluesky")
_BLUESKY_HOST: Final = np.frombuffer(b".bsky.social", dtype=np.uint8)

_LEET: Final = np.zeros(256, dtype=np.uint8)
for _digit, _letter in zip(b"0134578", b"oieastb", strict=True):
    _LEET[_digit] = _letter


_SUFFIX_SIZES: Final = np.array([len(word) for word in SUFFIXES])
_SUFFIXES: Final = np.zeros((len(SUFFIXES), max(map(len, SUFFIXES))), dtype=np.uint8)
for _row, _word in enumerate(SUFFIXES):
    _SUFFIXES[_row, : len(_word)] = np.frombuffer(_word.encode(), dtype=np.uint8)


@inlined
def _is_letter(byte):  # type: ignore[no-untyped-def]
    return 97 <= byte <= 122 or byte >= 128


@inlined
def _is_digit(byte):  # type: ignore[no-untyped-def]
    return 48 <= byte <= 57


@inlined
def _is_middle_dot(text, at, start, end):  # type: ignore[no-untyped-def]
    """Whether the byte is either half of the middle dot, which is a separator."""
    return (text[at] == 0xC2 and at + 1 < end and text[at + 1] == 0xB7) or (
        text[at] == 0xB7 and at > start and text[at - 1] == 0xC2
    )


@kernel
def _is_suffix(text, start, end):  # type: ignore[no-untyped-def]
    """Whether [start, end) is a word that people put behind a name: `rama5ofc` ends in a digit."""
    for row in range(len(_SUFFIX_SIZES)):
        if _SUFFIX_SIZES[row] != end - start:
            continue
        equal = True
        for at in range(end - start):
            if text[start + at] != _SUFFIXES[row, at]:
                equal = False
                break
        if equal:
            return True
    return False


@kernel
def local_end(platform, text, start, end):  # type: ignore[no-untyped-def]
    """Where the person's part of the handle at [start, end) ends; a host may follow."""
    if platform == MASTODON:
        for at in range(start, end):
            if text[at] == 64:  # @
                return at
    elif platform == BLUESKY:
        first = end - len(_BLUESKY_HOST)
        if first <= start:
            return end
        for at in range(len(_BLUESKY_HOST)):
            if text[first + at] != _BLUESKY_HOST[at]:
                return end
        return first
    return end


@kernel
def host_start(platform, local, end):  # type: ignore[no-untyped-def]
    """Where the host begins that tells accounts of two servers apart; `end` where there is none."""
    return local + 1 if platform == MASTODON and local < end else end


@kernel
def letters_of(text, start, end, letters):  # type: ignore[no-untyped-def]
    """Write the bytes that are no separators to `letters`; returns how many."""
    size = 0
    at = start
    while at < end and size < len(letters):
        byte = text[at]
        if byte == 0xC2 and at + 1 < end and text[at + 1] == 0xB7:  # the middle dot
            at += 2
            continue
        if _is_letter(byte) or _is_digit(byte):
            letters[size] = byte
            size += 1
        at += 1
    return size


@kernel
def fold(text, start, end, letters, skeleton, digits):  # type: ignore[no-untyped-def]
    """Take the local part at [start, end) apart into the three buffers of `LONGEST` bytes.

    Returns their sizes and whether the skeleton is raw: (letters, skeleton, digits, raw). A raw
    skeleton has the digits in it, and none beside it.
    """
    count = letters_of(text, start, end, letters)
    size = 0
    digit_count = 0
    for at in range(start, end):
        byte = text[at]
        if _is_digit(byte):
            between = start < at < end - 1 and _is_letter(text[at - 1]) and _is_letter(text[at + 1])
            if not between or _LEET[byte] == 0 or _is_suffix(text, at + 1, end):
                digits[digit_count] = byte
                digit_count += 1
                continue
            byte = _LEET[byte]
        elif not _is_letter(byte) or _is_middle_dot(text, at, start, end):
            continue
        if byte == 121:  # y
            byte = np.uint8(105)
        elif byte == 118:  # v
            byte = np.uint8(102)
        elif byte == 113:  # q
            byte = np.uint8(107)
        elif byte == 122:  # z
            byte = np.uint8(115)
        if size:
            before = skeleton[size - 1]
            if byte == 104:  # h
                if before == 107 or before == 100 or before == 116 or before == 99:
                    continue
                if before == 112:  # ph
                    byte = np.uint8(102)
                    size -= 1
            elif byte == 106:  # j
                if before == 115:
                    continue
                if before == 100:
                    size -= 1
                elif before == 116:
                    byte = np.uint8(99)
                    size -= 1
            elif byte == 101 and before == 111:  # oe
                byte = np.uint8(117)
                size -= 1
        if size and skeleton[size - 1] == byte:
            continue
        skeleton[size] = byte
        size += 1
    if size >= LEAST_LETTERS:
        return count, size, digit_count, False
    for at in range(count):
        skeleton[at] = letters[at]
    return count, count, 0, True
