"""What the guard holds back is not written, wherever on its way it is asked."""

import socket
import time

import pytest

from streams.producer import DELIVERY_MILLISECONDS, FlagsHeldError, Outgoing, RecordProducer
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.streams.wire import read_to_end, settings_for

pytestmark = pytest.mark.broker


class Guard:
    """Holds back from the given question on, counted from the last `opened`."""

    def __init__(self) -> None:
        self.asked = 0
        self.held_from: int | None = None

    def opened(self, held_from: int | None = None) -> None:
        self.asked, self.held_from = 0, held_from

    def __call__(self) -> None:
        self.asked += 1
        if self.held_from is not None and self.asked >= self.held_from:
            raise FlagsHeldError


def flag(topic: str, key: bytes, age: float = 0.0) -> Outgoing:
    return Outgoing(topic, key, b"value", timestamp=int((time.time() - age) * 1_000))


async def test_held_at_any_question_nothing_is_written_and_then_it_goes_on(broker: Broker) -> None:
    """1: before anything; 2: before the connection; 3: right before the request."""
    settings = settings_for(broker.bootstrap, "held-")
    await ensure_topics(settings)
    topic, guard = settings.topics.flagged_events, Guard()
    async with RecordProducer(settings.kafka, guard) as producer:
        for question in (1, 2, 3):
            guard.opened(held_from=question)
            with pytest.raises(FlagsHeldError):
                await producer.write([flag(topic, f"held-{question}".encode())])
            assert guard.asked == question
            guard.opened()
            assert await producer.write([flag(topic, f"sent-{question}".encode())]) == []
            assert guard.asked == 3
    keys = {record.key for record in await read_to_end(broker.bootstrap, topic)}
    assert keys == {b"sent-1", b"sent-2", b"sent-3"}


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="TCP_USER_TIMEOUT is Linux's")
async def test_the_kernel_gives_up_on_what_it_cannot_deliver(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "kernel-")
    await ensure_topics(settings)
    async with RecordProducer(settings.kafka, Guard()) as producer:
        await producer.write([flag(settings.topics.flagged_events, b"key")])
        client = producer._producer.client  # type: ignore[union-attr]
        limits = [
            connection._writer.get_extra_info("socket").getsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT
            )
            for connection in client._conns.values()
        ]
    assert DELIVERY_MILLISECONDS in limits


async def test_a_broker_refuses_flags_that_are_late(kafka: Broker) -> None:
    """Kafka's own limit (message.timestamp.before.max.ms); the next flag is written as ever."""
    settings = settings_for(kafka.bootstrap, "late-")
    await ensure_topics(settings)
    topic = settings.topics.flagged_events
    async with RecordProducer(settings.kafka, Guard()) as producer:
        for age in (6.0, -3.0):
            with pytest.raises(FlagsHeldError):
                await producer.write([flag(topic, b"late", age)])
            assert await producer.write([flag(topic, b"in time")]) == []
    assert {record.key for record in await read_to_end(kafka.bootstrap, topic)} == {b"in time"}
