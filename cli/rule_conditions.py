"""The rule evaluator's conditions, one by one and in words, for `netral explain`.

A test holds that they agree with `matchers.rules.fires` for every rule and fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from matchers.rules import Facts, Rule
from matchers.types import TARGET_ONLY
from streams.records import EvidenceKind


@dataclass(frozen=True, slots=True)
class Condition:
    held: bool
    text: str


def conditions(rule: Rule, facts: Facts) -> list[Condition]:
    """Every condition of a rule with whether it held; all held means that the rule fires."""
    if not rule.observable:
        return [Condition(False, "cannot be observed in posts")]
    asked = [
        Condition(facts.action in rule.actions, _of("action", facts.action, rule.actions)),
        Condition(facts.phase in rule.phases, _of("phase", facts.phase, rule.phases)),
    ]
    if facts.action in TARGET_ONLY:
        asked.append(
            Condition(
                facts.conclusive and bool(facts.targets),
                f"a {facts.action} needs a conclusive identity and an exact target account",
            )
        )
    if rule.identity == "conclusive":
        asked.append(Condition(facts.conclusive, "identity must be conclusive"))
    if rule.cues:
        asked.append(
            Condition(
                not facts.cues.isdisjoint(rule.cues), _of("cues", _list(facts.cues), rule.cues)
            )
        )
    if rule.media:
        asked.append(
            Condition(
                not facts.media.isdisjoint(rule.media), _of("media", _list(facts.media), rule.media)
            )
        )
    condition = rule.condition(facts.reading)
    if condition.target_account:
        asked.append(
            Condition(
                not facts.targets.isdisjoint(condition.target_account),
                _of("target account", _list(facts.targets), condition.target_account),
            )
        )
    if condition.sufficient:
        kinds = {item.kind for item in facts.evidence}
        asked.append(
            Condition(
                not kinds.isdisjoint(condition.sufficient),
                _of("sufficient evidence", _list(kinds), condition.sufficient),
            )
        )
    if facts.action in condition.cues_on:
        asked.append(
            Condition(
                not facts.cues.isdisjoint(condition.cues),
                _of(f"cues of a {facts.action}", _list(facts.cues), condition.cues),
            )
        )
    return asked


def _of(what: str, found: str, wanted: Iterable[str]) -> str:
    wanted = tuple(wanted)
    listed = "any" if set(wanted) == set(get_args(EvidenceKind)) else f"one of {', '.join(wanted)}"
    return f"{what}: {found}; asked for {listed}"


def _list(found: Iterable[str]) -> str:
    return ", ".join(sorted(found)) or "none"
