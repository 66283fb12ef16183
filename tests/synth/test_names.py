from collections import Counter
from random import Random

from synth.names import draw_name, token_lists, with_titles


def test_same_seed_same_names() -> None:
    first, second = Random("n"), Random("n")
    assert [draw_name(first) for _ in range(50)] == [draw_name(second) for _ in range(50)]


def test_names_are_skewed_and_sometimes_of_one_word() -> None:
    rng = Random(7)
    names = [draw_name(rng) for _ in range(4_000)]
    lengths = Counter(len(name.split()) for name in names)
    assert set(lengths) >= {1, 2, 3}
    assert lengths[1] < lengths[2]
    firsts = Counter(name.split()[0] for name in names)
    (_, commonest), (_, tenth) = firsts.most_common(10)[0], firsts.most_common(10)[-1]
    assert commonest > 2 * tenth


def test_no_name_repeats_a_word() -> None:
    rng = Random(8)
    for _ in range(2_000):
        words = draw_name(rng).split()
        assert len(words) == len(set(words))


def test_titles_leave_the_name_readable() -> None:
    rng = Random(9)
    titled = [with_titles(rng, "Budi Santoso") for _ in range(200)]
    assert all("Budi Santoso" in name for name in titled)
    assert 0.2 < sum(name != "Budi Santoso" for name in titled) / 200 < 0.6


def test_the_shipped_tokens_are_plain_words() -> None:
    for tokens in token_lists().values():
        assert all(token.isalpha() and token.istitle() for token in tokens.tokens)
