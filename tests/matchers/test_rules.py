"""Every observable rule once flagged and once just not, and what a rule may ask for.

Tables of real-looking posts are in `tests/rules/`, and so are the checks of a rules file.
"""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import RulesError
from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.rule_checks.all_checks import parse_rules
from matchers.rules import Facts, Rule, evaluate, fires
from matchers.types import Lead, LeadCandidate
from streams.records import ACTIONS, Media, PhaseName, PublicPost, Target
from tests.matchers.build import BEFORE, PHASES, a_post, aimed_at, evidence_in, verdict

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
PHOTO = (Media(kind="photo"),)
VIDEO = (Media(kind="video"),)
OWN = aimed_at("sartika_w", "501")
TEAM = aimed_at("menang_satu")
NAMED = Target(text="Sartika Wulandari bicara")
CALLED = Target(text="ayo dukung Sartika Wulandari")
TIMES = {phase.name: phase.start for phase in PHASES}


def codes(post: PublicPost, **judgement: Any) -> list[str]:
    return [rule.code for flag in verdict(post, BOOK, **judgement) for rule in flag.rules]


def before(text: str | None = None, **fields: Any) -> PublicPost:
    return a_post(text, created_at=BEFORE, **fields)


FLAGGED = [
    ("E2", before("saya dukung Sartika Wulandari")),
    ("E2", before("tolak Sartika Wulandari")),
    ("E2", before("setuju, dukung", action="share", target=NAMED)),
    ("E3", before("hadir di acara Sartika Wulandari", media=VIDEO)),
    ("E4", before(action="like", target=TEAM)),
    ("E4", before(action="follow", target=TEAM)),
    ("E4", before(action="join", target=TEAM)),
    ("E4", before("mantap", action="comment", target=TEAM)),
    ("E4", before(action="share", target=TEAM)),
    ("E4", before("ini", action="quote", target=TEAM)),
    ("E5", before("foto bareng Bu Tika", media=PHOTO)),
    ("D2", a_post("saya dukung Sartika Wulandari")),
    ("D2", a_post(action="share", target=CALLED)),
    ("D4", a_post("menghadiri kampanye akbar Bu Tika", media=PHOTO)),
    ("D6", a_post(action="like", target=OWN)),
    ("D6", a_post(action="like", target=TEAM)),
    ("D6", a_post(action="follow", target=OWN)),
    ("D6", a_post("semangat", action="comment", target=OWN)),
    ("D7", a_post("berfoto bersama Bu Tika", media=PHOTO)),
    ("D8", a_post("ayo warga, pilih Sartika Wulandari")),
    ("D8", a_post("ayo pilih Sartika Wulandari", created_at=TIMES["after_polling"])),
]
NOT_FLAGGED = [
    ("E2", before("Sartika Wulandari sakit")),  # no cue
    ("E2", before("dukung Sartikka")),  # one misspelled word, nothing besides
    ("E2", a_post("saya dukung Sartika Wulandari")),  # determined by now
    ("E2", before("dukung", action="comment", target=NAMED)),  # not one of its actions
    ("E3", before("hadir di acara Sartika Wulandari")),  # no photo
    ("E3", before("acara Sartika Wulandari", media=PHOTO)),  # no attendance
    ("E4", before(action="like", target=OWN)),  # narrow: the campaign's accounts only
    ("E4", before(action="like", target=NAMED)),  # content, not the account
    ("E4", before("mantap", action="comment", target=NAMED)),
    ("E4", before(action="like", target=aimed_at("menang_satu_2"))),
    ("E5", before("foto bareng Bu Tika", media=VIDEO)),
    ("E5", before("Bu Tika", media=PHOTO)),
    ("D2", a_post("Sartika Wulandari sakit")),
    ("D2", a_post("saya dukung Sartika Wulandari", created_at=TIMES["after_polling"])),
    ("D2", a_post(action="share", target=NAMED)),
    ("D2", a_post("info saja", action="share", target=CALLED)),  # the sharer's words count
    ("D4", a_post("menghadiri kampanye akbar Bu Tika")),
    ("D6", a_post(action="like", target=aimed_at("sartika_w", "999"))),  # reused handle
    ("D6", a_post(action="like", target=OWN, created_at=TIMES["after_polling"])),
    ("D6", a_post("ayo dukung Sartika Wulandari", action="comment", target=NAMED)),
    ("D7", a_post("berfoto bersama Bu Tika")),
    ("D7", a_post("sarapan bersama Bu Tika", media=PHOTO)),  # together, but on no photo
    ("D4", a_post("foto bareng Bu Tika", media=PHOTO)),  # a photo attends nothing
    ("D8", a_post("saya pilih Sartika Wulandari")),  # a view, not an appeal
    ("D8", a_post("ayo pilih Sartika Wulandari", action="quote")),
]


