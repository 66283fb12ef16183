"""A package counts as checked only where a source knew it."""

from pathlib import Path
from typing import Any

import pytest

from scripts.audit import SOURCES, UNCHECKED, VULNERABLE, Answer, ask, read_report, verdict

LOCK = Path("lock.txt")
CLEAN: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}
VULNERABLE_ONE: dict[str, Any] = {
    "name": "bad",
    "version": "1",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2"]}],
}
AWAY = Answer("osv", 0, (), (), "name resolution failed")


def said(*packages: dict[str, Any], allow: bool = False, then: Answer = AWAY) -> tuple[int, str]:
    answers = [read_report("pypi", {"dependencies": list(packages)}), then]
    code, lines = verdict(answers, LOCK, allow_unreachable=allow)
    return code, "\n".join(lines)


def test_all_checked_is_well() -> None:
    assert said(CLEAN) == (0, "lock.txt: 1 packages, no known vulnerability (pypi)")


def test_a_vulnerability_fails_and_is_named_also_where_others_are_unknown() -> None:
    for packages in ((VULNERABLE_ONE,), (VULNERABLE_ONE, SKIPPED, CLEAN)):
        code, text = said(*packages, allow=True)
        assert code == VULNERABLE
        assert "bad 1: PYSEC-1 CVE-1; mended in 2" in text


@pytest.mark.parametrize("packages", [(), (SKIPPED,)])
def test_nobody_reachable_is_never_well_unless_allowed_and_then_loud(
    packages: tuple[dict[str, Any], ...],
) -> None:
    code, text = said(*packages)
    assert code == UNCHECKED
    assert "VULNERABILITIES WERE NOT CHECKED" in text
    assert "osv: name resolution failed" in text
    code, text = said(*packages, allow=True)
    assert code == 0
    assert "VULNERABILITIES WERE NOT CHECKED" in text


def test_a_source_that_knows_some_only_is_not_enough_even_where_unreachable_is_allowed() -> None:
    code, text = said(CLEAN, SKIPPED, allow=True)
    assert code == UNCHECKED
    assert "knows nothing of 1 of 2 packages: unknown" in text


def test_the_second_source_may_answer_for_the_first() -> None:
    code, text = said(SKIPPED, then=Answer("osv", 1, (), ()))
    assert (code, "no known vulnerability (osv)" in text) == (0, True)


def test_pip_audit_is_asked_for_real(tmp_path: Path) -> None:
    """Reachable or not, every package of the lock is accounted for, or the problem is said."""
    lock = tmp_path / "lock.txt"
    lock.write_text(f"netral-no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    answer = ask(SOURCES[0], lock)
    assert not answer.vulnerabilities
    assert answer.problem or answer.checked + len(answer.unchecked) == 1
