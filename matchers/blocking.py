"""Blocking: from a handle to the groups of registered handles that are almost the same.

A *group* is all accounts of one platform and host with one skeleton; its rows stand together, by
digits, then handle. Every group is filed under its skeleton; under the skeleton without each one of
its letters (SymSpell's symmetric deletion), and as that folds where the letter stood between two
equal ones; and under what is left without a usual affix. So two groups share a key where their
skeletons are equal, one insertion, deletion, substitution or swap of neighbours apart, or equal but
for an affix.

The files are one table of buckets over the keys' hashes: an entry is a one-byte tag and a group.
What a tag lets through by chance is told by the comparison of the skeletons themselves.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.exact_table import bucket_bits, bucket_of, tag_of
from matchers.handle_affixes import AFFIXES, MOST_CORES, cores
from matchers.handle_fold import LONGEST, fold, host_start, local_end
from matchers.jit import kernel
from matchers.key_hash import BASE, BASE_INVERSE, BYTE_VALUES, place_of, spread

DELETIONS_FROM: Final = 3
"""Letters a skeleton must have for one edit to mean anything."""
POSTINGS_A_BUCKET: Final = 8
MOST_KEYS: Final = 2 * LONGEST + MOST_CORES


class Blocks(NamedTuple):
    """`group_starts` are the first rows of the groups (and the number of rows); bucket b holds the
    entries [starts[b], starts[b + 1]) of `tags` and `groups`."""

    group_starts: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    tags: NDArray[np.uint8]
    groups: NDArray[np.uint32]


@kernel
def _sum_of(skeleton, first, last):  # type: ignore[no-untyped-def]
    total = np.uint64(0)
    power = np.uint64(1)
    for at in range(first, last):
        total += BYTE_VALUES[skeleton[at]] * power
        power *= BASE
    return total


@kernel
def keys_of(skeleton, size, raw, place, affixes, found_cores, keys):  # type: ignore[no-untyped-def]
    """Write the hashes of a skeleton's blocking keys to `keys`, its own first; returns how many."""
    # The sum of all letters, then without each one: prefix sums, the rest moved one power down.
    total = _sum_of(skeleton, 0, size)
    keys[0] = spread(total + place)
    count = 1
    if raw or size < DELETIONS_FROM:
        return count
    before = np.uint64(0)
    power = np.uint64(1)
    for at in range(size):
        own = BYTE_VALUES[skeleton[at]] * power
        keys[count] = spread(before + (total - before - own) * BASE_INVERSE + place)
        count += 1
        if 0 < at < size - 1 and skeleton[at - 1] == skeleton[at + 1]:
            # Without this letter its neighbours are one, as in `ananda` and `annda`.
            both = own + BYTE_VALUES[skeleton[at + 1]] * power * BASE
            rest = (total - before - both) * BASE_INVERSE * BASE_INVERSE
            keys[count] = spread(before + rest + place)
            count += 1
        before += own
        power *= BASE
    for row in range(cores(skeleton, size, affixes, found_cores)):
        keys[count] = spread(_sum_of(skeleton, found_cores[row, 0], found_cores[row, 1]) + place)
        count += 1
    return count


@kernel
def own_keys(platforms, text, ends):  # type: ignore[no-untyped-def]
    """The hash of each handle's skeleton, platform and host: equal for accounts of one group."""
    letters = np.empty(LONGEST, dtype=np.uint8)
    skeleton = np.empty(LONGEST, dtype=np.uint8)
    digits = np.empty(LONGEST, dtype=np.uint8)
    hashes = np.empty(len(ends) - 1, dtype=np.uint64)
    for row in range(len(hashes)):
        start, end = np.int64(ends[row]), np.int64(ends[row + 1])
        local = local_end(platforms[row], text, start, end)
        _, size, _, _ = fold(text, start, local, letters, skeleton, digits)
        place = place_of(platforms[row], text, host_start(platforms[row], local, end), end)
        hashes[row] = spread(_sum_of(skeleton, 0, size) + place)
    return hashes


@kernel
def _files(platforms, text, ends, group_starts, affixes, shift, at, tags, groups):  # type: ignore[no-untyped-def]
    """File every group; without room in `tags`, count the entries of each bucket in `at` only."""
    letters = np.empty(LONGEST, dtype=np.uint8)
    skeleton = np.empty(LONGEST, dtype=np.uint8)
    digits = np.empty(LONGEST, dtype=np.uint8)
    keys = np.empty(MOST_KEYS, dtype=np.uint64)
    found_cores = np.empty((MOST_CORES, 2), dtype=np.int64)
    counting = len(tags) == 0
    for group in range(len(group_starts) - 1):
        row = np.int64(group_starts[group])
        start, end = np.int64(ends[row]), np.int64(ends[row + 1])
        local = local_end(platforms[row], text, start, end)
        _, size, _, raw = fold(text, start, local, letters, skeleton, digits)
        place = place_of(platforms[row], text, host_start(platforms[row], local, end), end)
        for key in range(keys_of(skeleton, size, raw, place, affixes, found_cores, keys)):
            bucket = bucket_of(keys[key], shift)
            place_in = at[bucket]
            at[bucket] += np.uint32(1)
            if not counting:
                tags[place_in] = tag_of(keys[key])
                groups[place_in] = group


def build_blocks(
    platforms: NDArray[np.uint8],
    text: NDArray[np.uint8],
    ends: NDArray[np.uint32],
    group_starts: NDArray[np.uint32],
) -> Blocks:
    """File the groups of rows that are in their final order."""
    mean_keys = 10
    bits = bucket_bits(len(group_starts) * mean_keys, POSTINGS_A_BUCKET)
    counts = np.zeros((1 << bits) + 1, dtype=np.uint32)
    none8, none32 = np.empty(0, np.uint8), np.empty(0, np.uint32)
    arguments = (platforms, text, ends, group_starts, AFFIXES, 64 - bits)
    _files(*arguments, counts[1:], none8, none32)
    starts = np.cumsum(counts, dtype=np.uint32)
    tags = np.empty(int(starts[-1]), dtype=np.uint8)
    groups = np.empty(int(starts[-1]), dtype=np.uint32)
    _files(*arguments, starts[:-1].copy(), tags, groups)
    return Blocks(group_starts, starts, tags, groups)
