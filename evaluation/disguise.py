"""Names written so that a reader sees them and a plain search does not, one function a class.

Made apart from the product's own tables on purpose: what is undone there must not be what is done
here. Leet pairs come from `lexicon/leet_map.csv` (MIT); look-alike letters are a short list typed
from the scripts' alphabets; the rest is plain rules. Every function is deterministic in its
`Random` and raises :class:`Undisguisable` where a name gives no room.
"""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Final

LEET_MAP: Final = "lexicon/leet_map.csv"
LookUp = Mapping[str, str]
Disguise = Callable[[str, Random], str]

CYRILLIC: Final[LookUp] = dict(
    zip("aceopxyisjhkmtbAECOPXHKMTB", "асеорхуіѕјһкмтвАЕСОРХНКМТВ", strict=True)
)
GREEK: Final[LookUp] = dict(zip("aoviuknptABEHIKMNOPTX", "αονιυκηρτΑΒΕΗΙΚΜΝΟΡΤΧ", strict=True))
FULL_WIDTH: Final[LookUp] = {
    chr(code): chr(code - 0x21 + 0xFF01) for code in range(0x41, 0x7B) if chr(code).isalpha()
}
KEYS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""A keyboard's rows: letters typed by mistake are mostly neighbours."""
TYPO_LETTERS: Final = 6
"""Names of fewer letters get no typo: one letter away from them are other words."""
CLITICS: Final = ("nya", "lah", "kah", "ku", "mu")
TAG_BEFORE: Final = ("Dukung", "Pilih", "Bersama", "Coblos")
TAG_AFTER: Final = ("Menang", "ForJatim", "2024", "Juara")


class Undisguisable(Exception):  # noqa: N818 - no error: such a name is left out
    """The name has no letter that this disguise can change."""


def load_leet(data: Path) -> dict[str, list[str]]:
    """Small letter → the digits, or `@`, that stand for it; longer substitutes are left out."""
    table: dict[str, list[str]] = {}
    with (data / LEET_MAP).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            substitute = row["substitute"]
            known = table.setdefault(row["letter"], [])
            if len(substitute) == 1 and substitute in "0123456789@" and substitute not in known:
                known.append(substitute)
    return {letter: several for letter, several in table.items() if several}


def leet(table: Mapping[str, list[str]]) -> Disguise:
    """Half of the letters that have a digit become it, one at least, in every place alike."""

    def disguise(name: str, rng: Random) -> str:
        return _some(name, rng, lambda letter: rng.choice(table[letter.lower()]), table)

    return disguise


def homoglyph(name: str, rng: Random) -> str:
    """Letters replaced by ones of another alphabet that look the same; one alphabet a name."""
    table = rng.choice((CYRILLIC, GREEK, FULL_WIDTH))
    usable = {letter: table[letter] for letter in table if letter in name}
    if not usable:
        raise Undisguisable(name)
    places = [at for at, letter in enumerate(name) if letter in usable]
    chosen = _at_least_one(places, rng)
    return "".join(usable[letter] if at in chosen else letter for at, letter in enumerate(name))


def elongation(name: str, rng: Random) -> str:
    """One letter of a word held: a vowel or the last letter, three to six times."""
    places = [
        at
        for at, letter in enumerate(name)
        if letter.lower() in "aeiou" or (letter.isalpha() and not name[at + 1 : at + 2].isalpha())
    ]
    if not places:
        raise Undisguisable(name)
    at = rng.choice(places)
    return name[:at] + name[at] * rng.randint(3, 6) + name[at + 1 :]


def spaced(name: str, rng: Random) -> str:
    """A space between all letters; between words one space or three."""
    return rng.choice((" ", "   ")).join(" ".join(word) for word in name.split())


def dotted(name: str, rng: Random) -> str:
    """A dot between the letters of each word."""
    return " ".join(".".join(word) for word in name.split())


def separated(name: str, rng: Random) -> str:
    """As :func:`dotted`, with another mark."""
    mark = rng.choice("-*·_|/")
    return " ".join(mark.join(word) for word in name.split())


