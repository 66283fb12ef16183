"""A written model is read again as what it was."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from learning.ground import EMPTY
from learning.write import HEADER, write_model
from lists.model_file import load_model
from matchers.match_model import Calibration, MatchModel, Weight
from tests.matchers.model import MODEL

TABLES = ("handle_and_name", "handle_and_digits", "titles", "region", "agency")
STEPS = Calibration((-10, 0, 50), (-650, -20, 40))
PROVENANCE = {"made_by": "test", "register": {"accounts": 3}, "used": "half of the people"}


def tables_of(model: MatchModel) -> dict[str, Mapping[Any, Weight]]:
    return {name: getattr(model, name) for name in TABLES}


def written(path: Path, tables: Mapping[str, Mapping[Any, Weight]]) -> MatchModel:
    write_model(path, tables, STEPS, PROVENANCE)
    return load_model(path)


@pytest.mark.parametrize("model", [MODEL, EMPTY])
def test_a_written_model_loads_as_it_was(tmp_path: Path, model: MatchModel) -> None:
    found = written(tmp_path / "model.yaml", tables_of(model))
    assert tables_of(found) == tables_of(model)
    assert found.calibration == STEPS


@pytest.mark.parametrize(
    "text", ["no: #1, {a} [b]", "'Budi' \"S\"", "yes", "12", "Бuди ﷽ 😀", "two\nlines", "- x " * 90]
)
def test_examples_are_kept_whatever_they_hold(tmp_path: Path, text: str) -> None:
    tables = {
        name: {level: Weight(-37, text, f"basis: {text}") for level in table}
        for name, table in tables_of(MODEL).items()
    }
    assert tables_of(written(tmp_path / "model.yaml", tables)) == tables


def test_the_file_says_where_it_comes_from_and_has_a_line_for_each_cell(tmp_path: Path) -> None:
    tables = {name: dict(table) for name, table in tables_of(MODEL).items()}
    for table in tables.values():
        table[next(iter(table))] = Weight(5, "a long example " * 20, "a long basis " * 20)
    write_model(tmp_path / "model.yaml", tables, STEPS, PROVENANCE)
    text = (tmp_path / "model.yaml").read_text(encoding="utf-8")
    assert text.startswith(HEADER)
    document = yaml.safe_load(text)
    assert document["schema"] == 1
    assert document["provenance"] == PROVENANCE
    cells = [line for line in text.splitlines() if line.startswith("- {") and line.endswith("}")]
    assert len(cells) == sum(map(len, tables.values()))
