"""Columns into arrays: in one order, whatever order they come in."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import RegisterError
from lists import register_assembly
from lists.array_files import named_arrays
from lists.register_assembly import AccountColumns, PeopleColumns, assemble, strings_of
from matchers.handle_pairs import take_apart
from matchers.register_arrays import RegisterArrays, string_at
from streams.records import PLATFORMS
from tests.matchers.handles_drawn import handles_of

Account = tuple[int, str]


@st.composite
def accounts_drawn(draw: st.DrawFn) -> list[Account]:
    platforms = draw(st.lists(st.sampled_from(PLATFORMS), max_size=15))
    keys = [(PLATFORMS.index(one), draw(handles_of(one))) for one in platforms]
    return list(dict.fromkeys(keys))


def assembled(accounts: list[Account]) -> RegisterArrays:
    """Every account has a person of its own, numbered by its key, so that the order shows."""
    count = len(accounts)
    numbers = {key: number for number, key in enumerate(sorted(accounts))}
    return assemble(
        AccountColumns(
            platforms=np.array([platform for platform, _ in accounts], np.uint8),
            handles=pa.array([handle for _, handle in accounts], pa.large_string()),
            account_ids=pa.array(
                [f"id{numbers[key]}" if numbers[key] % 2 else None for key in accounts],
                pa.large_string(),
            ),
            people=np.array([numbers[key] for key in accounts], np.uint32),
            declared_on=np.array([numbers[key] + 1 for key in accounts], np.uint16),
            withdrawn_on=np.zeros(count, np.uint16),
        ),
        PeopleColumns(
            names=pa.array([f"budi {'ab'[n % 2]}" for n in range(count)], pa.large_string()),
            regions=np.zeros(count, np.uint16),
            agencies=np.zeros(count, np.uint16),
            titles=np.arange(count, dtype=np.uint32),
        ),
    )


@given(accounts_drawn(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_arrays(accounts: list[Account], shuffle: Any) -> None:
    one = assembled(accounts)
    shuffle.shuffle(accounts)
    other = assembled(accounts)
    for (name, ours), (_, theirs) in zip(named_arrays(one), named_arrays(other), strict=True):
        assert ours.dtype == theirs.dtype, name
        assert ours.tolist() == theirs.tolist(), name


@given(accounts_drawn())
def test_rows_stand_by_platform_then_group_then_digits_then_handle(
    accounts: list[Account],
) -> None:
    arrays = assembled(accounts)
    numbers = dict(enumerate(sorted(accounts)))
    rows = [numbers[int(person)] for person in arrays.accounts.people]
    assert sorted(rows) == sorted(accounts)
    for row, (platform, handle) in enumerate(rows):
        assert string_at(arrays.accounts.handles, row) == handle
        first, last = arrays.accounts.row_starts[platform : platform + 2]
        assert first <= row < last
    groups = [
        (platform, take_apart(PLATFORMS[platform], handle), _host(platform, handle))
        for platform, handle in rows
    ]
    starts = arrays.blocks.group_starts.tolist()
    assert starts[0] == 0
    assert starts[-1] == len(rows)
    seen = set()
    for first, last in pairwise(starts):
        (group,) = {
            (platform, parts.skeleton, host) for platform, parts, host in groups[first:last]
        }
        assert group not in seen
        seen.add(group)
        order = [(groups[row][1].digits, rows[row][1].encode()) for row in range(first, last)]
        assert order == sorted(order)


def _host(platform: int, handle: str) -> str:
    return handle.partition("@")[2] if PLATFORMS[platform] == "mastodon" else ""


def test_long_digits_are_ordered_beyond_the_first_eight() -> None:
    digits = ["123456789", "12345678", "123456781", "1234567890", "", "9", "12345678"]
    accounts = [(0, f"b{'_' * place}udi{one}") for place, one in enumerate(digits)]
    arrays = assembled(accounts)
    handles = [string_at(arrays.accounts.handles, row) for row in range(len(accounts))]
    found = ["".join(filter(str.isdigit, handle)) for handle in handles]
    assert found == sorted(digits)


def test_strings_of_any_piece_of_a_column() -> None:
    column = pa.array(["before", "budi", None, "", "é", "after"], pa.large_string())
    for piece, expected in (
        (column.slice(1, 4), ["budi", "", "", "é"]),
        (column.slice(2, 1), [""]),
        (column.slice(3, 0), []),
        (pa.array([], pa.large_string()), []),
        (pa.array(["a", "b"], pa.string()), ["a", "b"]),
    ):
        strings = strings_of(piece, "handles")
        assert [string_at(strings, row) for row in range(len(strings.ends) - 1)] == expected
        assert strings.ends[0] == 0
        assert strings.text.dtype == np.uint8
        assert strings.ends.dtype == np.uint32


def test_more_text_than_fits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_assembly, "MOST_BYTES", 6)
    assert strings_of(pa.array(["budi", "é"]), "names").text.tolist()
    with pytest.raises(RegisterError, match="7 bytes of names, at most 6 fit"):
        strings_of(pa.array(["budi", "éa"]), "names")
    with pytest.raises(RegisterError, match="13 bytes of handles"):
        assembled([(0, "budi"), (0, "budisanto")])
