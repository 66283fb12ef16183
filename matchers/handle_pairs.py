"""Two handles compared, one pair at a time: what a live change of the register is asked by.

The same kernels as for the whole register, so a change is found by what finds everybody else.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from matchers.blocking import MOST_KEYS, keys_of
from matchers.evidence_levels import DIGIT_LEVELS, EDITS, HANDLE_LEVELS, DigitLevel, HandleLevel
from matchers.handle_affixes import AFFIXES, MOST_CORES
from matchers.handle_fold import LONGEST, fold, host_start, local_end
from matchers.jit import kernel
from matchers.key_hash import place_of
from matchers.proposals import compare_handles
from matchers.string_columns import columns_of
from streams.records import PLATFORMS


class HandleParts(NamedTuple):
    """A handle taken apart; `raw` where too few letters are left for a skeleton."""

    letters: bytes
    skeleton: bytes
    digits: bytes
    raw: bool


def take_apart(platform: str, handle: str) -> HandleParts:
    """The parts of a normalised handle that are compared; about 3 µs."""
    text = _bytes(handle)
    letters, skeleton, digits = (np.empty(LONGEST, dtype=np.uint8) for _ in range(3))
    local = local_end(PLATFORMS.index(platform), text, 0, len(text))
    count, size, digit_count, raw = fold(text, 0, local, letters, skeleton, digits)
    return HandleParts(
        letters[:count].tobytes(), skeleton[:size].tobytes(), digits[:digit_count].tobytes(), raw
    )


def blocking_keys(platform: str, handle: str) -> list[int]:
    """The hashes that a normalised handle is filed and looked for under; no repeats."""
    return list(dict.fromkeys(keys_of_batch([(platform, handle)])[0]))


def keys_of_batch(keys: Sequence[tuple[str, str]]) -> tuple[list[int], list[int]]:
    """The hashes of all (platform, normalised handle), and the place of the key each belongs to."""
    codes, handles = columns_of(keys)
    hashes, asked = _batch_keys(codes, *handles, AFFIXES)
    return hashes.tolist(), asked.tolist()


def compare(platform: str, ours: str, theirs: str) -> tuple[HandleLevel, DigitLevel] | None:
    """How two normalised handles of one platform compare; None where they are not alike."""
    level, digits = compare_handles(
        PLATFORMS.index(platform), _bytes(ours), _bytes(theirs), AFFIXES
    )
    if level >= len(HANDLE_LEVELS):
        return None
    found = HANDLE_LEVELS[level]
    if found in EDITS:
        first, second = (take_apart(platform, handle).skeleton for handle in (ours, theirs))
        if OSA.distance(first, second) > max(1, abs(len(first) - len(second))):
            return None
    return found, DIGIT_LEVELS[digits]


def _bytes(handle: str) -> NDArray[np.uint8]:
    return np.frombuffer(handle.encode(), dtype=np.uint8)


@kernel
def _batch_keys(platforms, text, ends, affixes):  # type: ignore[no-untyped-def]
    letters = np.empty(LONGEST, dtype=np.uint8)
    skeleton = np.empty(LONGEST, dtype=np.uint8)
    digits = np.empty(LONGEST, dtype=np.uint8)
    keys = np.empty(MOST_KEYS, dtype=np.uint64)
    found_cores = np.empty((MOST_CORES, 2), dtype=np.int64)
    hashes = np.empty(16 * len(platforms) + MOST_KEYS, dtype=np.uint64)
    asked = np.empty(len(hashes), dtype=np.int64)
    written = 0
    for query in range(len(platforms)):
        start, end = np.int64(ends[query]), np.int64(ends[query + 1])
        local = local_end(platforms[query], text, start, end)
        _, size, _, raw = fold(text, start, local, letters, skeleton, digits)
        if size == 0:
            continue
        host = host_start(platforms[query], local, end)
        place = place_of(platforms[query], text, host, end)
        count = keys_of(skeleton, size, raw, place, affixes, found_cores, keys)
        if written + count > len(hashes):
            hashes = np.concatenate((hashes, np.empty_like(hashes)))
            asked = np.concatenate((asked, np.empty_like(asked)))
        hashes[written : written + count] = keys[:count]
        asked[written : written + count] = query
        written += count
    return hashes[:written], asked[:written]
