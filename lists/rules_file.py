"""`rules.yaml` from disk."""

from pathlib import Path

from config.errors import RulesError
from lists.yaml_file import read_document
from matchers.rules import Rulebook, parse_rules


def load_rules(path: Path) -> Rulebook:
    """Read and check a rules file. Raises RulesError naming the file and the rule."""
    document = read_document(path, "rules", RulesError)
    try:
        return parse_rules(document)
    except RulesError as error:
        raise RulesError(f"{path}: {error}") from None
