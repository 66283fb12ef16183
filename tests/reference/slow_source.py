"""A register's source as the standard library reads it: the whole file, one row after the other."""

import csv
from pathlib import Path

from lists.register_source import KEPT


def slow_csv(path: Path) -> tuple[dict[int, dict[str, str]], list[int]]:
    """The values of each readable row by its line, and the lines of the others."""
    read: dict[int, dict[str, str]] = {}
    unreadable: list[int] = []
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows)
        while True:
            line = rows.line_num + 1
            try:
                values = next(rows)
            except StopIteration:
                return read, unreadable
            except csv.Error:
                unreadable.append(line)
                continue
            if not values:
                continue
            fields = dict(zip(heading, values, strict=False))
            kept = {name: fields.get(name, "") for name in KEPT}
            if len(values) == len(heading) and all(map(_is_text, kept.values())):
                read[line] = kept
            else:
                unreadable.append(line)


def _is_text(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)