@pytest.mark.parametrize(("code", "post"), FLAGGED)
def test_flagged(code: str, post: PublicPost) -> None:
    assert code in codes(post)


@pytest.mark.parametrize(("code", "post"), NOT_FLAGGED)
def test_just_not_flagged(code: str, post: PublicPost) -> None:
    assert code not in codes(post)


def test_every_observable_rule_has_both_tests() -> None:
    observable = {rule.code for rule in BOOK.rules if rule.observable}
    assert observable == {code for code, _ in FLAGGED} == {code for code, _ in NOT_FLAGGED}


@pytest.mark.parametrize("phase", sorted(TIMES))
def test_each_rule_keeps_to_its_phases(phase: PhaseName) -> None:
    posts = (
        a_post("ayo dukung Sartika Wulandari, hadir", media=PHOTO, created_at=TIMES[phase]),
        a_post(action="like", target=TEAM, created_at=TIMES[phase]),
    )
    fired = {code for post in posts for code in codes(post)}
    expected: dict[PhaseName, set[str]] = {
        "before_determination": {"E2", "E3", "E4", "E5"},
        "after_polling": {"D8"},
    }
    assert fired == expected.get(phase, {"D2", "D4", "D6", "D7", "D8"})


def test_broad_reading_counts_any_sufficient_content() -> None:
    post = before("dukung beliau", action="comment", target=NAMED)
    assert codes(post) == []
    assert codes(post, e4_reading="broad") == ["E4"]
    assert codes(before("hmm", action="comment", target=NAMED), e4_reading="broad") == []
    # what is done to the campaign's account counts whatever is said there
    assert codes(before("hmm", action="comment", target=TEAM), e4_reading="broad") == ["E4"]
    assert codes(before(action="like", target=OWN), e4_reading="broad") == ["E4"]
    # invariant 06 holds in both readings
    assert codes(before(action="like", target=NAMED), e4_reading="broad") == []


def test_a_share_without_comment_has_no_severity() -> None:
    for post in (
        a_post(action="share", target=CALLED),
        a_post("  ", action="share", target=CALLED),
    ):
        (flag,) = verdict(post, BOOK)
        assert {rule.severity_class for rule in flag.rules} == {"unrated"}
    (flag,) = verdict(a_post("ayo pilih", action="share", target=CALLED), BOOK)
    assert {rule.severity_class for rule in flag.rules} == {"berat"}


def test_a_rule_may_ask_for_a_conclusive_identity() -> None:
    book = parse_rules({"schema": 1, "rules": [a_rule(identity="conclusive")]})
    lead = Lead((LeadCandidate(1, 1, 9_000, ()),))
    assert verdict(a_post("dukung Sartika Wulandari"), book)
    assert not verdict(a_post("dukung Sartika Wulandari"), book, lead)


def a_rule(**changes: Any) -> dict[str, Any]:
    return {
        "code": "T1",
        "wording": "w",
        "gloss": "g",
        "wording_version": "1",
        "item": "act",
        "observable": True,
        "actions": ["post"],
        "phases": ["campaign"],
        "evidence": {"any": {"sufficient": ["full_name"]}},
        "severity_class": "berat",
        "legal_basis": "l",
        "source": "s",
        "verified": "press",
    } | changes


