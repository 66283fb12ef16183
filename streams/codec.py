"""Bytes to records and back: the one place where wire bytes are read.

A record that cannot be read becomes a :class:`DecodeFailure`: a reason code of ours and a JSON
path of our own schema. Neither a value nor a library's message leaves this module, because the
latter echo what was decoded (invariant 02).
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Generic, TypeVar

import msgspec

from streams.records import (
    ControlRecord,
    DeadLetter,
    DeadLetterReason,
    FlaggedEvent,
    PublicPost,
    RegisterUpdate,
    ReviewDecision,
    WatchlistUpdate,
)

MAX_BYTES: Final = 8 * 1024 * 1024
"""Default limit of one value; `kafka.message_max_bytes` where settings are at hand."""

FUTURE_TOLERANCE: Final = timedelta(minutes=5)
"""How far `created_at` may lie after `observed_at`: clocks of platforms and collectors differ."""

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998
"""Years of a usable instant: nearer to the ends of the calendar, changing the zone overflows."""

UNDATED_ACTIONS: Final = frozenset({"like", "follow", "join"})
"""Actions that platforms show without their time; `observed_at` stands for it."""


@dataclass(frozen=True, slots=True)
class DecodeFailure:
    """Why a value was refused, and where: `path` is a JSON path of our schema, `$` the root."""

    reason: DeadLetterReason
    path: str = "$"


R = TypeVar("R", bound=msgspec.Struct)

_decode_post_json = msgspec.json.Decoder(PublicPost).decode
_encoder = msgspec.json.Encoder()

_AT = re.compile(r" - at `(\$[^`]*)`$")
_PATH = re.compile(r"^\$(?:\.[a-z_]+|\[\d+\]|\[\.\.\.\])*$")
_MISSING = re.compile(r"^Object missing required field `([a-z_]+)`")
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]"
)

_ENUM_REASONS: Final[dict[str, DeadLetterReason]] = {
    "$.schema": "unknown_schema",
    "$.platform": "unknown_platform",
    "$.action": "unknown_action",
}
_REASON_BY_MESSAGE: Final[tuple[tuple[re.Pattern[str], DeadLetterReason], ...]] = (
    (re.compile(r"^Expected `\w+` of length <="), "over_limit"),
    (re.compile(r"^Expected `\w+` of length >="), "invalid_value"),
    (re.compile(r"^Expected `datetime` with a timezone component"), "naive_time"),
    (re.compile(r"^Expected `(?:int|float)` [<>]"), "invalid_value"),
    (re.compile(r"^Expected `str` matching regex"), "invalid_value"),
    (re.compile(r"^Expected "), "wrong_type"),
)


def decode_post(value: bytes | None, max_bytes: int = MAX_BYTES) -> PublicPost | DecodeFailure:
    """Read one value of `public-posts`. Never raises.

    `max_bytes` is the limit of one value, in bytes; above it nothing is parsed.
    """
    if value is None:
        return DecodeFailure("null_value")
    if len(value) > max_bytes:
        return DecodeFailure("too_large")
    try:
        if not value.isascii():
            value.decode()  # unknown fields are skipped unread, yet the whole must be UTF-8
        post = _decode_post_json(value)
    except (ValueError, RecursionError) as error:
        return _failure(error, value)
    created = post.created_at
    observed = post.observed_at
    if not FIRST_YEAR <= observed.year <= LAST_YEAR:
        return DecodeFailure("invalid_value", "$.observed_at")
    if created is None:
        if post.action not in UNDATED_ACTIONS:
            return DecodeFailure("missing_field", "$.created_at")
    elif created > observed and created - observed > FUTURE_TOLERANCE:
        return DecodeFailure("from_the_future", "$.created_at")
    elif created.year < FIRST_YEAR:
        return DecodeFailure("invalid_value", "$.created_at")
    return post


class RecordDecoder(Generic[R]):
    """Reads one kind of record of our own topics; the same promises as :func:`decode_post`."""

    def __init__(self, kind: type[R]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def __call__(self, value: bytes | None, max_bytes: int = MAX_BYTES) -> R | DecodeFailure:
        if value is None:
            return DecodeFailure("null_value")
        if len(value) > max_bytes:
            return DecodeFailure("too_large")
        try:
            if not value.isascii():
                value.decode()
            return self._decode(value)
        except (ValueError, RecursionError) as error:
            return _failure(error, value)


decode_flag: Final = RecordDecoder(FlaggedEvent)
decode_dead_letter: Final = RecordDecoder(DeadLetter)
decode_register_update: Final = RecordDecoder(RegisterUpdate)
decode_watchlist_update: Final = RecordDecoder(WatchlistUpdate)
decode_decision: Final = RecordDecoder(ReviewDecision)
decode_control: Final = RecordDecoder(ControlRecord)


def encode(record: msgspec.Struct) -> bytes:
    """The canonical bytes of a record: fields in the struct's order, no spaces, UTF-8.

    The same record gives the same bytes on every run and machine (invariant 12).
    """
    return _encoder.encode(record)


def _failure(error: Exception, value: bytes) -> DecodeFailure:
    if isinstance(error, RecursionError):
        return DecodeFailure("too_deep")
    if isinstance(error, UnicodeDecodeError):
        return DecodeFailure("invalid_utf8")
    if not isinstance(error, msgspec.ValidationError):
        lone = _LONE_SURROGATE.search(value) is not None
        return DecodeFailure("invalid_utf8" if lone else "malformed_json")
    message = str(error)  # read for its shape only; it goes no further
    at = _AT.search(message)
    path = at.group(1) if at is not None and _PATH.match(at.group(1)) else "$"
    missing = _MISSING.match(message)
    if missing is not None:
        return DecodeFailure("missing_field", f"{path}.{missing.group(1)}")
    if message.startswith("Invalid enum value"):
        return DecodeFailure(_ENUM_REASONS.get(path, "invalid_value"), path)
    for pattern, reason in _REASON_BY_MESSAGE:
        if pattern.match(message):
            return DecodeFailure(reason, path)
    return DecodeFailure("invalid_value", path)
