"""Rows of a register's source, and files of each kind; all people are invented."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lists.register_source import read_source

GOOD: dict[str, Any] = {
    "person_id": "198001",
    "name": "Drs. Budi Santoso, M.Si.",
    "agency_code": "BKPSDM",
    "region_code": "35.78",
    "platform": "instagram",
    "account_id": "7",
    "handle": "https://www.instagram.com/Budi.S/?igsh=1",
    "display_name": "Budi",
    "declared_on": "2024-01-05",
    "declaration_ref": "D/1",
    "withdrawn_on": "",
}


def row(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def many(count: int) -> list[dict[str, Any]]:
    return [
        row(
            person_id=str(n),
            account_id="",
            handle=f"budi{n}",
            name=f"Budi Santoso {chr(97 + n % 26)}x",
        )
        for n in range(count)
    ]


def write_source(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """The rows in a file of the kind that the name's ending says."""
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(GOOD))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def rows_read(path: Path) -> tuple[dict[int, dict[str, str]], list[int]]:
    """What `read_source` gives: the values by line, and the lines that cannot be read."""
    read: dict[int, dict[str, str]] = {}
    unreadable: list[int] = []
    for chunk in read_source(path):
        rows = pa.table(dict(chunk.columns)).to_pylist()
        for line, values in zip(chunk.lines.tolist(), rows, strict=True):
            assert line not in read
            read[line] = values
        unreadable += chunk.unreadable
    return read, unreadable
