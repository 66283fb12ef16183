"""Where a benchmark's figures go: a table for people, JSON under `bench/out/` for scripts."""

from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

OUT = Path(__file__).parent / "out"


def publish(name: str, figures: dict[str, Any], rows: list[tuple[str, ...]]) -> Path:
    """Print `rows` (the first is the head) and write `figures` as JSON; returns the file."""
    table = Table(*rows[0], title=name)
    for row in rows[1:]:
        table.add_row(*row)
    Console().print(table)
    OUT.mkdir(exist_ok=True)
    file = OUT / f"{name}.json"
    file.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    print(f"written: {file}")
    return file
