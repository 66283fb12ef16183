"""CSV files that people made: every cell cleaned, every problem kept with its line and column."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.errors import WatchlistError

MOST_SHOWN: Final = 50
"""Problems that are written out; the others are counted."""
MOST_LETTERS: Final = 256
"""In one cell; as many as a name on the watchlist may have."""


@dataclass(slots=True)
class Problems:
    """Everything that is wrong with the files, so that it can be mended at once."""

    found: list[str] = field(default_factory=list)

    def add(self, where: str, message: str) -> None:
        """`where` is a file, with line and column as :attr:`Row.where` gives them."""
        self.found.append(f"{where}: {message}")

    def raise_if_any(self) -> None:
        """Raise WatchlistError with the problems, the first :data:`MOST_SHOWN` of them in full."""
        if not self.found:
            return
        lines = [f"  {problem}" for problem in self.found[:MOST_SHOWN]]
        if len(self.found) > MOST_SHOWN:
            lines.append(f"  … and {len(self.found) - MOST_SHOWN:,} more. Mend these first.")
        raise WatchlistError(
            f"import refused, {len(self.found):,} problem(s), nothing was written:\n"
            + "\n".join(lines)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. Cells have single spaces and no invisible marks; empty ones are ''."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, '' where it is empty or the file has no such column."""
        return self.cells.get(column, "")

    def has(self, column: str) -> bool:
        """Whether the file has that column at all."""
        return column in self.cells

    def where(self, column: str | None = None) -> str:
        """File, line and column, for a message."""
        place = f"{self.path}, line {self.line}"
        return f"{place}, column {column}" if column else place


def read_table(
    path: Path,
    required: frozenset[str],
    optional: frozenset[str],
    problems: Problems,
    *,
    unread: frozenset[str] = frozenset(),
) -> list[Row]:
    """The rows of a UTF-8 CSV file with a heading, blank ones left out.

    What cannot be read is added to `problems` and left out. Lines count from 1, and the heading is
    line 1. `unread` columns may be there and are not looked at; others that are neither required
    nor optional are refused, so that no slip of the pen in a heading turns into "no value".
    """
    text = _text(path, problems)
    if text is None:
        return []
    rows = _raw_rows(path, text, problems)
    _, heading = next(rows, (1, []))
    if not _is_heading(path, heading, required, optional | unread, problems):
        return []
    names = [name.strip() for name in heading]
    table: list[Row] = []
    for line, raw in rows:
        cells = [_cleaned(cell) for cell in raw]
        if not any(cells):
            continue
        if len(cells) != len(names):
            problems.add(
                f"{path}, line {line}",
                f"it has {len(cells)} cells, the heading has {len(names)}. Put cells that hold "
                "a comma in quotes.",
            )
            continue
        row = Row(
            path,
            line,
            {n: cell for n, cell in zip(names, cells, strict=True) if n not in unread},
        )
        if _is_readable(row, problems):
            table.append(row)
    return table


def _text(path: Path, problems: Problems) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.add(str(path), f"it cannot be read ({reason}). Name a readable file.")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add(f"{path}, line {line}", "not UTF-8 text. Save the file as CSV in UTF-8.")
        return None


def _raw_rows(path: Path, text: str, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line each begins in. Ends at the first one that is no CSV: behind an unclosed
    quotation mark nothing can be told apart."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.add(
                f"{path}, line {line}",
                f"no line of CSV ({error}). Close the quotation marks, and write one inside a "
                "cell twice. The lines behind it were not read.",
            )
            return
        yield line, row
        line = reader.line_num + 1


def _is_heading(
    path: Path,
    heading: list[str],
    required: frozenset[str],
    optional: frozenset[str],
    problems: Problems,
) -> bool:
    names = [name.strip() for name in heading]
    found: list[str] = []
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        found.append("the columns are not separated by commas. Save the file with commas.")
    else:
        if missing := sorted(required - set(names)):
            found.append(f"it lacks the column {', '.join(missing)}. Add it to the heading.")
        if unknown := sorted(set(names) - required - optional):
            known = ", ".join(sorted(required | optional))
            shown = ", ".join(repr(name[:40]) for name in unknown[:10])
            found.append(f"unknown column {shown}. Leave it out; known are {known}.")
        if len(names) != len(set(names)):
            found.append("a column stands twice. Give each once.")
    for message in found:
        problems.add(f"{path}, line 1", message)
    return not found


def _cleaned(cell: str) -> str:
    """Spaces and line breaks made single, and the invisible marks of copying left out."""
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    plain = "".join(mark for mark in cell if unicodedata.category(mark) != "Cf")
    return " ".join(plain.split())


def _is_readable(row: Row, problems: Problems) -> bool:
    good = True
    for column, cell in row.cells.items():
        if not cell.isprintable():
            odd = next(mark for mark in cell if not mark.isprintable())
            problems.add(
                row.where(column),
                f"it holds a character that cannot be shown (U+{ord(odd):04X}). Remove it.",
            )
            good = False
        elif len(cell) > MOST_LETTERS:
            problems.add(
                row.where(column),
                f"it has {len(cell):,} characters, more than {MOST_LETTERS}. Shorten it.",
            )
            good = False
    return good
