"""Where the output does not take more, the input waits: nothing is dropped, nothing piles up."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import pytest

from agents.screen import CONCURRENCY, attach
from config.settings import Settings
from rig.proxy import Proxy
from streams.app import BATCHES_PER_FETCH, STREAM_BUFFER_BATCHES, consumer_of, create_app
from streams.batch_transport import Batch
from streams.embedded import free_port
from streams.producer import Outgoing, RecordProducer
from streams.runner import serve
from streams.topics import ensure_topics
from tests.brokers import Broker, embedded
from tests.streams.wire import (
    DEADLINE,
    committed,
    read_until,
    reader,
    settings_for,
    write,
)

pytestmark = pytest.mark.broker
PARTITIONS = 4
A_BATCH = 10
MOST_IN_HAND = CONCURRENCY + STREAM_BUFFER_BATCHES + BATCHES_PER_FETCH
"""Batches with agents, in the queue before them, and of one fetch on their way into it."""


@contextlib.asynccontextmanager
async def passing_on(
    settings: Settings, output: Settings, pause: float
) -> AsyncIterator[Callable[[], int]]:
    """A worker's app whose agent writes every record, as it is, to `output`. Yields what tells how
    many batches are in hand."""
    begun = False
    stop = asyncio.Event()
    async with RecordProducer(output.kafka) as producer:

        async def handle(batch: Batch) -> None:
            nonlocal begun
            begun = True
            await asyncio.sleep(pause)
            topic = output.topics.flagged_events
            await producer.write([Outgoing(topic, b"k", r.value or b"") for r in batch.records])

        app = create_app(settings)
        attach(app, settings.topics.public_posts, handle)
        serving = asyncio.create_task(serve(app, stop, settings.kafka.drain_timeout))
        try:
            yield lambda: consumer_of(app).in_hand if begun else 0
        finally:
            stop.set()
            await serving


async def until(wanted: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            if await wanted():
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("trouble", ["refuses", "keeps silent"])
async def test_an_output_that_takes_nothing_stalls_the_input(
    broker: Broker, trouble: Literal["refuses", "keeps silent"]
) -> None:
    prefix = f"stall-{trouble.split()[0]}-"
    settings = settings_for(broker.bootstrap, prefix, batch_max_records=A_BATCH)
    await ensure_topics(settings)
    port = free_port()
    values = [f"post {number}".encode() for number in range(200 * A_BATCH)]
    with embedded(advertise=f"127.0.0.1:{port}") as away:
        proxy = Proxy(port, away.bootstrap)
        await proxy.mend()
        output = settings_for(f"127.0.0.1:{port}", prefix)
        await ensure_topics(output)
        async with passing_on(settings, output, 0.0) as in_hand:
            first = values[: 20 * A_BATCH]
            await write(broker.bootstrap, settings.topics.public_posts, first, PARTITIONS)
            await until(lambda: _committed_are(settings, len(first)))
            if trouble == "refuses":
                await proxy.cut()
            else:
                proxy.hold()
            rest = values[len(first) :]
            await write(broker.bootstrap, settings.topics.public_posts, rest, PARTITIONS)

            async def agents_are_full() -> bool:
                return in_hand() > CONCURRENCY

            await until(agents_are_full)
            # All that has come in since is in hand, and that has an end; the rest stays in Kafka.
            most = await _most(in_hand, seconds=2.0)
            assert CONCURRENCY < most <= MOST_IN_HAND < len(rest) // A_BATCH
            assert sum((await committed(settings, PARTITIONS)).values()) == len(first)

            if trouble == "refuses":
                await proxy.mend()
            else:
                proxy.release()
            async with reader(output.kafka.bootstrap, output.topics.flagged_events) as flags:
                await read_until(flags, values)
            await until(lambda: _committed_are(settings, len(values)))
        await proxy.cut()


async def test_a_slow_output_slows_the_input_and_loses_nothing(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "slow-", batch_max_records=A_BATCH)
    await ensure_topics(settings)
    values = [f"post {number}".encode() for number in range(100 * A_BATCH)]
    await write(broker.bootstrap, settings.topics.public_posts, values, PARTITIONS)
    async with passing_on(settings, settings, 0.2) as in_hand:
        async with reader(broker.bootstrap, settings.topics.flagged_events) as flags:
            reading = asyncio.create_task(read_until(flags, values))
            most = 0
            while not reading.done():
                most = max(most, in_hand())
                await asyncio.sleep(0.01)
            await reading
        assert CONCURRENCY < most <= MOST_IN_HAND
        await until(lambda: _committed_are(settings, len(values)))


async def _committed_are(settings: Settings, count: int) -> bool:
    return sum((await committed(settings, PARTITIONS)).values()) == count


async def _most(in_hand: Callable[[], int], seconds: float) -> int:
    """Looked at for a while: what would pile up does so at once, from memory."""
    most = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                most = max(most, in_hand())
                await asyncio.sleep(0.02)
    return most
