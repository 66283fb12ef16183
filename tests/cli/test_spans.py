"""How places and spans are written, and what is refused."""

from datetime import UTC, datetime

import pytest

from cli.spans import Place, Span, parse_place, parse_span
from config.errors import InputError

EIGHT = datetime(2024, 10, 10, 1, tzinfo=UTC)


def test_a_place() -> None:
    assert parse_place("public-posts:2:1041") == Place("public-posts", 2, 1041)
    assert str(Place("public-posts", 2, 1041)) == "public-posts:2:1041"


@pytest.mark.parametrize("text", ["", "posts", "posts:1", "posts:1:-4", "posts:a:4", "po sts:1:4"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="TOPIC:PARTITION:OFFSET"):
        parse_place(text)


def test_spans_by_offsets_and_by_instants() -> None:
    assert parse_span("0:5,1:7", "0:9,1:8") == Span({0: 5, 1: 7}, {0: 9, 1: 8})
    assert parse_span("2024-10-10T08:00:00+07:00", None) == Span(EIGHT, None)
    assert parse_span("0:5", "2024-10-10T01:00:00Z") == Span({0: 5}, EIGHT)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2024-10-10", None, "instant with its zone"),
        ("2024-10-10T08:00:00", None, "instant with its zone"),
        ("0:5,0:6", None, "twice"),
        ("0:5", "1:9", "different partitions"),
        ("0:5", "0:5", "empty"),
        ("2024-10-10T08:00:00+07:00", "2024-10-10T01:00:00Z", "empty"),
        ("yesterday", None, "neither"),
    ],
)
def test_what_is_no_span_is_refused(start: str, end: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_span(start, end)


def test_instants_are_by_the_records_time() -> None:
    span = parse_span("2024-10-10T08:00:00+07:00", "2024-10-10T09:00:00+07:00")
    first = round(EIGHT.timestamp() * 1_000)
    assert [span.holds(first + each) for each in (-1, 0, 3_599_999, 3_600_000)] == [
        False,
        True,
        True,
        False,
    ]
