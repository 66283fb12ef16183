from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from lists.register_build import build_register
from synth.register import draw_register, write_source
from tests.cli.conftest import Run

runner = CliRunner()


def _made(*arguments: str | Path) -> str:
    done = runner.invoke(app, ["synth", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.output


def test_everything_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        options: list[str | Path] = ["--people", "200", "--seed", "9"]
        for ending in ("csv", "jsonl", "parquet"):
            _made("register", "-o", folder / f"register.{ending}", *options)
        files: list[str | Path] = ["-o", folder / "posts.jsonl", "--truth", folder / "truth.jsonl"]
        _made("posts", *files, "--register-out", folder / "small.csv", "-n", "1500", *options)
        files = ["-o", folder / "authors.jsonl", "--truth", folder / "who.jsonl"]
        _made("authors", *files, "-n", "3", *options)
        written.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 8
    answers = [orjson.loads(line) for line in written[0]["truth.jsonl"].splitlines()]
    assert len(answers) == len(written[0]["posts.jsonl"].splitlines())
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
    """The demo's register: the known answers hold for no other."""
    source, expected = tmp_path / "register.csv", tmp_path / "expected.csv"
    files: list[str | Path] = ["-o", tmp_path / "posts.jsonl", "--register-out", source]
    _made("posts", *files, "--people", "150", "--seed", "7", "-n", "1500")
    write_source(draw_register(150, 7), expected)
    assert source.read_bytes() == expected.read_bytes()


def test_authors_are_those_of_the_register_of_the_same_seed(tmp_path: Path) -> None:
    source, truth = tmp_path / "register.jsonl", tmp_path / "truth.jsonl"
    options = ["--people", "300", "--seed", "4"]
    _made("register", "-o", source, *options)
    kinds = ["--kind", "registered_id", "--kind", "name_derived", "--kind", "registered_id"]
    output = _made(
        "authors", "-o", tmp_path / "a.jsonl", "--truth", truth, *kinds, "-n", "20", *options
    )
    assert "40 posts" in output
    rows = [orjson.loads(line) for line in source.read_bytes().splitlines()]
    known = {(row["platform"], row["handle"]) for row in rows}
    answers = [orjson.loads(line) for line in truth.read_bytes().splitlines()]
    kinds_of = {one["handle"] is None: one["kind"] for one in answers}
    assert kinds_of == {False: "registered_id", True: "name_derived"}
    registered = [one for one in answers if one["handle"] is not None]
    assert len(registered) == 20
    assert all((one["platform"], one["handle"]) in known for one in registered)


def test_a_folder_that_is_not_there_is_named(netral: Run) -> None:
    done = netral("synth", "register", "-o", "absent/register.csv")
    assert done.returncode == 66
    assert "absent/register.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["register", "-o", "register.xlsx"], ".parquet"),
        (["posts", "-o", "posts.jsonl", "--people", "1"], "too small"),
        (["authors", "-o", "a", "--truth", "b", "--kind", "friend"], "friend: no kind"),
        (["authors", "-o", "a", "--truth", "a"], "a file each"),
        (["authors", "-o", "a", "--truth", "absent/b"], "absent/b"),
        (
            ["authors", "-o", "a", "--truth", "b", "--people", "1", "--kind", "registered_handle"],
            "more people",
        ),
    ],
    ids=["ending", "small register", "kind", "same file", "folder", "nobody"],
)
def test_what_cannot_be_made_is_named(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = runner.invoke(app, ["synth", *arguments])
    assert done.exit_code != 0
    assert says in f"{done.output}{done.exception}"
