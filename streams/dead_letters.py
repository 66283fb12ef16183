"""Where a bad record lies, without what it said."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from streams.codec import DecodeFailure
from streams.records import DeadLetter

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ReceivedRecord(Protocol):
    """What is read of a record that came from a broker; aiokafka's `ConsumerRecord` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int:
        """Broker timestamp, milliseconds since 1970; -1 for none."""

    @property
    def value(self) -> bytes | None: ...


def dead_letter(record: ReceivedRecord, failure: DecodeFailure) -> DeadLetter:
    """Describe a refused record: reason, path, position, hash and broker time; no payload."""
    return DeadLetter(
        reason=failure.reason,
        path=failure.path,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        sha256=sha256(record.value or b"").hexdigest(),
        at=_EPOCH + timedelta(milliseconds=max(record.timestamp, 0)),
    )


def dead_letter_key(letter: DeadLetter) -> bytes:
    """The record's key: `topic:partition:offset`, so that a repeat overwrites itself."""
    return f"{letter.topic}:{letter.partition}:{letter.offset}".encode()
