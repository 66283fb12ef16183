"""`netral skip`: free a partition from a record that stops every worker which judges it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.context import invocation, run_quietly
from config.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiokafka import AIOKafkaConsumer

    from agents.envelopes import Envelopes
    from cli.lists_now import ListsNow
    from cli.rejudge import Judged, Writers
    from cli.spans import Place
    from config.settings import Settings

MAX_REASON: Final = 200
"""Characters of a reason."""

SHARED_CHARACTERS: Final = 12
"""A reason that has so many characters in a row in common with the record may quote it."""


def skip(
    ctx: typer.Context,
    place: Annotated[str, typer.Argument(metavar="TOPIC:PARTITION:OFFSET", help="The record.")],
    reason: Annotated[
        str, typer.Option(help="Why, in your words; kept on record. Nothing of the post.")
    ],
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
) -> None:
    """Let one record of the public posts go, unjudged, with a reason on record.

    Stop the workers of the group first: while it has members, nothing is changed and the exit code
    is 75. What the group has not committed before that record is judged as a worker judges it, so
    that the one record is all that is passed over; then it gets a dead letter `skipped`, and the
    group's offset moves behind it. `netral dead-letters replay` judges it once the cause is mended.
    """
    from cli.spans import parse_place

    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    where = parse_place(place)
    _check(where, reason, settings)
    judged, flags = run_quietly(_skip(settings, where, reason))
    typer.echo(
        f"{where} is skipped; {judged:,} records before it were judged, {flags:,} flags written. "
        "Start the workers again."
    )


def _check(place: "Place", reason: str, settings: "Settings") -> None:
    if place.topic != settings.topics.public_posts:
        raise InputError(
            f"{place} is not in {settings.topics.public_posts}, the topic that the group reads."
        )
    if not reason.strip() or len(reason) > MAX_REASON or not reason.isprintable():
        raise InputError(
            f"--reason must be one line of 1 to {MAX_REASON} printable characters. Name the cause "
            "or a ticket, not what the post says."
        )


def refuse_quotation(reason: str, value: bytes) -> None:
    """Raises InputError where the reason has much in common with the record (invariant 02)."""
    said, record = reason.casefold(), value.decode(errors="replace").casefold()
    for start in range(len(said) - SHARED_CHARACTERS + 1):
        if said[start : start + SHARED_CHARACTERS] in record:
            raise InputError(
                f"--reason repeats {SHARED_CHARACTERS} characters or more of the record, and dead "
                "letters hold nothing of a post. Name the cause or a ticket."
            )


async def _skip(settings: "Settings", place: "Place", reason: str) -> tuple[int, int]:
    """Returns how many records before it were judged, and how many flags were written."""
    from aiokafka import TopicPartition
    from aiokafka.errors import KafkaError

    from agents.envelopes import SKIP_REASON, Envelopes
    from cli.group_offsets import open_group
    from cli.lists_now import ENGINE_VERSION, lists_now
    from cli.rejudge import open_writers, write_letters
    from cli.span_reader import read_at
    from cli.topic_reader import open_topic
    from config.errors import BrokerError
    from streams.codec import DecodeFailure

    envelopes = Envelopes(settings.topics, ENGINE_VERSION)
    try:
        async with (
            open_group(settings.kafka, TopicPartition(place.topic, place.partition)) as group,
            open_topic(settings.kafka, place.topic, from_start=True) as consumer,
            lists_now(settings) as lists,
            open_writers(settings, lists) as writers,
        ):
            await group.refuse_members()
            record = await read_at(consumer, place)
            if record is None:
                raise InputError(f"{place} holds no record (any more). Nothing was changed.")
            refuse_quotation(reason, record.value or b"")
            committed = await group.committed()
            if committed is not None and committed > place.offset:
                raise InputError(
                    f"the group reads on at {committed}, behind {place}: there is nothing to skip."
                )
            before = _Before(settings, lists, writers, envelopes)
            await before.judge(consumer, place, committed)
            await group.refuse_members()
            letter = envelopes.letter(
                record, DecodeFailure("skipped"), [(SKIP_REASON, reason.encode())]
            )
            await write_letters([letter], writers)
            await group.move_to(place.offset + 1)
    except KafkaError as error:
        raise BrokerError(
            f"the broker at {settings.kafka.bootstrap} cannot be used ({type(error).__name__}), "
            "and the offset was not moved. Skip again when it is back."
        ) from None
    return before.records, before.flags


class _Before:
    """Does a worker's work up to the record: judged, flags and dead letters acknowledged."""

    def __init__(
        self,
        settings: "Settings",
        lists: "ListsNow",
        writers: "Writers",
        envelopes: "Envelopes",
    ) -> None:
        self._max_bytes = settings.kafka.message_max_bytes
        self._lists = lists
        self._writers = writers
        self._envelopes = envelopes
        self.records = self.flags = 0

    async def judge(
        self, consumer: "AIOKafkaConsumer", place: "Place", committed: int | None
    ) -> None:
        """Raises InputError where another record on the way raises, too."""
        from cli.rejudge import judge
        from cli.span_reader import read_span, resolve
        from cli.spans import Span

        span = Span({place.partition: committed or 0}, {place.partition: place.offset})
        async for records in read_span(consumer, span, await resolve(consumer, span)):
            await self._write(judge(records, self._lists.stages, self._max_bytes))

    async def _write(self, judged: "Sequence[Judged]") -> None:
        from cli.rejudge import NewFlag, place_of, told, write_flags, write_letters

        for each in judged:
            if each.defect is not None:
                raise InputError(
                    f"{place_of(each.record)}, before it, stops workers, too "
                    f"({told(each.defect)}). Skip that one first."
                )
        flags = [
            NewFlag(each.record, flag)
            for each in judged
            for flag in (each.outcome.flags if each.outcome is not None else ())
        ]
        letters = [
            self._envelopes.letter(each.record, each.failure)
            for each in judged
            if each.failure is not None
        ]
        written, _ = await write_flags(flags, self._lists, self._writers, self._envelopes)
        await write_letters(letters, self._writers)
        self.records += len(judged)
        self.flags += written
