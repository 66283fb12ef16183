"""The truth table of conclusive identity, and when a declaration is in force."""

from datetime import date, datetime, timedelta
from typing import Literal

import pytest

from matchers.active_period import WIB, WIT, declared_from, parse_day, withdrawn_from
from matchers.exact_identity import resolve
from matchers.types import REUSED_HANDLE, Identity
from tests.matchers.people import Row, post_by, register_of

Expected = Literal["bound", "declared", "reused_handle"] | None


@pytest.mark.parametrize(
    ("held_id", "handle", "account_id", "expected"),
    [
        ("7", "budi.s", "7", "bound"),
        ("7", "renamed", "7", "bound"),
        ("7", "not a handle!", "7", "bound"),
        ("7", "budi.s", "8", "reused_handle"),
        ("7", "budi.s", None, None),
        ("7", "other", "8", None),
        (None, "budi.s", None, "declared"),
        (None, "@Budi.S", None, "declared"),
        (None, "https://instagram.com/budi.s/", None, "declared"),
        (None, "budi.s", "8", "declared"),
        (None, "budi_s", None, None),
        (None, "other", "8", None),
    ],
)
def test_truth_table(
    held_id: str | None, handle: str, account_id: str | None, expected: Expected
) -> None:
    register = register_of(Row("budi.s", held_id))
    (finding,) = resolve([post_by(handle, account_id)], register)
    if isinstance(finding, Identity):
        assert (finding.status, finding.row, finding.person) == (expected, 0, 0)
    else:
        assert finding == expected


def test_the_id_wins_over_a_handle_that_is_somebody_elses() -> None:
    register = register_of(Row("budi.s", "7"), Row("siti", None, "p2"))
    (finding,) = resolve([post_by("siti", "7")], register)
    assert finding == Identity("bound", 0, 0)


def test_an_id_out_of_force_does_not_fall_back_to_the_handle() -> None:
    gone = Row("budi.s", "7", withdrawn_on=date(2024, 2, 1))
    register = register_of(gone, Row("siti", None, "p2"))
    assert resolve([post_by("siti", "7")], register) == [None]


def test_platforms_are_apart() -> None:
    register = register_of(Row("budi", "7"), Row("budi", "8", "p2", platform="x"))
    posts = [post_by("budi", "7", platform="x"), post_by("budi", "8", platform="x")]
    assert resolve(posts, register) == [REUSED_HANDLE, Identity("bound", 0, 1)]


def test_a_batch_keeps_its_order() -> None:
    register = register_of(Row("a.b", None), Row("c.d", "9", "p2"))
    posts = [post_by("x1"), post_by("zz", "9"), post_by("a.b"), post_by("c.d", "1"), post_by("-")]
    assert resolve(posts, register) == [
        None,
        Identity("bound", 1, 1),
        Identity("declared", 0, 0),
        REUSED_HANDLE,
        None,
    ]
    assert resolve([], register) == []


@pytest.mark.parametrize("account_id", [None, "7"])
def test_active_from_the_end_of_the_day_in_the_west_to_its_start_in_the_east(
    account_id: str | None,
) -> None:
    row = Row("budi.s", account_id, declared_on=date(2024, 9, 22), withdrawn_on=date(2024, 11, 1))
    register = register_of(row)
    first = datetime(2024, 9, 23, tzinfo=WIB)
    end = datetime(2024, 11, 1, tzinfo=WIT)
    moment = timedelta(microseconds=1)
    times = [first - moment, first, end - moment, end]
    found = resolve([post_by("budi.s", account_id, at=at) for at in times], register)
    assert [finding is not None for finding in found] == [False, True, True, False]


def test_days() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert [
        parse_day(text) for text in ("2023-02-29", "20240229", "2024-2-9", "0024-02-09", "")
    ] == [None] * 5
    assert declared_from(date(2024, 1, 1)) > withdrawn_from(date(2024, 1, 1))
