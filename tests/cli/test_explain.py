import re
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from cli import explanation
from cli.explanation import explain_value
from cli.main import app
from config.settings import ListSettings, Settings
from lists.in_force import ListsInForce
from matchers.fuzzy_identity import every_candidate
from matchers.screening import Stages
from tests.cli.conftest import Lists
from tests.invariants.scene import (
    ACCOUNTS,
    BOUND,
    NAME,
    account,
    files_in,
    in_force,
    raw,
    read,
)

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
        p.value for p in lists.sample if p.author == "lead" and p.expected.disposition == "flagged"
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


def test_every_candidate_is_shown_with_levels_weights_and_probability(tmp_path: Path) -> None:
    """The quiet ones too, which the worker only counts."""
    files = files_in(tmp_path / "lists")
    alike = ["budiuji", "budi_ujii", "realbudiuji", "budi_uji7", "budi_uji88", "budi_ujo"]
    files.write_register([*ACCOUNTS, *(account(20 + n, handle) for n, handle in enumerate(alike))])
    stages = in_force(files).stages
    value = raw("budi__uji8", actor={"handle": "budi__uji8", "display_name": NAME})
    post = read(value)
    candidates, left = every_candidate(post, stages.register, stages.model, stages.judgement, 99)
    handles = {stages.register.account(one.row).handle for one in candidates}
    assert handles == {BOUND, *alike}
    assert left == 0
    (step,) = (one for one in explain_value(value, stages) if one.stage == "fuzzy identity")
    assert step.result == f"no lead: {len(candidates)} candidate(s), threshold 80.00 %"
    lines = iter(step.lines)
    for one in candidates:
        said = next(lines)
        assert said.startswith(f"row {one.row}: {one.probability / 100:.2f} %, ")
        assert said.endswith(f"below the threshold, match weight {one.weight / 10:+.1f} bits")
        for level, weight in stages.model.parts(one.evidence):
            assert next(lines) == f"  {level}: {weight.tenths / 10:+.1f} bits"
        if not one.evidence.can_carry_a_lead:
            assert "carries no lead" in next(lines)
    assert list(lines) == []


def test_a_crowd_is_counted_where_it_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explanation, "SHOWN_CANDIDATES", 20)
    files = files_in(tmp_path / "lists")
    files.write_register([*ACCOUNTS, *(account(20 + n, f"sriuji{n}") for n in range(60))])
    steps = explain_value(raw("sri_uji"), in_force(files).stages)
    (step,) = (one for one in steps if one.stage == "fuzzy identity")
    assert step.result.startswith("no lead: 60 candidate(s)")
    assert step.lines[-1] == "and 40 more, whose handles say less"
