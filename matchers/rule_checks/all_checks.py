"""All checks of a rules file, and the way from its content to a rulebook."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec import Struct

from config.errors import RulesError
from matchers.rule_checks import (
    cues_on,
    incomplete,
    legal_basis,
    overlapping_phases,
    readings,
    shadowed,
    unknown_evidence_kinds,
    unknown_words,
    unobservable,
    unreachable,
    unverified,
    weak_identity,
    written_twice,
)
from matchers.rule_checks.draft import Draft, read_drafts
from matchers.rule_checks.problem import FILE, Problem
from matchers.rules import Rule, Rulebook


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal[1]
    rules: tuple[Rule, ...]


Check = Callable[[Sequence[Draft]], Iterator[Problem]]

CHECKS: Final[dict[str, Check]] = {
    "written_twice": written_twice.check,
    "incomplete": incomplete.check,
    "legal_basis": legal_basis.check,
    "unobservable": unobservable.check,
    "unknown_words": unknown_words.check,
    "unknown_evidence_kinds": unknown_evidence_kinds.check,
    "readings": readings.check,
    "cues_on": cues_on.check,
    "weak_identity": weak_identity.check,
    "overlapping_phases": overlapping_phases.check,
    "unreachable": unreachable.check,
    "shadowed": shadowed.check,
}
"""Any problem refuses the file."""
WARNINGS: Final[dict[str, Check]] = {"unverified": unverified.check}
"""Worth a look; the file is fit to be in force."""
OUTLINE: Final = "outline"
"""The name of what reading the file finds: unknown fields, wrong types."""


def rule_problems(document: object) -> tuple[Problem, ...]:
    """Every reason to refuse a rules file's content: the file's own, then rule by rule."""
    drafts, unread = read_drafts(document)
    found = [problem._replace(check=OUTLINE) for problem in unread]
    return _in_order([*found, *_run(CHECKS, drafts)], drafts)


def rule_warnings(document: object) -> tuple[Problem, ...]:
    """What is allowed but worth a look, rule by rule."""
    drafts, _ = read_drafts(document)
    return _in_order(_run(WARNINGS, drafts), drafts)


def parse_rules(document: object) -> Rulebook:
    """Check a rules file's content and make it a rulebook.

    Raises RulesError with every problem, each naming rule, place and mending.
    """
    problems = rule_problems(document)
    if problems:
        raise RulesError(refusal(problems))
    parsed = msgspec.convert(document, _Document).rules
    rules = tuple(sorted(parsed, key=lambda rule: _code_order(rule.code)))
    digest = sha256(msgspec.json.encode(rules, order="deterministic")).hexdigest()
    return Rulebook(rules=rules, version=digest[:16])


def refusal(problems: Sequence[Problem]) -> str:
    """The problems as one message; a single one in one line."""
    if len(problems) == 1:
        return str(problems[0])
    lines = "\n".join(f"  {problem}" for problem in problems)
    return f"rules refused, {len(problems)} problems:\n{lines}"


def _run(checks: dict[str, Check], drafts: Sequence[Draft]) -> list[Problem]:
    return [
        problem._replace(check=name) for name, check in checks.items() for problem in check(drafts)
    ]


def _in_order(problems: list[Problem], drafts: Sequence[Draft]) -> tuple[Problem, ...]:
    """The file's own first, then the unreadable rules', then the others' in the file's order."""
    places = {FILE: -2} | {draft.place: place for place, draft in enumerate(drafts)}
    return tuple(sorted(problems, key=lambda problem: places.get(problem.where, -1)))


def _code_order(code: str) -> tuple[str, int, str]:
    """E2 before E10."""
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0), code
