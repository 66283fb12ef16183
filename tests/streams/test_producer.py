"""What is written is acknowledged; what is too large is named, and holds nothing up."""

import asyncio
from pathlib import Path

import pytest

from rig.ports import stable_port
from rig.proxy import Proxy
from streams.producer import Outgoing, RecordProducer
from streams.topics import ensure_topics
from tests.brokers import Broker, Kind, own_broker
from tests.streams.wire import read_to_end, settings_for

pytestmark = pytest.mark.broker


async def test_records_arrive_with_key_headers_and_time(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "wrote-")
    await ensure_topics(settings)
    topic = settings.topics.dead_letters  # that of flags takes no old ones
    async with RecordProducer(settings.kafka) as producer:
        record = Outgoing(topic, b"key", b"value", (("engine-version", b"1"),), 1_700_000_000_000)
        assert await producer.write([record]) == []
    (arrived,) = await read_to_end(broker.bootstrap, topic)
    assert (arrived.key, arrived.value) == (b"key", b"value")
    assert arrived.headers == (("engine-version", b"1"),)
    assert arrived.timestamp == 1_700_000_000_000


async def test_a_record_over_the_limit_is_named_and_the_rest_written(
    broker: Broker,
) -> None:
    settings = settings_for(broker.bootstrap, "large-", message_max_bytes=10_000)
    await ensure_topics(settings)
    topic = settings.topics.flagged_events
    async with RecordProducer(settings.kafka) as producer:
        large = Outgoing(topic, b"large", b"x" * 200_000)
        small = Outgoing(topic, b"small", b"y")
        assert await producer.write([small, large, small]) == [1]
    assert [record.key for record in await read_to_end(broker.bootstrap, topic)] == [b"small"] * 2


async def test_outside_its_block_it_refuses(broker: Broker) -> None:
    producer = RecordProducer(settings_for(broker.bootstrap).kafka)
    with pytest.raises(RuntimeError, match="outside its 'async with' block"):
        await producer.write([Outgoing("t", b"k", b"v")])


async def test_leaving_does_not_wait_for_a_broker_that_is_away(
    broker_kind: Kind, tmp_path: Path
) -> None:
    port = stable_port()
    with own_broker(broker_kind, tmp_path, f"127.0.0.1:{port}") as broker:
        proxy = Proxy(port, broker.bootstrap)
        await proxy.mend()
        settings = settings_for(f"127.0.0.1:{port}", "left-")
        await ensure_topics(settings)
        record = Outgoing(settings.topics.flagged_events, b"key", b"value")
        producer = RecordProducer(settings.kafka)
        await producer.__aenter__()
        assert await producer.write([record]) == []
        await proxy.cut()
        writing = asyncio.create_task(producer.write([record]))
        await asyncio.wait({writing}, timeout=0.5)
        assert not writing.done()
        async with asyncio.timeout(15.0):  # aiokafka alone would try for 40
            await producer.__aexit__(None, None, None)
        writing.cancel()
        await asyncio.wait({writing})
        await proxy.close()
