"""Check the locked packages for known vulnerabilities: python -m scripts.audit [LOCK].

pip-audit asks an advisory source, PyPI's first, then OSV. It ends well also for packages that it
could ask nobody about; here a package counts as checked only where a source knew it.

Exit codes: 0 every package is checked and none is vulnerable; 1 a vulnerability is known; 3 a
package could not be checked (0 with --allow-unreachable where that is because no source answered
for any, and it says so in capitals).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "dev.txt"
SOURCES: Final = ("pypi", "osv")
TIMEOUT: Final = 300
"""Seconds for one source and all packages."""

VULNERABLE: Final = 1
UNCHECKED: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source said; `problem` is why it said nothing. Vulnerabilities are lines."""

    source: str
    checked: int
    unchecked: tuple[str, ...]
    vulnerabilities: tuple[str, ...]
    problem: str = ""

    @property
    def complete(self) -> bool:
        return not self.problem and self.checked > 0 and not self.unchecked


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Known vulnerabilities of the locked packages.")
    parser.add_argument("lock", nargs="?", type=Path, default=LOCK)
    parser.add_argument(
        "--allow-unreachable", action="store_true", help="do not fail where no source answers"
    )
    options = parser.parse_args(arguments)
    answers: list[Answer] = []
    for source in SOURCES:
        answers.append(ask(source, options.lock))
        if answers[-1].complete or answers[-1].vulnerabilities:
            break
    code, lines = verdict(answers, options.lock, allow_unreachable=options.allow_unreachable)
    print("\n".join(lines), file=sys.stderr if code or len(lines) > 1 else sys.stdout)
    return code


def ask(source: str, lock: Path) -> Answer:
    """Ask one source about every package of the lock."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", source]
    command += ["--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "20"]
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            command, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return Answer(source, 0, (), (), f"no answer within {TIMEOUT} s")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines()
        return Answer(source, 0, (), (), said[-1][:300] if said else f"exit {done.returncode}")
    return read_report(source, report)


def read_report(source: str, report: dict[str, Any]) -> Answer:
    """pip-audit's JSON report: a package has `vulns`, or a `skip_reason`."""
    unchecked: list[str] = []
    vulnerabilities: list[str] = []
    packages = report["dependencies"]
    for package in packages:
        if "skip_reason" in package:
            unchecked.append(package["name"])
            continue
        for found in package["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            named = " ".join([found["id"], *found.get("aliases", [])])
            vulnerabilities.append(
                f"{package['name']} {package['version']}: {named}; mended in {mended}"
            )
    return Answer(source, len(packages) - len(unchecked), tuple(unchecked), tuple(vulnerabilities))


def verdict(
    answers: Sequence[Answer], lock: Path, *, allow_unreachable: bool
) -> tuple[int, list[str]]:
    """Exit code, and what to print."""
    for answer in answers:
        if answer.vulnerabilities:
            return VULNERABLE, [
                f"{lock}: known vulnerabilities ({answer.source}):",
                *(f"  {line}" for line in answer.vulnerabilities),
                "Raise the versions in pyproject.toml, 'make lock', and run this again.",
            ]
        if answer.complete:
            return 0, [
                f"{lock}: {answer.checked} packages, no known vulnerability ({answer.source})"
            ]
    lines = [f"{lock}: VULNERABILITIES WERE NOT CHECKED", *map(_unchecked_line, answers)]
    if allow_unreachable and not any(answer.checked for answer in answers):
        return 0, [*lines, "Going on without; run 'make audit' where a source can be reached."]
    return UNCHECKED, [*lines, "Nothing is known about them: run this where a source is reachable."]


def _unchecked_line(answer: Answer) -> str:
    if answer.problem:
        return f"  {answer.source}: {answer.problem}"
    few = ", ".join(answer.unchecked[:5]) + (" …" if len(answer.unchecked) > 5 else "")
    total = answer.checked + len(answer.unchecked)
    return f"  {answer.source}: knows nothing of {len(answer.unchecked)} of {total} packages: {few}"


if __name__ == "__main__":
    sys.exit(main())
