"""Leads, end to end over a small register; the quick way out against the full weighing."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import JudgementSettings
from matchers.fuzzy_identity import (
    MOST_CANDIDATES,
    find_lead,
    handle_level,
    name_level,
    rank_candidates,
)
from matchers.handle_keys import take_apart
from matchers.lead_scoring import HandleLevel, NameLevel
from matchers.types import Lead, RegisteredPerson
from streams.records import PublicPost
from tests.matchers.people import NOON, Row, post_by, register_of

JUDGEMENT = JudgementSettings()
REGISTER = register_of(Row("budi.sasmitho", "7"), Row("siti_rahma88", "8", "p2", "Siti Rahma"))
BIO = "ASN di Surabaya"


def lead(post: PublicPost, judgement: JudgementSettings = JUDGEMENT) -> Lead | None:
    return find_lead(post, REGISTER, judgement, NOON)


def test_the_same_handle_without_an_id_is_a_strong_lead() -> None:
    found = lead(post_by("budi.sasmitho", None, name="Budi Sasmitho"))
    assert found is not None
    (candidate,) = found.candidates
    assert (candidate.row, candidate.person) == (0, 0)
    assert candidate.probability >= 9_900
    assert candidate.levels == ("same handle", "name agrees, 1 bearer in the register")


def test_skeleton_rare_name_and_region_are_a_lead() -> None:
    found = lead(post_by("bud1_sasmitho", "99", name="Drs. Budi Sasmitho, SH", bio=BIO))
    assert found is None  # the register's id differs from the event's
    register = register_of(Row("budi.sasmitho", None))
    found = find_lead(
        post_by("bud1_sasmitho", "99", name="Drs. Budi Sasmitho, SH", bio=BIO),
        register,
        JUDGEMENT,
        NOON,
    )
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
    ],
)
def test_what_is_no_lead(handle: str, name: str, bio: str | None) -> None:
    assert lead(post_by(handle, None, name=name, bio=bio)) is None


def test_conflicting_digits_make_no_lead_however_low_the_threshold() -> None:
    eager = JudgementSettings(base_rate=9_999, lead_threshold=1)
    post = post_by("siti_rahma89", None, name="Siti Rahma")
    assert rank_candidates(post, REGISTER, eager, NOON)[0].probability > 1
    assert lead(post, eager) is None


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_a_like_is_never_a_lead(action: str) -> None:
    post = post_by("budi.sasmitho", None, name="Budi Sasmitho", action=action)  # type: ignore[arg-type]
    assert lead(post) is None


def test_a_declaration_not_in_force_proposes_nobody() -> None:
    gone = register_of(Row("budi.sasmitho", "7", withdrawn_on=date(2024, 2, 1)))
    post = post_by("budi.sasmitho", None, name="Budi Sasmitho")
    assert find_lead(post, gone, JUDGEMENT, NOON) is None
    before = datetime(2024, 1, 20, tzinfo=UTC)
    assert find_lead(post, gone, JUDGEMENT, before) is not None


def test_at_most_five_candidates_in_order() -> None:
    rows = [Row("budi.sasmitho", "7")] + [
        Row(f"budi{separator}sasmitho", str(number), f"p{number}")
        for number, separator in enumerate(["_", "__", "._", "_.", "_._", "___"], start=10)
    ]
    register = register_of(*rows)
    post = post_by("budi.sasmitho", None, name="Budi Sasmitho")
    found = find_lead(post, register, JUDGEMENT, NOON)
    assert found is not None
    assert len(found.candidates) == MOST_CANDIDATES
    assert [one.row for one in found.candidates] == [0, 1, 2, 3, 4]


def test_two_alike_accounts_of_one_person_are_one_candidate() -> None:
    register = register_of(Row("budi.sasmitho", "7"), Row("budi_sasmitho", "8"))
    (only,) = rank_candidates(post_by("budi.sasmitho"), register, JUDGEMENT, NOON)
    assert (only.row, only.person) == (0, 0)


@pytest.mark.parametrize(
    ("ours", "theirs", "level"),
    [
        ("budi.s", "budi.s", HandleLevel.SAME),
        ("budi.s", "budi_s", HandleLevel.SEPARATORS),
        ("budi88", "budi.88", HandleLevel.SEPARATORS),
        ("bud1santoso", "budi.santoso", HandleLevel.SKELETON),
        ("budi88", "budi89", HandleLevel.SKELETON),
        ("budisantso", "budisantoso", HandleLevel.ONE_EDIT),
        ("budisatnoso", "budisantoso", HandleLevel.ONE_EDIT),
        ("budi.sasmitho.sksp", "budi.sasmitho.skpt", HandleLevel.SIMILAR),
        ("andi", "andika", None),
        ("budi", "siti", None),
    ],
)
def test_handle_levels(ours: str, theirs: str, level: HandleLevel | None) -> None:
    keys = take_apart("instagram", ours), take_apart("instagram", theirs)
    assert handle_level(*keys) == handle_level(*reversed(keys)) == level


@pytest.mark.parametrize(
    ("ours", "theirs", "bearers", "level"),
    [
        ("budi sasmitho", "budi sasmitho", 3, NameLevel.RARE),
        ("sasmitho budi", "budi sasmitho", 1, NameLevel.RARE),
        ("sri hartono", "sri hartono", 4, NameLevel.KNOWN),
        ("sri wahyuni", "sri wahyuni", 101, NameLevel.FREQUENT),
        ("sri wahyunii", "sri wahyuni", 1, NameLevel.SIMILAR),
        ("muhammad budi santoso", "budi santoso", 1, NameLevel.SIMILAR),
        ("suharto", "suharto", 1, NameLevel.SILENT),
        ("", "budi santoso", 1, NameLevel.SILENT),
        ("toko berkah", "budi santoso", 1, NameLevel.DIFFERS),
    ],
)
def test_name_levels(ours: str, theirs: str, bearers: int, level: NameLevel) -> None:
    assert name_level(ours, RegisteredPerson(theirs, bearers, None, None)) == level


@given(
    handle=st.sampled_from(
        [
            "budi.sasmitho",
            "budi_sasmitho",
            "bud1sasmitho",
            "budisasmito",
            "siti_rahma88",
            "siti_rahma89",
        ]
    ),
    name=st.sampled_from([None, "Budi Sasmitho", "Siti Rahma", "Budi", "Toko"]),
    bio=st.sampled_from([None, BIO, "staf BKPSDM", "BKPSDM Jatim", "anak Bali"]),
    base_rate=st.integers(1, 9_999),
    threshold=st.integers(1, 10_000),
)
def test_the_quick_way_out_loses_no_lead(
    handle: str, name: str | None, bio: str | None, base_rate: int, threshold: int
) -> None:
    judgement = JudgementSettings(base_rate=base_rate, lead_threshold=threshold)
    post = post_by(handle, None, name=name, bio=bio)
    scored = rank_candidates(post, REGISTER, judgement, NOON)
    expected = [
        (one.row, one.probability)
        for one in scored
        if any(best.probability >= threshold and best.can_carry_a_lead for best in scored)
    ]
    found = lead(post, judgement)
    assert [(one.row, one.probability) for one in (found.candidates if found else ())] == expected
