"""Leads, end to end over a small register; the quick way out against the full weighing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import JudgementSettings
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.fuzzy_identity import (
    MOST_CANDIDATES,
    MOST_NAMESAKES,
    MOST_WEIGHED,
    ScoredCandidate,
    every_candidate,
    find_leads,
    rank_batch,
    rank_candidates,
)
from matchers.handles import normalise
from matchers.match_model import Evidence, Weight, odds
from matchers.names import parse_name
from matchers.register import Register
from matchers.register_overlay import OverlayRegister
from matchers.types import Lead
from streams.records import PublicPost, RegisterUpdate, SubjectRef
from tests.matchers.model import MODEL, lead_for
from tests.matchers.people import Row, post_by, pseudonym, register_of

JUDGEMENT = JudgementSettings()
EAGER = JudgementSettings(base_rate=9_999, lead_threshold=1)
REGISTER = register_of(Row("budi.sasmitho", "7"), Row("siti_rahma88", "8", "p2", "Siti Rahma"))
BIO = "ASN di Surabaya"


def lead(post: PublicPost, judgement: JudgementSettings = JUDGEMENT) -> Lead | None:
    return lead_for(post, REGISTER, judgement)


def test_the_same_handle_without_an_id_is_a_strong_lead() -> None:
    found = lead(post_by("budi.sasmitho", None, name="Budi Sasmitho"))
    assert found is not None
    (candidate,) = found.candidates
    assert (candidate.row, candidate.person) == (0, 0)
    assert candidate.probability >= 9_900
    assert candidate.levels == ("same handle", "name agrees, 1 bearer in the register")


def test_skeleton_rare_name_and_region_are_a_lead() -> None:
    post = post_by("bud1sasmitho", "99", name="Drs. Budi Sasmitho, SH", bio=BIO)
    assert lead(post) is None  # the register's id differs from the event's
    found = lead_for(post, register_of(Row("budi.sasmitho", None)), JUDGEMENT)
    assert found is not None
    assert found.candidates[0].levels == (
        "same handle after folding",
        "name agrees, 1 bearer in the register",
        "region named in bio",
    )


@pytest.mark.parametrize(
    ("handle", "name", "bio"),
    [
        ("budi_sasmitho", "Budi Sasmitho", None),
        ("budi_sasmitho", "Budi", BIO),
        ("budi_sasmitho", "Toko Berkah", BIO),
        ("budi_sasmitho", "Budi Sasmitho", "anak Bali"),
        ("siti_rahma89", "Siti Rahma", BIO),
        ("somebody", "Budi Sasmitho", BIO),
        ("no handle", "Budi Sasmitho", BIO),
    ],
)
def test_what_is_no_lead(handle: str, name: str, bio: str | None) -> None:
    assert lead(post_by(handle, None, name=name, bio=bio)) is None


@pytest.mark.parametrize(("bio", "is_lead"), [(None, False), ("anak Bali", False), (BIO, True)])
def test_conflicting_digits_need_more_than_a_name_however_low_the_threshold(
    bio: str | None, is_lead: bool
) -> None:
    post = post_by("siti_rahma89", None, name="Siti Rahma", bio=bio)
    (scored,) = rank_candidates(post, REGISTER, MODEL, EAGER)
    assert scored.probability >= EAGER.lead_threshold
    assert scored.evidence.digits is DigitLevel.CONFLICT
    assert (lead(post, EAGER) is not None) == is_lead


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_a_like_is_never_a_lead(action: str) -> None:
    post = post_by("budi.sasmitho", None, name="Budi Sasmitho", action=action)  # type: ignore[arg-type]
    assert lead(post) is None


def test_a_declaration_not_in_force_proposes_nobody() -> None:
    gone = register_of(Row("budi.sasmitho", "7", withdrawn_on=date(2024, 2, 1)))
    at = {"after": datetime(2024, 3, 1, tzinfo=UTC), "before": datetime(2024, 1, 20, tzinfo=UTC)}
    posts = {
        when: post_by("budi.sasmitho", None, name="Budi Sasmitho", at=time)
        for when, time in at.items()
    }
    assert lead_for(posts["after"], gone, JUDGEMENT) is None
    assert rank_candidates(posts["after"], gone, MODEL, JUDGEMENT) == []
    assert lead_for(posts["before"], gone, JUDGEMENT) is not None


def test_a_post_without_its_own_time_is_taken_when_it_was_observed() -> None:
    register = register_of(Row("budi.sasmitho", "7", withdrawn_on=date(2024, 2, 1)))
    assert lead_for(post_by("budi.sasmitho", at=None), register, EAGER) is None


def test_at_most_five_candidates_in_order() -> None:
    rows = [Row("budi.sasmitho", "7")] + [
        Row(f"budi{separator}sasmitho", str(number), f"p{number}")
        for number, separator in enumerate(["_", "__", "._", "_.", "_._", "___"], start=10)
    ]
    register = register_of(*rows)
    post = post_by("budi.sasmitho", None, name="Budi Sasmitho")
    found = lead_for(post, register, JUDGEMENT)
    assert found is not None
    assert len(found.candidates) == MOST_CANDIDATES
    first, *others = found.candidates
    assert register.account(first.row).handle == "budi.sasmitho"
    (same,) = register.rows_by_handle([("instagram", "budi.sasmitho")])
    alike = [row for row in range(len(rows)) if row != same]
    assert [one.row for one in others] == alike[: MOST_CANDIDATES - 1]
    assert len({one.probability for one in others}) == 1


def test_two_alike_accounts_of_one_person_are_one_candidate() -> None:
    register = register_of(Row("budi.sasmitho", "7"), Row("budi_sasmitho", "8"))
    (only,) = rank_candidates(post_by("budi.sasmitho"), register, MODEL, JUDGEMENT)
    assert (register.account(only.row).handle, only.person) == ("budi.sasmitho", 0)


def test_of_two_alike_accounts_the_one_that_weighs_more_counts() -> None:
    """Whichever of them the handle alone would put first."""
    cells = dict(MODEL.handle_and_name)
    cells[HandleLevel.SKELETON, NameLevel.ONE] = Weight(100, "an example", "invented")
    cells[HandleLevel.SEPARATORS, NameLevel.ONE_LONG] = Weight(200, "an example", "invented")
    model = replace(MODEL, handle_and_name=cells)
    register = register_of(Row("budi_sasmitho", "7"), Row("boedisasmitho", "8"))
    post = post_by("budisasmitho", name="Budi Sasmitho")
    (only,) = rank_candidates(post, register, model, JUDGEMENT)
    assert register.account(only.row).handle == "boedisasmitho"
    assert (only.evidence.handle, only.weight) == (HandleLevel.SKELETON, 100)


def test_every_piece_of_evidence_is_weighed() -> None:
    register = register_of(Row("siti_rahma88", "8", name="Dra. Siti Rahma", agency="bkpsdm"))
    post = post_by("siti.rahma88", name="Dra. Siti Rahma", bio="BKPSDM Kota Surabaya")
    (found,) = rank_candidates(post, register, MODEL, JUDGEMENT)
    assert found.evidence == Evidence(
        HandleLevel.SEPARATORS,
        DigitLevel.AGREE,
        NameLevel.ONE,
        TitleLevel.AGREE,
        RegionLevel.NAMED,
        AgencyLevel.NAMED,
        bearers=1,
    )
    assert found.weight == 40 + 40 + 10 + 10 + 50 + 60
    assert [found.probability] == MODEL.probabilities([found.weight], JUDGEMENT.base_rate)


@pytest.mark.parametrize(
    ("region", "agency", "bio", "levels"),
    [
        ("35.78", "BKPSDM", None, (RegionLevel.SILENT, AgencyLevel.SILENT)),
        ("35.78", "BKPSDM", "suka kopi", (RegionLevel.SILENT, AgencyLevel.SILENT)),
        ("35.78", "BKPSDM", "Kab. Gresik, JATIM", (RegionLevel.NAMED, AgencyLevel.SILENT)),
        ("35.78", "BKPSDM", "Bandung - Surabaya", (RegionLevel.NAMED, AgencyLevel.SILENT)),
        ("35.78", "BKPSDM", "anak Bali", (RegionLevel.OTHER, AgencyLevel.SILENT)),
        (None, None, "staf BKPSDM Surabaya", (RegionLevel.SILENT, AgencyLevel.SILENT)),
        ("00", "BKPSDM", "bkpsdm", (RegionLevel.SILENT, AgencyLevel.NAMED)),
        ("35.78", "7501", "kantor 7501", (RegionLevel.SILENT, AgencyLevel.SILENT)),
        ("35.78", "KPU", "staf KPU", (RegionLevel.SILENT, AgencyLevel.SILENT)),
        ("35.78", "BKPSDM", "XBKPSDM", (RegionLevel.SILENT, AgencyLevel.SILENT)),
    ],
)
def test_what_a_bio_names(
    region: str | None,
    agency: str | None,
    bio: str | None,
    levels: tuple[RegionLevel, AgencyLevel],
) -> None:
    register = register_of(Row("budi.s", None, region=region, agency=agency))
    (found,) = rank_candidates(post_by("budi_s", bio=bio), register, MODEL, EAGER)
    assert (found.evidence.region, found.evidence.agency) == levels


# A common handle


CROWD = [
    Row(f"budi{n}", None, f"p{n}", "Sri Wahyuni" if n % 20 else "Budi Sasmitho")
    for n in range(10, 310)
]
CROWDED = register_of(*CROWD)


def test_of_a_crowd_the_loudest_and_all_namesakes_are_weighed() -> None:
    post = post_by("budi_15", name="Budi Sasmitho")
    found = rank_candidates(post, CROWDED, MODEL, EAGER)
    named = [one for one in found if one.evidence.name is not NameLevel.DIFFERS]
    assert len(named) == sum(row.name == "Budi Sasmitho" for row in CROWD)
    assert {one.evidence.name for one in named} == {NameLevel.SOME}
    assert len({one.person for one in found}) == len(found)
    assert MOST_WEIGHED <= len(found) <= MOST_WEIGHED + len(named)
    (same,) = CROWDED.rows_by_handle([("instagram", "budi15")])
    assert same in [one.row for one in found]


def test_those_who_are_not_weighed_compete_all_the_same() -> None:
    """The rest of the crowd counts as bearers of another name: as if each had been looked at."""
    post = post_by("budi_15", name="Budi Sasmitho")
    found = rank_candidates(post, CROWDED, MODEL, EAGER)
    agreeing = MODEL.handle_and_digits[HandleLevel.SKELETON, DigitLevel.CONFLICT].tenths
    differs = MODEL.handle_and_name[HandleLevel.SKELETON, NameLevel.DIFFERS].tenths
    others = (len(CROWD) - len(found)) * odds(agreeing + differs)
    weights = [one.weight for one in found]
    assert [one.probability for one in found] == MODEL.probabilities(
        weights, EAGER.base_rate, others
    )
    alone = MODEL.probabilities(weights, EAGER.base_rate)
    assert sum(alone) > sum(one.probability for one in found)


def test_a_namesake_behind_many_others_is_still_a_lead() -> None:
    """More bear the name in another order than are looked at before all of them are weighed."""
    others = [
        Row(f"budisasmitho{n}", None, f"c{n}", "Sasmitho Budi", region=None)
        for n in range(10, 12 + MOST_NAMESAKES)
    ]
    register = register_of(*others, Row("budisasmitho99", None, "p1", "Budi Sasmitho"))
    judgement = JudgementSettings(base_rate=100)
    post = post_by("budi_sasmitho", name="Budi Sasmitho", bio=BIO)
    (first, *_) = scored = rank_candidates(post, register, MODEL, judgement)
    assert register.account(first.row).handle == "budisasmitho99"
    assert first.probability >= judgement.lead_threshold
    found = shown(lead_for(post, register, judgement))
    assert found == expected(scored, judgement.lead_threshold)[:MOST_CANDIDATES]


def test_every_candidate_is_shown_where_room_is_left() -> None:
    """Those who are only counted, too, with the probability that the count leaves them."""
    post = post_by("budi_15", name="Budi Sasmitho")
    ranked = rank_candidates(post, CROWDED, MODEL, EAGER)
    shown_all, left = every_candidate(post, CROWDED, MODEL, EAGER, most=1_000)
    assert left == 0
    assert len(shown_all) == len(CROWD) == len({one.person for one in shown_all})
    by_person = {one.person: one for one in shown_all}
    assert all(by_person[one.person] == one for one in ranked)
    chances = [one.probability for one in shown_all]
    assert chances == sorted(chances, reverse=True)
    some, left = every_candidate(post, CROWDED, MODEL, EAGER, most=100)
    assert (len(some), left) == (100, len(CROWD) - 100)
    assert {one.person for one in ranked} <= {one.person for one in some}


def test_those_who_are_excluded_are_no_candidates_to_be_shown() -> None:
    gone = Row("budisasmitho", "7", withdrawn_on=date(2024, 2, 1))
    register = register_of(gone, Row("budi.sasmitho", "8", "p2"), Row("budi_sasmitho", None, "p2"))
    found, left = every_candidate(post_by("bud1sasmitho", "9"), register, MODEL, EAGER, most=9)
    assert [register.account(one.row).handle for one in found] == ["budi_sasmitho"]
    assert left == 0
    assert every_candidate(post_by("no handle"), register, MODEL, EAGER, most=9) == ([], 0)


# Properties


NAMED = ("Budi Sasmitho", "Sasmitho Budi", "Budi Agus Sasmitho", "Sri Wahyuni", "Budi", "")
MANY = register_of(
    *(
        Row(
            f"{handle}{digits}",
            str(number) if number % 3 else None,
            f"p{number % 150}",
            NAMED[0] if number % 150 < 110 else NAMED[number % len(NAMED)],
            region=("35.78", "51", None)[number % 3],
            agency=("BKPSDM", None)[number % 2],
            withdrawn_on=date(2024, 2, 1) if number % 11 == 0 else None,
        )
        for number, (handle, digits) in enumerate(
            product(
                ("budisasmitho", "budi.sasmitho", "boedisasmitho", "budisasmito", "sriwahyuni"),
                ("", "1", *range(10, 60)),
            )
        )
    )
)


POSTS = st.builds(
    lambda handle, name, bio: post_by(handle, None, name=name, bio=bio),
    st.sampled_from(
        [
            *("budi.sasmitho", "budi_sasmitho", "bud1sasmitho", "budisasmito", "siti_rahma88"),
            *("real.budisasmitho", "siti_rahma89", "somebody", "no handle", "budisasmitho17"),
            *("budi_sasmitho_17", "sri.wahyuni", "sriwahyuni99", "sasmithobudi"),
        ]
    ),
    st.sampled_from([None, "Siti Rahma", "Toko", "Drs. Budi Sasmitho", *NAMED]),
    st.sampled_from([None, BIO, "staf BKPSDM", "BKPSDM Jatim", "anak Bali"]),
)
REGISTERS = st.sampled_from([REGISTER, MANY])
THRESHOLDS = st.integers(1, 10_000) | st.integers(1, 200)


@settings(max_examples=300)
@given(POSTS, REGISTERS, st.integers(1, 9_999) | st.just(10), THRESHOLDS)
def test_the_quick_way_out_loses_no_lead(
    post: PublicPost, register: Register, base_rate: int, threshold: int
) -> None:
    judgement = JudgementSettings(base_rate=base_rate, lead_threshold=threshold)
    scored = rank_candidates(post, register, MODEL, judgement)
    found = shown(lead_for(post, register, judgement))
    assert found == expected(scored, threshold)[:MOST_CANDIDATES]


@given(st.lists(POSTS, max_size=6), REGISTERS, st.integers(1, 9_999), THRESHOLDS)
def test_a_batch_is_as_one_by_one(
    posts: list[PublicPost], register: Register, base_rate: int, threshold: int
) -> None:
    judgement = JudgementSettings(base_rate=base_rate, lead_threshold=threshold)
    alone = [lead_for(post, register, judgement) for post in posts]
    assert find_leads(posts, register, MODEL, judgement) == alone
    ranked = [rank_candidates(post, register, MODEL, judgement) for post in posts]
    together = rank_batch(posts, register, MODEL, judgement)
    assert [one.candidates for one in together] == ranked


@given(POSTS, st.integers(1, 9_999))
def test_the_sum_of_all_is_that_of_everyone_proposed(post: PublicPost, base_rate: int) -> None:
    """Each is looked at, or counts with a name that differs; nobody counts twice."""
    judgement = JudgementSettings(base_rate=base_rate)
    (ranked,) = rank_batch([post], MANY, MODEL, judgement)
    weighed = {one.row for one in ranked.candidates}
    people = {one.person for one in ranked.candidates}
    named = " " in parse_name(post.actor.display_name or "").canonical
    name = NameLevel.DIFFERS if named else NameLevel.SILENT
    (runs,) = MANY.propose([(post.platform, normalise(post.platform, post.actor.handle) or "")])
    unlooked = [
        odds(
            MODEL.handle_and_name[run.handle, name].tenths
            + MODEL.handle_and_digits[run.handle, run.digits].tenths
        )
        for run in runs
        for row in range(run.first, run.last)
        if row not in weighed
    ]
    least = sum(odds(one.weight) for one in ranked.candidates)
    assert least <= ranked.total <= least + sum(unlooked)
    assert len(people) == len(weighed)


def shown(found: Lead | None) -> list[tuple[int, int]]:
    return [(one.row, one.probability) for one in (found.candidates if found else ())]


def expected(scored: list[ScoredCandidate], threshold: int) -> list[tuple[int, int]]:
    carried = any(one.probability >= threshold and one.evidence.can_carry_a_lead for one in scored)
    return [(one.row, one.probability) for one in scored] if carried else []


# After live changes


@pytest.mark.parametrize("handle", ["budi.sasmitho", "budi_sasmitho"])
@pytest.mark.parametrize("renamed", ["budi.sasmitho", "budi._sasmitho"])
def test_a_person_renamed_by_an_update_is_found_by_the_new_name(handle: str, renamed: str) -> None:
    """Also by their other account, which the update was not about."""
    refs = {"e1": {"p1": pseudonym("p1"), "p2": pseudonym("p2")}}
    register = OverlayRegister(
        register_of(
            Row("budi.sasmitho", "7", name="Budi Sasmithox"),
            Row("budi._sasmitho", "8", name="Budi Sasmithox"),
            Row("xqzt", "9", "p2", "Someone Else"),
            refs=refs,
        )
    )
    register.apply(
        RegisterUpdate(
            schema=1,
            sequence=1,
            op="change",
            platform="instagram",
            handle=renamed,
            name="Budi Sasmitho",
            region_code="35.78",
            declared_on="2024-01-05",
            declaration_ref="D/1",
            subject_refs=(SubjectRef(election_id="e1", ref=refs["e1"]["p1"]),),
        ),
        0,
    )
    post = post_by(handle, None, name="Budi Sasmitho", bio=BIO)
    scored = rank_candidates(post, register, MODEL, JUDGEMENT)
    assert scored[0].evidence.name is NameLevel.ONE
    assert scored[0].probability >= JUDGEMENT.lead_threshold
    assert shown(lead_for(post, register, JUDGEMENT)) == expected(scored, JUDGEMENT.lead_threshold)
