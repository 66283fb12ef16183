"""Records that must become dead letters: one of each kind, with the reason each must get."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from streams.records import DeadLetterReason
from streams.records.limits import MAX_HANDLE, MAX_LIST, MAX_TEXT

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """How to spoil a good post, and the reason code and JSON path that must come of it.

    `in_file` is False where the value cannot stand on a line of a JSONL file.
    """

    name: str
    spoil: Callable[[Document], bytes | None]
    reason: DeadLetterReason
    path: str
    in_file: bool = True


def _with(**changes: Any) -> Callable[[Document], bytes]:
    return lambda post: orjson.dumps({**post, **changes})


def _without(field: str) -> Callable[[Document], bytes]:
    return lambda post: orjson.dumps({name: part for name, part in post.items() if name != field})


def _text_bytes(raw: bytes) -> Callable[[Document], bytes]:
    """Put bytes that no JSON writer would write into the text."""
    return lambda post: orjson.dumps({**post, "text": "@@"}).replace(b'"@@"', b'"' + raw + b'"')


def _actor(**changes: Any) -> Callable[[Document], bytes]:
    return lambda post: orjson.dumps({**post, "actor": {**post["actor"], **changes}})


def _brackets(post: Document) -> bytes:
    return orjson.dumps(post)[:-1] + b',"extra":' + b"[" * 3_000 + b"]" * 3_000 + b"}"


def _future(post: Document) -> bytes:
    # Far more than the five minutes that clocks may differ by.
    return orjson.dumps(
        {**post, "created_at": "2024-11-02T12:00:00+07:00", "observed_at": "2024-11-01T12:00:00Z"}
    )


BAD_RECORDS: tuple[BadRecord, ...] = (
    BadRecord("null value", lambda _: None, "null_value", "$", in_file=False),
    BadRecord("no JSON", lambda _: b"halo dunia", "malformed_json", "$"),
    BadRecord("cut off", lambda post: orjson.dumps(post)[:-9], "malformed_json", "$"),
    BadRecord("invalid UTF-8", _text_bytes(b"selamat \xff\xfe pagi"), "invalid_utf8", "$"),
    BadRecord("lone surrogate", _text_bytes(rb"selamat \ud83d pagi"), "invalid_utf8", "$"),
    BadRecord("3,000 brackets", _brackets, "too_deep", "$"),
    BadRecord("a list", lambda post: orjson.dumps([post]), "wrong_type", "$"),
    BadRecord("number as text", _with(text=7), "wrong_type", "$.text"),
    BadRecord("actor is text", _with(actor="budi"), "wrong_type", "$.actor"),
    BadRecord("no post_id", _without("post_id"), "missing_field", "$.post_id"),
    BadRecord("no actor", _without("actor"), "missing_field", "$.actor"),
    BadRecord(
        "handle too long", _actor(handle="a" * (MAX_HANDLE + 1)), "over_limit", "$.actor.handle"
    ),
    BadRecord("empty handle", _actor(handle=""), "invalid_value", "$.actor.handle"),
    BadRecord("text too long", _with(text="a" * (MAX_TEXT + 1)), "over_limit", "$.text"),
    BadRecord(
        "too many hashtags", _with(hashtags=["pagi"] * (MAX_LIST + 1)), "over_limit", "$.hashtags"
    ),
    BadRecord("unknown schema", _with(schema=99), "unknown_schema", "$.schema"),
    BadRecord("unknown platform", _with(platform="friendster"), "unknown_platform", "$.platform"),
    BadRecord("unknown action", _with(action="poke"), "unknown_action", "$.action"),
    BadRecord("naive time", _with(created_at="2024-11-01T08:00:00"), "naive_time", "$.created_at"),
    BadRecord("bare date", _with(created_at="2024-11-01"), "invalid_value", "$.created_at"),
    BadRecord("from the future", _future, "from_the_future", "$.created_at"),
)
"""The bad-input table, record by record. Five megabytes are :func:`five_megabytes`: too much
for a sample that should start at once."""


def five_megabytes(post: Document) -> bytes:
    """A record of 5 MB, under the topic's limit and over the text's."""
    return orjson.dumps({**post, "text": "a" * 5_000_000})
