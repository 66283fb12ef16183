"""The overlay hands over every record, in order, before it says that it has caught up."""

import asyncio
from pathlib import Path
from time import perf_counter

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from config.errors import BrokerError
from rig.ports import stable_port
from streams.overlay import OverlayService
from streams.topics import ensure_topics, overlay_topics
from tests.brokers import Broker, Kind, own_broker
from tests.streams.wire import DEADLINE, Proxy, settings_for, write

pytestmark = pytest.mark.broker


class Seen:
    """What was handed over, and a way to wait for it."""

    def __init__(self) -> None:
        self.records: list[tuple[str, int, bytes | None]] = []
        self._changed = asyncio.Event()

    def __call__(self, topic: str, offset: int, value: bytes | None) -> None:
        self.records.append((topic, offset, value))
        self._changed.set()

    def of(self, topic: str) -> list[bytes | None]:
        return [value for name, _, value in self.records if name == topic]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE):
            while len(self.records) < count:
                self._changed.clear()
                await self._changed.wait()


def overlay(bootstrap: str, topics: tuple[str, ...], seen: Seen, **more: object) -> OverlayService:
    return OverlayService(
        bootstrap=bootstrap,
        topics=topics,
        apply=seen,
        max_bytes=1 << 20,
        **more,  # type: ignore[arg-type]
    )


async def test_caught_up_means_everything_was_handed_over_in_order(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "caught-")
    await ensure_topics(settings)
    topics = overlay_topics(settings)
    values = [f"{number}".encode() for number in range(3_000)]
    await write(broker.bootstrap, topics[0], values)
    await write(broker.bootstrap, topics[2], [b"stop"])
    seen = Seen()
    service = overlay(broker.bootstrap, topics, seen)
    async with service:
        assert service.caught_up
        assert seen.of(topics[0]) == values
        assert [offset for name, offset, _ in seen.records if name == topics[0]] == list(
            range(3_000)
        )
        assert seen.of(topics[2]) == [b"stop"]
        await write(broker.bootstrap, topics[1], [b"live"])
        await seen.until(3_002)
        assert seen.of(topics[1]) == [b"live"]


async def test_a_crowd_of_records_leaves_everybody_their_turn(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "crowd-")
    await ensure_topics(settings)
    topics = overlay_topics(settings)
    await write(broker.bootstrap, topics[0], [b"x"] * 3_000)
    handed = 0

    def apply(_topic: str, _offset: int, _value: bytes | None) -> None:
        nonlocal handed
        handed += 1
        until = perf_counter() + 0.0005  # a second and a half for all of them
        while perf_counter() < until:
            pass

    service = OverlayService(
        bootstrap=broker.bootstrap, topics=topics, apply=apply, max_bytes=1 << 20
    )
    starting = asyncio.create_task(service.start())
    longest, last = 0.0, perf_counter()
    async with asyncio.timeout(DEADLINE):
        while not starting.done():
            await asyncio.sleep(0)
            now = perf_counter()
            longest, last = max(longest, now - last), now
    await service.stop()
    assert handed == 3_000
    assert longest < 0.3


async def test_a_service_made_anew_goes_on_where_the_last_one_stopped(
    broker: Broker,
) -> None:
    settings = settings_for(broker.bootstrap, "anew-")
    await ensure_topics(settings)
    topics = overlay_topics(settings)
    positions: dict[str, int] = {}
    seen = Seen()
    await write(broker.bootstrap, topics[0], [b"a", b"b"])
    async with overlay(broker.bootstrap, topics, seen, positions=positions):
        pass
    await write(broker.bootstrap, topics[0], [b"c"])
    async with overlay(broker.bootstrap, topics, seen, positions=positions):
        pass
    assert seen.of(topics[0]) == [b"a", b"b", b"c"]


async def test_a_topic_made_anew_is_read_from_its_beginning(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "again-")
    await ensure_topics(settings)
    topics = overlay_topics(settings)
    seen = Seen()
    await write(broker.bootstrap, topics[0], [b"old"] * 5)
    async with overlay(broker.bootstrap, topics, seen):
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await admin.start()
        await admin.delete_topics([topics[0]])
        await admin.close()
        await ensure_topics(settings)
        await write(broker.bootstrap, topics[0], [b"new"])
        await seen.until(6)
    assert seen.of(topics[0])[-1] == b"new"


async def test_a_broker_that_goes_away_is_survived(broker_kind: Kind, tmp_path: Path) -> None:
    port = stable_port()
    with own_broker(broker_kind, tmp_path, f"127.0.0.1:{port}") as broker:
        proxy = Proxy(port, broker.bootstrap)
        await proxy.mend()
        settings = settings_for(f"127.0.0.1:{port}")
        await ensure_topics(settings)
        topics = overlay_topics(settings)
        await write(settings.kafka.bootstrap, topics[0], [b"before"])
        await proxy.cut()
        seen = Seen()
        service = overlay(settings.kafka.bootstrap, topics, seen)
        starting = asyncio.create_task(service.start())
        await asyncio.sleep(0.5)  # the absence at the start
        assert not starting.done()
        assert not service.caught_up
        await proxy.mend()
        async with asyncio.timeout(DEADLINE):
            await starting
        assert seen.of(topics[0]) == [b"before"]
        await proxy.cut()
        await asyncio.sleep(0.5)  # and again in the midst of it
        await proxy.mend()
        await write(settings.kafka.bootstrap, topics[0], [b"after"])
        await seen.until(2)
        assert seen.of(topics[0]) == [b"before", b"after"]
        await service.stop()
        await proxy.cut()


async def test_a_list_topic_with_two_partitions_is_refused(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "wide-")
    await ensure_topics(settings)
    with pytest.raises(BrokerError, match="need exactly one"):
        await overlay(broker.bootstrap, (settings.topics.public_posts,), Seen()).start()
