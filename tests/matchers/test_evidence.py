import msgspec
import pytest

from matchers.evidence import gather
from matchers.touch import touch
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Contest, PublicPost
from tests.matchers.build import (
    BIMA,
    CAMPAIGN,
    CONTEST,
    ORDINARY,
    a_post,
    a_watchlist,
    aimed_at,
    evidence_in,
)

Found = set[tuple[str, str, bool]]


def seen(post: PublicPost) -> Found:
    return {(item.kind, item.surface, item.sufficient) for item in evidence_in(post)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sartika Wulandari hadir", {("full_name", "Sartika Wulandari", True)}),
        ("Bu Tika hadir", {("alias", "Bu Tika", True)}),
        # everyday or listed words need a second piece
        ("ganjar", {("alias", "ganjar", False)}),
        ("Tika", {("alias", "Tika", False)}),
        ("Indah Permata", {("full_name", "Indah Permata", False)}),
        ("Indonesia Maju", {("slogan", "Indonesia Maju", False)}),
        ("ganjar di Contohan", {("alias", "ganjar", True)}),
        # a party backs the names that it nominates, and nothing else
        ("Parlesta usung ganjar", {("alias", "ganjar", True)}),
        ("PCR usung ganjar", {("alias", "ganjar", False)}),
        ("Partai Contoh Raya: Tika", {("alias", "Tika", True)}),
        ("PCR coblos nomor 1", set()),
        ("PCR #SartikaBima", {("hashtag", "SartikaBima", False)}),
        ("makan bareng Tika", {("alias", "Tika", False)}),
        ("PCR Parlesta", set()),
        ("ganjar ganjar", {("alias", "ganjar", False)}),
        (
            "Tika dan Bimantara Sakti",
            {("alias", "Tika", True), ("full_name", "Bimantara Sakti", True)},
        ),
        # a hashtag alone is never sufficient, nor is a name that is only a hashtag
        ("#SartikaBima", {("hashtag", "SartikaBima", False)}),
        ("#sartika_bima", {("hashtag", "sartika_bima", False)}),
        ("#Sartika", {("hashtag", "Sartika", False)}),
        ("#SartikaBima #Sartika", {("hashtag", "SartikaBima", True), ("hashtag", "Sartika", True)}),
        ("#SartikaBima di Kota Contoh", {("hashtag", "SartikaBima", True)}),
        ("#SartikaBima #SartikaBima", {("hashtag", "SartikaBima", False)}),
        # numbers
        ("coblos nomor 1 Contohan", {("ballot_number", "coblos nomor 1", True)}),
        (
            "#SartikaBima paslon 1",
            {("hashtag", "SartikaBima", True), ("ballot_number", "paslon 1", True)},
        ),
        # a slip in one short word needs a second piece; a disguise undone gives the very name
        ("Sartikka", {("fuzzy_name", "Sartikka", False)}),
        ("S4rtika", {("fuzzy_name", "S4rtika", True)}),
        ("Sartikka Wulandari", {("fuzzy_name", "Sartikka Wulandari", True)}),
        ("s.a.r.t.i.k.a", {("fuzzy_name", "s.a.r.t.i.k.a", True)}),
        ("Sarti\u200dka Wul\u0430ndari", {("fuzzy_name", "Sarti\u200dka Wul\u0430ndari", True)}),
        # a weaker longer piece does not hide a strong shorter one inside it
        ("Provinsi Bersinar", {("slogan", "Provinsi Bersinar", False)}),
    ],
)  # fmt: skip
def test_kinds_surfaces_and_sufficiency(text: str, expected: Found) -> None:
    assert seen(a_post(text)) == expected
    for item in evidence_in(a_post(text)):
        assert text[item.start : item.end] == item.surface


def test_accounts_stand_alone() -> None:
    post = a_post(action="like", target=aimed_at("Sartika_W", "501"))
    assert seen(post) == {("target_account", "Sartika_W", True)}
    post = a_post("hai", mentions=(AccountRef(handle="menang_satu"),))
    assert seen(post) == {("mention", "menang_satu", True)}
    post = a_post("hai @sartika_w!")
    assert seen(post) == {("mention", "@sartika_w", True)}


def test_the_same_hashtag_in_list_and_text_is_one_piece() -> None:
    post = a_post("#SartikaBima", hashtags=("SartikaBima",))
    assert seen(post) == {("hashtag", "SartikaBima", False)}


def test_a_slogan_and_the_hashtag_made_of_it_are_one_piece() -> None:
    post = a_post("Provinsi Bersinar #ProvinsiBersinar")
    assert all(not item.sufficient for item in evidence_in(post))


def test_a_region_inside_the_piece_does_not_back_it() -> None:
    contest = msgspec.structs.replace(CONTEST, region_names=("Maju",))
    index = WatchlistIndex(a_watchlist(contest), ORDINARY)
    assert not any(item.sufficient for item in evidence_in(a_post("Indonesia Maju"), index))
    assert any(item.sufficient for item in evidence_in(a_post("Indonesia Maju! maju"), index))


def test_a_region_in_the_parent_backs_a_weak_name() -> None:
    post = a_post("ganjar", action="comment", target=aimed_at("siapa", text="pilkada Contohan"))
    assert seen(post) == {("alias", "ganjar", True)}


def test_a_shared_name_is_evidence_for_every_bearer() -> None:
    other = msgspec.structs.replace(
        CONTEST,
        id="lain-2024",
        candidates=tuple(
            msgspec.structs.replace(one, id=f"{one.id}-lain", accounts=())
            for one in CONTEST.candidates
        ),
    )
    index = WatchlistIndex(a_watchlist(CONTEST, other), ORDINARY)
    bearers = {item.candidate_id for item in evidence_in(a_post("Bimantara Sakti"), index)}
    assert bearers == {BIMA.id, f"{BIMA.id}-lain"}


def test_a_second_piece_must_be_of_the_same_contest() -> None:
    other = other_contest()
    index = WatchlistIndex(a_watchlist(CONTEST, other), ORDINARY)
    items = evidence_in(a_post("ganjar di Pulau Lain"), index)
    assert [item.sufficient for item in items if item.contest_id == CONTEST.id] == [False]


def other_contest() -> Contest:
    return msgspec.structs.replace(
        CONTEST, id="lain-2024", region_names=("Pulau Lain",), candidates=(), ballot=()
    )


def test_items_are_at_most_256_and_in_order() -> None:
    text = " ".join(f"#SartikaBima{'!' * n} Sartika" for n in range(400))
    hits = touch(
        a_post(text, hashtags=("SartikaBima",) * 256),
        1,
        WatchlistIndex(a_watchlist(), ORDINARY),
    )
    index = WatchlistIndex(a_watchlist(), ORDINARY)
    items = gather(a_post(text, hashtags=("SartikaBima",) * 256), hits, index)
    assert len(items) == 256
    assert list(items) == sorted(items, key=lambda i: (i.field, i.start, i.end, i.kind, i.entry_id))
    assert any(item.kind == "alias" for item in items)
    assert index.contests_at(CAMPAIGN) == 1
