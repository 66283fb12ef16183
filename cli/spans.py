"""Places and spans of a topic as they are written on the command line."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from config.errors import InputError

_PLACE = re.compile(r"([A-Za-z0-9._-]+):([0-9]{1,9}):([0-9]{1,18})")
_OFFSETS = re.compile(r"[0-9]{1,9}:[0-9]{1,18}(,[0-9]{1,9}:[0-9]{1,18})*")

Bound = datetime | dict[int, int]
"""An instant with zone, or an offset for each partition."""


class Place(NamedTuple):
    """One record: `topic:partition:offset`."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return ":".join(map(str, self))


@dataclass(frozen=True, slots=True)
class Span:
    """`start` inclusive, `end` exclusive; `end` None is the end of the topic."""

    start: Bound
    end: Bound | None

    def holds(self, timestamp: int) -> bool:
        """Whether a record with this timestamp (milliseconds since 1970) can lie in the span."""
        if isinstance(self.start, datetime) and timestamp < _milliseconds(self.start):
            return False
        return not (isinstance(self.end, datetime) and timestamp >= _milliseconds(self.end))

    @property
    def start_milliseconds(self) -> int | None:
        """Where `start` is an instant."""
        return _milliseconds(self.start) if isinstance(self.start, datetime) else None


def parse_place(text: str) -> Place:
    """Read `TOPIC:PARTITION:OFFSET`. Raises InputError."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise InputError(
            f"{text!r} is no place of a record. Write TOPIC:PARTITION:OFFSET, for example "
            "public-posts:2:1041."
        )
    return Place(match[1], int(match[2]), int(match[3]))


def parse_span(start: str, end: str | None) -> Span:
    """Read the two ends of a span. Raises InputError where they do not make one."""
    span = Span(_bound("--from", start), None if end is None else _bound("--to", end))
    if isinstance(span.start, dict) and isinstance(span.end, dict):
        if span.start.keys() != span.end.keys():
            raise InputError("--from and --to name different partitions. Name the same in both.")
        empty = any(span.start[each] >= span.end[each] for each in span.start)
    else:
        empty = (
            isinstance(span.start, datetime)
            and isinstance(span.end, datetime)
            and span.start >= span.end
        )
    if empty:
        raise InputError("the span is empty: --to is not after --from.")
    return span


def _bound(option: str, text: str) -> Bound:
    if _OFFSETS.fullmatch(text):
        offsets: dict[int, int] = {}
        for part in text.split(","):
            partition, _, offset = part.partition(":")
            if int(partition) in offsets:
                raise InputError(f"{option} names partition {partition} twice. Name it once.")
            offsets[int(partition)] = int(offset)
        return offsets
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputError(
            f"{option} {text!r} is neither offsets nor an instant with its zone. Write "
            "PARTITION:OFFSET,… or, for example, 2024-10-10T08:00:00+07:00."
        )
    return instant


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000)
