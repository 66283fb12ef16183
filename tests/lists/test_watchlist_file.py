from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import RulesError, WatchlistError
from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from lists.watchlist_file import load_watchlist, read_watchlist, write_watchlist
from tests.matchers.build import CONTEST, a_watchlist

EXAMPLE = (CONFIG_DIR / "elections" / "jatim-2024.yaml").read_text(encoding="utf-8")


def refusal(tmp_path: Path, text: str, name: str = "w.yaml") -> str:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WatchlistError) as refused:
        load_watchlist(file)
    assert str(file) in str(refused.value)
    return str(refused.value)


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "w.json"
    file.write_bytes(msgspec.json.encode(a_watchlist()))
    assert load_watchlist(file) == a_watchlist()


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("start: 2024-08-27T00:00:00+07:00", "start: 2024-08-27", "Invalid RFC3339"),
        ("start: 2024-08-27T00:00:00+07:00", "start: 2024-08-27T00:00:00", "timezone"),
        ('region_code: "35"', "region_code: 35", "Expected `str`, got `int` - at `$.elections[0]"),
        ("region_code:", "colour: red\n        region_code:", "unknown field `colour`"),
        ("platform: x,", "platform: friendster,", "Invalid enum value 'friendster'"),
        (
            "number: 1\n",
            "number: 1\n            number: 2\n",
            "line 21: the key 'number' stands here twice",
        ),
        ("schema: 1", "schema: 7", "Invalid enum value 7"),
        (
            "handle: luluk.contoh}",
            "handle: luluk.contoh, effective_from: 2024-09-25}",
            "Invalid RFC3339",
        ),
        (
            "handle: luluk.contoh}",
            "handle: luluk.contoh, effective_until: 2024-09-25T00:00:00}",
            "timezone",
        ),
        ("elections:", "elections: [", "line"),
        ("names: [Tri Rismaharini]", "names: [\x07]", "not YAML"),
    ],
)
def test_refuses_and_says_where(tmp_path: Path, written: str, instead: str, message: str) -> None:
    assert written in EXAMPLE
    assert message in refusal(tmp_path, EXAMPLE.replace(written, instead, 1))


def test_refuses_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match="No such file"):
        load_watchlist(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"schema: 1 # \xe9")
    with pytest.raises(WatchlistError, match="not UTF-8"):
        load_watchlist(tmp_path / "latin.yaml")
    assert "the key 'schema' stands twice" in refusal(
        tmp_path, '{"schema": 1, "schema": 1}', "w.json"
    )
    assert "nested too deeply" in refusal(tmp_path, "[" * 100_000, "w.json")
    assert "Expected `object`" in refusal(tmp_path, "")


def test_a_one_sided_file_names_who_is_missing(tmp_path: Path) -> None:
    start, end = EXAMPLE.index("          - id: risma"), EXAMPLE.index("          - id: gus-hans")
    message = refusal(tmp_path, EXAMPLE[:start] + EXAMPLE[end:])
    assert "one-sided" in message
    assert "RISMAHARINI" in message


def test_a_rules_file_names_itself(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    shipped = (CONFIG_DIR / "rules.yaml").read_text(encoding="utf-8")
    file.write_text(shipped.replace("[attendance]", "[levitation]", 1), encoding="utf-8")
    with pytest.raises(RulesError, match=r"rules\.yaml: rule E3: cues\[0\].*levitation"):
        load_rules(file)


@pytest.mark.parametrize("name", ["w.yaml", "w.yml", "w.json"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("something else")
    write_watchlist(file, a_watchlist())
    assert load_watchlist(file) == a_watchlist()
    assert [one.name for one in tmp_path.iterdir()] == [name]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1))
def test_every_text_is_read_as_it_was_written(text: str) -> None:
    slogans = (text[:200], f"#{text[:9]}", f"{text[:9]}: {text[:9]}", f"- {text[:9]}")
    first = msgspec.structs.replace(CONTEST.candidates[0], slogans=slogans)
    contest = msgspec.structs.replace(CONTEST, candidates=(first, *CONTEST.candidates[1:]))
    with TemporaryDirectory() as folder:
        for name in ("w.yaml", "w.json"):
            file = Path(folder) / name
            write_watchlist(file, a_watchlist(contest))
            assert read_watchlist(file) == a_watchlist(contest)


def test_nothing_is_left_of_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match=r"w\.txt: no kind of watchlist.*\.yaml"):
        write_watchlist(tmp_path / "w.txt", a_watchlist())
    with pytest.raises(WatchlistError, match=r"none/w\.yaml: cannot be written \(No such file"):
        write_watchlist(tmp_path / "none" / "w.yaml", a_watchlist())
    (tmp_path / "w.yaml").mkdir()
    (tmp_path / "w.yaml" / "kept").touch()
    with pytest.raises(WatchlistError, match=r"cannot be written"):
        write_watchlist(tmp_path / "w.yaml", a_watchlist())
    assert [one.name for one in tmp_path.iterdir()] == ["w.yaml"]
