from pathlib import Path

import orjson
from typer.testing import CliRunner

from cli.main import app
from tests.cli.conftest import Run

runner = CliRunner()


def test_register_and_posts_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        files = [tmp_path / f"{name}.{end}" for end in ("csv", "jsonl", "truth")]
        source, posts, truth = map(str, files)
        options = ["--people", "200", "--seed", "9"]
        made = runner.invoke(app, ["synth", "register", "-o", source, *options])
        assert made.exit_code == 0, made.output
        drawn = runner.invoke(
            app, ["synth", "posts", "-o", posts, "--truth", truth, "-n", "1500", *options]
        )
        assert drawn.exit_code == 0, drawn.output
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]
    answers = [orjson.loads(line) for line in written[0][2].splitlines()]
    assert len(answers) == len(written[0][1].splitlines())
    assert {"line", "disposition", "rules", "identity", "scene"} <= set(answers[0])


def test_a_folder_that_is_not_there_is_named(netral: Run) -> None:
    done = netral("synth", "register", "-o", "absent/register.csv")
    assert done.returncode == 66
    assert "absent/register.csv" in done.stderr


def test_a_register_that_is_too_small_is_named(netral: Run) -> None:
    done = netral("synth", "posts", "-o", "posts.jsonl", "--people", "1")
    assert done.returncode == 66
    assert "too small" in done.stderr
