import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.fold import OffsetMap, fold, fold_character, fold_with_tags, has_homoglyph, visible

LETTERS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aK. _'@#-\u0301\u200d\u200f\u0430\u0421\u03b1\ufb01\u00df\u0130\u1e9e½"),
    )
)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("Bu  SARTIKA,\n menang!", "bu sartika menang"),
        ("Ma'ruf Ma’ruf", "maruf maruf"),
        ("#Jatim_Maju", "jatimmaju"),
        ("@tri_r.dua hadir", "@trirdua hadir"),
        ("sart\u200dika", "sartika"),
        ("\u202esartika\u202c", "sartika"),
        ("sártìka", "sartika"),
        ("Sаrtіkа", "sartika"),  # Cyrillic а, і
        ("ΗΑΝ", "han"),
        ("ＳＡＲＴＩＫＡ 𝗺𝗲𝗻𝗮𝗻𝗴 ⓢ 🅰", "sartika menang s a"),
        ("ﬁlm", "film"),
        ("satu❤️dua", "satu dua"),
        ("lihat https://t.co/Sartika ya", "lihat ya"),
        ("", ""),
        ("!?", ""),
    ],
)
def test_folds_to_what_a_reader_sees(typed: str, seen: str) -> None:
    assert fold(typed) == seen
    assert len(OffsetMap(typed)) == len(seen)


@given(LETTERS)
def test_fold_is_stable_and_single_spaced(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split(" ")) == folded.strip()
    assert "  " not in folded


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_path_equals_the_general_one(text: str) -> None:
    assert fold(text) == fold(f"{text} \u200d")


def slow_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text, character by character, and where each comes from."""
    characters: list[str] = []
    starts: list[int] = []
    gap = True  # at the start, or a space was just kept
    for position, character in enumerate(visible(text)):
        for part in fold_character(character):
            if part != " ":
                characters.append(part)
                starts.append(position)
            elif not gap:
                characters.append(" ")
                starts.append(position)
            gap = part == " "
    if characters and gap:
        characters.pop()
        starts.pop()
    return "".join(characters), starts


@given(LETTERS | st.text(st.characters(max_codepoint=127)))
def test_offset_map_agrees_with_fold_and_the_slow_way(text: str) -> None:
    folded, starts = slow_offsets(text)
    offsets = OffsetMap(text)
    assert folded == fold(text)
    assert [offsets.span(place, place + 1)[0] for place in range(len(offsets))] == starts


@given(LETTERS, st.data())
def test_spans_are_monotone_inside_the_text_and_never_part_a_mark(
    text: str, data: st.DataObject
) -> None:
    offsets = OffsetMap(text)
    size = len(offsets)
    if not size:
        return
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    first, last = offsets.span(start, end)
    assert 0 <= first < last <= len(text)
    if last < len(text):
        assert unicodedata.category(text[last])[0] != "M"
    if end < size:
        next_first, next_last = offsets.span(start + 1, end + 1) if start + 1 < end + 1 else (0, 0)
        assert next_first >= first
        assert next_last >= last


@given(LETTERS, st.data())
def test_a_span_maps_to_the_characters_it_came_from(text: str, data: st.DataObject) -> None:
    """Folding the original characters of a word gives the word again."""
    offsets = OffsetMap(text)
    words = fold(text).split(" ")
    if "@" in text or "://" in text or not len(offsets):
        return
    place = data.draw(st.integers(0, len(words) - 1))
    start = sum(len(word) + 1 for word in words[:place])
    first, last = offsets.span(start, start + len(words[place]))
    # One character may fold to several words (a ligature of a whole phrase).
    assert words[place] in fold(text[first:last])


def test_a_homoglyph_is_a_letter_that_only_looks_latin() -> None:
    assert has_homoglyph("Sаrtika")
    assert not has_homoglyph("Sartika")
    assert not has_homoglyph("Sártika ＳＡ ❤️")


PIECES = st.lists(
    LETTERS
    | st.sampled_from(["#", " ", "https://a.b/#c d", "#d@e.f", "@a.b#c", "\u00c2\u00a0", "_#_"]),
    max_size=8,
).map("".join)


@given(PIECES)
def test_with_its_hashtags_marked_a_text_folds_to_the_same(text: str) -> None:
    marked = fold_with_tags(text)
    assert marked[:1] in (" ", "#")
    assert marked[1:].replace("#", " ") == fold(text)
