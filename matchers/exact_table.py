"""From a string to its row: a table of buckets with one-byte tags, all in flat arrays.

A string's hash names a bucket of some four entries; an entry is a tag (eight other bits of the
hash) and a row. The string itself is compared last, so a look-up is exact.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.jit import inlined, kernel
from matchers.key_hash import hash_bytes

ENTRIES_A_BUCKET: Final = 4


class Strings(NamedTuple):
    """Strings one behind another, UTF-8: string i is `text[ends[i]:ends[i + 1]]`; ends[0] is 0."""

    text: NDArray[np.uint8]
    ends: NDArray[np.uint32]


class ExactTable(NamedTuple):
    """Bucket b holds the entries [starts[b], starts[b + 1])."""

    starts: NDArray[np.uint32]
    tags: NDArray[np.uint8]
    rows: NDArray[np.uint32]


def bucket_bits(entries: int, a_bucket: int) -> int:
    """How many bits name a bucket, so that it holds about `a_bucket` of `entries`."""
    return max(1, (max(1, entries // a_bucket)).bit_length())


@inlined
def bucket_of(hashed, shift):  # type: ignore[no-untyped-def]
    return np.int64(hashed >> np.uint64(shift))


@inlined
def tag_of(hashed):  # type: ignore[no-untyped-def]
    return np.uint8(hashed & np.uint64(0xFF))


@kernel
def shift_of(starts):  # type: ignore[no-untyped-def]
    """By how many bits a hash is shifted to name one of the len(starts) - 1 buckets."""
    shift = 64
    buckets = len(starts) - 1
    while buckets > 1:
        buckets >>= 1
        shift -= 1
    return shift


@kernel
def string_hashes(platforms, text, ends):  # type: ignore[no-untyped-def]
    hashes = np.empty(len(ends) - 1, dtype=np.uint64)
    for row in range(len(hashes)):
        hashes[row] = hash_bytes(platforms[row], text, ends[row], ends[row + 1])
    return hashes


@kernel
def _fill(hashes, rows, bits):  # type: ignore[no-untyped-def]
    shift = 64 - bits
    starts = np.zeros((1 << bits) + 1, dtype=np.uint32)
    for hashed in hashes:
        starts[bucket_of(hashed, shift) + 1] += np.uint32(1)
    for bucket in range(1 << bits):
        starts[bucket + 1] += starts[bucket]
    at = starts[:-1].copy()
    tags = np.empty(len(hashes), dtype=np.uint8)
    found = np.empty(len(hashes), dtype=np.uint32)
    for entry in range(len(hashes)):
        bucket = bucket_of(hashes[entry], shift)
        place = at[bucket]
        at[bucket] += np.uint32(1)
        tags[place] = tag_of(hashes[entry])
        found[place] = rows[entry]
    return starts, tags, found


def build_exact_table(hashes: NDArray[np.uint64], rows: NDArray[np.uint32]) -> ExactTable:
    """The table of `rows` by the hashes of their strings; no string twice."""
    return ExactTable(*_fill(hashes, rows, bucket_bits(len(hashes), ENTRIES_A_BUCKET)))


@kernel
def _entry_with(tags, tag, first, last):  # type: ignore[no-untyped-def]
    """The first entry in [first, last) with the tag, -1 for none."""
    for entry in range(first, last):
        if tags[entry] == tag:
            return entry
    return -1


@kernel
def _is_at(text, start, end, known, known_ends, row):  # type: ignore[no-untyped-def]
    first = np.int64(known_ends[row])
    if np.int64(known_ends[row + 1]) - first != end - start:
        return False
    for at in range(end - start):  # noqa: SIM110 - a kernel has no all()
        if known[first + at] != text[start + at]:
            return False
    return True


@kernel
def look_up(  # type: ignore[no-untyped-def]
    platforms, text, ends, table_starts, table_tags, table_rows, row_starts, known, known_ends
):
    """The row of each asked string, -1 for none.

    `row_starts` are the bounds of each platform's rows; `known` and `known_ends` the rows' strings.
    Each loop only reads what the one before has found, so that the memory's delays overlap.
    """
    count = len(ends) - 1
    rows = np.empty(count, dtype=np.int64)
    hashes = np.empty(count, dtype=np.uint64)
    lows = np.empty(count, dtype=np.int64)
    highs = np.empty(count, dtype=np.int64)
    shift = shift_of(table_starts)
    for asked in range(count):
        hashes[asked] = hash_bytes(platforms[asked], text, ends[asked], ends[asked + 1])
    for asked in range(count):
        bucket = bucket_of(hashes[asked], shift)
        lows[asked] = table_starts[bucket]
        highs[asked] = table_starts[bucket + 1]
        if platforms[asked] >= len(row_starts) - 1 or ends[asked] == ends[asked + 1]:
            highs[asked] = lows[asked]
    for asked in range(count):
        lows[asked] = _entry_with(table_tags, tag_of(hashes[asked]), lows[asked], highs[asked])
    for asked in range(count):
        entry = lows[asked]
        rows[asked] = -1
        while entry >= 0:
            row = np.int64(table_rows[entry])
            platform = platforms[asked]
            if row_starts[platform] <= row < row_starts[platform + 1] and _is_at(
                text, np.int64(ends[asked]), np.int64(ends[asked + 1]), known, known_ends, row
            ):
                rows[asked] = row
                break
            entry = _entry_with(table_tags, tag_of(hashes[asked]), entry + 1, highs[asked])
    return rows
