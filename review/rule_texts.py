"""The rules' words, for showing them beside a case. The rules are checked where they are used."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from config.errors import RulesError


@dataclass(frozen=True, slots=True)
class RuleText:
    """`wording` is the law's Indonesian, `gloss` says it in English."""

    code: str
    wording: str
    gloss: str
    legal_basis: str
    severity_class: str
    source: str
    verified: str


def load_rule_texts(path: Path) -> dict[str, RuleText]:
    """By code. Raises RulesError where the file is unreadable or lacks one of these fields."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            rule["code"]: RuleText(
                **{name: str(rule[name]).strip() for name in RuleText.__dataclass_fields__}
            )
            for rule in document["rules"]
        }
    except OSError as error:
        raise RulesError(f"{path}: cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise RulesError(
            f"{path}: no rules file ({type(error).__name__}). 'netral rules check {path}' says why."
        ) from None
