"""What people call somebody whom the ballot prints as `H. RANO KARNO, S.IP. (SI DOEL)`.

The full name is what stands before the first comma without titles and brackets, its words as
printed. Shorter forms (the first two words, the first and the last, the name without its initials)
are made only where no other person on the ballots is named so, and where not every word is usual.
What stands in brackets, or behind ALIAS, is a nickname: it is too often an everyday word to count
without a second piece of evidence.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from matchers.fold import fold
from matchers.names import canonical_name

LEAST_LETTERS: Final = 3
"""Shorter words are initials and particles: they do not tell people apart."""
LEAST_NICKNAME: Final = 4
"""Letters; what is shorter in brackets is part of a title: (H.C), (K), (Han)."""


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


PARTICLES: Final = _words("bin binti binte alias van von der den de da dan al el la")
"""No form ends or begins with these."""

USUAL: Final = _words(
    """
    muhammad mohammad mohamad muhamad moch mochamad mochammad mohd ahmad achmad akhmad abdul abd
    abdullah abdurrahman abu ali amin anwar hasan hasanuddin husein hussein ibrahim idris ilham
    imam irfan iskandar ismail jamal kamal karim lutfi mahmud mansur mustafa nasir rahim rahman
    rahmat rizal rizki saleh salim syarif syahrul usman yusuf zainal zainuddin zulkifli
    siti sri nur nurul dewi dwi tri eka eko ika ani ayu endang fitri indah kartika lestari nia
    ningsih ratna rina rini sari susi titik tuti wahyuni wati yani yanti yuli yulia yuliana
    agus andi andy andri arif aris asep bambang budi cecep dadang dedi deni didik dodi doni edi
    eddy edy endro erwin fajar ferry gede gunawan hadi hari hariyanto hartono hendra hendri heri
    herman heru hidayat indra irawan iwan joko kadek ketut komang kurniawan made maulana mulyadi
    mulyono nyoman prasetyo pratama purnomo putra putri putu riyanto rudi ruslan santoso saputra
    saputri setiawan slamet sugeng suharto sulaiman supriyadi suryadi susanto sutrisno syahputra
    taufik teguh triyono wahyu wawan wayan wibowo widodo wijaya wahid yanto yudi yulianto
    andreas antonius daniel david fransiskus johannes johanes maria markus martinus paulus petrus
    stefanus thomas yohanes yosef
    lalu raden tengku teuku haji daeng
    """
)
"""Given names and titles of descent that very many people bear (general knowledge)."""

_BRACKETS: Final = re.compile(r"\(([^()]*)\)?")
_ALIAS: Final = re.compile(r"\balias\b", re.IGNORECASE)
_NO_NICKNAMES: Final = frozenset({"purn", "purnawirawan", "hons"})
_ATOMS: Final = re.compile(r"[^\W_]+").findall
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘`´ʼʻ′"), None)

Words = tuple[str, ...]
"""Words of a name, each with a capital letter."""


@dataclass(frozen=True, slots=True)
class BallotName:
    """A printed name taken apart. `words` has at least one; `nicknames` are whole."""

    words: Words
    nicknames: tuple[str, ...]

    @property
    def full(self) -> str:
        return " ".join(self.words)


def parse_ballot_name(printed: str) -> BallotName:
    """Take a printed name apart; it must hold a letter."""
    groups = _BRACKETS.findall(printed)
    nicknames = [
        " ".join(words)
        for group in groups
        if (words := _printed_words(group))
        and sum(map(len, words)) >= LEAST_NICKNAME
        and not _NO_NICKNAMES.intersection(fold(word) for word in words)
    ]
    outside = _BRACKETS.sub(" ", printed)
    before, *behind = _ALIAS.split(outside.partition(",")[0])
    if any(len(word) >= LEAST_LETTERS for word in _printed_words(before)):
        nicknames += [" ".join(words) for other in behind if (words := _printed_words(other))]
    else:  # `H. ALIAS WELLO`: here it is a name
        before = outside.partition(",")[0]
    words = _printed_words(before) or _printed_words(outside) or _printed_words(printed)
    return BallotName(words, tuple(dict.fromkeys(nicknames)))


def _printed_words(text: str) -> Words:
    """The words that :func:`canonical_name` keeps, in the spelling that is printed.

    The canonical form is for comparing two writings; people write what they see on the ballot.
    """
    kept = canonical_name(text).split()
    atoms = iter(_ATOMS(_plain(text)))
    words: list[str] = []
    for word in kept:
        atom = next((one for one in atoms if canonical_name(one) == word), word)
        words.append(atom.capitalize())
    return tuple(word for word in words if any(map(str.isalnum, fold(word))))


def _plain(text: str) -> str:
    """Without apostrophes and accents, as `matchers.names` reads it."""
    letters = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class ShortForms:
    """Shorter forms that mean one person among all that are on the ballots."""

    def __init__(self, people: Sequence[BallotName], common_words: frozenset[str]) -> None:
        """`common_words` are folded."""
        self._usual = USUAL | common_words
        self._bearers = Counter(pair for person in people for pair in set(_pairs(person.words)))

    def of(self, person: BallotName) -> list[str]:
        """The person's shorter forms, who is one of `people`; often none."""
        core = _without_initials(person.words)
        forms = [core] if len(core) < len(person.words) else []
        if len(core) > 2:
            forms += [core[:2], (core[0], core[-1])]
        found = [" ".join(form) for form in forms if self._is_telling(form)]
        return [form for form in dict.fromkeys(found) if form != person.full]

    def _is_telling(self, form: Words) -> bool:
        folded = [fold(word) for word in form]
        return (
            len(folded) > 1
            and len(folded[0]) >= LEAST_LETTERS
            and len(folded[-1]) >= LEAST_LETTERS
            and PARTICLES.isdisjoint((folded[0], folded[-1]))
            and not self._usual.issuperset(folded)
            and any(
                self._bearers[pair] == 1 and not self._usual.issuperset(pair)
                for pair in _neighbours(folded)
            )
        )


def _without_initials(words: Words) -> Words:
    """Without initials and `Muhammad` in front, as long as two words are left."""
    start = 0
    while len(words) - start > 2 and (
        len(words[start]) < LEAST_LETTERS or canonical_name(words[start]) == "muhammad"
    ):
        start += 1
    return words[start:]


def _pairs(words: Words) -> Iterator[tuple[str, str]]:
    """Every two words that somebody may take for the person's name."""
    folded = [fold(word) for word in words]
    yield from _neighbours(folded)
    core = [fold(word) for word in _without_initials(words)]
    if len(core) > 2:
        yield core[0], core[-1]
        yield core[0], core[1]


def _neighbours(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from pairwise(words)
