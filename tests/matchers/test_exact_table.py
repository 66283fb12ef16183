"""The table of buckets against a dictionary, with enough strings that buckets and tags clash."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.exact_table import build_exact_table, look_up, string_hashes
from matchers.string_columns import NO_PLATFORM, columns_of
from streams.records import PLATFORMS

Key = tuple[str, str]
KEYS = st.tuples(st.sampled_from(PLATFORMS), st.text(min_size=1, max_size=6))


def found(known: list[Key], asked: list[Key]) -> list[int]:
    """The places of the asked strings among the known ones, which are ordered by platform."""
    ordered = sorted(known, key=lambda key: PLATFORMS.index(key[0]))
    if not asked:
        return []
    platforms, strings = columns_of(ordered) if ordered else (np.empty(0, np.uint8), None)
    starts = np.searchsorted(platforms, np.arange(len(PLATFORMS) + 1)).astype(np.uint32)
    text = np.empty(0, np.uint8) if strings is None else strings.text
    ends = np.zeros(1, np.uint32) if strings is None else strings.ends
    table = build_exact_table(
        string_hashes(platforms, text, ends), np.arange(len(ordered), dtype=np.uint32)
    )
    codes, asked_strings = columns_of(asked)
    rows = look_up(codes, *asked_strings, *table, starts, text, ends).tolist()
    for key, row in zip(asked, rows, strict=True):
        assert row == (ordered.index(key) if key in ordered else -1), key
    return [int(row) for row in rows]


@given(st.lists(KEYS, unique=True, max_size=30), st.lists(KEYS, min_size=1, max_size=10))
def test_any_strings(known: list[Key], others: list[Key]) -> None:
    found(known, [*known, *others])


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
def test_many_strings_of_which_hundreds_share_bucket_and_tag(count: int) -> None:
    known: list[Key] = [("x", f"budi{number}") for number in range(count)]
    platforms, strings = columns_of([*known, ("x", "z")])
    hashes = string_hashes(platforms, *strings)
    assert len(set(hashes.tolist())) == count + 1
    table = build_exact_table(hashes, np.arange(count + 1, dtype=np.uint32))
    starts = np.array([0] + [count + 1] * len(PLATFORMS), np.uint32)
    asked: list[Key] = [*known, ("x", "budi"), ("x", ""), ("instagram", "budi1"), ("myspace", "z")]
    codes, asked_strings = columns_of(asked)
    rows = look_up(codes, *asked_strings, *table, starts, *strings).tolist()
    assert rows == [*range(count), -1, -1, -1, -1]


def test_the_same_string_on_every_platform_is_told_apart() -> None:
    """In tables of eight entries, two in four hundred share bucket and tag by chance."""
    clashes = 0
    for number in range(300):
        known: list[Key] = [(platform, f"budi{number}") for platform in PLATFORMS]
        assert found(known, known) == list(range(len(PLATFORMS)))
        platforms, strings = columns_of(known)
        hashes = string_hashes(platforms, *strings)
        clashes += len({(hashed >> 62, hashed & 0xFF) for hashed in hashes.tolist()}) < len(known)
    assert clashes


@given(
    st.lists(
        st.tuples(st.sampled_from([*PLATFORMS, "myspace", ""]), st.text(max_size=8)), min_size=1
    )
)
def test_keys_as_columns(keys: list[Key]) -> None:
    codes, strings = columns_of(keys)
    assert [PLATFORMS[code] if code != NO_PLATFORM else None for code in codes.tolist()] == [
        platform if platform in PLATFORMS else None for platform, _ in keys
    ]
    ends = strings.ends.tolist()
    content = strings.text.tobytes()
    assert [content[first:last].decode() for first, last in pairwise(ends)] == [
        value for _, value in keys
    ]
