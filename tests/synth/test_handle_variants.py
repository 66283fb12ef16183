from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matchers.handles import normalise
from streams.records import PLATFORMS, Platform
from synth.handle_variants import PREFIXES, SUFFIXES, VARIANTS, vary
from synth.population_handles import SHAPES

ONE_EDIT = ("doubling", "leet", "insertion", "deletion", "substitution", "swap")
LOCALS = ("budi88", "sri_rahayu", "wahyu.hidayat1990", "anggoro", "m_nur7", "tjokro")
DIGITS = "0123456789"


def _handles() -> list[tuple[Platform, str]]:
    """Every local part wherever it may stand, with its server."""
    found: list[tuple[Platform, str]] = []
    for platform in PLATFORMS:
        for local in LOCALS:
            normal = normalise(platform, local + SHAPES[platform].host)
            if normal is not None:
                found.append((platform, normal))
    return found


HANDLES = _handles()


def _local(platform: str, handle: str) -> str:
    return handle.removesuffix(SHAPES[platform].host)


@given(
    kind=st.sampled_from(sorted(VARIANTS)),
    handle=st.sampled_from(HANDLES),
    seed=st.integers(0, 10_000),
)
def test_a_variant_is_another_handle_of_the_same_place(
    kind: str, handle: tuple[Platform, str], seed: int
) -> None:
    platform, original = handle
    varied = vary(kind, platform, original, Random(seed))
    assert varied == vary(kind, platform, original, Random(seed))
    if varied is None:
        return
    assert varied != original
    normal = normalise(platform, varied)
    assert normal == (original if kind == "case" else varied)
    assert varied.endswith(SHAPES[platform].host)


@given(
    local=st.from_regex(r"[a-z0-9_]{5,11}", fullmatch=True),
    kind=st.sampled_from(ONE_EDIT),
    seed=st.integers(0, 1_000),
)
def test_one_edit_is_one_edit(local: str, kind: str, seed: int) -> None:
    varied = VARIANTS[kind](local, Random(seed))
    if varied is not None:
        assert OSA.distance(varied, local) == 1
        assert sorted(set(varied) - set("abcdefghijklmnopqrstuvwxyz" + DIGITS + "_")) == []
        if kind != "leet":  # letters only: digits and separators have classes of their own
            assert [c for c in varied if c in DIGITS] == [c for c in local if c in DIGITS]


@pytest.mark.parametrize("kind", sorted(VARIANTS))
def test_every_class_applies_to_some_handle(kind: str) -> None:
    made = [vary(kind, *handle, Random(seed)) for handle in HANDLES for seed in range(5)]
    assert sum(one is not None for one in made) >= 10


@pytest.mark.parametrize(
    ("kind", "local"),
    [
        ("leet", "mnmnm"),
        ("leet", "budi".replace("i", "")),
        ("digits_removed", "budi"),
        ("digits_changed", "budi"),
        ("doubling", "1234"),
        ("deletion", "1234"),
        ("substitution", "12_34"),
        ("swap", "aaaa"),
        ("swap", "a1b2"),
        ("two_edits", "1234"),
        ("separators", "bud"),
    ],
)
def test_none_where_a_class_does_not_apply(kind: str, local: str) -> None:
    assert all(VARIANTS[kind](local, Random(seed)) is None for seed in range(20))


def test_what_each_class_does() -> None:
    for seed in range(50):
        rng = Random(seed)
        assert VARIANTS["digits_removed"]("budi_88", rng) == "budi"
        added = VARIANTS["digits_added"]("budi", rng)
        assert added is not None
        assert added.rstrip(DIGITS) == "budi"
        assert 1 <= len(added) - 4 <= 4
        changed = VARIANTS["digits_changed"]("budi88", rng)
        assert changed is not None
        assert changed.rstrip(DIGITS) == "budi"
        assert len(changed) == 6
        assert VARIANTS["leet"]("rsr", rng) == "r5r"
        affixed, prefixed = VARIANTS["affix"]("budi", rng), VARIANTS["prefix"]("budi", rng)
        assert affixed is not None
        assert prefixed is not None
        assert affixed.removeprefix("budi") in SUFFIXES
        assert prefixed.removesuffix("budi").rstrip("_.") in PREFIXES
        moved = VARIANTS["separators"]("sri_rahayu", rng)
        assert moved in ("srirahayu", "sri.rahayu")
        put_in = VARIANTS["separators"]("rahayu", rng)
        assert put_in is not None
        assert put_in.replace("_", "").replace(".", "") == "rahayu"
        assert len(put_in) == 7


@pytest.mark.parametrize("kind", ["insertion", "deletion", "substitution", "swap", "doubling"])
def test_an_edit_never_leaves_the_handle_as_it_was(kind: str) -> None:
    """A letter for itself would be one in 26: too seldom for drawn examples to find."""
    assert all(
        OSA.distance(VARIANTS[kind]("budi", Random(s)) or "", "budi") == 1 for s in range(300)
    )


def test_leet_digits_are_the_ones_that_look_alike() -> None:
    seen = {
        letter: VARIANTS["leet"](f"x{letter}x", Random(1))
        for letter in "abcdefghijklmnopqrstuvwxyz"
    }
    changed = {letter: made[1] for letter, made in seen.items() if made is not None}
    assert changed == dict(zip("oieastb", "0134578", strict=True))


def test_two_edits_are_at_most_two_and_mostly_so() -> None:
    distances = []
    for seed in range(300):
        made = vary("two_edits", "instagram", "wahyuhidayat", Random(seed))
        if made is not None:
            distances.append(OSA.distance(made, "wahyuhidayat"))
    assert max(distances) == 2
    assert distances.count(2) > 0.85 * len(distances)


def test_what_a_platform_does_not_allow_is_no_variant() -> None:
    full = "muhammadnur1234"
    assert len(full) == 15
    assert all(vary("affix", "x", full, Random(seed)) is None for seed in range(50))
    made = [vary("separators", "x", "budi_santoso", Random(seed)) for seed in range(50)]
    assert set(made) == {None, "budisantoso"}
    # Full stops do not count on facebook, and no other separator exists there.
    assert {vary("separators", "facebook", "budis", Random(seed)) for seed in range(50)} == {None}
    assert set(get_args(Platform)) == set(PLATFORMS)
