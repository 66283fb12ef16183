"""Every observable rule once flagged and once just not, and the file's validation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import RulesError
from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.rules import Facts, evaluate, parse_rules
from matchers.types import Lead, LeadCandidate
from streams.records import Media, PhaseName, PublicPost, Target
from tests.matchers.build import BEFORE, PHASES, a_post, aimed_at, verdict

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
        "observable": True,
        "actions": ["post"],
        "phases": ["campaign"],
        "evidence": {"any": {"sufficient": ["full_name"]}},
        "severity_class": "berat",
        "legal_basis": "l",
        "source": "s",
        "verified": "press",
    } | changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"evidence": {"any": {"sufficient": ["palm"]}}},
            "rule T1: evidence[...].sufficient[0]: Invalid enum value 'palm'",
        ),
        ({"cues": ["whisper"]}, "rule T1: cues[0]: Invalid enum value 'whisper'"),
        ({"actions": ["poke"]}, "rule T1: actions[0]: Invalid enum value 'poke'"),
        ({"phases": ["someday"]}, "rule T1: phases[0]: Invalid enum value 'someday'"),
        ({"severity_class": "dire"}, "rule T1: severity_class: Invalid enum value 'dire'"),
        ({"observable": "yes"}, "rule T1: observable: Expected `bool`"),
        ({"colour": "red"}, "rule T1: the rule: Object contains unknown field `colour`"),
        ({"evidence": {}}, "rule T1: evidence needs either 'any', or both 'narrow' and 'broad'"),
        ({"evidence": {"narrow": {"sufficient": ["alias"]}}}, "both 'narrow' and 'broad'"),
        ({"evidence": {"any": {}}}, "rule T1: evidence.any: ask for target_account or sufficient"),
        ({"evidence": {"any": {"sufficient": ["alias"], "cues": ["support"]}}}, "cues and cues_on"),
        ({"actions": []}, "rule T1: actions is empty"),
        ({"observable": False}, "rule T1: observable is false"),
    ],
)  # fmt: skip
def test_a_bad_rule_is_named_with_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RulesError) as refused:
        parse_rules({"schema": 1, "rules": [a_rule(**changes)]})
    assert message in str(refused.value)


def test_a_repeated_code_and_a_bad_outline_are_refused() -> None:
    with pytest.raises(RulesError, match="rule T1: written twice"):
        parse_rules({"schema": 1, "rules": [a_rule(), a_rule()]})
    documents: tuple[object, ...] = (
        None,
        [],
        {"schema": 2, "rules": [a_rule()]},
        {"schema": 1, "rules": []},
    )
    for document in documents:
        with pytest.raises(RulesError, match="rules refused"):
            parse_rules(document)


def test_the_version_is_of_the_content_not_of_the_order() -> None:
    rules = [a_rule(), a_rule(code="T2")]
    one = parse_rules({"schema": 1, "rules": rules}).version
    assert one == parse_rules({"rules": rules[::-1], "schema": 1}).version
    assert one != parse_rules({"schema": 1, "rules": [a_rule(), a_rule(code="T3")]}).version


def test_the_shipped_rules_cover_the_decree() -> None:
    assert [rule.code for rule in BOOK.rules] == [
        *(f"D{number}" for number in range(1, 14)), *(f"E{number}" for number in range(1, 8)),
    ]  # fmt: skip
    for rule in BOOK.rules:
        assert all((rule.wording, rule.gloss, rule.source, rule.legal_basis))
        assert rule.observable == (rule.verified == "press")


@given(st.sampled_from(["like", "follow", "join"]), st.booleans(), st.booleans())
def test_no_rule_fires_on_a_like_without_identity_and_target(
    action: Any, conclusive: bool, target: bool
) -> None:
    facts = Facts(
        action=action,
        phase="campaign",
        conclusive=conclusive,
        evidence=(),
        targets=frozenset({"own"}) if target else frozenset(),
        cues=frozenset({"support", "appeal", "attendance"}),
        media=frozenset({"photo"}),
        bare_share=False,
        reading="narrow",
    )
    assert bool(evaluate(BOOK, facts)) == (conclusive and target)
