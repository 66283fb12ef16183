import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli.explanation import explain_value
from cli.main import app
from config.settings import ListSettings, Settings
from lists.in_force import ListsInForce
from matchers.screening import Stages
from tests.cli.conftest import Lists

runner = CliRunner()
STAGES = [
    "decode",
    "visibility",
    "event window",
    "touch",
    "exact identity",
    "fuzzy identity",
    "evidence",
    "cues",
    "rules",
    "disposition",
]


@pytest.fixture(scope="module")
def stages(lists: Lists) -> Stages:
    return ListsInForce(
        Settings.model_construct(
            lists=ListSettings(register_dir=lists.register, watchlist_file=lists.watchlist)
        )
    ).stages


def test_every_stage_is_printed_in_order(lists: Lists, tmp_path: Path) -> None:
    post = next(
        p.value
        for p in lists.sample
        if p.scene == "attendance" and p.author == "lead" and p.expected.disposition == "flagged"
    )
    assert post is not None
    file = tmp_path / "post.json"
    file.write_bytes(post)
    done = runner.invoke(app, ["explain", *lists.options, str(file)])
    assert done.exit_code == 0
    printed = re.findall(r"^\d+\. (\w+(?: (?:identity|window))?)", done.output, re.MULTILINE)
    assert printed == STAGES
    for said in ("match weight", "threshold", "bits", "fires", "fails on", "asked for", "flagged"):
        assert said in done.output
    assert list(tmp_path.iterdir()) == [file]


def test_explanations_agree_with_the_known_answers(lists: Lists, stages: Stages) -> None:
    for post in lists.sample:
        if post.value is None:
            continue
        steps = explain_value(post.value, stages)
        assert steps[-1].stage == "disposition"
        assert steps[-1].result == post.expected.disposition
        if post.expected.disposition == "flagged":
            [rules] = [step for step in steps if step.stage.startswith("rules for")]
            assert rules.result == ", ".join(post.expected.rules)


def test_an_unreadable_post_is_refused_with_reason_and_path(lists: Lists, tmp_path: Path) -> None:
    file = tmp_path / "post.json"
    file.write_bytes(b'{"schema":1,"post_id":7,"text":"canary"}')
    done = runner.invoke(app, ["explain", *lists.options, str(file), "--json"])
    assert done.exit_code == 0
    assert [step["stage"] for step in orjson.loads(done.output)] == ["decode", "disposition"]
    assert "wrong_type at $.post_id" in done.output
    assert "canary" not in done.output


def test_a_post_from_standard_input(lists: Lists) -> None:
    value = next(p.value for p in lists.sample if p.expected.disposition == "out_of_window")
    assert value is not None
    done = runner.invoke(app, ["explain", *lists.options, "-"], input=value)
    assert done.exit_code == 0
    assert "in none of its phases" in done.output
    assert "disposition: out_of_window" in done.output
