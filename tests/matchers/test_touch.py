"""The search against a full scan, the ways to disguise a name, and inputs made to be slow."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.ambiguity import OrdinaryText
from matchers.fold import has_homoglyph
from matchers.touch import touch, touch_batch
from matchers.types import Hit
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Media, Target
from tests.matchers.build import (
    COMMON_WORDS,
    CONTEST,
    EVERY_CONTEST,
    INDEX,
    a_post,
    a_watchlist,
    aimed_at,
)
from tests.reference.slow_touch import slow_touch


def found(text: str) -> set[tuple[str, str]]:
    hits = touch(a_post(text), EVERY_CONTEST, INDEX)
    return {(INDEX.entry(hit.entry).entry_id, hit.method) for hit in hits}


PIECES = [e.text for e in INDEX.entries if e.kind not in ("account", "ballot_number")]


@st.composite
def perturbed(draw: st.DrawFn) -> str:
    piece = list(draw(st.sampled_from(PIECES)))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(piece) - 1))
        match draw(st.sampled_from(("drop", "swap", "add", "put", "hold", "leet", "apart"))):
            case "drop":
                piece[place] = ""
            case "swap" if place + 1 < len(piece):
                piece[place], piece[place + 1] = piece[place + 1], piece[place]
            case "add":
                piece[place] += draw(st.sampled_from("abtkz "))
            case "put":
                piece[place] = draw(st.sampled_from("abtkz"))
            case "hold":
                piece[place] *= 4
            case "leet":
                leet = str.maketrans("aiestbg", "4135789")
                piece[place] = piece[place].translate(leet)
            case _:
                piece = list(" ".join("".join(piece).replace(" ", "")))
    return "".join(piece)


TEXTS = st.lists(
    perturbed()
    | st.sampled_from(
        [
            "hari ini",
            "dukung",
            "maju",
            "2",
            "a",
            "b c d",
            "Wulan",
            ",",
            "#",
            "nya",
            "coblos 1",
            "no 2",
            "#DukungSartika",
            "#sartikabimamaju",
            "S A R T I K A B I M A",
            "Kota Contoh",
            "Sartikanya",
            "PCR",
            "Parlesta",
            "#PartaiContohRaya",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=400)
@given(TEXTS, TEXTS | st.none())
def test_finds_what_a_full_scan_finds(text: str, parent: str | None) -> None:
    post = a_post(text, action="comment", target=parent and Target(text=parent))
    open_contests = {entry.contest_id for entry in INDEX.entries}
    assert touch(post, EVERY_CONTEST, INDEX) == slow_touch(post, open_contests, INDEX)


ANYTHING = st.text(max_size=40) | st.sampled_from(
    ["\0", "a\0b", "  ", " \0 ", "é", "https://a.b/c", "https://a.b/#Sartika", "@a.b#c"]
)


@settings(max_examples=300)
@given(
    st.lists(
        st.lists(TEXTS | perturbed() | ANYTHING, max_size=4).map(
            lambda pieces: ", ".join(pieces) or None
        ),
        max_size=6,
    )
)
def test_a_batch_finds_what_each_post_finds(written: list[str | None]) -> None:
    posts = [
        a_post(text, action=action, target=Target(text=parent))
        for text, parent, action in zip(
            written, reversed(written), ("post", "share", "like") * len(written), strict=False
        )
    ]
    found = touch_batch(posts, [EVERY_CONTEST] * len(posts), INDEX)
    assert found == [touch(post, EVERY_CONTEST, INDEX) for post in posts]


def test_a_batch_finds_accounts_mentions_and_tags() -> None:
    posts = [
        a_post(action="like", target=aimed_at("sartika_w")),
        a_post("halo", mentions=(AccountRef(handle="sartika_w"),)),
        a_post("halo", hashtags=("SartikaBima",)),
        a_post(action="like", target=aimed_at("orang_lain"), text="Sartika Wulandari"),
        a_post("halo", media=(Media(kind="photo", alt_text="Sartika Wulandari"),)),
    ]
    found = touch_batch(posts, [EVERY_CONTEST] * len(posts), INDEX)
    assert found == [touch(post, EVERY_CONTEST, INDEX) for post in posts]
    # A hashtag alone is never sufficient, so it touches nothing.
    assert [bool(hits) for hits in found] == [True, True, False, False, True]


def is_number(hit: Hit) -> bool:
    return INDEX.entry(hit.entry).kind == "ballot_number"


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("Sartika Wulandari", "exact"),
        ("SARTIKA   wulandari!!", "exact"),
        ("sart\u200dika wul\u0301andari", "exact"),
        ("#SartikaWulandari", "exact"),
        ("S\u0430rtika Wulandari", "homoglyph"),
        ("Sartikka Wulandari", "typo"),
        ("Sartika Wuladnari", "typo"),
        ("Sartka Wulandari", "typo"),
        ("artika Wulandari", "typo"),
        ("Sartika Wulandar", "typo"),
        ("s4rt1k4 wulandari", "leet"),
        ("sartikaaaa wulandari", "elongation"),
        ("s a r t i k a wulandari", "spaced_letters"),
    ],
)
def test_sees_a_name_through_each_disguise(text: str, method: str) -> None:
    for around in (text, f"halo, {text}: ya", f"❤️ {text} ❤️"):
        assert ("sartika:name:sartika wulandari", method) in found(around)


@pytest.mark.parametrize(
    "text",
    [
        "artikanya",
        "Sartikawati Wulan",
        "@sartika",
        "@sartika.wulandari",
        "email sartika@kantor.id",
        "https://contoh.id/sartika-wulandari",
        "Sartika88",
        "",
        "!!!",
    ],
)
def test_untouched(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("Sartikanya", "exact"),
        ("Sartikalah, Sartikakan, Sartikaku", "exact"),
        ("Sartika-Sartika", "exact"),
        ("Sartika2", "exact"),
        ("#DukungSartika", "exact"),
        ("#dukungsartikamaju", "exact"),
        ("#SartikaBima2024", "exact"),
        ("paslon 1: S A R T I K A B I M A", None),  # nothing says where one name ends
        ("nomor urut 1 S a r t i k a", "spaced_letters"),
        ("5art1ka", "leet"),
        ("54r71k4", "leet"),
        ("Ѕartika", "homoglyph"),
        ("Sartikaaaa", "elongation"),
        ("Sart ika", "typo"),
        ("Sartiak", "typo"),
        ("SartikaÂ hadir", "exact"),  # a hard space, read as Latin-1
        ("#mamasartikawati", None),
        ("https://contoh.id/#Sartika", None),  # the page's words
    ],
)
def test_ways_to_write_a_name(text: str, method: str | None) -> None:
    methods = {how for entry_id, how in found(text) if entry_id == "sartika:alias:sartika"}
    assert methods == ({method} if method else set())


def test_an_everyday_word_or_another_name_is_no_slip() -> None:
    words = COMMON_WORDS | {"sartike"}
    index = WatchlistIndex(a_watchlist(), OrdinaryText(words))
    assert not touch(a_post("sartike"), EVERY_CONTEST, index)
    assert touch(a_post("sartike"), EVERY_CONTEST, INDEX)


def test_a_handle_in_the_text_names_the_account_on_its_platform_only() -> None:
    assert ("sartika:account:x:sartika_w", "exact") in found("halo @Sartika_W, semangat")
    assert not found("halo @sartikaw")
    assert not found("halo @sartika_w_2")
    assert not touch(a_post("@sartika_w", platform="tiktok"), EVERY_CONTEST, INDEX)
    hits = touch(a_post("cc @sartika.w.", platform="instagram"), EVERY_CONTEST, INDEX)
    assert [INDEX.entry(hit.entry).text for hit in hits] == ["sartika.w"]


def test_every_field_is_searched_and_named() -> None:
    post = a_post(
        "Sartika",
        target=Target(account=AccountRef(handle="@Ganjar_P"), text="Bimantara Sakti"),
        media=(Media(kind="photo"), Media(kind="photo", alt_text="Indah Permata")),
        mentions=(AccountRef(handle="x"), AccountRef(handle="menang_satu")),
        hashtags=("a", "#SartikaBima"),
        action="quote",
    )
    fields = [hit.field for hit in touch(post, EVERY_CONTEST, INDEX)]
    assert fields == sorted(fields)
    assert set(fields) == {
        "text", "target.text", "target.account", "media[1].alt_text", "mentions[1]", "hashtags[1]",
    }  # fmt: skip


def test_contests_outside_the_mask_never_hit() -> None:
    post = a_post("Sartika", target=aimed_at("ganjar_p"), hashtags=("SartikaBima",), action="quote")
    assert touch(post, EVERY_CONTEST, INDEX)
    assert touch(post, 0, INDEX) == ()


@pytest.mark.parametrize("phrase", ["nomor urut 2", "paslon 02", "coblos no 2", "salam dua jari"])
def test_a_ballot_number_needs_its_contest_named(phrase: str) -> None:
    number = (f"{CONTEST.id}:number:2", "exact")
    assert number not in found(f"ayo {phrase}")
    assert number in found(f"ayo {phrase} warga Kota Contoh")
    assert number in found(f"ayo {phrase}, Ganjar Pranoto")
    assert number not in found("angka 2 di Kota Contoh")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65_536,
        "a " * 32_768,
        "1a" * 32_768,
        "@" * 65_536,
        "#SartikaBima " * 5_000,
        " ".join(f"#tag{number}" for number in range(10_000)),
        "sartik " * 9_000,
        "nomor 2 " * 8_000,
        "\u0301" * 65_536,
        "а" * 65_536,
        "@a." * 20_000,
        "https://" * 8_000,
        '"' * 65_536,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_is_slow(text: str) -> None:
    """A quadratic step over 64 KiB would take minutes."""
    touch(a_post("Sartika"), EVERY_CONTEST, INDEX)  # the kernels are compiled
    start = time.perf_counter()
    touch(a_post(text), EVERY_CONTEST, INDEX)
    assert time.perf_counter() - start < 2.0


def test_plain_text_with_a_foreign_letter_elsewhere_is_exact() -> None:
    assert has_homoglyph("привет Sartika")
    assert ("sartika:alias:sartika", "exact") in found("привет Sartika")
