"""Each check of a rules file, by what it says of `refused/<check>.yaml` (see `documents`)."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import matchers.rule_checks
from config.errors import RulesError
from config.settings import CONFIG_DIR
from lists.rules_file import read_rules
from matchers.rule_checks.all_checks import (
    CHECKS,
    OUTLINE,
    WARNINGS,
    parse_rules,
    rule_problems,
    rule_warnings,
)
from matchers.rule_checks.vocabulary import EVIDENCE_KINDS, PHASES
from streams.records import ACTIONS
from tests.rules.documents import (
    GOOD,
    HERE,
    NAMES,
    document,
    golden,
    good_with,
    rules_of,
    said_by,
)

MESSAGE = re.compile(r"(rule \w+|rule number \d+|the file): \S.*[^.]\. [A-Z].*[^.]\.$")
INFRASTRUCTURE = {"__init__", "all_checks", "draft", "problem", "vocabulary"}


@pytest.mark.parametrize("check", NAMES)
def test_what_a_check_says(check: str) -> None:
    said = said_by(check)
    assert said
    assert said == golden(check).read_text(encoding="utf-8")


def test_one_module_one_file_and_one_golden_a_check() -> None:
    package = Path(matchers.rule_checks.__file__).parent
    modules = {file.stem for file in package.glob("*.py")} - INFRASTRUCTURE
    assert modules == {*CHECKS, *WARNINGS}
    assert {file.stem for file in (HERE / "refused").glob("*.yaml")} == set(NAMES)
    assert {file.stem for file in (HERE / "golden").glob("*.txt")} == set(NAMES)


@pytest.mark.parametrize("check", CHECKS)
def test_each_fault_is_told_once(check: str) -> None:
    """A rule that is wrong in one way has no other check speak, alone in its file."""
    for rule in rules_of(check):
        assert {problem.check for problem in rule_problems(document(rule))} <= {check}, rule


@pytest.mark.parametrize("check", NAMES)
def test_every_message_says_what_where_and_what_to_do(check: str) -> None:
    for line in said_by(check).splitlines():
        assert re.match(r"(rule \w+|rule number \d+|the file): \S.*[^.]\. [A-Z].*[^.]\.$", line), (
            line
        )


def test_a_good_rule_and_the_shipped_file_have_no_problem() -> None:
    assert rule_problems(document(good_with({"code": "T1"}))) == ()
    shipped = read_rules(CONFIG_DIR / "rules.yaml")
    assert rule_problems(shipped) == ()
    assert rule_warnings(shipped) == ()


WORDS = st.sampled_from(
    [
        *ACTIONS,
        *EVIDENCE_KINDS,
        *PHASES,
        "any",
        "conclusive",
        "own",
        "support",
        "photo",
        "",
        "nought",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 1) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.integers(), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from([*GOOD, "code", "identity", "cues", "media", "colour"])
CONDITIONS = st.dictionaries(
    st.sampled_from(["any", "narrow", "broad"]),
    st.dictionaries(
        st.sampled_from(["target_account", "sufficient", "cues", "cues_on"]),
        st.lists(WORDS, max_size=3),
    ),
)
RULES = st.builds(
    lambda changes, conditions: good_with({"code": "T1"} | changes | conditions),
    st.dictionaries(FIELDS, VALUES | st.lists(WORDS), max_size=3),
    st.just({}) | CONDITIONS.map(lambda found: {"evidence": found}),
)


@given(st.lists(RULES, max_size=3), st.just(1) | VALUES)
def test_what_has_no_problem_can_be_used_and_the_rest_is_refused(rules: Any, schema: Any) -> None:
    content = {"schema": schema, "rules": rules}
    if rule_problems(content):
        with pytest.raises(RulesError):
            parse_rules(content)
    else:
        assert len(parse_rules(content).rules) == len(rules)


@given(VALUES)
def test_no_content_is_too_strange_to_be_refused(content: Any) -> None:
    assert rule_problems(content)


def test_problems_come_rule_by_rule_the_files_own_first() -> None:
    first, second = (
        good_with({"code": "T1", "phases": []}),
        good_with({"code": "T2", "source": "-"}),
    )
    found = rule_problems(document(first | {"gloss": ""}, second) | {"colour": "red"})
    assert [(one.where, one.check) for one in found] == [
        ("the file", OUTLINE),
        ("rule T1", "incomplete"),
        ("rule T1", "unreachable"),
        ("rule T2", "legal_basis"),
    ]


def test_a_rule_that_cannot_be_read_does_not_hide_the_others() -> None:
    found = rule_problems(
        document(
            good_with({"code": "T1", "actions": "post"}), good_with({"code": "T2", "cues": ["hm"]})
        )
    )
    assert [(one.where, one.check) for one in found] == [
        ("rule T1", OUTLINE),
        ("rule T2", "unknown_words"),
    ]
