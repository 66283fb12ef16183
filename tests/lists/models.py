"""Match models as files."""

import json
from itertools import product
from pathlib import Path
from typing import Any

from matchers.evidence_levels import DigitLevel, HandleLevel, NameLevel
from tests.matchers.model import AGENCIES, DIGITS, HANDLES, NAMES, RAW, REGIONS, TITLES

SAID = {"example": "an example", "basis": "invented"}


def model_document() -> dict[str, Any]:
    """The tests' own model as a file has it."""
    return {
        "schema": 1,
        "provenance": {"made_by": "test", "seeds": [1, 2]},
        "handle_and_name": [
            {"handle": str(handle), "name": str(name), "tenths": HANDLES[handle] + NAMES[name]}
            | SAID
            for handle, name in product(HandleLevel, NameLevel)
        ],
        "handle_and_digits": [
            {"handle": str(handle), "digits": str(digits), "tenths": DIGITS[digits]} | SAID
            for handle, digits in product(HandleLevel, DigitLevel)
        ],
        **{
            table: [
                {table: str(level), "tenths": tenths} | SAID for level, tenths in weights.items()
            ]
            for table, weights in (("titles", TITLES), ("region", REGIONS), ("agency", AGENCIES))
        },
        "calibration": {"raw": list(RAW), "worth": list(RAW), "basis": "invented"},
    }


def write_model(path: Path, document: Any | None = None) -> Path:
    """As JSON, which is YAML too and faster to read."""
    content = model_document() if document is None else document
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path
