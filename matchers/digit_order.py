"""The order of the digits in handles, by which the rows of a group stand.

Digits are compared from the left, as words are: none, then `1`, `10`, `2`. The first nine make a
number of 32 bits that orders as they do; only more than nine have to be compared one by one.
"""

from typing import Final

import numpy as np

from matchers.jit import kernel

IN_KEY: Final = 9
"""11 ** 9 is just below 2 ** 32: ten digits, and none."""


@kernel
def digit_key(digits, size):  # type: ignore[no-untyped-def]
    """The first `IN_KEY` of the digits (ASCII) as a number that orders as they do; none is 0."""
    key = np.uint64(0)
    for at in range(IN_KEY):
        key *= np.uint64(11)
        if at < size:
            key += np.uint64(digits[at] - 47)
    return np.uint32(key)


@kernel
def is_cut(key):  # type: ignore[no-untyped-def]
    """Whether there may be more digits than the key holds."""
    return key % np.uint32(11) != 0


@kernel
def compare_digits(ours, size, theirs, their_size):  # type: ignore[no-untyped-def]
    """-1, 0 or 1: how `theirs` stands to `ours` in the order of the rows of a group."""
    for at in range(min(size, their_size)):
        if theirs[at] != ours[at]:
            return -1 if theirs[at] < ours[at] else 1
    if size == their_size:
        return 0
    return -1 if their_size < size else 1
