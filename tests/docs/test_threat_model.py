"""Every test that the threat model names is there, and every threat has one."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE)))


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


@pytest.mark.parametrize("named", NAMED)
def test_a_named_test_exists(named: str) -> None:
    file, _, function = named.partition("::")
    assert (ROOT / file).is_file(), f"{file} is not there"
    found = functions_of(ROOT / file)
    assert found, f"{file} holds no test"
    if function:
        assert function in found


def test_every_threat_is_answered_by_a_test() -> None:
    threats = PAGE.split("\n## ")[1:]
    assert len(threats) == 10
    for threat in threats:
        title, _, rest = threat.partition("\n")
        assert re.search(r"`tests/", rest), title


def test_the_core_may_not_import_the_network() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    core = next(each for each in contracts["contracts"] if each["name"].startswith("matchers are"))
    assert {"faust", "aiokafka", "streams.*"} <= set(core["forbidden_modules"])
