"""Other handles of the same person, by what was done to the one that is registered.

Each class is one step that people take to get a free handle, or to look like somebody: the recall
of the register is measured class by class, and its match weights learned from their mix.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from matchers.handles import normalise
from streams.records import Platform

Vary = Callable[[str, Random], str | None]
"""A handle's local part → another; None where the class does not apply to it."""

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_LEET: Final = dict(zip("oieastb", "0134578", strict=True))
_SEPARATORS: Final = "._-"
BLUESKY_HOST: Final = ".bsky.social"
PREFIXES: Final = (
    *("real", "the", "its", "mr", "mas", "pak", "bu", "iam", "official", "ig", "kang", "mbak"),
)
SUFFIXES: Final = (
    *(".id", "_id", "id", ".official", "_official", "official", "_", "ofc", "real", "_real"),
    *("asn", "_asn", "jkt", "jatim", ".jatim", "_sby", "bdg", "store", "_new", "second"),
)


def separators(local: str, rng: Random) -> str | None:
    """Other separators: changed, taken out or put in."""
    places = [at for at, letter in enumerate(local) if letter in _SEPARATORS]
    if places:
        at = rng.choice(places)
        return (
            local[:at] + rng.choice([s for s in ("", ".", "_") if s != local[at]]) + local[at + 1 :]
        )
    if len(local) < 4:
        return None
    at = rng.randrange(2, len(local) - 1)
    return local[:at] + rng.choice("._") + local[at:]


def doubling(local: str, rng: Random) -> str | None:
    return _at_a_letter(local, rng, lambda at: local[:at] + local[at] + local[at:])


def case(local: str, rng: Random) -> str | None:
    changed = "".join(letter.upper() if rng.random() < 0.5 else letter for letter in local)
    return changed if changed != local else local.title()


def leet(local: str, rng: Random) -> str | None:
    """One letter between two letters as the digit that looks like it."""
    places = [
        at
        for at in range(1, len(local) - 1)
        if local[at] in _LEET and local[at - 1].isalpha() and local[at + 1].isalpha()
    ]
    if not places:
        return None
    at = rng.choice(places)
    return local[:at] + _LEET[local[at]] + local[at + 1 :]


def digits_added(local: str, rng: Random) -> str | None:
    if local[-1].isdigit():
        return None
    return local + str(rng.randrange(1, 10 ** rng.randrange(1, 5)))


def digits_removed(local: str, rng: Random) -> str | None:
    bare = local.rstrip("0123456789")
    return bare.rstrip(_SEPARATORS) or None if bare != local else None


def affix(local: str, rng: Random) -> str | None:
    return local + rng.choice(SUFFIXES)


def prefix(local: str, rng: Random) -> str | None:
    return rng.choice(PREFIXES) + rng.choice(("", "", "_", ".")) + local


def insertion(local: str, rng: Random) -> str | None:
    return _at_a_letter(local, rng, lambda at: local[:at] + rng.choice(_LETTERS) + local[at:])


def deletion(local: str, rng: Random) -> str | None:
    return _at_a_letter(local, rng, lambda at: local[:at] + local[at + 1 :])


def substitution(local: str, rng: Random) -> str | None:
    def substitute(at: int) -> str:
        other = rng.choice(_LETTERS.replace(local[at], ""))
        return local[:at] + other + local[at + 1 :]

    return _at_a_letter(local, rng, substitute)


def swap(local: str, rng: Random) -> str | None:
    places = [
        at
        for at in range(len(local) - 1)
        if local[at].isalpha() and local[at + 1].isalpha() and local[at] != local[at + 1]
    ]
    if not places:
        return None
    at = rng.choice(places)
    return local[:at] + local[at + 1] + local[at] + local[at + 2 :]


def two_edits(local: str, rng: Random) -> str | None:
    edits = (insertion, deletion, substitution)
    once = rng.choice(edits)(local, rng)
    return None if once is None else rng.choice(edits)(once, rng)


def digits_changed(local: str, rng: Random) -> str | None:
    """Other digits behind the same letters: another person, as likely as not."""
    bare = local.rstrip("0123456789")
    if bare == local:
        return None
    size = len(local) - len(bare)
    return bare + str(rng.randrange(10 ** (size - 1), 10**size))


VARIANTS: Final[Mapping[str, Vary]] = {
    "separators": separators,
    "doubling": doubling,
    "case": case,
    "leet": leet,
    "digits_added": digits_added,
    "digits_removed": digits_removed,
    "affix": affix,
    "prefix": prefix,
    "insertion": insertion,
    "deletion": deletion,
    "substitution": substitution,
    "swap": swap,
    "two_edits": two_edits,
    "digits_changed": digits_changed,
}


def vary(kind: str, platform: Platform, handle: str, rng: Random) -> str | None:
    """A variant of a normalised handle, in normal form but for its case.

    None where the class does not apply, where the platform would not allow it, or where it is the
    same handle again.
    """
    local, host = handle, ""
    if platform == "mastodon":
        local, at, server = handle.partition("@")
        host = at + server
    elif platform == "bluesky":
        # A domain of the person's own is left alone as well: another one is nobody's slip.
        host = BLUESKY_HOST if handle.endswith(BLUESKY_HOST) else handle[handle.index(".") :]
        local = handle.removesuffix(host)
    changed = VARIANTS[kind](local, rng) if local else None
    if changed is None:
        return None
    varied = changed + host
    normal = normalise(platform, varied)
    if kind == "case":
        return varied if normal == handle != varied else None
    return None if normal is None or normal == handle else normal


def _at_a_letter(local: str, rng: Random, change: Callable[[int], str]) -> str | None:
    places = [at for at, letter in enumerate(local) if letter.isalpha()]
    return change(rng.choice(places)) if places else None
