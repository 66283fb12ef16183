"""What is looked for in texts: the entries' words, ballot numbers, the names of regions.

Each distinct text is one phrase, whoever it stands for.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.ambiguity import STANDS_ALONE, OrdinaryText
from matchers.fold import fold
from matchers.leet import leet_fold
from matchers.number_cues import number_phrases
from matchers.phrase_search import REPEATABLE
from matchers.phrase_table import PhraseTable, build_phrase_table
from matchers.watchlist_entries import KINDS, ContestEntries
from streams.records import BallotPair

STRONG: Final = 1
"""Bits that are said of a phrase: some entry of it may count by itself."""
WEAK: Final = REPEATABLE
"""Some entry of it never counts alone."""
NUMBER: Final = 4
REGION: Final = 8
"""The name of a contest's region or of a party on its ballot."""
LOOSE_NUMBER: Final = 16

SHORTEST_SLIP: Final = 6
"""Letters of a name in which slips are looked for; shorter ones are a letter away from words."""
SHORTEST_RUN_TOGETHER: Final = 7
"""Letters of a name of several words that is looked for without its spaces."""

_ACCOUNT: Final = KINDS.index("account")
_NUMBER: Final = KINDS.index("ballot_number")
_NAMES: Final = frozenset({KINDS.index("full_name"), KINDS.index("alias")})


class Phrases(NamedTuple):
    """The phrases' table and bits; the entries' rows of phrase p are rows[starts[p]:starts[p+1]];
    the ballot numbers, and the contests' bits of the regions and of the parties, that some phrases
    are."""

    table: PhraseTable
    said: NDArray[np.uint8]
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    numbers: dict[int, int]
    regions: dict[int, int]
    parties: dict[int, int]
    leet: "LeetPhrases"

    def rows_of(self, phrase: int) -> list[int]:
        found: list[int] = self.rows[self.starts[phrase] : self.starts[phrase + 1]].tolist()
        return found


class LeetPhrases(NamedTuple):
    """The names as `matchers.leet` folds them; those of the folded phrase p are the phrases
    names[starts[p]:starts[p+1]]."""

    table: PhraseTable
    said: NDArray[np.uint8]
    starts: NDArray[np.int64]
    names: NDArray[np.int64]

    def phrases_of(self, phrase: int) -> list[int]:
        found: list[int] = self.names[self.starts[phrase] : self.starts[phrase + 1]].tolist()
        return found


def slips_are_looked_for(text: str) -> bool:
    """Whether a letter of a name that stands alone may be wrong."""
    return len(text.replace(" ", "")) >= SHORTEST_SLIP


def is_run_together(text: str, ordinary: OrdinaryText) -> bool:
    """Whether a text of several words is looked for without its spaces, which may make a word."""
    together = text.replace(" ", "")
    return len(together) >= SHORTEST_RUN_TOGETHER and together not in ordinary.words


def build_phrases(contests: Sequence[ContestEntries], ordinary: OrdinaryText) -> Phrases:
    """All phrases of a watchlist; `contests` in the order of their bits."""
    places: dict[str, int] = {}
    of_rows: list[int] = []
    said: list[int] = []
    slips: list[bool] = []

    def place_of(text: str) -> int:
        place = places.setdefault(text, len(places))
        if place == len(said):
            said.append(0)
            slips.append(False)
        return place

    for part in contests:
        for kind, text, probability, account in zip(
            part.kinds, part.texts, part.probabilities, part.accounts, strict=True
        ):
            if kind == _NUMBER:
                of_rows.append(-1)
                continue
            place = place_of(fold(f"@{text}") if account else text)
            of_rows.append(place)
            sure = kind in _NAMES and probability >= STANDS_ALONE
            said[place] |= STRONG if sure or kind == _ACCOUNT else WEAK
            slips[place] |= sure and slips_are_looked_for(text)
    leet = _leet(list(places), of_rows, contests, said)
    numbers: dict[int, int] = {}
    for number in sorted({number for part in contests for number in _numbers(part)}):
        for loose in (False, True):
            for text in number_phrases(number, loose=loose):
                place = place_of(text)
                said[place] |= LOOSE_NUMBER if loose else NUMBER
                numbers[place] = number
    regions: dict[int, int] = {}
    for bit, part in enumerate(contests):
        for text in region_texts(part):
            place = place_of(text)
            said[place] |= REGION
            regions[place] = regions.get(place, 0) | 1 << bit
    parties: dict[int, int] = {}
    for bit, part in enumerate(contests):
        texts = {text for pair in part.contest.ballot for text in party_texts(pair, ordinary)}
        for text in sorted(texts):
            place = place_of(text)
            said[place] |= REGION
            parties[place] = parties.get(place, 0) | 1 << bit
    starts, rows = _by_phrase(np.array(of_rows, dtype=np.int64), len(places))
    return Phrases(
        build_phrase_table(
            list(places),
            np.array(slips, dtype=np.bool_),
            np.fromiter(
                (is_run_together(text, ordinary) for text in places), np.bool_, len(places)
            ),
            sorted(ordinary.words),
        ),
        np.array(said, dtype=np.uint8),
        starts,
        rows,
        numbers,
        regions,
        parties,
        leet,
    )


def _leet(
    phrases: Sequence[str],
    of_rows: Sequence[int],
    contests: Sequence[ContestEntries],
    said: Sequence[int],
) -> LeetPhrases:
    kinds = b"".join(part.kinds for part in contests)
    named = sorted({place for place, kind in zip(of_rows, kinds, strict=True) if kind in _NAMES})
    places: dict[str, int] = {}
    folded = [places.setdefault(leet_fold(phrases[one]), len(places)) for one in named]
    bits = np.zeros(len(places), dtype=np.uint8)
    np.bitwise_or.at(bits, folded, np.array([said[one] for one in named], dtype=np.uint8))
    starts, order = _by_phrase(np.array(folded, dtype=np.int64), len(places))
    together = [len(text.replace(" ", "")) >= SHORTEST_RUN_TOGETHER for text in places]
    return LeetPhrases(
        build_phrase_table(
            list(places),
            np.zeros(len(places), dtype=np.bool_),
            np.array(together, dtype=np.bool_),
            [],
        ),
        bits,
        starts,
        np.array(named, dtype=np.int64)[order],
    )


def region_texts(part: ContestEntries) -> Iterator[str]:
    """The folded names of the contest's region."""
    return (text for name in part.contest.region_names if (text := fold(name)))


def party_texts(pair: BallotPair, ordinary: OrdinaryText) -> Iterator[str]:
    """The folded names of the line's parties, without those that are everyday words (`buruh`)."""
    return (
        text for name in pair.parties if (text := fold(name)) and not ordinary.is_everyday(text)
    )


def _numbers(part: ContestEntries) -> Iterable[int]:
    return (int(text) for kind, text in zip(part.kinds, part.texts, strict=True) if kind == _NUMBER)


def _by_phrase(
    of_rows: NDArray[np.int64], phrases: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of each phrase, ascending; rows without one (-1) left out."""
    order = np.argsort(of_rows, kind="stable")
    counts = np.bincount(of_rows + 1, minlength=phrases + 1)
    starts = np.array([0, *accumulate(counts[1:].tolist())], dtype=np.int64)
    return starts, order[counts[0] :]
