"""Labels: read as they stand, refused where the text is another."""

import json
from pathlib import Path

import pytest

from evaluation.labels import (
    HALVES,
    LABELS,
    PAIR_OF,
    LabelsError,
    Mention,
    fingerprint,
    half_of,
    load_labels,
)
from evaluation.posts import governor_posts, sample

TEXT = "Dukung Khofifah-Emil! #KhofifahEmil"


def write(path: Path, **changes: object) -> Path:
    record = {
        "row": 7,
        "sha256": fingerprint(TEXT),
        "mentions": [[7, 15, "khofifah", "name"], [16, 20, "emil", "unclear"]],
        "stance": {"khofifah-emil": "support"},
        "reports": False,
    }
    path.write_text(json.dumps(record | changes) + "\n", encoding="utf-8")
    return path


def test_a_record_is_read_with_its_post(tmp_path: Path) -> None:
    [one] = load_labels([sample("governor", 7, TEXT)], write(tmp_path / "labels.jsonl"))
    assert one.mentions == (
        Mention(7, 15, "khofifah", "name"),
        Mention(16, 20, "emil", "unclear"),
    )
    assert one.stance == {"khofifah-emil": "support"}
    assert not one.unclear_stance
    assert one.sample.text[7:15] == "Khofifah"


def test_a_changed_text_is_refused_and_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.jsonl")
    with pytest.raises(LabelsError, match="row 7 has changed"):
        load_labels([sample("governor", 7, f"{TEXT} ")], labels)


def test_a_missing_row_is_refused_and_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.jsonl", row=8)
    with pytest.raises(LabelsError, match="row 8 is labelled"):
        load_labels([sample("governor", 7, TEXT)], labels)


def test_the_halves_are_fixed_and_about_equal() -> None:
    rows = [json.loads(line)["row"] for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 400
    halves = [half_of(row) for row in rows]
    assert [halves.count(half) for half in HALVES] == [192, 208]
    assert half_of(1) == half_of(1)


@pytest.mark.shared
def test_every_label_is_of_the_data_and_inside_its_text(shared: Path) -> None:
    labelled = load_labels(list(governor_posts(shared)))
    assert len(labelled) == 400
    for one in labelled:
        for mention in one.mentions:
            assert 0 <= mention.start < mention.end <= len(one.sample.text)
            assert mention.candidate in PAIR_OF
