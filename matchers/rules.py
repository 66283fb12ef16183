"""A rule, what an event must be for it to fire, and which rules fire.

A rule is one item of the 2022 joint decree's two lists; `config/rules.yaml` holds them, and
`matchers.rule_checks` reads and checks them. Nothing here knows a rule by its code: what differs
between rules stands in the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import Struct

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
Certainty = Literal["any", "conclusive"]
"""How sure one must be who acted: a lead will do, or only a conclusive identity."""
Verified = Literal["press", "official", "unverified"]


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

    `item` names the act: the ethics and the discipline rule about the same act share it.
    `identity` is for all actions, or one for each. `evidence` holds one condition a reading of
    `judgement.e4_reading`; a rule that both readings share writes `any`. `cues`: at least one of
    these; `media`: at least one of these kinds.
    """

    code: Code
    wording: Note
    gloss: Note
    wording_version: Label
    observable: bool
    severity_class: SeverityClass
    legal_basis: Note
    source: Note
    verified: Verified
    item: Code | None = None
    actions: tuple[Action, ...] = ()
    phases: tuple[PhaseName, ...] = ()
    identity: Certainty | dict[Action, Certainty] = "any"
    evidence: dict[Literal["any", "narrow", "broad"], EvidenceCondition] = msgspec.field(
        default_factory=dict
    )
    cues: tuple[CueKind, ...] = ()
    media: tuple[MediaKind, ...] = ()

    def certainty(self, action: Action) -> Certainty:
        """What the rule asks of the identity; an action that a table leaves out asks the most."""
        if isinstance(self.identity, str):
            return self.identity
        return self.identity.get(action, "conclusive")

    def conditions(self, reading: Reading) -> tuple[EvidenceCondition, ...]:
        """One of these must hold. What the narrow reading sees, the broad one sees as well."""
        shared = self.evidence.get("any")
        if shared is not None:
            return (shared,)
        narrow = self.evidence["narrow"]
        return (narrow,) if reading == "narrow" else (narrow, self.evidence["broad"])


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
        and (facts.conclusive or rule.certainty(facts.action) == "any")
        and (not rule.cues or not facts.cues.isdisjoint(rule.cues))
        and (not rule.media or not facts.media.isdisjoint(rule.media))
        and any(evidence_holds(one, facts) for one in rule.conditions(facts.reading))
    )


def evidence_holds(condition: EvidenceCondition, facts: Facts) -> bool:
    """Whether one reading's condition holds: every line must."""
    return (
        (not condition.target_account or not facts.targets.isdisjoint(condition.target_account))
        and (
            not condition.sufficient
            or any(item.kind in condition.sufficient for item in facts.evidence)
        )
        and (facts.action not in condition.cues_on or not facts.cues.isdisjoint(condition.cues))
    )
