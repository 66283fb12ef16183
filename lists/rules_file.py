"""`rules.yaml` from disk."""

from pathlib import Path
from typing import Any

from config.errors import RulesError
from lists.yaml_file import read_document
from matchers.rule_checks.all_checks import parse_rules
from matchers.rules import Rulebook


def load_rules(path: Path) -> Rulebook:
    """Read and check a rules file. Raises RulesError naming the file and every problem."""
    document = read_rules(path)
    try:
        return parse_rules(document)
    except RulesError as error:
        raise RulesError(f"{path}: {error}") from None


def read_rules(path: Path) -> Any:
    """A rules file's content, not checked yet. Raises RulesError where it cannot be read."""
    return read_document(path, "rules", RulesError)
