"""The match model from disk: every cell of its tables once, and a calibration that never falls."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from config.errors import ModelError
from lists.yaml_file import read_document
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import FARTHEST, Calibration, MatchModel, Weight

Key = TypeVar("Key")
MOST_TENTHS = FARTHEST // 5
"""Of one table; five are added up, and the sum must stay within what is exact."""


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenths: int
    example: str
    basis: str
    handle: HandleLevel | None = None
    digits: DigitLevel | None = None
    name: NameLevel | None = None
    titles: TitleLevel | None = None
    region: RegionLevel | None = None
    agency: AgencyLevel | None = None


class _Steps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    raw: tuple[int, ...]
    worth: tuple[int, ...]
    basis: str


class ModelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as it is written. `provenance` is for people and changes nothing."""

    schema: int
    provenance: dict[str, Any]
    handle_and_name: tuple[_Row, ...]
    handle_and_digits: tuple[_Row, ...]
    titles: tuple[_Row, ...]
    region: tuple[_Row, ...]
    agency: tuple[_Row, ...]
    calibration: _Steps


def load_model(path: Path) -> MatchModel:
    """Read and check a match model. Raises ModelError naming the file and the cell."""
    document = read_document(path, "match model", ModelError)
    try:
        found = msgspec.convert(document, ModelFile)
        return _model(found)
    except msgspec.ValidationError as error:
        raise ModelError(f"match model {path}: {error}. Learn it again.") from None
    except ModelError as error:
        raise ModelError(f"match model {path}: {error}") from None


def _model(found: ModelFile) -> MatchModel:
    if found.schema != 1:
        raise ModelError(f"schema {found.schema}, this Netral reads 1. Learn it again.")
    tables: dict[str, Mapping[Any, Weight]] = {
        "handle_and_name": _table(
            "handle_and_name",
            (((row.handle, row.name), row) for row in found.handle_and_name),
            product(HandleLevel, NameLevel),
        ),
        "handle_and_digits": _table(
            "handle_and_digits",
            (((row.handle, row.digits), row) for row in found.handle_and_digits),
            product(HandleLevel, DigitLevel),
        ),
        "titles": _table("titles", ((row.titles, row) for row in found.titles), TitleLevel),
        "region": _table("region", ((row.region, row) for row in found.region), RegionLevel),
        "agency": _table("agency", ((row.agency, row) for row in found.agency), AgencyLevel),
    }
    steps = found.calibration
    if len(steps.raw) != len(steps.worth) or not steps.raw:
        raise ModelError("calibration: raw and worth must be as long as each other, and not empty.")
    if any(
        later < before or worth_later < worth_before
        for before, later, worth_before, worth_later in zip(
            steps.raw, steps.raw[1:], steps.worth, steps.worth[1:], strict=False
        )
    ):
        raise ModelError("calibration: raw and worth must rise together.")
    if any(abs(tenths) > FARTHEST for tenths in (*steps.raw, *steps.worth)):
        raise ModelError(f"calibration: raw and worth must be within -{FARTHEST} and {FARTHEST}.")
    said = [
        sorted((str(key), weight.tenths) for key, weight in table.items())
        for table in tables.values()
    ]
    digest = sha256(repr((said, steps.raw, steps.worth)).encode()).hexdigest()[:16]
    return MatchModel(**tables, calibration=Calibration(steps.raw, steps.worth), version=digest)


def _table(
    name: str, rows: Iterable[tuple[Any, _Row]], cells: Iterable[Key]
) -> Mapping[Key, Weight]:
    table: dict[Any, Weight] = {}
    for key, row in rows:
        said = ", ".join(key) if isinstance(key, tuple) and all(key) else str(key)
        if key in table:
            raise ModelError(f"{name}: the cell ({said}) stands twice.")
        if abs(row.tenths) > MOST_TENTHS:
            raise ModelError(f"{name}: ({said}) weighs {row.tenths}, at most {MOST_TENTHS}.")
        if not (row.example and row.basis):
            raise ModelError(f"{name}: ({said}) needs an example and a basis.")
        table[key] = Weight(row.tenths, row.example, row.basis)
    wanted = tuple(cells)
    for cell in wanted:
        if cell not in table:
            said = ", ".join(cell) if isinstance(cell, tuple) else str(cell)
            raise ModelError(f"{name}: the cell ({said}) is missing. Learn the model again.")
    if len(table) > len(wanted):
        raise ModelError(f"{name}: a row names no level.")
    return table
