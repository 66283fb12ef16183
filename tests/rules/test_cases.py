"""Every observable rule on posts as people write them, in both readings, through all stages."""

from collections import defaultdict

import pytest

from matchers.rules import Reading
from tests.rules.scene import BOOK, OUTSIDE, WHEN, outcome, post_of
from tests.rules.table import FOLDER, Case, cases_in, every_case

CASES = every_case()
OBSERVABLE = [rule.code for rule in BOOK.rules if rule.observable]
LEAST = 8
NOT_FLAGGED = ("untouched", "no_rule")
NOT_CONTENT = {"when", "who"}


def _param(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=case.pending, strict=True)] if case.pending else []
    return pytest.param(case, marks=marks, id=str(case))


@pytest.mark.parametrize("case", [_param(case) for case in CASES])
def test_case(case: Case) -> None:
    for reading, expected in (("narrow", case.rules), ("broad", case.broad)):
        _holds(case, reading, expected)  # type: ignore[arg-type]


def _holds(case: Case, reading: Reading, expected: list[str]) -> None:
    found = outcome(post_of(case.post), reading)
    rules = [rule for flag in found.flags for rule in flag.rules]
    assert [rule.code for rule in rules] == sorted(expected), reading
    if not expected:
        assert found.disposition in ((case.ends,) if case.ends else NOT_FLAGGED)
        return
    (flag,) = found.flags
    assert flag.identity.status == case.identity
    assert set(case.cues) <= {cue.kind for cue in flag.cues}
    assert [one.code for one in flag.exemptions] == case.exemptions
    assert all(one.reason and one.effect == "lowers_priority" for one in flag.exemptions)
    if case.severity:
        assert {rule.severity_class for rule in rules} == {case.severity}


def test_every_observable_rule_has_a_table_and_nothing_else_has() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(OBSERVABLE)


@pytest.mark.parametrize("code", OBSERVABLE)
def test_each_table_covers_what_it_must(code: str) -> None:
    cases = list(cases_in(FOLDER / f"{code}.yaml"))
    said = {str({k: v for k, v in case.post.items() if k not in NOT_CONTENT}) for case in cases}
    assert len(said) >= LEAST
    times = {case.post["when"] for case in cases}
    assert times - OUTSIDE >= {"before", "campaign", "quiet", "polling"}
    assert times & OUTSIDE
    assert times <= set(WHEN)
    firm = [case for case in cases if case.pending is None]
    assert any(code in case.rules for case in firm)
    twins = [case for case in firm if case.twin_of is not None]
    assert any(_parts(case, code) for case in twins), "no twin that is just not flagged"
    names = defaultdict(list)
    for case in cases:
        names[case.name].append(case)
    assert [name for name, several in names.items() if len(several) > 1] == []


def _parts(case: Case, code: str) -> bool:
    """Whether a twin is not flagged under the rule and the post it is a twin of is."""
    return case.twin_of is not None and code in case.twin_of.rules and code not in case.rules
