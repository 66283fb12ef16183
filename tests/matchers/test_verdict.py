from datetime import timedelta

import msgspec
import pytest

from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.types import Identity, Lead, LeadCandidate
from matchers.watchlist_index import WatchlistIndex
from streams.records import Actor, Election, FlaggedEvent, Phase, PublicPost, Target, Watchlist
from tests.matchers.build import (
    BEFORE,
    CAMPAIGN,
    CONCLUSIVE,
    CONTEST,
    ORDINARY,
    PHASES,
    a_post,
    a_watchlist,
    aimed_at,
    verdict,
)

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
YEAR = timedelta(days=365)
POST = a_post("ayo dukung Sartika Wulandari", url="https://contoh.id/1")


def the_flag(post: PublicPost, **more: object) -> FlaggedEvent:
    (flag,) = verdict(post, BOOK, **more)  # type: ignore[arg-type]
    return flag


def test_a_flag_says_who_what_when_and_why() -> None:
    flag = the_flag(POST)
    assert [rule.code for rule in flag.rules] == ["D2", "D8"]
    assert flag.election.id == "pemilihan-2024"
    assert flag.election.phase == "campaign"
    assert flag.election.phase_from <= flag.created_at < flag.election.phase_to
    assert flag.election.contest_ids == (CONTEST.id,)
    assert (flag.identity.status, flag.identity.subject_ref) == ("bound", "pemilihan-2024/9")
    assert [(item.kind, item.surface) for item in flag.evidence] == [
        ("full_name", "Sartika Wulandari")
    ]
    assert [cue.kind for cue in flag.cues] == ["appeal", "support"]
    assert (flag.text, flag.url, flag.status) == (POST.text, POST.url, "needs_review")
    assert flag.missing == ()
    assert len(flag.flag_id) == 32
    assert msgspec.json.decode(msgspec.json.encode(flag), type=FlaggedEvent) == flag


def test_nothing_sufficient_no_flag() -> None:
    assert verdict(a_post("dukung ganjar"), BOOK) == ()


def test_a_lead_is_unconfirmed_with_ranked_candidates() -> None:
    lead = Lead(
        (
            LeadCandidate(5, 5, 8_000, ("skeleton",)),
            LeadCandidate(4, 4, 9_000, ("skeleton", "region")),
            LeadCandidate(2, 2, 8_000, ()),
        )
    )
    identity = the_flag(POST, finding=lead).identity
    assert identity.status == "unconfirmed"
    assert identity.subject_ref is None
    assert [(one.subject_ref, one.probability) for one in identity.candidates] == [
        ("pemilihan-2024/4", 9_000),
        ("pemilihan-2024/2", 8_000),
        ("pemilihan-2024/5", 8_000),
    ]


def test_missing_says_what_the_source_did_not_give() -> None:
    like = a_post(action="like", target=aimed_at("sartika_w", "501"), created_at=None)
    flag = the_flag(like)
    assert flag.missing == ("created_at",)
    assert flag.created_at == like.observed_at
    comment = a_post("hai", action="comment", target=aimed_at("sartika_w", "501"))
    assert the_flag(comment).missing == ("parent",)
    answered = msgspec.structs.replace(
        comment, target=aimed_at("sartika_w", "501", text="kabar baik")
    )
    assert the_flag(answered).missing == ()
    assert the_flag(answered).parent_text == "kabar baik"


@pytest.mark.parametrize(
    "change",
    [
        {"post_id": "p2"},
        {"platform": "tiktok"},
        {"actor": Actor(handle="lain", account_id="78")},
        {"text": "ayo dukung Sartika Wulandari!"},
        {"hashtags": ("baru",)},
    ],
)
def test_the_flag_id_depends_on_the_event(change: dict[str, object]) -> None:
    assert the_flag(msgspec.structs.replace(POST, **change)).flag_id != the_flag(POST).flag_id


def test_the_flag_id_does_not_depend_on_identity_rules_or_collection() -> None:
    lead = Lead((LeadCandidate(5, 5, 8_000, ()),))
    again = msgspec.structs.replace(POST, source="other", url=None)
    assert the_flag(again, finding=lead).flag_id == the_flag(POST).flag_id
    renamed = msgspec.structs.replace(POST, actor=Actor(handle="baru", account_id="77"))
    assert the_flag(renamed).flag_id == the_flag(POST).flag_id
    spelled = [a_post(POST.text, actor=Actor(handle=handle)) for handle in ("warga", "@Warga")]
    assert len({the_flag(post).flag_id for post in spelled}) == 1


