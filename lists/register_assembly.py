"""From columns in any order to the register's arrays: sorted, grouped, filed, hashed.

The same accounts and people give the same arrays, in whatever order they come.
"""

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from config.errors import RegisterError
from matchers.blocking import build_blocks, own_keys
from matchers.digit_order import compare_digits, digit_key
from matchers.exact_table import Strings, build_exact_table, string_hashes
from matchers.handle_fold import LONGEST, fold, local_end
from matchers.jit import kernel
from matchers.register_arrays import Accounts, Names, People, RegisterArrays, words_hashes
from streams.records import PLATFORMS

MOST_BYTES: Final = 2**32 - 1
"""Of all handles, ids or names together: places in the text have 32 bits."""


class AccountColumns(NamedTuple):
    """Accounts in any order. `handles` and `account_ids` are Arrow strings; the ids may be null."""

    platforms: NDArray[np.uint8]
    handles: pa.Array
    account_ids: pa.Array
    people: NDArray[np.uint32]
    declared_on: NDArray[np.uint16]
    withdrawn_on: NDArray[np.uint16]


class PeopleColumns(NamedTuple):
    """People, one item each; `names` are canonical, regions and agencies places in code lists."""

    names: pa.Array
    regions: NDArray[np.uint16]
    agencies: NDArray[np.uint16]
    titles: NDArray[np.uint32]


def assemble(accounts: AccountColumns, people: PeopleColumns) -> RegisterArrays:
    """Raises RegisterError where there is more text than fits."""
    handles = strings_of(accounts.handles, "handles")
    order, own, digit_keys = _final_order(accounts.platforms, handles)
    platforms = accounts.platforms[order]
    handles = _reorder(handles, order)
    account_ids = _reorder(strings_of(accounts.account_ids, "account ids"), order)
    own = own[order]
    rows = np.arange(len(order), dtype=np.uint32)
    with_id = np.flatnonzero(np.diff(account_ids.ends.astype(np.int64))).astype(np.uint32)
    names, person_names = _names(people.names)
    owners = accounts.people[order].astype(np.uint32)
    name_words = words_hashes(*names.names)[person_names][owners]
    return RegisterArrays(
        accounts=Accounts(
            handles=handles,
            account_ids=account_ids,
            digit_keys=digit_keys[order],
            people=owners,
            name_words=name_words,
            declared_on=accounts.declared_on[order],
            withdrawn_on=accounts.withdrawn_on[order],
            row_starts=np.searchsorted(platforms, np.arange(len(PLATFORMS) + 1)).astype(np.uint32),
        ),
        people=People(person_names, people.regions, people.agencies, people.titles),
        names=names,
        by_handle=build_exact_table(string_hashes(platforms, *handles), rows),
        by_account_id=build_exact_table(string_hashes(platforms, *account_ids)[with_id], with_id),
        blocks=build_blocks(platforms, *handles, _group_starts(platforms, own)),
    )


def strings_of(values: pa.Array, what: str) -> Strings:
    """An Arrow column of strings as flat text; null becomes empty."""
    column = values.cast(pa.large_binary()) if len(values) else pa.array([], pa.large_binary())
    if column.null_count:
        column = pc.fill_null(column, b"")
    _, ends, text = column.buffers()
    all_ends = np.frombuffer(ends, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    first, last = (int(all_ends[0]), int(all_ends[-1])) if len(all_ends) else (0, 0)
    if last - first > MOST_BYTES:
        raise RegisterError(
            f"register: {last - first} bytes of {what}, at most {MOST_BYTES} fit. "
            "Split the register."
        )
    content = (
        np.frombuffer(text, dtype=np.uint8)[first:last] if last > first else np.empty(0, np.uint8)
    )
    new_ends = (all_ends - first).astype(np.uint32) if len(all_ends) else np.zeros(1, np.uint32)
    return Strings(content.copy(), new_ends)


def _final_order(
    platforms: NDArray[np.uint8], handles: Strings
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint32]]:
    """Rows by platform, group, digits, handle; and, as given, each row's group and digits."""
    own = own_keys(platforms, *handles)
    order = np.lexsort((own, platforms)) if len(own) else np.empty(0, np.int64)
    digit_keys = _digit_keys(platforms, *handles)
    _order_groups(order, platforms, own, digit_keys, *handles)
    return order, own, digit_keys


