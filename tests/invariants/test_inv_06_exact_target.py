"""Invariant 06: a like, follow or join needs a conclusive identity and the exact target account."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.rules import EvidenceCondition, Facts, Rulebook, evaluate
from matchers.touch import touch
from matchers.types import Lead, LeadCandidate
from streams.records import AccountRef, Action, Media, Target
from tests.matchers.build import EVERY_CONTEST, INDEX, a_post, aimed_at, evidence_in, verdict

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
LEAD = Lead((LeadCandidate(row=1, person=1, probability=9_999, levels=()),))
CONTENT: dict[str, Any] = {
    "text": "ayo dukung Sartika Wulandari @sartika_w",
    "mentions": (AccountRef(handle="sartika_w", account_id="501"),),
    "hashtags": ("SartikaBima",),
    "media": (Media(kind="photo", alt_text="bersama Sartika Wulandari"),),
}

LENIENT = Rulebook(
    tuple(
        msgspec.structs.replace(
            rule,
            identity="any",
            cues=(),
            media=(),
            evidence={"any": EvidenceCondition(sufficient=("target_account", "full_name"))},
        )
        for rule in BOOK.rules
        if rule.code in ("E4", "D6")
    ),
    version="lenient",
)
"""Rules that ask for less than the invariant; no check would let them pass."""


@pytest.mark.parametrize("reading", ["narrow", "broad"])
@pytest.mark.parametrize("action", ["like", "follow", "join"])
class TestExactTarget:
    def test_inv_06_the_exact_account_and_a_conclusive_identity_are_flagged(
        self, action: str, reading: str
    ) -> None:
        post = a_post(action=action, target=aimed_at("sartika_w", "501"))
        assert verdict(post, BOOK, e4_reading=reading)

    @pytest.mark.parametrize(
        "target",
        [
            None,
            Target(text="ayo dukung Sartika Wulandari"),
            aimed_at("sartika_w", "999", text="Sartika Wulandari"),
            aimed_at("sartika_w2", text="Sartika Wulandari"),
            aimed_at("sartikaw", text="Sartika Wulandari"),
        ],
        ids=["none", "content", "other id", "other handle", "similar handle"],
    )
    def test_inv_06_nothing_else_is(self, action: str, reading: str, target: Target | None) -> None:
        post = a_post(action=action, target=target, **CONTENT)
        assert touch(post, EVERY_CONTEST, INDEX) == ()
        assert verdict(post, BOOK, e4_reading=reading) == ()

    def test_inv_06_a_lead_is_not_enough(self, action: str, reading: str) -> None:
        post = a_post(action=action, target=aimed_at("sartika_w", "501"))
        assert verdict(post, BOOK, LEAD, e4_reading=reading) == ()

    def test_inv_06_no_rule_can_say_otherwise(self, action: str, reading: str) -> None:
        post = a_post(action=action, target=aimed_at("sartika_w", "501"))
        assert verdict(post, LENIENT, e4_reading=reading)
        assert verdict(post, LENIENT, LEAD, e4_reading=reading) == ()


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_inv_06_no_rule_does_without_the_exact_target(action: Action) -> None:
    facts = Facts(
        action=action,
        phase="campaign",
        conclusive=True,
        evidence=evidence_in(a_post("Sartika Wulandari")),
        targets=frozenset(),
        cues=frozenset(),
        media=frozenset(),
        bare_share=False,
        reading="broad",
    )
    assert evaluate(LENIENT, facts) == ()
    assert evaluate(LENIENT, replace(facts, action="post"))
