"""From the rows that stand to the register's content: one row an account, one item a person.

One account under two people is nobody's: all its rows are refused. The same account twice under
one person keeps the newest declaration. An account id under two handles is refused with both.
Where a person's rows differ in name, region or agency, the newest declaration tells. People are in
the order of their numbers, so the same rows give the same content in whatever order they come.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from config.errors import RegisterError
from lists.register_artifact import IDENTITY_COLUMNS, RegisterContent
from lists.register_assembly import AccountColumns, PeopleColumns, assemble, strings_of
from lists.register_checks import CheckedRows, RefusalReason, RefusedRow
from matchers.exact_table import string_hashes
from matchers.jit import kernel
from matchers.names import parse_name

MANY_NAMES: Final = 200_000
"""From so many distinct names on, a second process is worth its start."""
NAMES_A_TASK: Final = 20_000
MOST_CODES: Final = 65_535


def joined(parts: Sequence[CheckedRows]) -> CheckedRows:
    """All chunks' rows in one."""
    columns: list[Any] = []
    for column in zip(*parts, strict=True):
        if isinstance(column[0], np.ndarray):
            columns.append(np.concatenate(column))
        else:
            columns.append(pa.concat_arrays(column))
    return CheckedRows(*columns)


def unique_accounts(rows: CheckedRows) -> tuple[CheckedRows, list[RefusedRow]]:
    """The rows that are the only or newest of their account, and the others as refused."""
    refused = dict(_double_handles(rows))
    stands = np.ones(len(rows.lines), dtype=bool)
    stands[list(refused)] = False
    rows_left = np.flatnonzero(stands)
    for row in _ids_of_two(rows, rows_left):
        refused[row] = RefusalReason.ID_OF_TWO
        stands[row] = False
    listed = [RefusedRow(int(rows.lines[row]), reason) for row, reason in refused.items()]
    return (_kept(rows, stands) if refused else rows), listed


def content_of(rows: CheckedRows, stage: Callable[[str], None]) -> RegisterContent:
    """The register's content; `stage` is told what begins. Raises RegisterError where too large."""
    stage("people")
    encoded = rows.person_ids.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), dtype=np.uint32)
    places[order] = np.arange(len(order), dtype=np.uint32)
    people = places[encoded.indices.to_numpy(zero_copy_only=False)]
    newest = np.zeros(len(order), dtype=np.int64)
    _newest_rows(people, rows.declared_on, rows.lines, newest)
    at = pa.array(newest)
    regions, region_codes = _codes(rows.region_codes.take(at))
    agencies, agency_codes = _codes(rows.agency_codes.take(at))
    official_names = rows.names.take(at)
    stage("names")
    names, titles = parse_names(official_names)
    stage("index")
    arrays = assemble(
        AccountColumns(
            rows.platforms,
            rows.handles,
            rows.account_ids,
            people,
            rows.declared_on,
            rows.withdrawn_on,
        ),
        PeopleColumns(names, regions, agencies, titles),
    )
    agency_column = rows.agency_codes.take(at)
    identities = pa.table(
        [
            encoded.dictionary.take(pa.array(order)),
            official_names,
            pc.if_else(pc.equal(agency_column, ""), None, agency_column),
        ],
        schema=IDENTITY_COLUMNS,
    )
    return RegisterContent(arrays, region_codes, agency_codes, identities)


def parse_names(names: pa.Array) -> tuple[pa.Array, NDArray[np.uint32]]:
    """Canonical names and title bits of names as given, each distinct one parsed once."""
    encoded = names.dictionary_encode()
    distinct: list[str] = encoded.dictionary.to_pylist()
    if len(distinct) >= MANY_NAMES and (os.cpu_count() or 1) > 1:
        tasks = [
            distinct[first : first + NAMES_A_TASK]
            for first in range(0, len(distinct), NAMES_A_TASK)
        ]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            parsed = list(pool.map(_parse, tasks))
    else:
        parsed = [_parse(distinct)]
    canonical = pa.array([name for part, _ in parsed for name in part], pa.large_string())
    titles = np.array([bits for _, part in parsed for bits in part], dtype=np.uint32)
    indices = encoded.indices
    return canonical.take(indices), titles[indices.to_numpy(zero_copy_only=False)]


def _parse(names: Sequence[str]) -> tuple[list[str], list[int]]:
    parsed = [parse_name(name) for name in names]
    return [name.canonical for name in parsed], [name.titles for name in parsed]


def _codes(column: pa.Array) -> tuple[NDArray[np.uint16], list[str]]:
    """A column of codes as places in a sorted list that begins with the empty code."""
    encoded = column.dictionary_encode()
    known: list[str] = encoded.dictionary.to_pylist()
    codes = ["", *sorted(set(known) - {""})]
    if len(codes) > MOST_CODES:
        raise RegisterError(
            f"register source: {len(codes)} different region or agency codes, at most {MOST_CODES} "
            "fit. Is another column in their place?"
        )
    place_of = {code: place for place, code in enumerate(codes)}
    places = np.array([place_of[code] for code in known], dtype=np.uint16)
    indices = encoded.indices.to_numpy(zero_copy_only=False)
    return (places[indices] if len(places) else np.zeros(len(column), np.uint16)), codes


@kernel
def _newest_rows(people, declared, lines, newest):  # type: ignore[no-untyped-def]
    """Write for each person the row of the newest declaration, the later line on the same day."""
    newest[:] = -1
    for row in range(len(people)):
        known = newest[people[row]]
        if (
            known < 0
            or declared[row] > declared[known]
            or (declared[row] == declared[known] and lines[row] > lines[known])
        ):
            newest[people[row]] = row


def _double_handles(rows: CheckedRows) -> Iterable[tuple[int, RefusalReason]]:
    strings = strings_of(rows.handles, "handles")
    accounts: dict[tuple[int, str], list[int]] = {}
    for row in _sharing(string_hashes(rows.platforms, *strings)).tolist():
        key = int(rows.platforms[row]), rows.handles[row].as_py()
        accounts.setdefault(key, []).append(row)
    for found in accounts.values():
        if len({rows.person_ids[row].as_py() for row in found}) > 1:
            yield from ((row, RefusalReason.TWO_PEOPLE) for row in found)
            continue
        newest = max(found, key=lambda row: (rows.declared_on[row], rows.lines[row]))
        yield from ((row, RefusalReason.DUPLICATE) for row in found if row != newest)


def _ids_of_two(rows: CheckedRows, left: NDArray[np.int64]) -> Iterable[int]:
    ids = rows.account_ids.take(pa.array(left))
    strings = strings_of(ids, "account ids")
    with_id = np.flatnonzero(np.diff(strings.ends.astype(np.int64)))
    hashes = string_hashes(rows.platforms[left], *strings)
    accounts: dict[tuple[int, str], list[int]] = {}
    for place in with_id[_sharing(hashes[with_id])].tolist():
        row = int(left[place])
        key = int(rows.platforms[row]), rows.account_ids[row].as_py()
        accounts.setdefault(key, []).append(row)
    return [row for found in accounts.values() if len(found) > 1 for row in found]


def _sharing(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Places whose hash is that of another place too."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    same = ordered[1:] == ordered[:-1]
    shared = np.zeros(len(order), dtype=bool)
    shared[1:] |= same
    shared[:-1] |= same
    return np.sort(order[shared])


def _kept(rows: CheckedRows, stands: NDArray[np.bool_]) -> CheckedRows:
    mask = pa.array(stands)
    columns: list[Any] = [
        column[stands] if isinstance(column, np.ndarray) else pc.filter(column, mask)
        for column in rows
    ]
    return CheckedRows(*columns)
