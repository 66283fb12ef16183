"""A rules file as it is written: every word still free, everything optional, so that the checks can
say all that is wrong at once."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from matchers.rule_checks.problem import FILE, Problem, rule_at
from streams.records.limits import Code, Label, Note

MAX_RULES: Final = 256
_TYPES: Final = {
    "`str | object`": "a word or a mapping",
    "`str`": "text",
    "`array`": "a list",
    "`object`": "a mapping",
    "`bool`": "true or false",
    "`int`": "a number",
    "`float`": "a number",
}
_SEE: Final = "Write it as docs/rules.md shows"


class DraftCondition(Struct, frozen=True):
    """`matchers.rules.EvidenceCondition` before its words are known to exist."""

    target_account: tuple[str, ...] = ()
    sufficient: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    cues_on: tuple[str, ...] = ()


class Draft(Struct, frozen=True, kw_only=True):
    """`matchers.rules.Rule` before it is checked; what the file leaves out is empty."""

    code: Code
    observable: bool
    wording: Note = ""
    gloss: Note = ""
    wording_version: Label = ""
    severity_class: str = ""
    legal_basis: Note = ""
    source: Note = ""
    verified: str = ""
    item: Code = ""
    actions: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    identity: str | dict[str, str] = "any"
    evidence: dict[str, DraftCondition] = msgspec.field(default_factory=dict)
    cues: tuple[str, ...] = ()
    media: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        return rule_at(self.code)

    def certainty(self, action: str) -> str | None:
        """What the file asks of the identity for an action; None where it does not say."""
        return self.identity if isinstance(self.identity, str) else self.identity.get(action)


def read_drafts(document: object) -> tuple[tuple[Draft, ...], tuple[Problem, ...]]:
    """The rules that can be read, in the file's order, and what is wrong with the others.

    A rule with a field of the wrong type is left out: what else is wrong with it cannot be told.
    """
    problems: list[Problem] = []
    drafts = []
    for number, raw in enumerate(_rules_of(document, problems), start=1):
        if not isinstance(raw, Mapping):
            problems.append(
                Problem(
                    f"rule number {number}",
                    "",
                    "it is not a mapping of fields",
                    "Begin it with '- code:'",
                )
            )
            continue
        code = raw.get("code")
        where = rule_at(code) if isinstance(code, str) and code else f"rule number {number}"
        before = len(problems)
        fields = dict(_fields_of(raw, Draft, where, "", problems))
        problems += [
            Problem(where, name, "it is missing", "Every rule needs it")
            for name in ("code", "observable")
            if raw.get(name) is None
        ]
        if len(problems) == before:
            drafts.append(Draft(**fields))
    return tuple(drafts), tuple(problems)


def _rules_of(document: object, problems: list[Problem]) -> list[object]:
    """The file's list of rules; empty where there is none."""
    if not isinstance(document, Mapping):
        problems.append(
            Problem(
                FILE, "", "it is not a mapping", "Begin with 'schema: 1', then 'rules:' and a list"
            )
        )
        return []
    problems += [
        Problem(FILE, str(name), "there is no such field", "Remove it; known are schema and rules")
        for name in document
        if name not in ("schema", "rules")
    ]
    schema = document.get("schema")
    if type(schema) is not int or schema != 1:
        problems.append(
            Problem(FILE, "schema", "it is not 1, the only one there is", "Write 'schema: 1'")
        )
    rules = document.get("rules")
    if not isinstance(rules, list) or not rules:
        problems.append(
            Problem(FILE, "rules", "there are none", "Write 'rules:' and at least one rule")
        )
        return []
    if len(rules) > MAX_RULES:
        problems.append(
            Problem(
                FILE, "rules", f"{len(rules)} rules, more than {MAX_RULES}", "Leave out the rest"
            )
        )
        return []
    return rules


def _fields_of(
    raw: Mapping[Any, Any], kind: type[Struct], where: str, path: str, problems: list[Problem]
) -> Iterator[tuple[str, Any]]:
    """(name, value) of the fields that can be read. A field without a value is not there."""
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, value in raw.items():
        place = f"{path}{name}"
        if name not in known:
            problems.append(
                Problem(
                    where,
                    place,
                    "there is no such field",
                    f"Correct or remove it; known are {', '.join(known)}",
                )
            )
        elif value is None:
            continue
        elif name == "evidence":
            yield name, _evidence(value, where, place, problems)
        else:
            try:
                yield name, msgspec.convert(value, known[name].type)
            except msgspec.ValidationError as error:
                said, _, inside = str(error).partition(" - at `$")
                problems.append(
                    Problem(where, f"{place}{inside.rstrip('`')}", _in_words(said), _SEE)
                )


def _in_words(said: str) -> str:
    """msgspec's message without its names of types."""
    for name, words in _TYPES.items():
        said = said.replace(name, words)
    return said


def _evidence(
    raw: object, where: str, path: str, problems: list[Problem]
) -> dict[str, DraftCondition]:
    if not isinstance(raw, Mapping):
        problems.append(Problem(where, path, "it is not a mapping of readings", _SEE))
        return {}
    found = {}
    for reading, condition in raw.items():
        place = f"{path}.{reading}"
        if not isinstance(condition, Mapping):
            problems.append(Problem(where, place, "it is not a mapping of conditions", _SEE))
            continue
        fields = _fields_of(condition, DraftCondition, where, f"{place}.", problems)
        found[str(reading)] = DraftCondition(**dict(fields))
    return found
