"""The register as flat arrays, which can lie in memory or in files that are mapped.

Rows of accounts stand by platform, then group (see :mod:`matchers.blocking`), then digits, then
handle. Days are whole days since 31 December 1999, 0 for none. Codes of regions and agencies are
places in lists of their own, which are small.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.blocking import Blocks
from matchers.exact_table import ExactTable, Strings
from matchers.jit import kernel
from matchers.key_hash import hash_bytes

DAY_ZERO: Final = date(1999, 12, 31)
NO_DAY: Final = 0
NO_CODE: Final = 0
"""The first of the region and the agency codes is the empty one."""


class Accounts(NamedTuple):
    """One item a row. `account_ids` are empty where the register holds none; `people` are places
    in the other table; `digit_keys` are the handles' digits (:mod:`matchers.digit_order`);
    `name_words` are hashes of the people's names (:func:`words_hashes`); `row_starts` are the
    first rows of the platforms and the number of rows."""

    handles: Strings
    account_ids: Strings
    digit_keys: NDArray[np.uint32]
    people: NDArray[np.uint32]
    name_words: NDArray[np.uint32]
    declared_on: NDArray[np.uint16]
    withdrawn_on: NDArray[np.uint16]
    row_starts: NDArray[np.uint32]


class People(NamedTuple):
    """One item a person; `names` are places in the table of names, `titles` are bits."""

    names: NDArray[np.uint32]
    regions: NDArray[np.uint16]
    agencies: NDArray[np.uint16]
    titles: NDArray[np.uint32]


class Names(NamedTuple):
    """Each canonical name once, names of the same words together, with its number of bearers."""

    names: Strings
    bearers: NDArray[np.uint32]


class RegisterArrays(NamedTuple):
    """All that is asked of a register but its pseudonyms; nothing of it ever changes."""

    accounts: Accounts
    people: People
    names: Names
    by_handle: ExactTable
    by_account_id: ExactTable
    blocks: Blocks


@kernel
def words_hashes(text, ends):  # type: ignore[no-untyped-def]
    """For each name a hash that does not depend on the order of its words."""
    hashes = np.empty(len(ends) - 1, dtype=np.uint32)
    for row in range(len(hashes)):
        start, end = np.int64(ends[row]), np.int64(ends[row + 1])
        total = np.uint64(0)
        first = np.int64(start)
        for at in range(start, end + 1):
            if at == end or text[at] == 32:
                total += hash_bytes(0, text, first, at)
                first = np.int64(at + 1)
        hashes[row] = np.uint32(total >> np.uint64(32))
    return hashes


@kernel
def rows_with_words(asked, firsts, lasts, wanted, name_words):  # type: ignore[no-untyped-def]
    """Those rows of the runs [first, last) whose person's name has the hash of words that is wanted
    by who asked; and who asked."""
    found = np.empty(64, dtype=np.int64)
    by = np.empty(64, dtype=np.int64)
    count = 0
    for run in range(len(firsts)):
        for row in range(firsts[run], lasts[run]):
            if name_words[row] == wanted[asked[run]]:
                if count == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                    by = np.concatenate((by, np.empty_like(by)))
                found[count] = row
                by[count] = asked[run]
                count += 1
    return by[:count], found[:count]


def string_at(strings: Strings, row: int) -> str:
    return bytes(strings.text[int(strings.ends[row]) : int(strings.ends[row + 1])]).decode()


def day_number(day: date | None) -> int:
    return NO_DAY if day is None else (day - DAY_ZERO).days


@lru_cache(maxsize=16_384)
def day_of(number: int) -> date | None:
    return None if number == NO_DAY else DAY_ZERO + timedelta(days=number)
