"""Every disguise differs from the name, and undone by hand gives it back."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from evaluation import disguise
from evaluation.disguise import Undisguisable

WORD = st.text("abcdefghijklmnoprstuwyz", min_size=3, max_size=12)
NAMES = st.lists(WORD, min_size=1, max_size=3).map(lambda words: " ".join(words).title())
SEEDS = st.integers(0, 10_000)
LEET = {"a": ["4", "@"], "e": ["3"], "i": ["1"], "o": ["0"], "s": ["5"]}


def disguised(how: Callable[[str, Random], str], name: str, seed: int) -> str:
    try:
        return how(name, Random(seed))
    except Undisguisable:
        assume(False)
        raise


@given(NAMES, SEEDS)
def test_leet_changes_only_letters_of_the_table_into_their_digits(name: str, seed: int) -> None:
    written = disguised(disguise.leet(LEET), name, seed)
    assert len(written) == len(name)
    assert written != name
    for letter, one in zip(name, written, strict=True):
        assert one == letter or one in LEET[letter.lower()]


@given(NAMES, SEEDS)
def test_look_alikes_are_letters_of_one_other_script_in_the_same_case(name: str, seed: int) -> None:
    written = disguised(disguise.homoglyph, name, seed)
    assert len(written) == len(name)
    changed = [pair for pair in zip(name, written, strict=True) if pair[0] != pair[1]]
    assert changed
    assert len({unicodedata.name(one).split()[0] for _, one in changed}) == 1
    assert all(one.isupper() == letter.isupper() for letter, one in changed)


@given(NAMES, SEEDS)
def test_a_held_letter_let_go_is_the_name(name: str, seed: int) -> None:
    assume(not re.search(r"(.)\1", name.lower()))
    written = disguised(disguise.elongation, name, seed)
    assert len(written) >= len(name) + 2
    assert re.sub(r"(.)\1{2,}", r"\1", written) == name


@given(NAMES, SEEDS, st.sampled_from([disguise.spaced, disguise.dotted, disguise.separated]))
def test_without_the_marks_between_letters_it_is_the_name(
    name: str, seed: int, how: Callable[[str, Random], str]
) -> None:
    written = disguised(how, name, seed)
    assert written != name
    assert re.sub(r"[^A-Za-z]", "", written) == name.replace(" ", "")


@given(
    NAMES,
    SEEDS,
    st.sampled_from([disguise.inserted, disguise.deleted, disguise.substituted, disguise.swapped]),
)
def test_a_typo_is_one_edit_and_leaves_the_beginning_of_each_word(
    name: str, seed: int, how: Callable[[str, Random], str]
) -> None:
    written = disguised(how, name, seed)
    assert sum(letter.isalpha() for letter in name) >= disguise.TYPO_LETTERS
    assert OSA.distance(written.lower(), name.lower()) == 1
    assert [word[0] for word in written.split()] == [word[0] for word in name.split()]


@pytest.mark.parametrize("how", [disguise.inserted, disguise.deleted, disguise.swapped])
def test_short_names_get_no_typo(how: Callable[[str, Random], str]) -> None:
    with pytest.raises(Undisguisable):
        how("Risma", Random(1))


@given(NAMES, SEEDS)
def test_what_is_put_behind_or_around_a_name_keeps_it_whole(name: str, seed: int) -> None:
    clitic = disguised(disguise.clitic, name, seed)
    assert clitic.removeprefix(name).lstrip("-") in disguise.CLITICS
    assert disguised(disguise.reduplicated, name, seed) in (f"{name}2", f"{name}-{name}")
    tag = disguised(disguise.hashtag, name, seed)
    assert re.fullmatch(r"#\w+", tag)
    assert name.replace(" ", "").lower() in tag.lower()
    assert tag.lower() != f"#{name.replace(' ', '')}".lower()


def test_the_same_seed_gives_the_same_disguise() -> None:
    for how in (disguise.homoglyph, disguise.elongation, disguise.substituted):
        assert how("Khofifah", Random(3)) == how("Khofifah", Random(3))


@pytest.mark.shared
def test_only_digits_and_at_are_taken_from_the_leet_table(shared: Path) -> None:
    table = disguise.load_leet(shared)
    assert table["a"][0] == "4"
    assert {"i", "e", "o", "s"} <= table.keys()
    assert all(re.fullmatch(r"[0-9@]", one) for several in table.values() for one in several)
    assert set(disguise.GOALS) - {"typo"} <= disguise.disguises(shared).keys()
