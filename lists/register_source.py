"""Reads a register's source, row by row: CSV, JSON lines or Parquet. Every refused row is kept.

Columns: `person_id, name, agency_code, region_code, platform, account_id?, handle, display_name?,
declared_on, declaration_ref, withdrawn_on?` (? may be empty or absent; `display_name` is read over:
names are compared with the registered one). Other columns are refused, so that no slip of the pen
in a heading turns into "no value".

A refusal says the line and why, never what stood there. Lines count from 1 and, in a CSV file, the
heading is line 1; in a Parquet file the first row is line 1.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from config.errors import RegisterError
from matchers.active_period import parse_day
from matchers.handles import normalise
from streams.records import Platform
from streams.records.limits import MAX_HANDLE

REQUIRED: Final = frozenset(
    {"person_id", "name", "platform", "handle", "declared_on", "declaration_ref"}
)
OPTIONAL: Final = frozenset(
    {"agency_code", "region_code", "account_id", "display_name", "withdrawn_on"}
)
_PLATFORMS: Final[dict[str, Platform]] = {name: name for name in get_args(Platform)}
_LONGEST: Final = {"handle": 4 * MAX_HANDLE, "region_code": 64, "agency_code": 64}
_LONGEST_OTHER: Final = 256
_PARQUET_ROWS: Final = 16_384


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
class SourceRow:
    """One declared account as its source gives it; `handle` is normalised, dates are real days."""

    line: int
    person_id: str
    name: str
    agency_code: str | None
    region_code: str | None
    platform: Platform
    account_id: str | None
    handle: str
    declared_on: date
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    reason: RefusalReason


def read_source(path: Path) -> Iterator[SourceRow | RefusedRow]:
    """Every row of the source, in order, without holding more than a few of them.

    The kind is told by the name's ending. Raises RegisterError where the file cannot be read at
    all or lacks a column.
    """
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise RegisterError(
            f"{path}: no kind of register source. Give a file that ends in {', '.join(readers)}."
        )
    try:
        for line, fields in reader(path):
            yield (
                RefusedRow(line, RefusalReason.UNREADABLE) if fields is None else _row(line, fields)
            )
    except OSError as error:
        raise RegisterError(
            f"{path}: cannot be read ({error.strerror or type(error).__name__})."
        ) from None


_Rows = Iterator[tuple[int, Mapping[str, Any] | None]]
"""Line number and the row's values, None where the row cannot be read."""


def _read_csv(path: Path) -> _Rows:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows, [])
        _check_columns(path, heading)
        while True:
            line = rows.line_num + 1
            try:
                values = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if values:
                complete = len(values) == len(heading)
                yield line, dict(zip(heading, values, strict=True)) if complete else None


def _read_jsonl(path: Path) -> _Rows:
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            if not content.strip():
                continue
            try:
                fields = orjson.loads(content)
            except orjson.JSONDecodeError:
                fields = None
            known = isinstance(fields, dict) and fields.keys() <= REQUIRED | OPTIONAL
            yield line, fields if known else None


def _read_parquet(path: Path) -> _Rows:
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(path, file.schema_arrow.names)
            line = 0
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                for fields in batch.to_pylist():
                    line += 1
                    yield line, fields
    except pa.ArrowException as error:
        raise RegisterError(
            f"{path}: no readable Parquet file ({type(error).__name__}). Export it again."
        ) from None


def _check_columns(path: Path, columns: Iterable[str]) -> None:
    columns = list(columns)
    missing = sorted(REQUIRED.difference(columns))
    unknown = sorted(set(columns) - REQUIRED - OPTIONAL)
    if not columns:
        raise RegisterError(f"{path}: the register source is empty. The old register stays.")
    if missing or unknown or len(set(columns)) < len(columns):
        raise RegisterError(
            f"{path}: columns refused; missing: {', '.join(missing) or 'none'}; unknown: "
            f"{', '.join(unknown) or 'none'}; none may stand twice."
        )


def _row(line: int, fields: Mapping[str, Any]) -> SourceRow | RefusedRow:
    values: dict[str, str] = {}
    for name, value in fields.items():
        text = _text(value)
        if text is None:
            return RefusedRow(line, RefusalReason.UNREADABLE)
        if len(text) > _LONGEST.get(name, _LONGEST_OTHER):
            return RefusedRow(line, RefusalReason.TOO_LONG)
        values[name] = text
    get = values.get
    reason: RefusalReason | None = None
    platform = _PLATFORMS.get(get("platform", "").lower())
    handle = normalise(platform, get("handle", "")) if platform else None
    declared_on = parse_day(get("declared_on", ""))
    withdrawn_on = parse_day(get("withdrawn_on", ""))
    if not get("person_id"):
        reason = RefusalReason.NO_PERSON
    elif not (get("declared_on") and get("declaration_ref")):
        reason = RefusalReason.NO_DECLARATION
    elif declared_on is None or (get("withdrawn_on") and withdrawn_on is None):
        reason = RefusalReason.BAD_DATE
    elif withdrawn_on is not None and withdrawn_on < declared_on:
        reason = RefusalReason.WITHDRAWN_FIRST
    elif platform is None:
        reason = RefusalReason.UNKNOWN_PLATFORM
    elif handle is None:
        reason = RefusalReason.INVALID_HANDLE
    if reason is not None or declared_on is None or platform is None or handle is None:
        return RefusedRow(line, reason or RefusalReason.UNREADABLE)
    return SourceRow(
        line=line,
        person_id=values["person_id"],
        name=get("name", ""),
        agency_code=get("agency_code") or None,
        region_code=get("region_code") or None,
        platform=platform,
        account_id=get("account_id") or None,
        handle=handle,
        declared_on=declared_on,
        withdrawn_on=withdrawn_on,
    )


def _text(value: object) -> str | None:
    """The value as stripped text, empty for none; None where it is no value of a register."""
    if value is None:
        return ""
    if isinstance(value, str):
        # Bytes that were no UTF-8, or a lone surrogate: nothing that could be compared.
        return value.strip() if value.isprintable() or value.isascii() else _printable(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return None


def _printable(value: str) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value.strip()