def inserted(name: str, rng: Random) -> str:
    at = rng.choice(_inner(name))
    near = rng.choice((_neighbours(name[at]), "abcdefghijklmnopqrstuvwxyz"))
    return name[:at] + rng.choice(near) + name[at:]


def deleted(name: str, rng: Random) -> str:
    at = rng.choice(_inner(name))
    return name[:at] + name[at + 1 :]


def substituted(name: str, rng: Random) -> str:
    at = rng.choice(_inner(name))
    near = rng.choice((_neighbours(name[at]), "abcdefghijklmnopqrstuvwxyz"))
    return name[:at] + rng.choice([one for one in near if one != name[at].lower()]) + name[at + 1 :]


def swapped(name: str, rng: Random) -> str:
    places = [
        at
        for at in _inner(name)
        if name[at + 1 : at + 2].isalpha() and name[at].lower() != name[at + 1].lower()
    ]
    if not places:
        raise Undisguisable(name)
    at = rng.choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def clitic(name: str, rng: Random) -> str:
    """A particle or possessive behind the name, mostly in one word with it."""
    return name + rng.choice(("", "", "-")) + rng.choice(CLITICS)


def reduplicated(name: str, rng: Random) -> str:
    """The name twice with a hyphen, or with the 2 that says so in chat."""
    return rng.choice((f"{name}-{name}", f"{name}2"))


def hashtag(name: str, rng: Random) -> str:
    """The name in the middle or at an end of a joined hashtag that nobody has listed."""
    joined = "".join(word[:1].upper() + word[1:] for word in name.split())
    before = rng.choice(("", *TAG_BEFORE))
    after = rng.choice(TAG_AFTER if not before else ("", *TAG_AFTER))
    tag = f"#{before}{joined}{after}"
    return tag.lower() if rng.random() < 0.4 else tag


def disguises(data: Path) -> dict[str, Disguise]:
    """Every class by its name, in the order of the report.

    `leet` draws from all of the table (7 is t, l or j), the usual digits are its first choices.
    """
    table = load_leet(data)
    return {
        "leet": leet(table),
        "leet, usual digits": leet({letter: several[:1] for letter, several in table.items()}),
        "homoglyph": homoglyph,
        "elongation": elongation,
        "spaced": spaced,
        "dotted": dotted,
        "separated": separated,
        "typo: insert": inserted,
        "typo: delete": deleted,
        "typo: substitute": substituted,
        "typo: swap": swapped,
        "clitic": clitic,
        "reduplicated": reduplicated,
        "hashtag": hashtag,
    }


GOALS: Final[dict[str, float]] = {
    "leet": 0.95,
    "leet, usual digits": 0.95,
    "homoglyph": 0.95,
    "elongation": 0.95,
    "spaced": 0.95,
    "dotted": 0.95,
    "typo": 0.85,
}
"""Recall asked for; the four kinds of typo are judged together."""


def _some(name: str, rng: Random, change: Callable[[str], str], table: Mapping[str, object]) -> str:
    places = [at for at, letter in enumerate(name) if letter.lower() in table]
    if not places:
        raise Undisguisable(name)
    chosen = _at_least_one(places, rng)
    return "".join(change(letter) if at in chosen else letter for at, letter in enumerate(name))


def _at_least_one(places: list[int], rng: Random) -> frozenset[int]:
    """Each place with a chance of one half, and one of them for certain."""
    return frozenset([rng.choice(places), *(at for at in places if rng.random() < 0.5)])


def _inner(name: str) -> list[int]:
    """Where a typo may be: at letters that do not begin a word, in names that are long enough."""
    letters = sum(letter.isalpha() for letter in name)
    places = [at for at in range(1, len(name)) if name[at].isalpha() and name[at - 1].isalpha()]
    if letters < TYPO_LETTERS or not places:
        raise Undisguisable(name)
    return places


def _neighbours(letter: str) -> str:
    """The letters beside a key."""
    for row in KEYS:
        at = row.find(letter.lower())
        if at >= 0:
            return row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    return letter
