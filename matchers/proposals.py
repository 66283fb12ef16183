"""Who could be behind a handle: the registered accounts whose handle is almost the same.

One call for a whole batch. Groups come from the blocking keys; the kernel keeps those whose
skeleton is equal, one edit apart or equal but for an affix, and splits each into runs of rows by
how the digits compare. It only proposes: :mod:`matchers.handle_levels` settles every similarity.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.blocking import DELETIONS_FROM, MOST_KEYS, Blocks, keys_of
from matchers.digit_order import compare_digits, digit_key, is_cut
from matchers.exact_table import Strings, bucket_of, shift_of, tag_of
from matchers.handle_affixes import AFFIXES, MOST_CORES, cores
from matchers.handle_fold import LONGEST, fold, host_start, letters_of, local_end
from matchers.jit import kernel
from matchers.key_hash import place_of

# Codes of `HandleLevel` and `DigitLevel`, in the order of the enumerations.
SAME: Final = 0
SEPARATORS: Final = 1
SKELETON: Final = 2
AFFIX: Final = 3
INSERTED: Final = 4
DELETED: Final = 5
SUBSTITUTED: Final = 6
SWAPPED: Final = 7
UNLIKE: Final = 255

AGREE: Final = 0
NO_DIGITS: Final = 1
ONE_SIDED: Final = 2
CONFLICT: Final = 3

FEW_GROUPS: Final = 64
"""Up to so many, a group is looked for among those before it; more are sorted."""


class Proposals(NamedTuple):
    """Runs of registered rows, one item a run, by asked handle.

    Run i is the rows [first[i], last[i]) for the asked handle `asked[i]`; all its rows have
    `level[i]` and `digits[i]`. `pair[i]` numbers the pair of skeletons that similarity is to be
    computed of, -1 where they are equal; the pairs' skeletons, asked then registered, are the lines
    of `skeletons`.
    """

    asked: NDArray[np.int32]
    level: NDArray[np.uint8]
    digits: NDArray[np.uint8]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    pair: NDArray[np.int32]
    skeletons: list[str]


@kernel
def compare_skeletons(ours, size, theirs, their_size):  # type: ignore[no-untyped-def]
    """SKELETON for equal ones, else the one edit that makes `theirs` `ours`, else UNLIKE."""
    if abs(size - their_size) > 2:
        return UNLIKE
    shorter = min(size, their_size)
    front = 0
    while front < shorter and ours[front] == theirs[front]:
        front += 1
    if front == shorter and size == their_size:
        return SKELETON
    back = 0
    while back < shorter - front and ours[size - 1 - back] == theirs[their_size - 1 - back]:
        back += 1
    left, their_left = size - front - back, their_size - front - back
    if left == 1 and their_left == 0:
        return INSERTED
    if left == 0 and their_left == 1:
        return DELETED
    if left == 1 and their_left == 1:
        return SUBSTITUTED
    if left + their_left == 2 and left != their_left:
        # One letter too, where it stood between two equal ones, which folding makes one.
        longer = ours if left else theirs
        if front and longer[front - 1] == longer[front + 1]:
            return INSERTED if left else DELETED
        if longer[front] == longer[front + 2] and front + 2 < max(size, their_size):
            return INSERTED if left else DELETED
        return UNLIKE
    if (
        left == 2
        and their_left == 2
        and ours[front] == theirs[front + 1]
        and ours[front + 1] == theirs[front]
    ):
        return SWAPPED
    return UNLIKE


@kernel
def _equal(ours, first, last, theirs, their_first, their_last):  # type: ignore[no-untyped-def]
    if last - first != their_last - their_first:
        return False
    for at in range(last - first):  # noqa: SIM110 - a kernel has no all()
        if ours[first + at] != theirs[their_first + at]:
            return False
    return True


@kernel
def equal_but_for_affixes(ours, size, our_cores, count, theirs, their_size, their_cores, affixes):  # type: ignore[no-untyped-def]
    """Whether two skeletons are equal without a prefix or suffix of either."""
    their_count = cores(theirs, their_size, affixes, their_cores)
    for row in range(count):
        if _equal(ours, our_cores[row, 0], our_cores[row, 1], theirs, 0, their_size):
            return True
    for their_row in range(their_count):
        first, last = their_cores[their_row, 0], their_cores[their_row, 1]
        if _equal(ours, 0, size, theirs, first, last):
            return True
        for row in range(count):
            if _equal(ours, our_cores[row, 0], our_cores[row, 1], theirs, first, last):
                return True
    return False


@kernel
def compare_folded(  # type: ignore[no-untyped-def]
    ours, size, raw, our_cores, core_count, theirs, their_size, their_raw, their_cores, affixes
):
    """SKELETON, AFFIX or the kind of edit between two skeletons, UNLIKE where they are none."""
    if raw or their_raw:
        return SKELETON if _equal(ours, 0, size, theirs, 0, their_size) else UNLIKE
    level = compare_skeletons(ours, size, theirs, their_size)
    if level != SKELETON and max(size, their_size) < DELETIONS_FROM:
        return UNLIKE
    if level == UNLIKE and equal_but_for_affixes(
        ours, size, our_cores, core_count, theirs, their_size, their_cores, affixes
    ):
        return AFFIX
    return level


@kernel
def compare_handles(platform, ours, theirs, affixes):  # type: ignore[no-untyped-def]
    """The codes of the handle level and the digit level of two handles of one platform."""
    letters = np.empty((2, LONGEST), dtype=np.uint8)
    skeletons = np.empty((2, LONGEST), dtype=np.uint8)
    digits = np.empty((2, LONGEST), dtype=np.uint8)
    found_cores = np.empty((2, MOST_CORES, 2), dtype=np.int64)
    local = local_end(platform, ours, 0, len(ours))
    their_local = local_end(platform, theirs, 0, len(theirs))
    host = host_start(platform, local, len(ours))
    their_host = host_start(platform, their_local, len(theirs))
    if not _equal(ours, host, len(ours), theirs, their_host, len(theirs)):
        return UNLIKE, NO_DIGITS
    count, size, digit_count, raw = fold(ours, 0, local, letters[0], skeletons[0], digits[0])
    their_count, their_size, their_digit_count, their_raw = fold(
        theirs, 0, their_local, letters[1], skeletons[1], digits[1]
    )
    if size == 0 or their_size == 0:  # separators only: filed nowhere
        return UNLIKE, NO_DIGITS
    if _equal(ours, 0, local, theirs, 0, their_local):
        return SAME, NO_DIGITS
    core_count = 0 if raw else cores(skeletons[0], size, affixes, found_cores[0])
    level = compare_folded(
        skeletons[0], size, raw, found_cores[0], core_count,
        skeletons[1], their_size, their_raw, found_cores[1], affixes,
    )  # fmt: skip
    if level == SKELETON and _equal(letters[0], 0, count, letters[1], 0, their_count):
        level = SEPARATORS
    if digit_count == 0 and their_digit_count == 0:
        return level, NO_DIGITS
    if digit_count == 0 or their_digit_count == 0:
        return level, ONE_SIDED
    if compare_digits(digits[0], digit_count, digits[1], their_digit_count) == 0:
        return level, AGREE
    return level, CONFLICT


@kernel
def _first_not_before(  # type: ignore[no-untyped-def]
    first,
    last,
    after,
    key,
    ours,
    size,
    platform,
    known,
    known_ends,
    keys,
    letters,
    skeleton,
    digits,
):
    """The first row of a group whose digits are not before `ours` (or, `after`, are behind it)."""
    while first < last:
        middle = (first + last) // 2
        order = 0
        if keys[middle] != key:
            order = -1 if keys[middle] < key else 1
        elif is_cut(key):
            start = np.int64(known_ends[middle])
            local = local_end(platform, known, start, np.int64(known_ends[middle + 1]))
            _, _, their_size, _ = fold(known, start, local, letters, skeleton, digits)
            order = compare_digits(ours, size, digits, their_size)
        if order < 0 or (after and order == 0):
            first = middle + 1
        else:
            last = middle
    return first


@kernel
def _groups_filed(keys, count, blocks, shift, lows, highs, groups):  # type: ignore[no-untyped-def]
    """The groups filed under the keys, each once where there is room to remember; may grow
    `groups`. Returns it and how many there are.

    Each loop only reads what the one before has found, so that the memory's delays overlap.
    """
    for key in range(count):
        bucket = bucket_of(keys[key], shift)
        lows[key] = blocks.starts[bucket]
        highs[key] = blocks.starts[bucket + 1]
    found = 0
    for key in range(count):
        tag = tag_of(keys[key])
        for entry in range(lows[key], highs[key]):
            if blocks.tags[entry] == tag:
                if found == len(groups):
                    groups = np.concatenate((groups, np.empty_like(groups)))
                groups[found] = entry
                found += 1
    for place in range(found):
        groups[place] = blocks.groups[groups[place]]
    # Most handles meet few groups, and common ones few twice.
    kept = 0
    if found <= FEW_GROUPS:
        for place in range(found):
            group = groups[place]
            new = True
            for before in range(kept):
                if groups[before] == group:
                    new = False
                    break
            if new:
                groups[kept] = group
                kept += 1
    else:
        ordered = np.sort(groups[:found])
        for place in range(found):
            if place == 0 or ordered[place] != ordered[place - 1]:
                groups[kept] = ordered[place]
                kept += 1
    return groups, kept


@kernel
def _propose(  # type: ignore[no-untyped-def]
    platforms,
    text,
    ends,
    known,
    known_ends,
    row_starts,
    digit_keys,
    blocks,
    affixes,
    most,
    most_text,
):
    """Fills columns of `most` runs and `most_text` bytes; says what it would have needed."""
    asked = np.empty(most, dtype=np.int32)
    levels = np.empty(most, dtype=np.uint8)
    digit_levels = np.empty(most, dtype=np.uint8)
    firsts = np.empty(most, dtype=np.int64)
    lasts = np.empty(most, dtype=np.int64)
    pairs = np.empty(most, dtype=np.int32)
    lines = np.empty(most_text, dtype=np.uint8)
    runs = 0
    written = 0
    pair_count = 0

    letters = np.empty(LONGEST, dtype=np.uint8)
    skeleton = np.empty(LONGEST, dtype=np.uint8)
    digits = np.empty(LONGEST, dtype=np.uint8)
    their_letters = np.empty(LONGEST, dtype=np.uint8)
    their_skeleton = np.empty(LONGEST, dtype=np.uint8)
    their_digits = np.empty(LONGEST, dtype=np.uint8)
    scratch = np.empty(LONGEST, dtype=np.uint8)
    found_cores = np.empty((MOST_CORES, 2), dtype=np.int64)
    their_cores = np.empty((MOST_CORES, 2), dtype=np.int64)
    keys = np.empty(MOST_KEYS, dtype=np.uint64)
    lows = np.empty(MOST_KEYS, dtype=np.int64)
    highs = np.empty(MOST_KEYS, dtype=np.int64)
    groups = np.empty(64, dtype=np.int64)
    rows = np.empty(64, dtype=np.int64)
    row_texts = np.empty(64, dtype=np.int64)
    # The runs of one group: digits that agree (where the level holds for all), one side's, others.
    run_first = np.empty(4, dtype=np.int64)
    run_last = np.empty(4, dtype=np.int64)
    run_digits = np.empty(4, dtype=np.uint8)
    shift = shift_of(blocks.starts)
    touched = np.uint64(0)

    for query in range(len(ends) - 1):
        platform = platforms[query]
        if platform >= len(row_starts) - 1:
            continue
        start, end = np.int64(ends[query]), np.int64(ends[query + 1])
        local = local_end(platform, text, start, end)
        host = host_start(platform, local, end)
        count, size, digit_count, raw = fold(text, start, local, letters, skeleton, digits)
        if size == 0:
            continue
        place = place_of(platform, text, host, end)
        key_count = keys_of(skeleton, size, raw, place, affixes, found_cores, keys)
        core_count = 0 if raw else cores(skeleton, size, affixes, found_cores)
        groups, group_count = _groups_filed(keys, key_count, blocks, shift, lows, highs, groups)
        if len(rows) < len(groups):
            rows, row_texts = np.empty_like(groups), np.empty_like(groups)
        for at in range(group_count):
            rows[at] = blocks.group_starts[groups[at]]
        for at in range(group_count):
            row_texts[at] = known_ends[rows[at]]
        for at in range(group_count):
            touched += known[row_texts[at]]
        agreeing_digits = AGREE if digit_count else NO_DIGITS
        key = digit_key(digits, digit_count)

        for at in range(group_count):
            row = rows[at]
            if not row_starts[platform] <= row < row_starts[platform + 1]:
                continue
            row_start, row_end = row_texts[at], np.int64(known_ends[row + 1])
            row_local = local_end(platform, known, row_start, row_end)
            their_host = host_start(platform, row_local, row_end)
            if not _equal(text, host, end, known, their_host, row_end):
                continue
            _, their_size, their_digit_count, their_raw = fold(
                known, row_start, row_local, their_letters, their_skeleton, their_digits
            )
            level = compare_folded(
                skeleton, size, raw, found_cores, core_count,
                their_skeleton, their_size, their_raw, their_cores, affixes,
            )  # fmt: skip
            if level == UNLIKE:
                continue
            pair = -1
            if level >= INSERTED:
                pair = pair_count
                pair_count += 1
                need = size + their_size + 2
                if written + need <= most_text:
                    lines[written : written + size] = skeleton[:size]
                    lines[written + size] = 10
                    lines[written + size + 1 : written + need - 1] = their_skeleton[:their_size]
                    lines[written + need - 1] = 10
                written += need

            group_end = np.int64(blocks.group_starts[groups[at] + 1])
            if group_end - row == 1:
                none_end = row if their_digit_count else group_end
                order = compare_digits(digits, digit_count, their_digits, their_digit_count)
                agree_start = group_end if order < 0 else row
                agree_end = row if order > 0 else group_end
            else:
                # The rows by digits: none, then those before, equal to and behind the asked ones.
                none_end = _first_not_before(
                    row, group_end, True, np.uint32(0), digits, 0, platform, known, known_ends,
                    digit_keys, their_letters, their_skeleton, scratch,
                )  # fmt: skip
                agree_start, agree_end = row, none_end
                if digit_count:
                    agree_start = _first_not_before(
                        none_end, group_end, False, key, digits, digit_count, platform, known,
                        known_ends, digit_keys, their_letters, their_skeleton, scratch,
                    )  # fmt: skip
                    agree_end = _first_not_before(
                        agree_start, group_end, True, key, digits, digit_count, platform, known,
                        known_ends, digit_keys, their_letters, their_skeleton, scratch,
                    )  # fmt: skip
            run_first[0], run_last[0], run_digits[0] = agree_start, agree_end, agreeing_digits
            run_first[1], run_last[1], run_digits[1] = row, none_end, ONE_SIDED
            run_first[2], run_last[2], run_digits[2] = none_end, agree_start, CONFLICT
            run_first[3] = max(agree_end, none_end)
            run_last[3], run_digits[3] = group_end, CONFLICT
            if digit_count == 0:
                run_last[1] = row
                run_last[2] = none_end
                run_digits[3] = ONE_SIDED

            for part in range(4):
                first, last = run_first[part], run_last[part]
                while first < last:
                    own, own_digits, own_last = level, run_digits[part], last
                    if part == 0 and level == SKELETON:
                        # Of those with the same digits too, each is looked at by itself.
                        own_last = first + 1
                        a_start = np.int64(known_ends[first])
                        a_local = local_end(
                            platform, known, a_start, np.int64(known_ends[own_last])
                        )
                        if _equal(text, start, local, known, a_start, a_local):
                            # The same digits of the very same handle are no further evidence.
                            own, own_digits = SAME, np.uint8(NO_DIGITS)
                        else:
                            their_count = letters_of(known, a_start, a_local, their_letters)
                            if _equal(letters, 0, count, their_letters, 0, their_count):
                                own = SEPARATORS
                    if runs < most:
                        asked[runs] = query
                        levels[runs] = own
                        digit_levels[runs] = own_digits
                        firsts[runs] = first
                        lasts[runs] = own_last
                        pairs[runs] = pair
                    runs += 1
                    first = own_last
    # `touched` is given back so that the compiler does not leave the reading out.
    return asked, levels, digit_levels, firsts, lasts, pairs, lines, runs, written, touched


class KnownHandles(NamedTuple):
    """The registered handles in their final order, the first row of each platform, and each row's
    digits as a key."""

    text: NDArray[np.uint8]
    ends: NDArray[np.uint32]
    row_starts: NDArray[np.uint32]
    digit_keys: NDArray[np.uint32]


RUNS_AN_ASKED: Final = 24
"""Room for runs to begin with; asked again with more where it does not do."""
BYTES_A_RUN: Final = 24


def propose(
    platforms: NDArray[np.uint8], asked: Strings, known: KnownHandles, blocks: Blocks
) -> Proposals:
    """All runs for a batch of normalised handles, in the order asked; a run's rows are ascending.

    `platforms` are places in `PLATFORMS`. An empty handle has none.
    """
    room = RUNS_AN_ASKED * len(platforms) + 64
    text_room = BYTES_A_RUN * room
    while True:
        *columns, lines, runs, written, _ = _propose(
            platforms, asked.text, asked.ends, *known, blocks, AFFIXES, room, text_room
        )
        if runs <= room and written <= text_room:
            break
        room, text_room = max(room, runs), max(text_room, written)
    places, level, digits, first, last, pair = (column[:runs] for column in columns)
    skeletons = lines[:written].tobytes().decode("latin-1").split("\n")[:-1]
    return Proposals(places, level, digits, first, last, pair, skeletons)
