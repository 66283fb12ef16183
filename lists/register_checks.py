"""Which rows of a register's source stand, and why the others do not.

One kernel settles the ordinary row: everything present, in its normal form, and in range. What it
does not settle is checked by :func:`check_row`, which alone knows why a row is refused. A refusal
says the line and why, never what stood there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lists.register_ordinary import LONGEST, LONGEST_OTHER, ordinary_rows
from lists.register_source import Chunk
from matchers.active_period import parse_day
from matchers.handles import normalise
from matchers.register_arrays import day_number
from streams.records import PLATFORMS, Platform


class RefusalReason(StrEnum):
    """Why a row of the source is not in the register."""

    UNREADABLE = "unreadable_row"
    TOO_LONG = "value_too_long"
    NO_PERSON = "no_person_id"
    NO_DECLARATION = "no_declaration"
    BAD_DATE = "bad_date"
    WITHDRAWN_FIRST = "withdrawn_before_declared"
    UNKNOWN_PLATFORM = "unknown_platform"
    INVALID_HANDLE = "invalid_handle"
    TWO_PEOPLE = "one_account_under_two_people"
    ID_OF_TWO = "one_account_id_under_two_handles"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    reason: RefusalReason


class CheckedRow(NamedTuple):
    """One row that stands: stripped, the handle normalised, days as numbers, "" for no value."""

    person_id: str
    name: str
    agency_code: str
    region_code: str
    platform: int
    account_id: str
    handle: str
    declared_on: int
    withdrawn_on: int


class CheckedRows(NamedTuple):
    """The rows of a chunk that stand, as columns; see :class:`CheckedRow`."""

    person_ids: pa.Array
    names: pa.Array
    agency_codes: pa.Array
    region_codes: pa.Array
    platforms: NDArray[np.uint8]
    account_ids: pa.Array
    handles: pa.Array
    declared_on: NDArray[np.uint16]
    withdrawn_on: NDArray[np.uint16]
    lines: NDArray[np.int64]


def check_chunk(chunk: Chunk) -> tuple[CheckedRows, list[RefusedRow]]:
    """Sort a chunk's rows out; the order of those that stand is that of the source."""
    refused = [RefusedRow(line, RefusalReason.UNREADABLE) for line in chunk.unreadable]
    platforms = _platform_codes(chunk.columns["platform"])
    plain, declared, withdrawn = ordinary_rows(platforms, chunk.columns)
    slow = np.flatnonzero(~plain)
    if not len(slow):
        return _taken(chunk, platforms, declared, withdrawn), refused
    mended: list[CheckedRow] = []
    places: list[int] = []
    rows = pa.table(dict(chunk.columns)).take(pa.array(slow)).to_pylist()
    for place, fields in zip(slow.tolist(), rows, strict=True):
        row = check_row(fields)
        if isinstance(row, RefusalReason):
            refused.append(RefusedRow(int(chunk.lines[place]), row))
        else:
            mended.append(row)
            places.append(place)
    keep = pa.array(plain)
    ordinary = _taken(
        Chunk(
            {name: pc.filter(column, keep) for name, column in chunk.columns.items()},
            chunk.lines[plain],
            (),
        ),
        platforms[plain],
        declared[plain],
        withdrawn[plain],
    )
    return _merged(ordinary, np.flatnonzero(plain), mended, places, chunk.lines), refused


def check_row(fields: Mapping[str, str]) -> CheckedRow | RefusalReason:
    """One row by itself: what it holds, or why it is refused."""
    values: dict[str, str] = {}
    for name, value in fields.items():
        text = value.strip()
        if len(text) > LONGEST.get(name, LONGEST_OTHER):
            return RefusalReason.TOO_LONG
        values[name] = text
    platform = values["platform"].lower()
    known: Platform | None = next((one for one in PLATFORMS if one == platform), None)
    declared_on = parse_day(values["declared_on"])
    withdrawn_on = parse_day(values["withdrawn_on"])
    if not values["person_id"]:
        return RefusalReason.NO_PERSON
    if not (values["declared_on"] and values["declaration_ref"]):
        return RefusalReason.NO_DECLARATION
    if declared_on is None or (values["withdrawn_on"] and withdrawn_on is None):
        return RefusalReason.BAD_DATE
    if withdrawn_on is not None and withdrawn_on < declared_on:
        return RefusalReason.WITHDRAWN_FIRST
    if known is None:
        return RefusalReason.UNKNOWN_PLATFORM
    handle = normalise(known, values["handle"])
    if handle is None:
        return RefusalReason.INVALID_HANDLE
    return CheckedRow(
        person_id=values["person_id"],
        name=values["name"],
        agency_code=values["agency_code"],
        region_code=values["region_code"],
        platform=PLATFORMS.index(known),
        account_id=values["account_id"],
        handle=handle,
        declared_on=day_number(declared_on),
        withdrawn_on=day_number(withdrawn_on),
    )


def _platform_codes(column: pa.Array) -> NDArray[np.uint8]:
    found = pc.index_in(column, value_set=pa.array(PLATFORMS, pa.large_string()))
    codes: NDArray[np.uint8] = pc.fill_null(found, 255).to_numpy(zero_copy_only=False)
    return codes.astype(np.uint8)


def _taken(
    chunk: Chunk,
    platforms: NDArray[np.uint8],
    declared: NDArray[np.uint16],
    withdrawn: NDArray[np.uint16],
) -> CheckedRows:
    columns = chunk.columns
    return CheckedRows(
        person_ids=columns["person_id"],
        names=columns["name"],
        agency_codes=columns["agency_code"],
        region_codes=columns["region_code"],
        platforms=platforms,
        account_ids=columns["account_id"],
        handles=columns["handle"],
        declared_on=declared,
        withdrawn_on=withdrawn,
        lines=chunk.lines,
    )


def _merged(
    ordinary: CheckedRows,
    ordinary_places: NDArray[np.int64],
    mended: Sequence[CheckedRow],
    places: Sequence[int],
    lines: NDArray[np.int64],
) -> CheckedRows:
    """Both kinds of rows in the order of the source."""
    if not mended:
        return ordinary
    order = np.argsort(np.concatenate([ordinary_places, np.array(places)]), kind="stable")

    def strings(column: pa.Array, more: Sequence[str]) -> pa.Array:
        return pa.concat_arrays([column, pa.array(more, pa.large_string())]).take(pa.array(order))

    def numbers(column: NDArray[Any], more: Sequence[int]) -> NDArray[Any]:
        return np.concatenate([column, np.array(more, dtype=column.dtype)])[order]

    columns: Any = CheckedRow(*zip(*mended, strict=True))  # type: ignore[arg-type] # columns
    return CheckedRows(
        person_ids=strings(ordinary.person_ids, columns.person_id),
        names=strings(ordinary.names, columns.name),
        agency_codes=strings(ordinary.agency_codes, columns.agency_code),
        region_codes=strings(ordinary.region_codes, columns.region_code),
        platforms=numbers(ordinary.platforms, columns.platform),
        account_ids=strings(ordinary.account_ids, columns.account_id),
        handles=strings(ordinary.handles, columns.handle),
        declared_on=numbers(ordinary.declared_on, columns.declared_on),
        withdrawn_on=numbers(ordinary.withdrawn_on, columns.withdrawn_on),
        lines=numbers(ordinary.lines, lines[list(places)].tolist()),
    )
