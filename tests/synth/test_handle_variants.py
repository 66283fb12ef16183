"""Every class of variants does what its name says, on handles of every platform."""

import re
from collections.abc import Callable, Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matchers.handles import normalise
from streams.records import PLATFORMS, Platform
from synth.handle_variants import PREFIXES, SUFFIXES, VARIANTS, vary
from synth.population import Population
from tests.matchers.handles_drawn import handles_of

DIGITS = "0123456789"
LOOKS_LIKE = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7", "b": "8"}
LOCAL = re.compile(r"(?P<local>.*?)(?P<host>\.bsky\.social|@.*|)")
OWN_DOMAIN = re.compile(r"(?P<local>[^.]*)(?P<host>\..*)")


def _apart(platform: Platform, handle: str) -> tuple[str, str]:
    """The person's own part of a handle and what it is on: a server, a domain, or nothing."""
    found = LOCAL.fullmatch(handle)
    if platform == "bluesky" and not handle.endswith(".bsky.social"):
        found = OWN_DOMAIN.fullmatch(handle)
    assert found is not None
    return found["local"], found["host"]


def _without(text: str, letters: str) -> str:
    return text.translate(dict.fromkeys(map(ord, letters)))


def _is_one_edit(old: str, new: str, longer: int) -> bool:
    return OSA.distance(old, new) == 1 and len(new) - len(old) == longer


def _is_doubled(old: str, new: str) -> bool:
    return any(new == old[:at] + letter + old[at:] for at, letter in enumerate(old))


