"""Reads a register's source in chunks of columns: CSV, JSON lines or Parquet.

Columns: `person_id, name, agency_code, region_code, platform, account_id?, handle, display_name?,
declared_on, declaration_ref, withdrawn_on?` (? may be empty or absent; `display_name` is read over:
names are compared with the registered one). Other columns are refused, so that no slip of the pen
in a heading turns into "no value".

A row that cannot be read is kept as its line number. Lines count from 1 and, in a CSV file, the
heading is line 1; in a Parquet file the first row is line 1. Arrow reads the rows; a CSV block that
holds anything but one whole row a line (a quoted line break, an empty line, a row with too many
cells, bytes that are no UTF-8) is read row by row instead.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from config.errors import RegisterError
from matchers.jit import kernel

REQUIRED: Final = frozenset(
    {"person_id", "name", "platform", "handle", "declared_on", "declaration_ref"}
)
OPTIONAL: Final = frozenset(
    {"agency_code", "region_code", "account_id", "display_name", "withdrawn_on"}
)
KEPT: Final = tuple(sorted((REQUIRED | OPTIONAL) - {"display_name"}))
"""The columns of every chunk."""
BLOCK_BYTES: Final = 8 * 1024 * 1024
MOST_BLOCK_BYTES: Final = 64 * 1024 * 1024
"""A quotation mark that is not closed within this is closed by nobody."""
CHUNK_ROWS: Final = 65_536
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_FIELD: Final = csv.field_size_limit()
"""Longer ones are unreadable row by row, and so for both."""
_FIELD_START, _FIELD, _QUOTED, _QUOTE, _SPOILT = range(5)
"""Where in a row `_quotes` is: `_QUOTE` is behind a mark that closes the field or doubles."""


class Chunk(NamedTuple):
    """Rows of the source: each column of `KEPT` as Arrow strings (null for no value), the rows'
    line numbers, and the lines that cannot be read."""

    columns: Mapping[str, pa.Array]
    lines: NDArray[np.int64]
    unreadable: Sequence[int]


def read_source(path: Path) -> Iterator[Chunk]:
    """Every row of the source, in order, without holding more than a chunk of them.

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
        yield from reader(path)
    except OSError as error:
        raise RegisterError(
            f"{path}: cannot be read ({error.strerror or type(error).__name__})."
        ) from None


def _read_csv(path: Path) -> Iterator[Chunk]:
    with path.open("rb") as file:
        heading = _heading(path, file.readline().removeprefix(_BOM))
        _check_columns(path, heading)
        line = 2
        for block, whole in _blocks(file):
            chunk = _parse_block(block, heading, line) if whole else None
            yield chunk or _read_rows(block, heading, line)
            # A lone carriage return ends a line too, as the row by row reader counts.
            line += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def _heading(path: Path, line: bytes) -> list[str]:
    try:
        return next(csv.reader([line.decode(errors="replace")]), [])
    except csv.Error:
        raise RegisterError(
            f"{path}: columns refused: the heading is no line of CSV. End lines in LF or CR LF."
        ) from None


def _blocks(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """The file in blocks of whole lines, and whether each line of a block is one row."""
    rest = b""
    while True:
        read = file.read(BLOCK_BYTES)
        block = rest + read
        if not block:
            return
        end = block.rfind(b"\n") + 1 if read else len(block)
        balanced, whole = _quotes(np.frombuffer(block, dtype=np.uint8), end)
        if read and (end == 0 or (not balanced and len(block) < MOST_BLOCK_BYTES)):
            rest = block  # a row goes on behind this block
            continue
        if end:
            yield block[:end], bool(whole)
        rest = block[end:]


@kernel
def _quotes(text, end):  # type: ignore[no-untyped-def]
    """Whether no row goes on behind the end, and whether each line is surely one row: not empty
    nor too long, its quotation marks around whole fields. It follows the row by row reader."""
    state = _FIELD_START
    whole = True
    empty = True
    line = 0
    for at in range(end):
        byte = text[at]
        if byte == 10:
            if state == _QUOTED or empty or at - line > _LONGEST_FIELD:
                whole = False
            empty = True
            line = at + 1
        elif byte != 13:
            empty = False
        elif at + 1 >= end or text[at + 1] != 10:  # a lone carriage return
            whole = False
        if state == _QUOTED:
            if byte == 34:
                state = _QUOTE
        elif byte in (10, 13):
            state = _FIELD_START
        elif state == _SPOILT:
            continue
        elif byte == 44:
            state = _FIELD_START
        elif byte == 34 and state != _FIELD:
            state = _QUOTED
        elif state == _QUOTE:  # more behind the closing mark: the rest of the line is spoilt
            state = _SPOILT
            whole = False
        else:
            state = _FIELD
            if byte == 34:
                whole = False
    return state != _QUOTED, whole and end - line <= _LONGEST_FIELD


def _parse_block(block: bytes, heading: Sequence[str], line: int) -> Chunk | None:
    """The block by Arrow, None where it is not for it."""
    if block.startswith(_BOM):  # here a part of the first value
        return None
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(block),
            read_options=pa_csv.ReadOptions(
                column_names=list(heading), use_threads=False, block_size=len(block) + 1
            ),
            parse_options=pa_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(heading, pa.large_string()),
                include_columns=[name for name in heading if name in KEPT],
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError):  # of a row that it quotes, and cannot
        return None
    return _chunk(table, np.arange(line, line + table.num_rows))


