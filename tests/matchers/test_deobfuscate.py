import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.deobfuscate import DisguiseMap, deobfuscate
from matchers.fold import fold
from matchers.phrase_search import DISGUISED
from matchers.text_buffers import folded_buffer
from tests.matchers.build import INDEX

WORDS = st.lists(
    st.text(st.sampled_from("abkln0123@"), min_size=1, max_size=6)
    | st.text(min_size=1, max_size=3),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "meant", "method"),
    [
        ("sartikaaaa", "sartika", "elongation"),
        ("saaaartika", "sartika", "elongation"),
        ("s a r t i k a", "sartika", "spaced_letters"),
        ("S.A.R.T.I.K.A", "sartika", "spaced_letters"),
        ("s-4-r-t-1-k-a", "sartika", "spaced_letters"),
    ],
)
def test_undoes_each_disguise(typed: str, meant: str, method: str) -> None:
    folded = fold(typed)
    assert deobfuscate(folded) == meant
    disguise = DisguiseMap(folded)
    assert disguise.view == meant
    assert disguise.span(0, len(meant)) == (0, len(folded))
    assert disguise.method(0, len(folded)) == method


@pytest.mark.parametrize(
    "typed", ["orang2 makan", "s4rt1k4", "2024", "@budi88", "saat maaf", "a b c", ""]
)
def test_leaves_plain_text_alone(typed: str) -> None:
    assert deobfuscate(fold(typed)) is None


@given(WORDS)
def test_the_map_agrees_with_the_view_and_the_search_announces_it(text: str) -> None:
    folded = fold(text)
    view = deobfuscate(folded)
    assert DisguiseMap(folded).view == (folded if view is None else view)
    if view is not None:
        (said,) = INDEX.said_of(folded_buffer([f" {folded}"]))
        assert said & DISGUISED


@given(WORDS)
def test_spans_of_the_view_are_monotone_and_cover_its_words(text: str) -> None:
    folded = fold(text)
    disguise = DisguiseMap(folded)
    end = 0
    place = 0
    for word in disguise.view.split(" ") if disguise.view else []:
        first, last = disguise.span(place, place + len(word))
        assert end <= first < last <= len(folded)
        end = last
        place += len(word) + 1
