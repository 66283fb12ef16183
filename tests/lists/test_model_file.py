"""A match model from disk: what is read, and what is refused by file and cell."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from config.errors import ModelError
from lists.model_file import MOST_TENTHS, load_model
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import FARTHEST, Calibration
from tests.lists.models import SAID, model_document, write_model
from tests.matchers.model import MODEL


def written(folder: Path, document: Any) -> Path:
    return write_model(folder / "model.json", document)


def whole() -> dict[str, Any]:
    """With a calibration of a few steps."""
    return model_document() | {
        "calibration": {"raw": [-10, 0, 50], "worth": [-20, -20, 40], "basis": "invented"}
    }


def test_a_whole_model_is_read(tmp_path: Path) -> None:
    model = load_model(written(tmp_path, whole()))
    assert model.handle_and_name == MODEL.handle_and_name
    assert model.handle_and_digits == MODEL.handle_and_digits
    assert (model.titles, model.region, model.agency) == (
        MODEL.titles,
        MODEL.region,
        MODEL.agency,
    )
    assert model.calibration == Calibration((-10, 0, 50), (-20, -20, 40))
    assert len(model.version) == 16
    assert set(model.version) <= set("0123456789abcdef")


def test_a_model_of_every_step_is_the_tests_own(tmp_path: Path) -> None:
    model = load_model(write_model(tmp_path / "model.json"))
    assert model.calibration == MODEL.calibration
    assert model.probabilities([120, 110], 10, 7) == MODEL.probabilities([120, 110], 10, 7)


def test_the_version_is_that_of_what_changes_a_probability(tmp_path: Path) -> None:
    version = load_model(written(tmp_path, whole())).version

    def changed(change: Callable[[dict[str, Any]], Any]) -> str:
        document = whole()
        change(document)
        return load_model(written(tmp_path, document)).version

    assert changed(lambda file: file["handle_and_name"].reverse()) == version
    assert changed(lambda file: file["provenance"].clear()) == version
    assert changed(lambda file: file["titles"][0].update(example="x", basis="y")) == version
    assert changed(lambda file: file["calibration"].update(basis="z")) == version
    for table in ("handle_and_name", "handle_and_digits", "titles", "region", "agency"):
        assert changed(lambda file, table=table: file[table][1].update(tenths=7)) != version  # type: ignore[misc]
    assert changed(lambda file: file["calibration"].update(raw=[-10, 0, 51])) != version
    assert changed(lambda file: file["calibration"].update(worth=[-20, -20, 41])) != version


def _set(table: str, place: int, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda file: file[table][place].update(values)


def _calibrate(raw: list[int], worth: list[int]) -> Callable[[dict[str, Any]], None]:
    return lambda file: file["calibration"].update(raw=raw, worth=worth)


CELL = f"{HandleLevel.SAME}, {NameLevel.ONE_LONG}"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda file: file.update(schema=2), "schema 2, this Netral reads 1"),
        (lambda file: file.pop("provenance"), "missing required field `provenance`"),
        (lambda file: file.update(prior=3), "unknown field `prior`"),
        (lambda file: file["titles"][0].pop("basis"), "missing required field `basis`"),
        (_set("titles", 0, weight=3), "unknown field `weight`"),
        (_set("titles", 0, tenths=1.5), "Expected `int`"),
        (_set("titles", 0, titles="no such level"), "Invalid enum value"),
        (_set("titles", 1, titles=str(TitleLevel.AGREE)), rf"titles: .*{TitleLevel.AGREE}.* twice"),
        (
            lambda file: file["handle_and_name"].append(dict(file["handle_and_name"][0])),
            rf"handle_and_name: the cell \({CELL}\) stands twice",
        ),
        (
            lambda file: file["handle_and_name"].pop(0),
            rf"handle_and_name: the cell \({CELL}\) is missing",
        ),
        (
            lambda file: file["handle_and_digits"].pop(),
            rf"handle_and_digits: the cell \(.*{tuple(DigitLevel)[-1]}\) is missing",
        ),
        (lambda file: file["titles"].pop(), rf"titles: the cell \({tuple(TitleLevel)[-1]}\) is"),
        (lambda file: file["region"].pop(), rf"region: the cell \({tuple(RegionLevel)[-1]}\) is"),
        (lambda file: file["agency"].pop(), rf"agency: the cell \({tuple(AgencyLevel)[-1]}\) is"),
        (_set("agency", 0, tenths=MOST_TENTHS + 1), rf"weighs {MOST_TENTHS + 1}, at most"),
        (_set("agency", 0, tenths=-MOST_TENTHS - 1), rf"weighs -{MOST_TENTHS + 1}, at most"),
        (_set("region", 0, example=""), "needs an example and a basis"),
        (_set("region", 0, basis=""), "needs an example and a basis"),
        (lambda file: file["region"].append({"tenths": 1} | SAID), "region: a row names no level"),
        (
            lambda file: file["handle_and_name"].append(
                {"tenths": 1, "handle": str(HandleLevel.SAME)} | SAID
            ),
            "handle_and_name: a row names no level",
        ),
        (_calibrate([], []), "as long as each other, and not empty"),
        (_calibrate([1, 2], [1]), "as long as each other, and not empty"),
        (_calibrate([1, 2, 1], [1, 2, 3]), "must rise together"),
        (_calibrate([1, 2, 3], [1, 3, 2]), "must rise together"),
        (_calibrate([0], [FARTHEST + 1]), "must be within"),
        (_calibrate([-FARTHEST - 1], [0]), "must be within"),
        (lambda file: file.clear(), "missing required field"),
    ],
)
def test_a_spoilt_model_is_refused_by_file_and_cell(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], Any], message: str
) -> None:
    document = deepcopy(whole())
    spoil(document)
    path = written(tmp_path, document)
    with pytest.raises(ModelError, match=message) as error:
        load_model(path)
    assert str(error.value).startswith(f"match model {path}")
    assert error.value.exit_code == 65


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[1]", "Expected `object`"),
        (b"schema: 1\nschema: 1\n", "stands here twice"),
        (b"schema: [", "Mend the file"),
        (b"\xff\xfe", "not UTF-8 text"),
    ],
)
def test_what_is_no_model_at_all(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "model.yaml").write_bytes(content)
    with pytest.raises(ModelError, match=message):
        load_model(tmp_path / "model.yaml")
    with pytest.raises(ModelError, match="No such file"):
        load_model(tmp_path / "absent.yaml")
