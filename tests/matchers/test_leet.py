"""Digits for letters: each against the letter that stands in the name."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.leet import LEET, STANDS_FOR, is_leet_for, leet_fold

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("written", "meant", "expected"),
    [
        ("7u1uk", "luluk", True),
        ("3m1l 94rd4k", "emil dardak", False),  # 9 is no d
        ("3m1l 6ard4k", "emil gardak", True),
        ("luluk", "luluk", False),
        ("luluk2", "luluk", False),
        ("7u9uk", "luluk", False),
        ("@nies", "anies", False),  # a handle
        ("pr@bowo", "prabowo", True),
    ],
)
def test_is_leet_for(written: str, meant: str, expected: bool) -> None:
    assert is_leet_for(written, meant) is expected


@given(st.text(LETTERS + " ", min_size=1, max_size=20), st.integers(0, 2**32))
def test_whatever_digits_are_put_in_is_folded_to_the_same(meant: str, seed: int) -> None:
    rng = Random(seed)
    digits = {
        letter: [d for d, several in STANDS_FOR.items() if letter in several] for letter in LETTERS
    }
    written = "".join(
        rng.choice(digits[letter]) if digits.get(letter) and rng.random() < 0.5 else letter
        for letter in meant
    )
    assert leet_fold(written) == leet_fold(meant)
    if written != meant and " @" not in f" {written}":
        assert is_leet_for(written, meant)


def test_where_digits_stand_for_letters_is_seen() -> None:
    assert all(LEET.search(text) for text in ("r1sma", "2ahrul", "s@ya"))
    assert not LEET.search("orang2 makan 12 jam")
