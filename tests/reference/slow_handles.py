"""Two handles compared by regular expressions and rapidfuzz, letter by letter as the words say."""

import re
from functools import cache
from itertools import product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from matchers.affix_words import PREFIXES, SUFFIXES
from matchers.evidence_levels import DigitLevel, HandleLevel
from matchers.handle_affixes import CORE_FROM

_LEET = dict(zip("0134578", "oieastb", strict=True))
_LETTER = r"[a-z\x80-\xff]"


def slow_compare(platform: str, ours: str, theirs: str) -> tuple[HandleLevel, DigitLevel] | None:
    """What `matchers.handle_pairs.compare` should find."""
    our_local, our_host = _split(platform, _bytes(ours))
    their_local, their_host = _split(platform, _bytes(theirs))
    our, their = slow_fold(our_local), slow_fold(their_local)
    if our_host != their_host or not our.letters or not their.letters:
        return None
    if our_local == their_local:
        return HandleLevel.SAME, DigitLevel.NONE
    level = _level(our, their)
    if level is None:
        return None
    if level is HandleLevel.SKELETON and our.letters == their.letters:
        level = HandleLevel.SEPARATORS
    return level, _digits(our.digits, their.digits)


class SlowParts(NamedTuple):
    """As `matchers.handle_pairs.HandleParts`, UTF-8 bytes as one character each."""

    letters: str
    skeleton: str
    digits: str
    raw: bool


def slow_parts(platform: str, handle: str) -> SlowParts:
    """What `matchers.handle_pairs.take_apart` should find."""
    return slow_fold(_split(platform, _bytes(handle))[0])


@cache
def slow_fold(local: str) -> SlowParts:
    """Letters, skeleton and digits of a local part."""
    letters = _without_separators(local)
    plain = re.sub(
        rf"(?<={_LETTER})[0134578](?={_LETTER})",
        lambda digit: digit[0] if local[digit.end() :] in SUFFIXES else _LEET[digit[0]],
        local,
    )
    plain = _without_separators(plain)
    digits = re.sub(r"[^0-9]", "", plain)
    bones = _spell(re.sub(r"[0-9]", "", plain))
    if len(bones) < 2:
        return SlowParts(letters, letters, "", True)
    return SlowParts(letters, bones, digits, False)


def _without_separators(text: str) -> str:
    return re.sub(r"[^a-z0-9\x80-\xff]", "", text.replace("\xc2\xb7", ""))


def _spell(letters: str) -> str:
    """One letter after the other, each against what stands before it."""
    bones = ""
    for letter in letters:
        bones += {"y": "i", "v": "f", "q": "k", "z": "s"}.get(letter, letter)
        for written, becomes in (
            *(("kh", "k"), ("dh", "d"), ("th", "t"), ("ch", "c"), ("ph", "f")),
            *(("dj", "j"), ("tj", "c"), ("sj", "s"), ("oe", "u")),
        ):
            if bones.endswith(written):
                bones = bones[: -len(written)] + becomes
                break
        if len(bones) > 1 and bones[-1] == bones[-2]:
            bones = bones[:-1]
    return bones


def _level(our: SlowParts, their: SlowParts) -> HandleLevel | None:
    ours, theirs = our.skeleton, their.skeleton
    if ours == theirs:
        return HandleLevel.SKELETON
    if our.raw or their.raw or max(len(ours), len(theirs)) < 3:
        return None
    if OSA.distance(ours, theirs) == 1 and len(ours) == len(theirs):
        same_letters = sorted(ours) == sorted(theirs)
        return HandleLevel.SWAPPED if same_letters else HandleLevel.SUBSTITUTED
    if ours in _one_letter_less(theirs):
        return HandleLevel.DELETED
    if theirs in _one_letter_less(ours):
        return HandleLevel.INSERTED
    if any(one == other for one, other in product(_cores(ours), _cores(theirs))):
        return HandleLevel.AFFIX
    return None


def _one_letter_less(bones: str) -> set[str]:
    """The skeleton without each letter, as it is and as it folds then."""
    shorter = {bones[:at] + bones[at + 1 :] for at in range(len(bones))}
    return shorter | {re.sub(r"(.)\1", r"\1", one, flags=re.DOTALL) for one in shorter}


def _cores(bones: str) -> set[str]:
    """The skeleton, and what is left of it without a usual prefix, suffix or both."""
    room = len(bones) - CORE_FROM + 1
    front = len(next((p for p in _PREFIXES if len(p) <= room and bones.startswith(p)), ""))
    back = len(next((s for s in _SUFFIXES if len(s) <= room and bones.endswith(s)), ""))
    cores = {
        bones[first : len(bones) - less]
        for first in {0, max(0, front - 1), front}
        for less in {0, max(0, back - 1), back}
    }
    return {bones, *(core for core in cores if len(core) >= CORE_FROM)}


_PREFIXES = sorted({_spell(f"{word}wuw")[:-3] for word in PREFIXES}, key=len, reverse=True)
_SUFFIXES = sorted(
    {_spell(f"wuw{word}")[3:] for word in SUFFIXES}
    | {
        folded[4:]
        for word in SUFFIXES
        for letter in "sdtkcp"
        if (folded := _spell(f"wuw{letter}{word}")).startswith(f"wuw{letter}")
    },
    key=len,
    reverse=True,
)


def _digits(ours: str, theirs: str) -> DigitLevel:
    if ours == theirs:
        return DigitLevel.AGREE if ours else DigitLevel.NONE
    return DigitLevel.CONFLICT if ours and theirs else DigitLevel.ONE_SIDED


def _bytes(handle: str) -> str:
    return handle.encode().decode("latin-1")


def _split(platform: str, handle: str) -> tuple[str, str]:
    if platform == "mastodon":
        local, _, host = handle.partition("@")
        return local, host
    if platform == "bluesky" and handle != ".bsky.social":
        return handle.removesuffix(".bsky.social"), ""
    return handle, ""
