"""The rule evaluator's conditions, one by one and in words, for `netral explain`.

A test holds that they agree with `matchers.rules.fires` for every rule and fact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from matchers.rules import EvidenceCondition, Facts, Rule
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
    elif facts.action in rule.actions and rule.certainty(facts.action) == "conclusive":
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
    readings = [list(_of_reading(one, facts)) for one in rule.conditions(facts.reading)]
    if len(readings) == 1:
        return asked + readings[0]
    return [*asked, _either(readings)]


def _of_reading(condition: EvidenceCondition, facts: Facts) -> Iterator[Condition]:
    """What one reading of the rule asks for."""
    if condition.target_account:
        yield Condition(
            not facts.targets.isdisjoint(condition.target_account),
            _of("target account", _list(facts.targets), condition.target_account),
        )
    if condition.sufficient:
        kinds = {item.kind for item in facts.evidence}
        yield Condition(
            not kinds.isdisjoint(condition.sufficient),
            _of("sufficient evidence", _list(kinds), condition.sufficient),
        )
    if facts.action in condition.cues_on:
        yield Condition(
            not facts.cues.isdisjoint(condition.cues),
            _of(f"cues of a {facts.action}", _list(facts.cues), condition.cues),
        )


def _either(readings: list[list[Condition]]) -> Condition:
    """One condition for several readings: it holds where all of one reading's hold."""
    return Condition(
        any(all(one.held for one in several) for several in readings),
        "either "
        + "; or ".join(", and ".join(one.text for one in several) for several in readings),
    )


def _of(what: str, found: str, wanted: Iterable[str]) -> str:
    wanted = tuple(wanted)
    listed = "any" if set(wanted) == set(get_args(EvidenceKind)) else f"one of {', '.join(wanted)}"
    return f"{what}: {found}; asked for {listed}"


def _list(found: Iterable[str]) -> str:
    return ", ".join(sorted(found)) or "none"
