"""Reading and writing topics in tests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from config.settings import KafkaSettings, LogSettings, MetricsSettings, Settings, TopicSettings
from tests.streams.signed import own_signing

DEADLINE = 60.0
SESSION_TIMEOUT = 2.0
"""Seconds; short, so that a killed member of a group is missed soon."""


def settings_for(bootstrap: str, prefix: str = "", **kafka: Any) -> Settings:
    """Settings for an embedded broker; `prefix` gives a test topics of its own."""
    names = {name: f"{prefix}{topic}" for name, topic in _topic_names().items()}
    return Settings(
        kafka=KafkaSettings(
            bootstrap=bootstrap,
            **{
                "session_timeout": SESSION_TIMEOUT,
                "group": f"{prefix}netral-screen",
                "batch_max_records": 100,  # so that a few thousand records are many batches
                **kafka,
            },
        ),
        topics=TopicSettings.model_validate(names),
        signing=own_signing(),
        metrics=MetricsSettings(port=0),
        log=LogSettings(),
    )


def _topic_names() -> dict[str, str]:
    return {
        name: value
        for name, value in TopicSettings().model_dump().items()
        if isinstance(value, str)
    }


async def write(bootstrap: str, topic: str, values: Sequence[bytes], partitions: int = 1) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        sent = [
            await producer.send(topic, value, partition=index % partitions)
            for index, value in enumerate(values)
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


@contextlib.asynccontextmanager
async def reader(bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of every record of a topic, from the beginning."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def read_until(consumer: AIOKafkaConsumer, wanted: Iterable[bytes]) -> list[Any]:
    """Records read up to the moment when each wanted value was there at least once."""
    missing = set(wanted)
    records: list[Any] = []
    async with asyncio.timeout(DEADLINE):
        while missing:
            for fetched in (await consumer.getmany(timeout_ms=200)).values():
                records += fetched
                missing -= {record.value for record in fetched}
    return records


async def read_to_end(bootstrap: str, topic: str) -> list[Any]:
    """Every record that is in a topic now."""
    records: list[Any] = []
    async with reader(bootstrap, topic) as consumer, asyncio.timeout(DEADLINE):
        partitions = list(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for fetched in (await consumer.getmany(timeout_ms=200)).values():
                records += fetched
    return records


async def committed(settings: Settings, partitions: int) -> dict[int, int]:
    """What the group has committed of the public posts; partitions without are left out."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka.bootstrap,
        group_id=settings.kafka.group,
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        found = {
            number: await consumer.committed(TopicPartition(settings.topics.public_posts, number))
            for number in range(partitions)
        }
    finally:
        await consumer.stop()
    return {number: offset for number, offset in found.items() if offset}
