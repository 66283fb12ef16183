"""Input written in transactions: what was taken back is not judged, gaps hold nothing up."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaProducer

from rig.kafka import KafkaCluster
from streams.topics import ensure_topics
from tests.agents.test_delivery import PARTITIONS, worker
from tests.streams.wire import DEADLINE, committed, read_to_end, read_until, reader, settings_for

pytestmark = pytest.mark.broker


async def write_in_transaction(
    producer: AIOKafkaProducer, topic: str, values: Sequence[bytes], *, abort: bool
) -> None:
    await producer.begin_transaction()
    for number, value in enumerate(values):
        await producer.send(topic, value, partition=number % PARTITIONS)
    await producer.flush()
    await (producer.abort_transaction() if abort else producer.commit_transaction())


async def test_what_a_transaction_took_back_is_not_judged(kafka: KafkaCluster) -> None:
    settings = settings_for(kafka.bootstrap, "transactions-")
    await ensure_topics(settings)
    topic = settings.topics.public_posts
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, transactional_id="transactions-feed"
    )
    kept = []
    async with producer:
        for round_ in range(3):
            taken_back = [f"taken back {round_} {number}".encode() for number in range(40)]
            await write_in_transaction(producer, topic, taken_back, abort=True)
            values = [f"kept {round_} {number}".encode() for number in range(40)]
            await write_in_transaction(producer, topic, values, abort=False)
            kept += values
    async with worker(settings, "transactions-"):
        async with reader(kafka.bootstrap, settings.topics.flagged_events) as flags:
            await read_until(flags, kept)
        # In each partition, six transactions of ten records and a marker: the last is a marker.
        done: dict[int, int] = {}
        async with asyncio.timeout(DEADLINE):
            while done != dict.fromkeys(range(PARTITIONS), 3 * 2 * 11 - 1):
                done = await committed(settings, PARTITIONS)
    written = await read_to_end(kafka.bootstrap, settings.topics.flagged_events)
    assert sorted(record.value for record in written) == sorted(kept)
