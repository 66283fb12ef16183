"""Rules files to be refused: `refused/<check>.yaml` says how each rule differs from a good one.

python -m tests.rules.documents      # writes golden/ anew; read the difference before it is kept
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from matchers.rule_checks.all_checks import (
    CHECKS,
    OUTLINE,
    WARNINGS,
    rule_problems,
    rule_warnings,
)
from matchers.rule_checks.problem import Problem

HERE = Path(__file__).parent
GOOD: Final[dict[str, Any]] = {
    "wording": "Mengajak memilih calon",
    "gloss": "Calling on people to vote for a candidate",
    "wording_version": "test.1",
    "item": "calling",
    "observable": True,
    "actions": ["post"],
    "phases": ["campaign"],
    "evidence": {"any": {"sufficient": ["full_name"]}},
    "severity_class": "berat",
    "legal_basis": "PP 94/2021 art. 5(n)(5)",
    "source": "SKB 22 Sept 2022, annex II",
    "verified": "press",
}
NAMES = (OUTLINE, *CHECKS, *WARNINGS)


def good_with(changes: dict[str, Any]) -> dict[str, Any]:
    """The good rule with changes; a field changed to None is left out."""
    return {name: value for name, value in (GOOD | changes).items() if value is not None}


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"schema": 1, "rules": list(rules)}


def rules_of(check: str) -> list[dict[str, Any]]:
    return [good_with(changes) for changes in read(check)]


def read(check: str) -> Any:
    return yaml.safe_load((HERE / "refused" / f"{check}.yaml").read_text(encoding="utf-8"))


def said_by(check: str) -> str:
    """What a check says of its file, a line a problem."""
    documents = read(check) if check == OUTLINE else [document(*rules_of(check))]
    found: list[Problem] = []
    for one in documents:
        found += _of(check, rule_warnings(one) if check in WARNINGS else rule_problems(one))
    return "".join(f"{problem}\n" for problem in found)


def _of(check: str, problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.check == check]


def golden(check: str) -> Path:
    return HERE / "golden" / f"{check}.txt"


if __name__ == "__main__":
    for name in NAMES:
        golden(name).write_text(said_by(name), encoding="utf-8")
