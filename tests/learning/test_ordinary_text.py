"""What is counted as ordinary text: folded words and pairs, once a text, without people."""

from pathlib import Path

import pytest

from learning.ordinary_text import IDNER, SMSA, count, main, news_texts, smsa_texts
from lists.ordinary_text import load_ordinary_text
from matchers.ambiguity import OrdinaryText


def test_a_text_counts_once_for_each_of_its_words_and_pairs() -> None:
    counts = count(["Enak, ENAK sekali!", "enak sekali"])
    assert counts == {"enak": 2, "sekali": 2, "enak sekali": 2, "enak enak": 1}


def test_no_pair_reaches_over_a_person() -> None:
    assert count(["kata # kemarin"]) == {"kata": 1, "kemarin": 1}


def test_every_second_line_is_left_to_measure_on(tmp_path: Path) -> None:
    _write(tmp_path / SMSA, "satu\tpositive\ndua\ta\tneutral\ntiga\tnegative\n")
    assert smsa_texts(tmp_path, learned=True) == ["satu", "tiga"]
    assert smsa_texts(tmp_path, learned=False) == ["dua\ta"]


@pytest.mark.parametrize(
    ("people", "expected"),
    [(False, ["# datang", "hujan lagi"]), (True, ["Budi datang", "hujan lagi"])],
)
def test_news_is_read_without_its_people(tmp_path: Path, people: bool, expected: list[str]) -> None:
    file = tmp_path / "news.txt"
    _write(file, "Budi B-PER\ndatang O\n\n\nhujan O\nlagi O")
    assert list(news_texts(file, people=people)) == expected


def test_what_is_written_is_what_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(
        tmp_path / SMSA,
        "makan enak\tpositive\nmakan lagi\tneutral\nmakan enak 10 10\tpositive\nx\tneutral\n"
        "makan enak bareng gubernur\tneutral\n",  # of politics: left out
    )
    _write(tmp_path / IDNER, "sekali O\nmakan O\n\nsekali O\n@u O\n\n@u O\n10 O\n")
    out = tmp_path / "ordinary_text.tsv"
    main(["--data", str(tmp_path), "--out", str(out)])
    _write(tmp_path / "common_words.txt", "makan\n")
    found = load_ordinary_text(tmp_path)
    assert isinstance(found, OrdinaryText)
    assert found.texts == 5
    # seen once, numbers and handles are left out
    assert found.counts == {"makan": 3, "enak": 2, "makan enak": 2, "sekali": 2}
    assert "4 words and pairs of 5 texts" in capsys.readouterr().out


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
