import csv
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app, main
from lists.register_build import build_register
from streams.codec import decode_post
from streams.records import PublicPost
from synth.actors import KINDS
from synth.register import draw_register, write_source
from tests.cli.conftest import Run

runner = CliRunner()


def _made(*arguments: str | Path) -> str:
    done = runner.invoke(app, ["synth", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def _files(folder: Path, posts: str, truth: str) -> list[str]:
    return ["-o", f"{folder}/{posts}.jsonl", "--truth", f"{folder}/{truth}.jsonl"]


def test_everything_is_the_same_for_the_same_seed_alone(tmp_path: Path) -> None:
    written = []
    for name, seed in (("a", "9"), ("b", "9"), ("c", "10")):
        folder = tmp_path / name
        folder.mkdir()
        options = ["--people", "200", "--seed", seed]
        for ending in ("csv", "jsonl", "parquet"):
            _made("register", "-o", folder / f"register.{ending}", *options)
        small = ["--register-out", f"{folder}/small.csv"]
        _made("posts", *_files(folder, "posts", "truth"), *small, "-n", "1500", *options)
        _made("authors", *_files(folder, "authors", "who"), "-n", "3", *options)
        written.append({file.name: file.read_bytes() for file in folder.iterdir()})
    first, again, other = written
    assert len(first) == 8
    assert first == again
    assert [name for name in first if first[name] == other[name]] == []
    answers = [orjson.loads(line) for line in first["truth.jsonl"].splitlines()]
    assert len(answers) == len(first["posts.jsonl"].splitlines())
    assert {"line", "disposition", "rules", "identity", "scene"} <= set(answers[0])


def test_the_three_kinds_of_file_build_one_register(tmp_path: Path) -> None:
    versions = set()
    for ending in ("csv", "jsonl", "parquet"):
        source, built = tmp_path / f"register.{ending}", tmp_path / ending
        output = _made("register", "-o", source, "--people", "100", "--seed", "2")
        report = build_register(source, built)
        assert f"{report.manifest.accounts:,} accounts of 100 people" in output
        assert report.refused == ()
        versions.add(report.manifest.version)
    assert len(versions) == 1


def test_posts_come_with_the_register_that_they_are_about(tmp_path: Path) -> None:
    """The known answers hold for this register and for no other."""
    source, posts, truth = (tmp_path / name for name in ("r.csv", "p.jsonl", "t.jsonl"))
    files = [*_files(tmp_path, "p", "t"), "--register-out", str(source)]
    output = _made("posts", *files, "--people", "150", "--seed", "7", "-n", "1500")
    expected = tmp_path / "expected.csv"
    accounts = write_source(draw_register(150, 7), expected)
    assert source.read_bytes() == expected.read_bytes()
    assert f"{source}: {accounts:,} accounts of 150 people" in output.replace("\n", "")
    with source.open(newline="") as file:
        ids = {(row["platform"], row["account_id"]) for row in csv.DictReader(file)}
    bound = 0
    for line, answer in zip(
        posts.read_bytes().splitlines(), truth.read_bytes().splitlines(), strict=True
    ):
        if orjson.loads(answer)["identity"] == "bound":
            post = decode_post(line)
            assert isinstance(post, PublicPost)
            assert (post.platform, post.actor.account_id) in ids
            bound += 1
    assert bound > 50


def test_authors_are_those_of_the_register_of_the_same_seed(tmp_path: Path) -> None:
    source, posts, truth = (tmp_path / name for name in ("r.jsonl", "a.jsonl", "t.jsonl"))
    options = ["--people", "300", "--seed", "4"]
    _made("register", "-o", source, *options)
    kinds = ["--kind", "registered_id", "--kind", "name_derived", "--kind", "registered_id"]
    output = _made("authors", "-o", posts, "--truth", truth, *kinds, "-n", "20", *options)
    assert "40 posts by 2 kinds" in output
    rows = [orjson.loads(line) for line in source.read_bytes().splitlines()]
    ids = {(row["platform"], row["handle"]): row.get("account_id") for row in rows}
    answers = [orjson.loads(line) for line in truth.read_bytes().splitlines()]
    decoded = [decode_post(line) for line in posts.read_bytes().splitlines()]
    for post, answer in zip(decoded, answers, strict=True):
        assert isinstance(post, PublicPost)
        assert answer.keys() == {"post_id", "kind", "platform", "handle"}
        assert post.post_id == answer["post_id"]
        if answer["kind"] == "registered_id":
            assert post.actor.account_id == ids[answer["platform"], answer["handle"]]
        else:
            assert answer["kind"] == "name_derived"
            assert answer["platform"] is answer["handle"] is None
    kinds_in_order = [answer["kind"] for answer in answers]
    assert kinds_in_order.count("registered_id") == kinds_in_order.count("name_derived") == 20
    assert kinds_in_order != sorted(kinds_in_order)
    assert kinds_in_order != sorted(kinds_in_order, reverse=True)


def test_without_a_kind_there_are_authors_of_all(tmp_path: Path) -> None:
    truth = tmp_path / "t.jsonl"
    _made("authors", "-o", tmp_path / "a.jsonl", "--truth", truth, "-n", "2")
    answers = [orjson.loads(line) for line in truth.read_bytes().splitlines()]
    assert {answer["kind"] for answer in answers} == set(KINDS)
    assert len(answers) == 2 * len(KINDS)


def test_a_folder_that_is_not_there_is_named(netral: Run) -> None:
    done = netral("synth", "register", "-o", "absent/register.csv")
    assert done.returncode == 66
    assert "absent/register.csv" in done.stderr
    assert "Traceback" not in done.stderr


AUTHORS = ("authors", "-o", "a.jsonl", "--truth", "t.jsonl")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["register", "-o", "r.xlsx"], "r.xlsx: give a file that ends in .csv or .jsonl or"),
        (["register", "-o", "folder.csv"], "folder.csv: Is a directory"),
        (["posts", "-o", "p.jsonl", "--people", "1"], "too small"),
        (["posts", "-o", "absent/p.jsonl"], "absent/p.jsonl: No such file"),
        (["posts", "-o", "p.jsonl", "--register-out", "r.parquet"], "r.parquet: give a file that"),
        (["authors", "-o", "a.json", "--truth", "t.jsonl"], "a.json: give a file that ends in"),
        (["authors", "-o", "a.jsonl", "--truth", "t.csv"], "t.csv: give a file that ends in"),
        (["authors", "-o", "a.jsonl", "--truth", "a.jsonl"], "a.jsonl: posts and truth need"),
        (["authors", "-o", "a.jsonl", "--truth", "absent/t.jsonl"], "absent/t.jsonl: its folder"),
        ([*AUTHORS, "--kind", "friend"], "friend: no kind of author. Give one of registered_id"),
        ([*AUTHORS, "--kind", "registered_handle", "--people", "1"], "registered_handle: nobody"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_made_is_named_and_nothing_is_written(
    arguments: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    assert main(["synth", *arguments]) == 66
    assert says in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["folder.csv"]
