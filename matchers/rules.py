"""The rules as data, checked before they are used, and what an event must be for one to fire.

A rule is one item of the 2022 joint decree's two lists; `config/rules.yaml` holds them. Nothing
here knows a rule by its code: what differs between rules stands in the file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from config.errors import RulesError
from matchers.types import TARGET_ONLY
from streams.records import (
    Action,
    CueKind,
    EvidenceItem,
    EvidenceKind,
    FiredRule,
    PhaseName,
    SeverityClass,
)
from streams.records.limits import Code, Label, Note

Reading = Literal["narrow", "broad"]
AccountKind = Literal["own", "campaign"]
MediaKind = Literal["photo", "video", "audio", "other"]


class EvidenceCondition(Struct, frozen=True, forbid_unknown_fields=True):
    """What must be there: the exact target account of a kind, or sufficient evidence of a kind.

    `cues` are asked for besides, only for the actions in `cues_on`.
    """

    target_account: tuple[AccountKind, ...] = ()
    sufficient: tuple[EvidenceKind, ...] = ()
    cues: tuple[CueKind, ...] = ()
    cues_on: tuple[Action, ...] = ()


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. An unobservable one is listed so that nobody thinks it is covered.

    `evidence` holds one condition a reading of `judgement.e4_reading`; a rule that both readings
    share writes `any`. `cues`: at least one of these; `media`: at least one of these kinds.
    """

    code: Code
    wording: Note
    gloss: Note
    wording_version: Label
    observable: bool
    severity_class: SeverityClass
    legal_basis: Note
    source: Note
    verified: Literal["press", "official", "unverified"]
    actions: tuple[Action, ...] = ()
    phases: tuple[PhaseName, ...] = ()
    identity: Literal["any", "conclusive"] = "any"
    evidence: dict[Literal["any", "narrow", "broad"], EvidenceCondition] = msgspec.field(
        default_factory=dict
    )
    cues: tuple[CueKind, ...] = ()
    media: tuple[MediaKind, ...] = ()

    def condition(self, reading: Reading) -> EvidenceCondition:
        return self.evidence.get("any") or self.evidence[reading]


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    schema: Literal[1]
    rules: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=256)]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, by code, and the content hash that every flagged event names."""

    rules: tuple[Rule, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules are asked about: one event, in one contest.

    `evidence` is all sufficient; `targets` are the kinds of the contest's accounts that are the
    exact target; `cues` are those in the author's own words, or for a share without comment
    (`bare_share`) those in what is shared.
    """

    action: Action
    phase: PhaseName
    conclusive: bool
    evidence: Sequence[EvidenceItem]
    targets: frozenset[AccountKind]
    cues: frozenset[CueKind]
    media: frozenset[MediaKind]
    bare_share: bool
    reading: Reading


def evaluate(rulebook: Rulebook, facts: Facts) -> tuple[FiredRule, ...]:
    """The rules that fire, by code. A share without comment is flagged `unrated`."""
    if facts.action in TARGET_ONLY and not (facts.conclusive and facts.targets):
        return ()  # invariant 06, whatever a rule says
    return tuple(
        FiredRule(
            code=rule.code,
            wording_version=rule.wording_version,
            legal_basis=rule.legal_basis,
            severity_class="unrated" if facts.bare_share else rule.severity_class,
        )
        for rule in rulebook.rules
        if fires(rule, facts)
    )


def fires(rule: Rule, facts: Facts) -> bool:
    """Whether one rule fires: every line must hold."""
    return (
        rule.observable
        and facts.action in rule.actions
        and facts.phase in rule.phases
        and (facts.conclusive or rule.identity == "any")
        and (not rule.cues or not facts.cues.isdisjoint(rule.cues))
        and (not rule.media or not facts.media.isdisjoint(rule.media))
        and _evidence_holds(rule.condition(facts.reading), facts)
    )


def _evidence_holds(condition: EvidenceCondition, facts: Facts) -> bool:
    return (
        (not condition.target_account or not facts.targets.isdisjoint(condition.target_account))
        and (
            not condition.sufficient
            or any(item.kind in condition.sufficient for item in facts.evidence)
        )
        and (facts.action not in condition.cues_on or not facts.cues.isdisjoint(condition.cues))
    )


def parse_rules(document: object) -> Rulebook:
    """Check a rules file's content and make it a rulebook. Raises RulesError naming the rule."""
    try:
        parsed = msgspec.convert(document, _Document)
    except msgspec.ValidationError as error:
        raise RulesError(_readable(str(error), document)) from None
    problems = list(_contradictions(parsed.rules))
    if problems:
        raise RulesError("rules refused:\n" + "\n".join(f"  {line}" for line in problems))
    rules = tuple(sorted(parsed.rules, key=lambda rule: _code_order(rule.code)))
    digest = sha256(msgspec.json.encode(rules, order="deterministic")).hexdigest()
    return Rulebook(rules=rules, version=digest[:16])


def _code_order(code: str) -> tuple[str, int, str]:
    """E2 before E10."""
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0), code


def _contradictions(rules: Sequence[Rule]) -> list[str]:
    problems = []
    codes = [rule.code for rule in rules]
    problems += [
        f"rule {code}: written twice. Give each rule once."
        for code in sorted({code for code in codes if codes.count(code) > 1})
    ]
    for rule in rules:
        readings = set(rule.evidence)
        if not rule.observable:
            if rule.actions or rule.phases or rule.evidence or rule.cues or rule.media:
                problems.append(
                    f"rule {rule.code}: observable is false, so it can have no actions, phases, "
                    "evidence, cues or media. Remove them."
                )
            continue
        problems += [
            f"rule {rule.code}: {name} is empty; an observable rule needs it."
            for name, value in (("actions", rule.actions), ("phases", rule.phases))
            if not value
        ]
        if readings != {"any"} and readings != {"narrow", "broad"}:
            problems.append(
                f"rule {rule.code}: evidence needs either 'any', or both 'narrow' and 'broad'."
            )
        for reading, condition in sorted(rule.evidence.items()):
            where = f"rule {rule.code}: evidence.{reading}"
            if not (condition.target_account or condition.sufficient):
                problems.append(f"{where}: ask for target_account or sufficient evidence.")
            if bool(condition.cues) != bool(condition.cues_on):
                problems.append(f"{where}: cues and cues_on go together.")
    return problems


_PLACE: Final = re.compile(r"\$\.rules\[(\d+)\]\.?(\S*)`")


def _readable(message: str, document: Any) -> str:
    """msgspec's message with the rule's code in place of its number."""
    place = _PLACE.search(message)
    if place is None:
        return f"rules refused: {message}. Mend the file's outline."
    rule = document["rules"][int(place[1])]
    code = rule.get("code", "?") if isinstance(rule, dict) else "?"
    return (
        f"rule {code}: {place[2] or 'the rule'}: {message.split(' - at ')[0]}. "
        "Mend it; docs and config/rules.yaml name what may stand there."
    )
