"""The match model as the file that ships, with where every number comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from matchers.match_model import Calibration, Weight

HEADER = """\
# The match model: how strongly each level of evidence speaks for a lead, in tenths of a bit, and
# what the candidates' sum is worth. Made by `python -m learning.learn`; what it rests on stands
# under `provenance`, what it is worth on people it has not seen in docs/matching.md. Do not edit
# it by hand: learn it again.
"""


def write_model(
    path: Path,
    tables: Mapping[str, Mapping[Any, Weight]],
    calibration: Calibration,
    provenance: Mapping[str, Any],
) -> None:
    """Write the file; the tables are by the file's own names."""
    document: dict[str, Any] = {"schema": 1, "provenance": dict(provenance)}
    for name, table in tables.items():
        document[name] = [
            {**_levels(name, cell), "tenths": weight.tenths, "example": weight.example}
            | {"basis": weight.basis}
            for cell, weight in table.items()
        ]
    document["calibration"] = {
        "raw": list(calibration.raw),
        "worth": list(calibration.worth),
        "basis": "isotonic regression on a stream that no weight has seen",
    }
    lines = [HEADER]
    for name, part in document.items():
        if isinstance(part, list):
            lines.append(f"{name}:\n")
            lines += [f"- {_one_line(row)}" for row in part]
        else:
            lines.append(yaml.safe_dump({name: part}, sort_keys=False, width=100))
    path.write_text("".join(lines), encoding="utf-8")


def _one_line(row: Mapping[str, Any]) -> str:
    """A row of a table on one line, so that the table reads as one."""
    return yaml.safe_dump(
        dict(row), default_flow_style=True, sort_keys=False, width=1_000, allow_unicode=True
    )


def _levels(name: str, cell: Any) -> dict[str, str]:
    if name == "handle_and_name":
        return {"handle": str(cell[0]), "name": str(cell[1])}
    if name == "handle_and_digits":
        return {"handle": str(cell[0]), "digits": str(cell[1])}
    return {name: str(cell)}
