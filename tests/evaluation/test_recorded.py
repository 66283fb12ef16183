"""What counts as a fall, and the check of today's figures against the recorded ones."""

from pathlib import Path

import pytest

from evaluation.__main__ import check
from evaluation.recorded import FALSE, Figures, falls, load, write


def test_a_point_less_is_no_fall_more_is() -> None:
    recorded: Figures = {"recall": 0.95}
    assert falls({"recall": 0.9405}, recorded) == []
    assert falls({"recall": 0.9395}, recorded) == ["recall: recorded 0.9500, now 0.9395"]


def test_more_false_mentions_are_a_fall() -> None:
    assert falls({FALSE: 0.0035}, {FALSE: 0.003}) == []
    assert len(falls({FALSE: 0.0045}, {FALSE: 0.003})) == 1
    assert falls({FALSE: 0.0}, {FALSE: 0.003}) == []


def test_a_figure_that_is_gone_is_a_fall_unless_it_was_worth_nothing() -> None:
    assert falls({}, {"recall": 0.5}) == ["recall: recorded 0.5000, now there is no such figure"]
    assert falls({"precision": None}, {"precision": 0.0}) == []
    assert falls({"precision": 0.3}, {"precision": None}) == []


def test_kinds_are_recorded_apart(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    write({"full": {"recall": 0.9}}, path)
    write({"quick": {"recall": 0.8}}, path)
    assert load("full", path) == {"recall": 0.9}
    assert load("quick", path) == {"recall": 0.8}


@pytest.mark.shared
def test_no_headline_figure_has_fallen(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = check(shared)
    assert code == 0, capsys.readouterr().err
