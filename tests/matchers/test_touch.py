"""The automaton against a full scan, the ways to disguise a name, and inputs made to be slow."""

import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matchers.deobfuscate import DisguiseMap, deobfuscate
from matchers.fold import fold, has_homoglyph
from matchers.patterns import MIN_FUZZY_LETTERS
from matchers.touch import MAX_REPEATS, touch
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


def found(text: str) -> set[tuple[str, str]]:
    hits = touch(a_post(text), EVERY_CONTEST, INDEX)
    return {(INDEX.entry(hit.entry).entry_id, hit.method) for hit in hits}


def naive(text: str) -> set[tuple[int, int, int, str]]:
    """Every entry tried at every word boundary of an ASCII text without mentions and numbers."""
    folded = fold(text)
    hits = set()
    words = folded.split(" ")
    starts = [0]
    for word in words[:-1]:
        starts.append(starts[-1] + len(word) + 1)
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    windows = [(a, b) for a, b in product(starts, ends) if a < b]
    for entry in INDEX.entries:
        if entry.kind in ("account", "ballot_number"):
            continue
        for start, end in windows:
            written = folded[start:end]
            if written in (entry.text, entry.squeezed):
                hits.add((start, end, entry.row, "exact"))
            elif (
                entry.kind in ("full_name", "alias")
                and not entry.ambiguous
                and len(entry.squeezed) >= MIN_FUZZY_LETTERS
                and OSA.distance(written, entry.text) == 1
                and is_slip(written, entry.text)
            ):
                hits.add((start, end, entry.row, "typo"))
    view = deobfuscate(folded)
    if view is not None:
        disguise = DisguiseMap(folded)
        for entry in INDEX.entries:
            if entry.kind in ("account", "ballot_number"):
                continue
            for written in {entry.text, entry.squeezed}:
                padded, wanted, place = f" {view} ", f" {written} ", -1
                while (place := padded.find(wanted, place + 1)) >= 0:
                    start, end = disguise.span(place, place + len(written))
                    method = disguise.method(start, end)
                    if method and not any((start, end, entry.row) == hit[:3] for hit in hits):
                        hits.add((start, end, entry.row, method))
    return hits


def is_slip(written: str, name: str) -> bool:
    names = {e.text for e in INDEX.entries if e.kind not in ("account", "ballot_number")}
    known = COMMON_WORDS | {word for one in names for word in one.split(" ")}
    words, meant = written.split(" "), name.split(" ")
    if not written.replace(" ", "").isalpha() or written in names:
        return False
    if len(words) != len(meant):
        return len(meant) > 1
    return all(one == other or one not in known for one, other in zip(words, meant, strict=True))


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
    perturbed() | st.sampled_from(["hari ini", "dukung", "maju", "2", "a", "b c d", "Wulan", ","]),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=400)
@given(TEXTS)
def test_finds_what_a_full_scan_finds(text: str) -> None:
    hits = touch(a_post(text), EVERY_CONTEST, INDEX)
    repeats: dict[int, int] = {}
    expected = []
    for start, end, row, method in sorted(naive(text)):
        repeats[row] = repeats.get(row, 0) + 1
        if repeats[row] <= MAX_REPEATS:
            expected.append((start, end, row, method))
    got = [(h.start, h.end, h.entry, h.method) for h in hits if not is_number(h)]
    assert sorted(got) == sorted(expected)


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


def test_an_everyday_word_or_another_name_is_no_slip() -> None:
    words = COMMON_WORDS | {"sartike"}
    index = WatchlistIndex(a_watchlist(), words)
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
    start = time.perf_counter()
    touch(a_post(text), EVERY_CONTEST, INDEX)
    assert time.perf_counter() - start < 2.0


def test_plain_text_with_a_foreign_letter_elsewhere_is_exact() -> None:
    assert has_homoglyph("привет Sartika")
    assert ("sartika:alias:sartika", "exact") in found("привет Sartika")
