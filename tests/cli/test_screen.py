from pathlib import Path

import msgspec
import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from streams.records import FlaggedEvent
from tests.cli.conftest import Lists, Run

runner = CliRunner()


def test_screen_gives_the_known_answer_twice_the_same(
    lists: Lists, netral: Run, tmp_path: Path
) -> None:
    in_file = [post for post in lists.sample if post.value is not None]
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    done = netral("screen", *lists.options, str(lists.posts), "-o", str(first), "--json")
    assert done.returncode == 0
    again = netral("screen", *lists.options, str(lists.posts), "-o", str(second), "--json")
    assert first.read_bytes() == second.read_bytes()
    assert done.stdout == again.stdout

    flags = [msgspec.json.decode(line, type=FlaggedEvent) for line in first.open("rb")]
    known = {p.post_id: p.expected for p in in_file if p.expected.disposition == "flagged"}
    assert {flag.post_id for flag in flags} == set(known)
    for flag in flags:
        assert tuple(rule.code for rule in flag.rules) == known[flag.post_id].rules
        assert flag.identity.status == known[flag.post_id].identity

    summary = orjson.loads(done.stdout)
    assert summary["lines"] == len(in_file) == sum(summary["dispositions"].values())
    for name, count in summary["dispositions"].items():
        assert count == sum(post.expected.disposition == name for post in in_file)
    for bad in summary["invalid"]:
        expected = in_file[bad["line"] - 1].expected
        assert (bad["reason"], bad["path"]) == (expected.reason, expected.path)


def test_flags_go_to_standard_output_and_the_summary_to_standard_error(
    lists: Lists, netral: Run
) -> None:
    done = netral("screen", *lists.options, str(lists.posts))
    assert done.returncode == 0
    assert all(
        msgspec.json.decode(line, type=FlaggedEvent).rules for line in done.stdout.splitlines()
    )
    assert "out_of_window" in done.stderr
    assert "together" in done.stderr


def test_invalid_lines_are_named_and_never_echoed(lists: Lists, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_bytes(b'{"schema": 1, "text": "canary"\n\n{"schema":"canary"}\n')
    done = runner.invoke(app, ["screen", *lists.options, str(posts)])
    assert done.exit_code == 0
    assert "line 1: malformed_json at $" in done.stderr
    assert "line 3: " in done.stderr
    assert "canary" not in done.output


def test_a_failing_run_leaves_no_output(
    lists: Lists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("cli.screen.Summary.add", broken)
    done = runner.invoke(app, ["screen", *lists.options, str(lists.posts), "-o", str(out)])
    assert isinstance(done.exception, RuntimeError)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["posts", "out"])
def test_files_that_cannot_be_used_are_named(lists: Lists, netral: Run, missing: str) -> None:
    posts = "absent.jsonl" if missing == "posts" else str(lists.posts)
    done = netral("screen", *lists.options, posts, "-o", "absent/out.jsonl")
    assert done.returncode == 66
    assert "absent" in done.stderr
    assert "Traceback" not in done.stderr
