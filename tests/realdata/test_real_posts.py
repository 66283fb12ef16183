"""35,950 real posts through a broker and a real worker; the answer, byte for byte, is known.

The reference judges one event at a time with full scans. What the worker flags must equal it flag
for flag and byte for byte, also when it is killed ten times on the way.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from cli.demo_worker import WorkerProcess, worker_process
from cli.post_sender import send_all
from config.settings import MetricsSettings, Settings
from matchers.screening import screen
from matchers.types import DISPOSITIONS, Outcome
from streams.codec import encode
from streams.embedded import free_port
from streams.records import ControlRecord, PublicPost
from streams.topics import ensure_topics
from synth.bad_records import BAD_RECORDS
from tests.brokers import Broker
from tests.realdata.scene import Scene, set_scene
from tests.reference.slow_screen import slow_screen
from tests.streams.signed import write_signed
from tests.streams.wire import reader, settings_for

Part = TypeVar("Part")

pytestmark = [pytest.mark.shared, pytest.mark.broker]

DEADLINE = 180.0
KILLS = 10
LEAST_FLAGS_A_RULE = 10
STOPPED = 500


@pytest.fixture(scope="module")
def scene(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return set_scene(shared, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def values(scene: Scene) -> list[bytes]:
    return [encode(post) for post in scene.posts]


@pytest.fixture(scope="module")
def outcomes(scene: Scene) -> list[Outcome]:
    """The reference's answer to every post."""
    slow = scene.slow_stages()
    return [slow_screen(post, slow) for post in scene.posts]


async def test_what_comes_out_equals_the_slow_reference(
    scene: Scene,
    values: list[bytes],
    outcomes: list[Outcome],
    fresh_broker: Broker,
    tmp_path: Path,
) -> None:
    expected = {flag.flag_id: encode(flag) for outcome in outcomes for flag in outcome.flags}
    bad = [record.spoil(orjson.loads(values[0])) for record in BAD_RECORDS]
    dispositions = Counter(outcome.disposition for outcome in outcomes)
    dispositions.update(invalid=len(bad), stopped=STOPPED)

    settings = _settings(scene, fresh_broker)
    await ensure_topics(settings)
    with worker_process(settings, tmp_path) as worker:
        await worker.wait_until_ready()
        await send_all([*values, *bad], settings)
        await _until_judged(worker, len(values) + len(bad))
        await _stop_flagging(settings, worker)
        public = [
            value for post, value in zip(scene.posts, values, strict=True) if _is_public(post)
        ]
        await send_all(public[:STOPPED], settings)
        counts = await _until_judged(worker, len(values) + len(bad) + STOPPED)

    assert {name: counts[name] for name in DISPOSITIONS} == {
        name: dispositions[name] for name in DISPOSITIONS
    }
    assert all(dispositions[name] for name in DISPOSITIONS)

    flags = await _flags(settings)
    assert set(flags) == set(expected)
    differing = [flag_id for flag_id, seen in flags.items() if seen != {expected[flag_id]}]
    assert not differing

    rules = Counter(
        rule.code for outcome in outcomes for flag in outcome.flags for rule in flag.rules
    )
    observable = [rule.code for rule in scene.stages().rulebook.rules if rule.observable]
    assert not {code for code in observable if rules[code] < LEAST_FLAGS_A_RULE}, rules


async def test_killed_ten_times_the_same_flags_come_out(
    scene: Scene, values: list[bytes], fresh_broker: Broker, tmp_path: Path
) -> None:
    """Paced: each life of the worker gets the next part of the stream and dies in the midst."""
    settings = _settings(scene, fresh_broker)
    await ensure_topics(settings)
    answers = [
        {flag.flag_id: encode(flag) for outcome in part for flag in outcome.flags}
        for part in _parts(screen(scene.posts, scene.stages()), KILLS + 1)
    ]
    expected = {flag_id: value for part in answers for flag_id, value in part.items()}
    parts = _parts(values, KILLS + 1)
    chance = random.Random(20)
    async with reader(fresh_broker.bootstrap, settings.topics.flagged_events) as consumer:
        seen: dict[str, set[bytes]] = {}
        for part, answer in zip(parts[:-1], answers, strict=False):
            with worker_process(settings, tmp_path) as worker:
                sending = asyncio.create_task(send_all(part, settings))
                await _collect(consumer, seen, len(seen) + chance.randint(1, len(answer)))
                worker.process.kill()
                worker.process.wait()
                await sending
        await send_all(parts[-1], settings)
        with worker_process(settings, tmp_path):
            await _collect(consumer, seen, len(expected))
    assert seen == {flag_id: {value} for flag_id, value in expected.items()}


def _settings(scene: Scene, broker: Broker) -> Settings:
    settings = scene.settings(settings_for(broker.bootstrap))
    return settings.model_copy(update={"metrics": MetricsSettings(port=free_port())})


def _is_public(post: PublicPost) -> bool:
    return post.visibility == "public"


def _parts(values: Sequence[Part], count: int) -> list[Sequence[Part]]:
    size = -(-len(values) // count)
    return [values[start : start + size] for start in range(0, len(values), size)]


async def _until_judged(worker: WorkerProcess, total: int) -> dict[str, int]:
    """The worker's dispositions once they add up to `total`."""
    async with asyncio.timeout(DEADLINE):
        while True:
            worker.check_alive()
            counts = await worker.metric("netral_dispositions_total", "disposition")
            if sum(counts.values()) >= total:
                return counts
            await asyncio.sleep(0.05)


async def _stop_flagging(settings: Settings, worker: WorkerProcess) -> None:
    record = ControlRecord(
        schema=1, sequence=1, action="stop", reason="test", by="test", at=datetime.now(UTC)
    )
    await write_signed(settings, settings.topics.control, record)
    async with asyncio.timeout(DEADLINE):
        while await worker.metric("netral_stopped") != {"": 1}:
            worker.check_alive()
            await asyncio.sleep(0.05)


async def _flags(settings: Settings) -> dict[str, set[bytes]]:
    """Every flagged event that is in the topic now, by id: all the values it came with."""
    flags: dict[str, set[bytes]] = {}
    async with reader(settings.kafka.bootstrap, settings.topics.flagged_events) as consumer:
        partitions = list(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        async with asyncio.timeout(DEADLINE):
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                await _take(consumer, flags)
    return flags


async def _collect(consumer: AIOKafkaConsumer, flags: dict[str, set[bytes]], wanted: int) -> None:
    """Read on until so many different flags were seen."""
    async with asyncio.timeout(DEADLINE):
        while len(flags) < wanted:
            await _take(consumer, flags)


async def _take(consumer: AIOKafkaConsumer, flags: dict[str, set[bytes]]) -> None:
    for records in (await consumer.getmany(timeout_ms=100)).values():
        for record in records:
            flags.setdefault(record.key.decode(), set()).add(record.value)
