"""`ControlRecord`: the stop switch of all flagging."""

from typing import Literal

from msgspec import Struct

from streams.records.limits import Instant, Label, Note, Sequence


class ControlRecord(Struct, frozen=True, kw_only=True):
    """One record of `netral-control`; the highest `sequence` read so far is in force."""

    schema: Literal[1]
    sequence: Sequence
    action: Literal["stop", "resume"]
    reason: Note
    by: Label
    at: Instant
