"""Reading a topic for a person or a script: every partition, no consumer group, no commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from config.errors import BrokerError
from config.settings import KafkaSettings
from streams.access import Right
from streams.broker import unusable
from streams.connection import connection

POLL_SECONDS: Final = 0.25
ASSIGNMENT_TIMEOUT: Final = 10.0
"""Seconds."""


@asynccontextmanager
async def open_topic(
    kafka: KafkaSettings, topic: str, *, from_start: bool
) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of all partitions that the topic has now. Raises BrokerError."""
    consumer = AIOKafkaConsumer(
        **connection(kafka),
        group_id=None,
        enable_auto_commit=False,
        # What aiokafka does by itself meanwhile must not undo the seek below: it loses the race on
        # a busy machine, and the topic would look empty.
        auto_offset_reset="earliest" if from_start else "latest",
        fetch_max_wait_ms=int(POLL_SECONDS * 1_000),
        max_partition_fetch_bytes=kafka.message_max_bytes,
    )
    try:
        await consumer.start()
        # Asking for a topic by name may make it; asking for all of them does not.
        if topic not in await consumer.topics():
            raise BrokerError(
                f"the broker at {kafka.bootstrap} has no topic {topic}, or does not show it to us. "
                "Start a worker first, it makes the topics, or set another name under [topics]; "
                f"where it is there, 'netral kafka acls' prints what grants Read on topic {topic}."
            )
        consumer.subscribe([topic])
        await _until_assigned(consumer, kafka, topic)
        await (consumer.seek_to_beginning() if from_start else consumer.seek_to_end())
        yield consumer
    except KafkaError as error:
        raise await unusable(error, kafka, [Right("Read", "topic", topic)]) from None
    finally:
        await consumer.stop()


async def _until_assigned(consumer: AIOKafkaConsumer, kafka: KafkaSettings, topic: str) -> None:
    """Wait for the topic's partitions: Kafka needs a moment, above all for a new topic."""
    try:
        async with asyncio.timeout(ASSIGNMENT_TIMEOUT):
            while not consumer.assignment():  # noqa: ASYNC110 - aiokafka has no event for it
                await asyncio.sleep(POLL_SECONDS / 10)
    except TimeoutError:
        raise BrokerError(
            f"the broker at {kafka.bootstrap} did not say within {ASSIGNMENT_TIMEOUT:.0f} s which "
            f"partitions {topic} has. Check the broker's log."
        ) from None


async def read_records(
    consumer: AIOKafkaConsumer,
    *,
    idle_exit: float | None = None,
    until: asyncio.Event | None = None,
) -> AsyncIterator[ConsumerRecord]:
    """Records as they come. Ends once nothing came for `idle_exit` seconds (None: never), or at
    the end of the topic once `until` is set."""
    last = monotonic()
    while idle_exit is None or monotonic() - last < idle_exit:
        ending = until is not None and until.is_set()
        fetched = await consumer.getmany(timeout_ms=int(POLL_SECONDS * 1_000))
        for records in fetched.values():
            for record in records:
                yield record
        if fetched:
            last = monotonic()
        elif ending and await _at_end(consumer):
            return


async def read_to_end(consumer: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    """Records up to what is there now."""
    now = asyncio.Event()
    now.set()
    async for record in read_records(consumer, until=now):
        yield record


async def _at_end(consumer: AIOKafkaConsumer) -> bool:
    """The end is the greater of the end offset and the high watermark of the last fetch: the
    embedded broker's end offsets alone may be low."""
    ends = await consumer.end_offsets(consumer.assignment())
    for partition, end in ends.items():
        if await consumer.position(partition) < max(end, consumer.highwater(partition) or 0):
            return False
    return True
