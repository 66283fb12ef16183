"""`DeadLetter`: where a bad record lies and why it was refused. Never what it said."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.records.limits import Instant, Label, Sha256

DeadLetterReason = Literal[
    "null_value",
    "too_large",
    "invalid_utf8",
    "malformed_json",
    "too_deep",
    "wrong_type",
    "missing_field",
    "over_limit",
    "invalid_value",
    "unknown_schema",
    "unknown_platform",
    "unknown_action",
    "naive_time",
    "from_the_future",
    "unwritable",
    "skipped",
]


class DeadLetter(Struct, frozen=True, kw_only=True):
    """One event of the topic `dead-letters` (key: `topic:partition:offset`).

    `path` is a JSON path of our own schema, such as `$.actor.handle`; `sha256` is of the raw
    value's bytes (of nothing for a null value); `at` is the refused record's broker timestamp.
    """

    schema: Literal[1] = 1
    reason: DeadLetterReason
    path: Label
    topic: Label
    partition: Annotated[int, Meta(ge=0)]
    offset: Annotated[int, Meta(ge=0)]
    sha256: Sha256
    at: Instant
