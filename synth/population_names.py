"""Names of very many invented people at once; the words are those of `synth/data/name_tokens.txt`.

The lists hold some two thousand words, far fewer than Indonesians use, so a share of the words is
composed from the halves of two others: they make the long tail of rare names. That share is set so
that of people drawn anew beside 5 million about 38 % have a name that somebody there has, as was
measured on a register of that size made from the words of real ballots. Measured here, letter case
apart:

=======================================  ========  =========  =========
people in the register                   100,000   1,000,000  5,000,000
people drawn anew who share their names  19.7 %    31.8 %     39.6 %
=======================================  ========  =========  =========
"""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synth.names import token_lists

SHARE_OF_WORDS: Final = {1: 0.05, 2: 0.60, 3: 0.35}
"""How many words a name has, an official forename such as Muhammad apart."""
SHARE_COMPOSED: Final = 0.26
COMPOSED_WORDS: Final = 60_000
ZIPF_COMPOSED: Final = 0.6
SHARE_FORENAME: Final = 0.10
FORENAMES: Final = ("Muhammad", "Ahmad", "Siti", "Sri", "Nur", "Abdul")
SHARE_TITLED: Final = 0.40
"""Of official names; of these 40 % have one before the name."""
TITLES_FRONT: Final = ("Drs. ", "Dra. ", "Ir. ", "dr. ", "H. ", "Hj. ")
TITLES_BACK: Final = (
    *(", S.Pd.", ", S.E.", ", S.H.", ", S.Sos.", ", S.T.", ", M.Si.", ", M.Pd.", ", A.Md."),
    *(", S.Kom.", ", S.E., M.M.", ", S.Pd., M.Pd.", ", S.H., M.H."),
)


class DrawnNames(NamedTuple):
    """Arrow columns, one item a person: the name, and its words in small letters for handles.

    `second` and `third` are empty where the name has no such word; an official forename stands in
    `names` only.
    """

    names: pa.Array
    first: pa.Array
    second: pa.Array
    third: pa.Array


class _Words(NamedTuple):
    words: pa.Array
    running: NDArray[np.float64]


def draw_names(count: int, rng: np.random.Generator) -> DrawnNames:
    """`count` names without titles."""
    words_of = np.searchsorted(np.cumsum(list(SHARE_OF_WORDS.values())[:-1]), rng.random(count)) + 1
    male = rng.random(count) < 0.5
    first = _either(male, "first", count, rng)
    second = _either(male, "last", count, rng)
    anything = _drawn(_lists()["any"], count, rng)
    second = pc.if_else(pa.array(rng.random(count) < 0.3), anything, second)
    third = _drawn(_lists()["any"], count, rng)
    columns = []
    for place, column in enumerate((first, second, third)):
        composed = _drawn(_lists()["composed"], count, rng)
        column = pc.if_else(pa.array(rng.random(count) < SHARE_COMPOSED), composed, column)
        columns.append(pc.if_else(pa.array(words_of > place), column, ""))
    forename = pa.array(FORENAMES).take(pa.array(rng.integers(0, len(FORENAMES), count)))
    forename = pc.if_else(pa.array(rng.random(count) < SHARE_FORENAME), forename, "")
    names = pc.binary_join_element_wise(forename, *columns, " ")
    names = pc.utf8_trim(pc.replace_substring_regex(names, " +", " "), " ")
    return DrawnNames(names, *(pc.utf8_lower(column) for column in columns))


def with_titles(names: pa.Array, rng: np.random.Generator) -> pa.Array:
    """The names as an office writes them: with titles before or behind, two times in five."""
    count = len(names)
    titled = rng.random(count) < SHARE_TITLED
    fronted = titled & (rng.random(count) < 0.4)
    front = pa.array(TITLES_FRONT).take(pa.array(rng.integers(0, len(TITLES_FRONT), count)))
    back = pa.array(TITLES_BACK).take(pa.array(rng.integers(0, len(TITLES_BACK), count)))
    return pc.binary_join_element_wise(
        pc.if_else(pa.array(fronted), front, ""),
        names,
        pc.if_else(pa.array(titled), back, ""),
        "",
    )


def _either(male: NDArray[np.bool_], part: str, count: int, rng: np.random.Generator) -> pa.Array:
    return pc.if_else(
        pa.array(male),
        _drawn(_lists()[f"{part}-male"], count, rng),
        _drawn(_lists()[f"{part}-female"], count, rng),
    )


def _drawn(words: _Words, count: int, rng: np.random.Generator) -> pa.Array:
    places = np.searchsorted(words.running, rng.random(count) * words.running[-1], side="right")
    return words.words.take(pa.array(np.minimum(places, len(words.words) - 1)))


@lru_cache(maxsize=1)
def _lists() -> dict[str, _Words]:
    lists = {
        name: _Words(pa.array(tokens.tokens), np.array(tokens.running_weight))
        for name, tokens in token_lists().items()
    }
    return lists | {"composed": _composed()}


def _composed() -> _Words:
    """Words of the front half of one token and the back half of another, none of them a token."""
    tokens = sorted({token for one in token_lists().values() for token in one.tokens})
    known = {token.lower() for token in tokens}
    rng = np.random.default_rng(0)
    found: dict[str, None] = {}
    while len(found) < COMPOSED_WORDS:
        front, back = (tokens[place] for place in rng.integers(0, len(tokens), 2))
        word = front[: (len(front) + 1) // 2] + back[len(back) // 2 :].lower()
        if 4 <= len(word) <= 11 and word.isascii() and word.isalpha() and word.lower() not in known:
            found.setdefault(word)
    weights = 1.0 / np.arange(1, len(found) + 1) ** ZIPF_COMPOSED
    return _Words(pa.array(list(found)), np.cumsum(weights))
