"""What the search costs: keys and entries looked at grow with the text and no faster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.phrase_search import MOST_PLACES, looked_at, places, say
from matchers.phrase_table import build_phrase_table
from matchers.text_buffers import folded_buffer

# Names made to be near each other: that begin with the same words, and that differ by a letter.
NAMES = [
    *(f"siti nur {letter}{other}" for letter in "abcde" for other in "abcde"),
    *(f"sartik{letter}" for letter in "abcdefgh"),
    *(f"{letter}imantara sakti" for letter in "abcdefgh"),
    "khofifah indar parawansa",
    "khofifah",
    "emil dardak",
]
TABLE = build_phrase_table(
    NAMES,
    np.ones(len(NAMES), dtype=np.bool_),
    np.ones(len(NAMES), dtype=np.bool_),
    ["dukung", "makan"],
)
SAID = np.ones(len(NAMES), dtype=np.uint8)
LEAST = 64
"""Keys and entries of a text that is too short to tell growth from chance."""

PIECES = st.sampled_from(
    [*NAMES, "sarti", "ka", "siti", "nur", "aa", "makan", "xyzabc", "q", "siti nor aa"]
)
TEXTS = st.lists(
    st.tuples(st.sampled_from([" ", "#"]), PIECES | st.text("abikmnrstu", min_size=1, max_size=9)),
    min_size=1,
    max_size=12,
).map(lambda parts: "".join(f"{mark}{piece}" for mark, piece in parts))


def cost(text: str) -> int:
    return looked_at(TABLE, SAID, folded_buffer([text]))


@settings(max_examples=300)
@given(TEXTS)
def test_a_text_said_again_and_again_costs_no_more_each_time(text: str) -> None:
    few, many = cost(text * 4), cost(text * 64)
    # Four texts have three seams between them, 64 have 63, and a seam may cost all there is.
    assert many <= 63 / 3 * max(few, LEAST)


@settings(max_examples=300)
@given(TEXTS)
def test_the_cost_is_bounded_by_the_length(text: str) -> None:
    # A letter costs at most one key for each way to look, and a key its phrases.
    assert cost(text * 8) <= (LEAST + 4 * len(NAMES)) * len(text * 8)


@pytest.mark.parametrize(
    "text", ["a" * 65_536, "#" + "ab" * 32_000, " siti nur" * 7_000, "#sartika" * 8_000]
)
def test_a_long_text_costs_in_proportion(text: str) -> None:
    half = cost(text[: len(text) // 2])
    assert cost(text) <= 2.1 * half + LEAST


def test_a_phrase_is_told_a_few_times_a_text_and_anew_in_the_next() -> None:
    found = places(TABLE, SAID, folded_buffer([" khofifah" * 100, " khofifah"]))
    assert np.bincount(found.texts).tolist() == [MOST_PLACES, 1]


def test_texts_do_not_touch_each_other() -> None:
    assert say(TABLE, SAID, folded_buffer([" emil", " dardak", " emil dardak"])).tolist() == [
        0,
        0,
        1,
    ]


def test_more_places_than_there_is_room_for_are_all_told() -> None:
    texts = [" khofifah emil dardak"] * 2_000
    found = places(TABLE, SAID, folded_buffer(texts))
    assert len(found.texts) == 2 * len(texts)
