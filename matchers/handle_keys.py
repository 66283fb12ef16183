"""What of a handle survives a disguise: its skeleton, its digits, and the keys to block by.

A skeleton is the handle without separators, case, leet (`d3wi`), doubled letters (`diana` and
`diannaa`) and old spelling (`djoko`, `joko`). Digits are apart: they are identity-bearing,
`budi88` and `budi89` are two people. A single digit between two letters is leet, any other is a
digit. The platform's or the server's part of a name (`.bsky.social`, `@kita.id`) is no letter of
the person's: it only keeps accounts of different servers apart.

Blocking keys are the skeleton and, from 5 letters on, the skeleton without each one of its letters
(SymSpell's symmetric deletion), so that two handles share a key when their skeletons are equal, one
insertion, one deletion, one substitution or one swap of neighbours apart.
"""

import re
from typing import NamedTuple

DELETIONS_FROM = 5
"""Letters a skeleton must have for its deletions to be keys; shorter ones would meet everybody."""

_LEET = {ord(digit): letter for digit, letter in zip("0134578", "oieastb", strict=True)}
_LONE_DIGIT = re.compile(r"(?<=[^\W\d_])[0134578](?=[^\W\d_])")
_NO_LETTER = re.compile(r"[\W\d_]+")
_NO_DIGIT = re.compile(r"\D+")
_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
_DIGRAPHS = (
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("sj", "s"),
    ("kh", "k"),
    ("dh", "d"),
    ("th", "t"),
    ("ch", "c"),
    ("ph", "f"),
)
_ONE_SOUND = str.maketrans("yvqz", "ifks")


class HandleKey(NamedTuple):
    """A handle taken apart. `letters` is `local` without separators, digits still in it."""

    local: str
    host: str
    letters: str
    skeleton: str
    digits: str


def take_apart(platform: str, handle: str) -> HandleKey:
    """The parts of a normalised handle that are compared; pure, about 3 µs."""
    local, host = handle, ""
    if platform == "mastodon":
        local, _, host = handle.partition("@")
    elif platform == "bluesky":
        local = handle.removesuffix(".bsky.social")
    compact = local.replace(".", "").replace("_", "").replace("-", "").replace("·", "")
    if compact.isalpha():
        plain, digits = compact, ""
    else:
        plain = _LONE_DIGIT.sub(_leet, compact)
        digits = _NO_DIGIT.sub("", plain)
        plain = _NO_LETTER.sub("", plain)
    skeleton = _spell(plain)
    if len(skeleton) < 3:
        # Too little is left to tell anybody apart: what was written stands for itself.
        skeleton = compact
    return HandleKey(local, host, compact, skeleton, digits)


def _spell(letters: str) -> str:
    """Old and foreign spelling made plain, then doubled letters single."""
    for old, new in _DIGRAPHS:
        if old in letters:
            letters = letters.replace(old, new)
    return _REPEATED.sub(r"\1", letters.translate(_ONE_SOUND))


def blocking_keys(key: HandleKey) -> list[str]:
    """The skeleton, then its single deletions where it is long enough; no repeats.

    A handle on a server of its own carries the server in every key.
    """
    bones = key.skeleton
    keys = [bones]
    if len(bones) >= DELETIONS_FROM:
        keys += [bones[:i] + bones[i + 1 :] for i in range(len(bones))]
        if bones == key.letters:
            # No two neighbours are equal (`_spell`), so no two deletions are; but raw text may.
            keys = list(dict.fromkeys(keys))
    return [f"{one}@{key.host}" for one in keys] if key.host else keys


def _leet(digit: re.Match[str]) -> str:
    return digit[0].translate(_LEET)