def test_a_like_is_known_by_its_target_not_by_its_post_id() -> None:
    likes = [
        a_post(action="like", post_id=post_id, target=aimed_at("sartika_w", "501", post_id=liked))
        for post_id, liked in (("a", "7"), ("b", "7"), ("c", "8"))
    ]
    first, second, third = (the_flag(like).flag_id for like in likes)
    assert first == second != third


def test_one_flag_an_election_and_each_contest_its_own_phase() -> None:
    early = tuple(
        Phase(name=phase.name, start=phase.start + YEAR, end=phase.end + YEAR) for phase in PHASES
    )
    contests = [
        msgspec.structs.replace(
            CONTEST,
            id=contest_id,
            phases=phases,
            candidates=tuple(
                msgspec.structs.replace(one, id=f"{one.id}-{contest_id}")
                for one in CONTEST.candidates
            ),
        )
        for contest_id, phases in (("a", PHASES), ("b", PHASES), ("c", early), ("d", PHASES))
    ]
    watchlist = Watchlist(
        schema=1,
        elections=(
            Election(id="satu", name="Satu", contests=(contests[1], contests[0], contests[2])),
            Election(id="dua", name="Dua", contests=(contests[3],)),
        ),
    )
    index = WatchlistIndex(watchlist, ORDINARY)
    flags = verdict(POST, BOOK, index=index)
    assert [(flag.election.id, flag.election.contest_ids) for flag in flags] == [
        ("dua", ("d",)),
        ("satu", ("a", "b")),
    ]
    assert len({flag.flag_id for flag in flags}) == 2
    assert {item.contest_id for item in flags[1].evidence} == {"a", "b"}


@pytest.mark.parametrize(
    ("home", "finding", "first"),
    [
        (None, CONCLUSIVE, "a"),
        ("35.78", CONCLUSIVE, "b"),
        ("34", CONCLUSIVE, "a"),
        ("71", CONCLUSIVE, "a"),
        ("35.78", Lead((LeadCandidate(0, 0, 9_000, ("same handle",)),)), "a"),
    ],
)
def test_of_namesakes_those_of_the_registered_province_come_first(
    home: str | None, finding: Identity | Lead, first: str
) -> None:
    contests = [
        msgspec.structs.replace(
            CONTEST,
            id=contest_id,
            region_code=region,
            candidates=tuple(
                msgspec.structs.replace(one, id=f"{contest_id}-{one.id}")
                for one in CONTEST.candidates
            ),
        )
        for contest_id, region in (("a", "34"), ("b", "35"))
    ]
    index = WatchlistIndex(a_watchlist(*contests), ORDINARY)
    (flag,) = verdict(POST, BOOK, finding, index, home=home)
    bearers = [item.contest_id for item in flag.evidence if item.kind == "full_name"]
    assert bearers[0] == first
    assert set(bearers) == {"a", "b"}  # never silently one of them


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("dukung Sartika Wulandari", []),
        ("dukung Sartika Wulandari?", ["question"]),
        ("kata Sekjen: dukung Sartika. Saya juga dukung Sartika Wulandari", ["quotation"]),
        ("info KPU: coblos Sartika Wulandari", ["election_information"]),
        (
            "kapan debat? Kata Budi: coblos Sartika. Saya coblos Sartika Wulandari",
            ["election_information", "question", "quotation"],
        ),
    ],
)
def test_exemptions_lower_the_priority_with_a_reason(text: str, codes: list[str]) -> None:
    exemptions = the_flag(a_post(text)).exemptions
    assert [one.code for one in exemptions] == codes
    assert all(one.reason and one.effect == "lowers_priority" for one in exemptions)


def test_official_accounts_lower_the_priority() -> None:
    official = {"official_accounts": ("x:Warga", "x:kpu_contoh", "instagram:warga")}
    assert [one.code for one in the_flag(POST, **official).exemptions] == ["official_author"]
    shared = a_post(
        "ayo dukung",
        action="share",
        actor=Actor(handle="lain"),
        target=aimed_at("@KPU_Contoh", text="Sartika Wulandari"),
    )
    assert [one.code for one in the_flag(shared, **official).exemptions] == ["official_target"]


def test_a_share_without_comment_is_exempt_by_what_it_shares() -> None:
    share = a_post(action="share", target=Target(text="KPU: ayo dukung Sartika Wulandari"))
    codes = [one.code for one in the_flag(share).exemptions]
    assert codes == ["bare_share", "election_information"]


def test_the_phase_is_that_of_the_event_time() -> None:
    assert the_flag(a_post(POST.text, created_at=BEFORE)).election.phase == "before_determination"
    assert the_flag(POST).created_at == CAMPAIGN
