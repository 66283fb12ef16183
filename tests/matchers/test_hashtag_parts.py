"""A name in a hashtag is one of its words, or it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.fold import fold
from matchers.hashtag_parts import is_part

NAMES = frozenset(["khofifah", "emil"])
WORDS = frozenset(["dukung", "untuk", "jatim", "bu", "merakyat", "mama"])


@pytest.mark.parametrize(
    ("tag", "name", "ambiguous", "expected"),
    [
        ("DukungKhofifahEmil", "emil", True, True),  # its capitals say so
        ("dukungkhofifahuntukjatim", "khofifah", False, True),
        ("khofifahemil02", "khofifah", False, True),
        ("khofifahemil02", "emil", True, True),  # khofifah is another that was found in it
        ("partaiemil02", "emil", True, False),
        ("burismamerakyat", "risma", True, True),
        ("mamarismansyah", "risma", True, False),
        ("prismatik", "risma", False, False),
        ("rismansyah", "risma", False, False),
        ("khofifahisme", "khofifah", False, True),  # long enough for one side to do
        ("RISMA2024", "risma", False, True),
    ],
)
def test_is_part(tag: str, name: str, ambiguous: bool, expected: bool) -> None:
    folded = fold(tag)
    first = folded.index(name)
    assert (
        is_part(tag, folded, first, first + len(name), WORDS, NAMES, ambiguous=ambiguous)
        is expected
    )


@given(st.text("abdkuntgRISMA2", max_size=40), st.integers(0, 40), st.integers(1, 40))
def test_any_part_of_any_tag_is_answered(tag: str, first: int, size: int) -> None:
    folded = fold(tag)
    last = min(first + size, len(folded))
    if first < last:
        weak = is_part(tag, folded, first, last, WORDS, NAMES, ambiguous=True)
        sure = is_part(tag, folded, first, last, WORDS, NAMES, ambiguous=False)
        assert sure or not weak