def _is_leet(old: str, new: str) -> bool:
    changed = [at for at, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    (at,) = changed
    return LOOKS_LIKE[old[at]] == new[at] and (old[at - 1] + old[at + 1]).isalpha()


def _has_affix(old: str, new: str) -> bool:
    # On facebook full stops do not count, so there they are not in the suffix either.
    return new.startswith(old) and new.removeprefix(old) in {
        *SUFFIXES,
        *(suffix.replace(".", "") for suffix in SUFFIXES),
    }


def _has_prefix(old: str, new: str) -> bool:
    return new.endswith(old) and new.removesuffix(old).rstrip("._") in PREFIXES


def _is_swapped(old: str, new: str) -> bool:
    return sorted(old) == sorted(new) and _is_one_edit(old, new, 0)


def _has_other_digits(old: str, new: str) -> bool:
    bare = old.rstrip(DIGITS)
    return new.rstrip(DIGITS) == bare != old and len(new) == len(old)


DOES: Mapping[str, Callable[[str, str], bool]] = {
    "separators": lambda old, new: _without(old, "._-") == _without(new, "._-"),
    "doubling": _is_doubled,
    "case": lambda old, new: old == new.lower(),
    "leet": _is_leet,
    "digits_added": lambda old, new: re.fullmatch(re.escape(old) + "[0-9]{1,4}", new) is not None,
    "digits_removed": lambda old, new: (
        # All digits at the end, and what separated them.
        re.fullmatch(re.escape(new) + r"(?:[._-]+|(?<![0-9]))[0-9]+", old) is not None
    ),
    "affix": _has_affix,
    "prefix": _has_prefix,
    "insertion": lambda old, new: _is_one_edit(old, new, 1),
    "deletion": lambda old, new: _is_one_edit(old, new, -1),
    "substitution": lambda old, new: _is_one_edit(old, new, 0) and sorted(old) != sorted(new),
    "swap": _is_swapped,
    "two_edits": lambda old, new: 1 <= OSA.distance(old, new) <= 2,
    "digits_changed": _has_other_digits,
}
"""What stands between the registered handle's own part and the variant's, class by class."""


def test_every_class_is_described() -> None:
    assert set(DOES) == set(VARIANTS)


@pytest.mark.parametrize("kind", VARIANTS)
@given(
    handle=st.sampled_from(PLATFORMS).flatmap(
        lambda platform: st.tuples(st.just(platform), handles_of(platform))
    ),
    seed=st.integers(0, 1_000_000),
)
def test_a_variant_does_what_its_name_says(
    kind: str, handle: tuple[Platform, str], seed: int
) -> None:
    platform, registered = handle
    varied = vary(kind, platform, registered, Random(seed))
    assert varied == vary(kind, platform, registered, Random(seed))
    if varied is None:
        return
    assert varied != registered
    assert normalise(platform, varied) == (registered if kind == "case" else varied)
    local, host = _apart(platform, registered)
    assert varied.lower().endswith(host)
    assert DOES[kind](local, varied.removesuffix(host))


@pytest.mark.parametrize("kind", VARIANTS)
def test_every_class_applies_to_handles_of_every_platform_that_can(
    kind: str, population: Population
) -> None:
    rng = Random(1)
    made: dict[str, list[bool]] = {platform: [] for platform in PLATFORMS}
    for code, handle in zip(
        population.account_platform.tolist(), population.handles.to_pylist(), strict=True
    ):
        found = made[PLATFORMS[code]]
        found.append(vary(kind, PLATFORMS[code], handle, rng) is not None)
    share = {platform: sum(found) / len(found) for platform, found in made.items()}
    if kind == "separators":
        assert share.pop("facebook") == 0  # it has full stops alone, and they do not count
    assert min(share.values()) > 0.1


def test_a_class_that_does_not_apply_gives_none() -> None:
    for kind, handle in (
        ("leet", "mnmnm"),
        ("digits_added", "budi7"),
        ("digits_removed", "budi"),
        ("digits_removed", "12345"),
        ("digits_changed", "budi"),
        ("doubling", "12345"),
        ("case", "12345"),
        ("deletion", "12345"),
        ("substitution", "12_34"),
        ("swap", "aaaa"),
        ("two_edits", "12345"),
        ("separators", "bud"),
    ):
        assert {vary(kind, "instagram", handle, Random(seed)) for seed in range(20)} == {None}


def test_what_a_platform_does_not_allow_is_no_variant() -> None:
    longest = "muhammadnur1234"
    assert {vary("affix", "x", longest, Random(seed)) for seed in range(50)} == {None}
    separated = {vary("separators", "x", "budi_santoso", Random(seed)) for seed in range(50)}
    assert separated == {None, "budisantoso"}


def test_a_domain_of_ones_own_is_left_alone() -> None:
    made = {vary("digits_added", "bluesky", "budi.my.id", Random(seed)) for seed in range(20)}
    assert all(re.fullmatch(r"budi[0-9]+\.my\.id", handle or "") for handle in made)


@pytest.mark.parametrize("kind", ["insertion", "deletion", "substitution", "swap", "doubling"])
def test_an_edit_never_leaves_the_handle_as_it_was(kind: str) -> None:
    """A letter for itself would be one in 26: too seldom for drawn examples to find."""
    made = [VARIANTS[kind]("annisa", Random(seed)) for seed in range(300)]
    assert {OSA.distance(one or "", "annisa") for one in made} == {1}


def test_changed_digits_are_as_many_as_before() -> None:
    made = [VARIANTS["digits_changed"]("budi88", Random(seed)) for seed in range(300)]
    assert {len(one or "") for one in made} == {len("budi88")}


def test_every_digit_that_looks_like_a_letter_is_used() -> None:
    made = {
        letter: VARIANTS["leet"](f"x{letter}x", Random(1))
        for letter in "abcdefghijklmnopqrstuvwxyz"
    }
    assert {letter: one[1] for letter, one in made.items() if one} == LOOKS_LIKE


def test_two_edits_are_mostly_two() -> None:
    distances = [
        OSA.distance(made, "wahyuhidayat")
        for seed in range(300)
        if (made := vary("two_edits", "instagram", "wahyuhidayat", Random(seed))) is not None
    ]
    assert distances.count(2) > 0.85 * len(distances)
