"""Reading and writing topics in tests, and a proxy that plays a broker going away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from config.settings import KafkaSettings, LogSettings, MetricsSettings, Settings, TopicSettings

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


class Proxy:
    """Stands between clients and a broker. While cut, its port refuses connections; while held,
    it keeps what it is sent."""

    def __init__(self, port: int, target: str) -> None:
        self._port = port
        host, _, number = target.rpartition(":")
        self._target = (host, int(number))
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passes = asyncio.Event()
        self._passes.set()

    async def hold(self) -> None:
        self._passes.clear()

    async def release(self) -> None:
        self._passes.set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            onward_reader, onward = await asyncio.open_connection(*self._target)
            self._writers.add(onward)
            await asyncio.gather(self._copy(reader, onward), self._copy(onward_reader, writer))
            self._writers.discard(onward)
        except OSError:
            writer.transport.abort()
        finally:
            self._writers.discard(writer)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
