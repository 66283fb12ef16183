"""How likely a text means the candidate: by hand, and what it comes to on shipped counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CONFIG_DIR
from lists.ordinary_text import load_ordinary_text
from matchers.ambiguity import LIFTED, MENTIONS, STANDS_ALONE, OrdinaryText, probability

ORDINARY = load_ordinary_text(CONFIG_DIR)


def test_the_sum_by_hand() -> None:
    # 7 of 1,000 texts, and half a text more: 7,500 of a million; 20,000 / 27,500.
    counted = OrdinaryText(frozenset(), {"risma": 7}, 1_000)
    assert counted.share("risma") == 7_500
    assert probability("alias", "risma", counted) == 10_000 * 20_000 // 27_500
    # A pair that was never seen is as rare as its words together.
    pair = OrdinaryText(frozenset(), {"mas": 100, "emil": 2}, 1_000)
    assert pair.share("mas emil") == -(-100_500 * 2_500 // 1_000_000)
    # Of three words the rarest pair counts.
    assert pair.share("mas emil mas") == pair.share("mas emil")


@pytest.mark.parametrize(
    ("kind", "text", "alone", "lifted"),
    [
        ("alias", "khofifah", True, True),
        ("alias", "bu risma", True, True),
        ("alias", "gus hans", True, True),
        ("longer name", "khofifah indar parawansa", True, True),
        ("name of two words", "emil dardak", True, True),
        # everyday words: with a second piece, if the operator lists them
        ("alias", "ganjar", False, True),
        ("alias", "gemoy", False, True),
        ("alias", "indonesia maju", False, True),
        # a whole name of one word is everybody's
        ("name of one word", "sudirman", False, False),
        ("name of one word", "indah", False, False),
        ("name of one word", "kasmarni", False, True),
        # a bakery, and beautiful jewel
        ("name of two words", "kartika sari", False, True),
        ("name of two words", "indah permata", False, False),
    ],
)
def test_what_counts_alone_and_what_a_second_piece_lifts(
    kind: str, text: str, alone: bool, lifted: bool
) -> None:
    found = probability(kind, text, ORDINARY)
    assert (found >= STANDS_ALONE, found >= LIFTED) == (alone, lifted)


@given(st.sampled_from(sorted(MENTIONS)), st.text("abc ", min_size=1).map(str.strip))
def test_more_ordinary_is_never_more_likely(kind: str, text: str) -> None:
    text = " ".join(text.split()) or "a"
    rare = OrdinaryText(frozenset(), {}, 1_000)
    often = OrdinaryText(frozenset(), dict.fromkeys(text.split(), 500), 1_000)
    assert 0 < probability(kind, text, often) <= probability(kind, text, rare) <= 10_000


def test_lifted_is_where_ten_times_the_odds_stand_alone() -> None:
    def with_ten_times_the_odds(p: int) -> float:
        return 10 * p / (10 * p + 10_000 - p)

    assert with_ten_times_the_odds(LIFTED) >= STANDS_ALONE / 10_000
    assert with_ten_times_the_odds(LIFTED - 1) < STANDS_ALONE / 10_000
