"""Ways to write a name so that a reader sees it and a plain search does not."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

_LEET: Final = str.maketrans("aeio", "4310")
_CYRILLIC: Final = str.maketrans("aeopcAEOPC", "аеорсАЕОРС")


def leet(name: str, rng: Random) -> str:
    """Vowels as digits, in the name's longest word."""
    return _in_longest_word(name, lambda word: word[0] + word[1:].translate(_LEET))


def elongated(name: str, rng: Random) -> str:
    """The last vowel of the longest word drawn out."""

    def draw_out(word: str) -> str:
        at = max(word.lower().rfind(vowel) for vowel in "aeiou")
        return word[: at + 1] + word[at] * rng.randrange(2, 5) + word[at + 1 :]

    return _in_longest_word(name, draw_out)


def homoglyph(name: str, rng: Random) -> str:
    """Latin letters replaced by Cyrillic ones that look the same."""
    return name.translate(_CYRILLIC)


def spaced(name: str, rng: Random) -> str:
    """A space between all letters, two between words."""
    return "  ".join(" ".join(word) for word in name.split())


def typo(name: str, rng: Random) -> str:
    """Two neighbouring letters of the longest word swapped, never the first."""

    def swap(word: str) -> str:
        places = [i for i in range(1, len(word) - 1) if word[i] != word[i + 1]]
        at = rng.choice(places)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _in_longest_word(name, swap)


def zero_width(name: str, rng: Random) -> str:
    """Zero-width joiners within the words."""
    return " ".join(f"{word[:2]}\u200d{word[2:]}" for word in name.split())


def capitals(name: str, rng: Random) -> str:
    return name.upper()


def _in_longest_word(name: str, change: Callable[[str], str]) -> str:
    words = name.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    words[longest] = change(words[longest])
    return " ".join(words)


DISGUISES: Final[Mapping[str, Callable[[str, Random], str]]] = {
    "leet": leet,
    "elongated": elongated,
    "homoglyph": homoglyph,
    "spaced": spaced,
    "typo": typo,
    "zero_width": zero_width,
    "capitals": capitals,
}
