"""`netral rules check` and `netral rules list`."""

from pathlib import Path

import orjson
import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.main import app
from config.settings import CONFIG_DIR
from tests.rules.documents import document, good_with
from tests.rules.scene import BOOK

SHIPPED = CONFIG_DIR / "rules.yaml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, ["rules", *(str(one) for one in arguments)], env={"COLUMNS": "300"}
    )


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    rules = document(
        good_with({"code": "T1", "evidence": {"any": {"sufficient": ["[palm]"]}}}),
        good_with({"code": "T2", "item": "else", "legal_basis": "TODO", "verified": "unverified"}),
    )
    # By way of JSON: the two rules share parts, and YAML aliases are refused.
    file.write_text(yaml.safe_dump(orjson.loads(orjson.dumps(rules))), encoding="utf-8")
    return file


def test_the_shipped_file_is_fit() -> None:
    done = run("check", SHIPPED)
    assert done.exit_code == 0
    assert f"(20 rules, 9 observable, version {BOOK.version}), 0 warning(s)" in done.output


def test_a_bad_file_exits_65_with_every_problem(bad: Path) -> None:
    done = run("check", bad)
    assert done.exit_code == 65
    *_, last = done.output.splitlines()
    assert "rule T1: evidence.any.sufficient[0]: '[palm]' is no kind of evidence" in done.output
    assert "rule T2: legal_basis: 'TODO' only holds the place" in done.output
    assert "warning  rule T2: verified: it is unverified" in done.output
    assert last.endswith("refused, 2 error(s).")


def test_json_for_scripts(bad: Path) -> None:
    done = run("check", "--json", bad)
    assert done.exit_code == 65
    report = orjson.loads(done.output)
    assert not report["ok"]
    assert [(one["check"], one["where"], one["path"]) for one in report["errors"]] == [
        ("unknown_evidence_kinds", "rule T1", "evidence.any.sufficient[0]"),
        ("legal_basis", "rule T2", "legal_basis"),
    ]
    assert all(one["wrong"] in one["message"] for one in report["errors"])
    assert [one["check"] for one in report["warnings"]] == ["unverified"]
    fit = orjson.loads(run("check", "--json", SHIPPED).output)
    assert (fit["ok"], fit["errors"], fit["version"]) == (True, [], BOOK.version)


def test_a_file_that_cannot_be_read_is_refused_too(tmp_path: Path) -> None:
    done = run("check", tmp_path / "none.yaml")
    assert done.exit_code == 65
    assert "No such file" in done.output
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: 1\nschema: 1\n", encoding="utf-8")
    report = orjson.loads(run("check", "--json", broken).output)
    assert "line 2: the key 'schema' stands here twice" in report["errors"][0]["message"]


def test_the_list_shows_every_rule_and_says_which_are_not_looked_for() -> None:
    done = run("list")
    assert done.exit_code == 0
    seen, unseen = done.output.split("Cannot be seen in posts")
    for rule in BOOK.rules:
        lines = [line.split() for line in (seen if rule.observable else unseen).splitlines()]
        assert [rule.code, rule.severity_class] in [words[:2] for words in lines]
    assert f"9 of them looked for, version {BOOK.version}" in done.output


def test_the_list_as_json_and_of_another_file(tmp_path: Path, bad: Path) -> None:
    report = orjson.loads(run("list", "--json").output)
    assert [rule["code"] for rule in report["rules"]] == [rule.code for rule in BOOK.rules]
    assert {rule["code"] for rule in report["rules"] if not rule["observable"]} >= {"E1", "D13"}
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(document(good_with({"code": "T1"}))), encoding="utf-8")
    assert "1 rules, 1 of them looked for" in run("list", "--rules", file).output
    assert run("list", "--rules", bad).exit_code != 0
