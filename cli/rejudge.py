"""Judging records again in place: the worker's decoder, matchers and envelopes, without its loop.

Here an exception in the matchers does not end the run, because to find the record that raises it
is one of the uses: the record is named, with the exception's type and place, and the rest goes on.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from agents.envelopes import Envelopes
from cli.lists_now import ListsNow
from config.errors import BrokerError
from config.settings import Settings
from matchers.screening import Stages, screen
from matchers.types import Outcome
from streams.codec import DecodeFailure, decode_post
from streams.dead_letters import ReceivedRecord
from streams.logs import describe
from streams.producer import FlagsHeldError, Outgoing, RecordProducer
from streams.records import FlaggedEvent

CHUNK: Final = 500
"""Flags that go out on one look at the control topic: well under a second's work."""
MOST_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """One record and what became of it. `failure`: it is refused, and the outcome `invalid`.
    `defect`: our code raised on it, as in a log line; then there is no outcome."""

    record: ReceivedRecord
    outcome: Outcome | None = None
    failure: DecodeFailure | None = None
    defect: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewFlag:
    """A flag, and the record that it is about."""

    record: ReceivedRecord
    flag: FlaggedEvent


def judge(records: Sequence[ReceivedRecord], stages: Stages, max_bytes: int) -> list[Judged]:
    """One result a record, in order. A record that our code raises on holds up no other."""
    try:
        decoded = [decode_post(record.value, max_bytes) for record in records]
        posts = [None if isinstance(post, DecodeFailure) else post for post in decoded]
        outcomes = screen(posts, stages)
    except Exception as error:  # noqa: BLE001 - it is told, and the command's exit code is 70
        defect = describe(error)
    else:
        return [
            Judged(record, outcome, post if isinstance(post, DecodeFailure) else None)
            for record, outcome, post in zip(records, outcomes, decoded, strict=True)
        ]
    if len(records) == 1:
        return [Judged(records[0], defect=defect)]
    return [each for record in records for each in judge([record], stages, max_bytes)]


def place_of(record: ReceivedRecord) -> str:
    """`topic:partition:offset`."""
    return f"{record.topic}:{record.partition}:{record.offset}"


def told(defect: dict[str, Any]) -> str:
    """A defect for a person: exception types and the innermost place in our code."""
    frames = defect["frames"]
    return ", ".join(defect["errors"]) + (f" at {frames[-1]}" if frames else "")


class Writers(NamedTuple):
    """Flags are held back by the stop switch on their way, as a worker's are; dead letters not."""

    flags: RecordProducer
    letters: RecordProducer


@asynccontextmanager
async def open_writers(settings: Settings, lists: ListsNow) -> AsyncIterator[Writers]:
    """Connected producers. Raises KafkaError where the broker is away."""
    async with (
        RecordProducer(settings.kafka, lists.switch.guard) as flags,
        RecordProducer(settings.kafka) as letters,
    ):
        yield Writers(flags, letters)


async def write_flags(
    flags: Sequence[NewFlag],
    lists: ListsNow,
    writers: Writers,
    envelopes: Envelopes,
) -> tuple[int, int]:
    """Write flags, and a dead letter for one that the brokers refuse as too large.

    Returns how many flags and dead letters there are more now. Raises StoppedError, before the
    next chunk, as soon as flagging is stopped; BrokerError where it cannot be known; KafkaError.
    """
    written = letters = 0
    for start in range(0, len(flags), CHUNK):
        chunk = flags[start : start + CHUNK]
        refused = await _write_while_allowed(chunk, lists, writers.flags, envelopes)
        unwritable = [
            envelopes.letter(chunk[index].record, DecodeFailure("unwritable")) for index in refused
        ]
        await write_letters(unwritable, writers)
        written += len(chunk) - len(refused)
        letters += len(refused)
    return written, letters


async def _write_while_allowed(
    chunk: Sequence[NewFlag], lists: ListsNow, producer: RecordProducer, envelopes: Envelopes
) -> list[int]:
    """Which of them are too large. What is held back on its way is allowed anew and sent again."""
    for _ in range(MOST_TRIES):
        await lists.confirm_not_stopped()
        at = lists.switch.wall_time
        try:
            return await producer.write([envelopes.flag(new.record, new.flag, at) for new in chunk])
        except FlagsHeldError:
            continue
    raise BrokerError(
        f"flags were held back {MOST_TRIES} times: it could not be known for long enough that "
        "flagging is not stopped. Check that this machine's clock is the brokers', and that they "
        "answer within a second."
    )


async def write_letters(letters: Sequence[Outgoing], writers: Writers) -> None:
    """Write dead letters: they hold nothing of a post, and go out also while flagging is stopped.

    Raises KafkaError.
    """
    if letters:
        await writers.letters.write(letters)
