"""The counts that ship with Netral are read whole, or the line that is wrong is named."""

import shutil
from pathlib import Path

import pytest

from config.errors import WatchlistError
from config.settings import CONFIG_DIR
from lists.ordinary_text import load_ordinary_text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CONFIG_DIR / "common_words.txt", tmp_path)
    (tmp_path / "ordinary_text.tsv").write_text("# note\n# texts\t10\nanda\t4\nterima kasih\t2\n")
    return tmp_path


def test_reads_words_pairs_and_the_number_of_texts(folder: Path) -> None:
    found = load_ordinary_text(folder)
    assert (found.texts, found.counts) == (10, {"anda": 4, "terima kasih": 2})
    assert found.is_everyday("ganjar")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("# texts\t10\nanda 4\n", "line 2: not a text, a tab and a number"),
        ("# texts\t10\nanda\tempat\n", "line 2: not a text, a tab and a number"),
        ("anda\t4\n", "does not say of how many texts"),
    ],
)
def test_names_what_is_wrong(folder: Path, content: str, said: str) -> None:
    (folder / "ordinary_text.tsv").write_text(content)
    with pytest.raises(WatchlistError, match=said):
        load_ordinary_text(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "ordinary_text.tsv").unlink()
    with pytest.raises(WatchlistError, match=r"ordinary_text\.tsv: FileNotFoundError"):
        load_ordinary_text(folder)