def _read_rows(block: bytes, heading: Sequence[str], line: int) -> Chunk:
    """The block row by row, as far as a row can be read."""
    text = io.StringIO(block.decode("utf-8", errors="surrogateescape"), newline="")
    rows = csv.reader(text, strict=True)
    builder = _Rows()
    while True:
        at = line + rows.line_num
        try:
            values = next(rows)
        except StopIteration:
            return builder.chunk()
        except csv.Error:
            builder.unreadable.append(at)
            continue
        if values:
            complete = len(values) == len(heading)
            builder.add(at, dict(zip(heading, values, strict=True)) if complete else None)


def _read_jsonl(path: Path) -> Iterator[Chunk]:
    builder = _Rows()
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            if not content.strip():
                continue
            try:
                fields = orjson.loads(content)
            except orjson.JSONDecodeError:
                fields = None
            known = isinstance(fields, dict) and fields.keys() <= REQUIRED | OPTIONAL
            builder.add(line, fields if known else None)
            if len(builder.lines) == CHUNK_ROWS:
                yield builder.chunk()
                builder = _Rows()
    yield builder.chunk()


def _read_parquet(path: Path) -> Iterator[Chunk]:
    try:
        with pq.ParquetFile(path) as file:
            _check_columns(path, file.schema_arrow.names)
            line = 1
            kept = [name for name in file.schema_arrow.names if name in KEPT]
            for batch in file.iter_batches(batch_size=CHUNK_ROWS, columns=kept):
                batch.validate(full=True)  # Arrow takes bytes that are no text for strings
                yield _typed(pa.Table.from_batches([batch]), line)
                line += batch.num_rows
    except (pa.ArrowException, UnicodeDecodeError) as error:  # the latter: names of columns
        raise RegisterError(
            f"{path}: no readable Parquet file ({type(error).__name__}). Export it again."
        ) from None


def _typed(table: pa.Table, line: int) -> Chunk:
    """Columns of strings, whole numbers and dates as strings; other rows are unreadable."""
    lines = np.arange(line, line + table.num_rows)
    columns = {}
    for name in table.column_names:
        column = table[name]
        kind = column.type
        if pa.types.is_dictionary(kind):
            column, kind = column.cast(kind.value_type), kind.value_type
        if not (
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_null(kind)
            or (pa.types.is_integer(kind) or pa.types.is_date32(kind))
        ):
            break
        columns[name] = column.cast(pa.large_string())
    else:
        return _chunk(pa.table(columns), lines)
    builder = _Rows()
    for at, fields in zip(lines.tolist(), table.to_pylist(), strict=True):
        builder.add(at, fields)
    return builder.chunk()


def _chunk(table: pa.Table, lines: NDArray[np.int64]) -> Chunk:
    columns = {
        name: table[name].combine_chunks()
        if name in table.column_names
        else pa.nulls(table.num_rows, pa.large_string())
        for name in KEPT
    }
    return Chunk(
        {
            name: pc.fill_null(
                column.chunk(0) if isinstance(column, pa.ChunkedArray) else column, ""
            )
            for name, column in columns.items()
        },
        lines,
        (),
    )


class _Rows:
    """Collects rows one by one."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.unreadable: list[int] = []
        self._columns: dict[str, list[str]] = {name: [] for name in KEPT}

    def add(self, line: int, fields: Mapping[str, Any] | None) -> None:
        values = {} if fields is None else {name: _text(fields.get(name)) for name in KEPT}
        if fields is None or None in values.values():
            self.unreadable.append(line)
            return
        self.lines.append(line)
        for name, column in self._columns.items():
            column.append(values[name] or "")

    def chunk(self) -> Chunk:
        return Chunk(
            {name: pa.array(column, pa.large_string()) for name, column in self._columns.items()},
            np.array(self.lines, dtype=np.int64),
            tuple(self.unreadable),
        )


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


def _text(value: object) -> str | None:
    """The value as text, empty for none; None where it is no value of a register."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value.isascii() else _encodable(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return None


def _encodable(value: str) -> str | None:
    """None for bytes that were no UTF-8, or a lone surrogate: nothing that could be compared."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value