def test_a_refused_file_says_everything_that_is_wrong_with_it() -> None:
    with pytest.raises(RulesError, match=r"^rule T1: actions\[0\]: 'poke' is no action"):
        parse_rules({"schema": 1, "rules": [a_rule(actions=["poke"])]})
    bad = [a_rule(phases=[], legal_basis="-"), a_rule(code="T2", cues=["whisper"])]
    with pytest.raises(RulesError, match="rules refused, 3 problems") as refused:
        parse_rules({"schema": 1, "rules": bad})
    for said in ("rule T1: phases:", "rule T1: legal_basis:", "rule T2: cues[0]:"):
        assert said in str(refused.value)


def test_the_version_is_of_the_content_not_of_the_order() -> None:
    rules = [a_rule(), a_rule(code="T2", item="other", cues=["support"])]
    one = parse_rules({"schema": 1, "rules": rules}).version
    assert one == parse_rules({"rules": rules[::-1], "schema": 1}).version
    assert one != parse_rules({"schema": 1, "rules": [a_rule(), rules[1] | {"code": "T3"}]}).version


def test_the_shipped_rules_cover_the_decree() -> None:
    assert [rule.code for rule in BOOK.rules] == [
        *(f"D{number}" for number in range(1, 14)), *(f"E{number}" for number in range(1, 8)),
    ]  # fmt: skip
    for rule in BOOK.rules:
        assert all((rule.wording, rule.gloss, rule.source, rule.legal_basis))
        assert rule.observable == (rule.verified == "press")


def some_facts(**changes: Any) -> Facts:
    facts: dict[str, Any] = {
        "action": "comment",
        "phase": "campaign",
        "conclusive": True,
        "evidence": (),
        "targets": frozenset(),
        "cues": frozenset(),
        "media": frozenset(),
        "bare_share": False,
        "reading": "narrow",
    }
    return Facts(**(facts | changes))


@pytest.mark.parametrize("action", ["post", "comment"])
@pytest.mark.parametrize("conclusive", [True, False])
def test_the_identity_may_be_asked_for_action_by_action(action: Any, conclusive: bool) -> None:
    (rule,) = parse_rules(
        {
            "schema": 1,
            "rules": [
                a_rule(
                    actions=["post", "comment"],
                    identity={"post": "any", "comment": "conclusive"},
                    evidence={"any": {"target_account": ["own"]}},
                )
            ],
        }
    ).rules
    facts = some_facts(action=action, conclusive=conclusive, targets=frozenset({"own"}))
    assert fires(rule, facts) == (conclusive or action == "post")


def test_an_action_that_a_table_of_identities_leaves_out_needs_a_conclusive_one() -> None:
    rule = msgspec.convert(a_rule(actions=["post", "comment"], identity={"post": "any"}), Rule)
    assert rule.certainty("post") == "any"
    assert rule.certainty("comment") == "conclusive"


ANY_FACTS = st.builds(
    some_facts,
    action=st.sampled_from(ACTIONS),
    phase=st.sampled_from(sorted(TIMES)),
    conclusive=st.booleans(),
    targets=st.frozensets(st.sampled_from(["own", "campaign"])),
    evidence=st.lists(st.sampled_from(evidence_in(a_post("Sartika Wulandari"))), max_size=1),
    cues=st.frozensets(st.sampled_from(["support", "opposition", "appeal", "together"])),
    media=st.frozensets(st.sampled_from(["photo", "video"])),
)


@given(ANY_FACTS)
def test_what_the_narrow_reading_sees_the_broad_one_sees_as_well(facts: Facts) -> None:
    narrow, broad = (
        {rule.code for rule in evaluate(BOOK, replace(facts, reading=reading))}
        for reading in ("narrow", "broad")
    )
    assert narrow <= broad
    assert broad - narrow <= {"E4", "D6"}


@given(st.sampled_from(["like", "follow", "join"]), st.booleans(), st.booleans())
def test_no_rule_fires_on_a_like_without_identity_and_target(
    action: Any, conclusive: bool, target: bool
) -> None:
    facts = some_facts(
        action=action,
        conclusive=conclusive,
        targets=frozenset({"own"}) if target else frozenset(),
        cues=frozenset({"support", "appeal", "attendance"}),
        media=frozenset({"photo"}),
    )
    assert bool(evaluate(BOOK, facts)) == (conclusive and target)