def _group_starts(platforms: NDArray[np.uint8], own: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Where each group begins among the ordered rows, and the number of rows."""
    if not len(own):
        return np.zeros(1, dtype=np.uint32)
    new = np.flatnonzero((own[1:] != own[:-1]) | (platforms[1:] != platforms[:-1])) + 1
    return np.concatenate(([0], new, [len(own)])).astype(np.uint32)


@kernel
def _digit_keys(platforms, text, ends):  # type: ignore[no-untyped-def]
    letters = np.empty(LONGEST, dtype=np.uint8)
    skeleton = np.empty(LONGEST, dtype=np.uint8)
    digits = np.empty(LONGEST, dtype=np.uint8)
    keys = np.empty(len(platforms), dtype=np.uint32)
    for row in range(len(platforms)):
        start = np.int64(ends[row])
        local = local_end(platforms[row], text, start, np.int64(ends[row + 1]))
        _, _, size, _ = fold(text, start, local, letters, skeleton, digits)
        keys[row] = digit_key(digits, size)
    return keys


@kernel
def _before(platforms, text, ends, row, other, buffers):  # type: ignore[no-untyped-def]
    """Whether `row` stands before `other` of its group: by digits, then by the handle's bytes."""
    start, end = np.int64(ends[row]), np.int64(ends[row + 1])
    other_start, other_end = np.int64(ends[other]), np.int64(ends[other + 1])
    local = local_end(platforms[row], text, start, end)
    _, _, size, _ = fold(text, start, local, buffers[0], buffers[1], buffers[2])
    local = local_end(platforms[other], text, other_start, other_end)
    _, _, other_size, _ = fold(text, other_start, local, buffers[0], buffers[1], buffers[3])
    order = compare_digits(buffers[3], other_size, buffers[2], size)
    if order:
        return order < 0
    for at in range(min(end - start, other_end - other_start)):
        if text[start + at] != text[other_start + at]:
            return text[start + at] < text[other_start + at]
    return end - start < other_end - other_start


@kernel
def _order_groups(order, platforms, own, digit_keys, text, ends):  # type: ignore[no-untyped-def]
    """Bring the rows of each group into their order, in place."""
    buffers = np.empty((4, LONGEST), dtype=np.uint8)
    first = 0
    while first < len(order):
        row = order[first]
        last = first + 1
        while (
            last < len(order)
            and own[order[last]] == own[row]
            and platforms[order[last]] == platforms[row]
        ):
            last += 1
        if last - first > 1:
            keys = digit_keys[order[first:last]]
            by_key = np.argsort(keys, kind="mergesort")
            keys = keys[by_key]
            rows = order[first:last][by_key]
            for at in range(1, last - first):  # those with equal keys; few, and mostly in order
                moving = rows[at]
                place = at
                while (
                    place > 0
                    and keys[place - 1] == keys[at]
                    and _before(platforms, text, ends, moving, rows[place - 1], buffers)
                ):
                    rows[place] = rows[place - 1]
                    place -= 1
                rows[place] = moving
            order[first:last] = rows
        first = last


@kernel
def _reordered(text, ends, order):  # type: ignore[no-untyped-def]
    new_ends = np.empty(len(order) + 1, dtype=np.uint32)
    new_ends[0] = 0
    for place in range(len(order)):
        row = order[place]
        new_ends[place + 1] = new_ends[place] + (ends[row + 1] - ends[row])
    new_text = np.empty(new_ends[-1], dtype=np.uint8)
    for place in range(len(order)):
        start = np.int64(ends[order[place]])
        new_start = np.int64(new_ends[place])
        for at in range(np.int64(new_ends[place + 1]) - new_start):
            new_text[new_start + at] = text[start + at]
    return new_text, new_ends


def _reorder(strings: Strings, order: NDArray[np.int64]) -> Strings:
    return Strings(*_reordered(*strings, order))


def _names(names: pa.Array) -> tuple[Names, NDArray[np.uint32]]:
    """The table of names, and each person's place in it."""
    encoded = names.dictionary_encode()
    distinct = encoded.dictionary
    places = encoded.indices.to_numpy(zero_copy_only=False)
    keys = pa.array([" ".join(sorted(name.split())) for name in distinct.to_pylist()], pa.string())
    order = pc.sort_indices(
        pa.table({"words": keys, "name": distinct}),
        sort_keys=[("words", "ascending"), ("name", "ascending")],
    ).to_numpy()
    new_places = np.empty(len(order), dtype=np.uint32)
    new_places[order] = np.arange(len(order), dtype=np.uint32)
    person_names = new_places[places] if len(places) else np.empty(0, np.uint32)
    bearers = np.bincount(person_names, minlength=len(order)).astype(np.uint32)
    strings = strings_of(distinct.take(pa.array(order)), "names")
    return Names(strings, bearers), person_names
