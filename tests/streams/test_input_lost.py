"""Records that Apache Kafka deleted before the group had read them: counted, by partition, once."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from structlog.testing import capture_logs

from agents.screen import attach
from config.settings import Settings
from rig.kafka import KafkaCluster
from streams.app import consumer_of, create_app
from streams.batch_transport import Batch, BatchConsumer
from streams.broker import FETCH_WAIT_MILLISECONDS
from streams.health import Sighting
from streams.probe import EndOffsetProbe
from streams.runner import serve
from streams.topics import ensure_topics
from tests.streams.wire import DEADLINE, committed, read_to_end, settings_for, write

pytestmark = pytest.mark.broker


@dataclass
class Recorder:
    """Everything the consumer tells, and what the agent was given."""

    lost: list[tuple[str, int, int]] = field(default_factory=list)
    rebalances: int = 0
    commits: list[bool] = field(default_factory=list)
    read: list[int] = field(default_factory=list)

    def rebalanced(self) -> None:
        self.rebalances += 1

    def commit_ended(self, seconds: float, *, stored: bool) -> None:
        assert seconds >= 0
        self.commits.append(stored)

    def input_lost(self, topic: str, partition: int, records: int) -> None:
        self.lost.append((topic, partition, records))

    async def take(self, batch: Batch) -> None:
        self.read += [record.offset for record in batch.records]


@contextlib.asynccontextmanager
async def consuming(settings: Settings, recorder: Recorder) -> AsyncIterator[BatchConsumer]:
    app = create_app(settings, observer=recorder)
    attach(app, settings.topics.public_posts, recorder.take)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(app, stop, settings.kafka.drain_timeout))
    try:
        async with asyncio.timeout(DEADLINE):
            while not recorder.rebalances or app.rebalancing:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        yield consumer_of(app)
    finally:
        stop.set()
        await serving


async def until_committed(settings: Settings, offset: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while (await committed(settings, 1)).get(0) != offset:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def delete_below(settings: Settings, offset: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await admin.start()
    try:
        place = TopicPartition(settings.topics.public_posts, 0)
        await admin.delete_records({place: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()


async def fresh(kafka: KafkaCluster, prefix: str) -> Settings:
    settings = settings_for(kafka.bootstrap, prefix)
    topics = settings.topics.model_copy(update={"partitions": 1})
    settings = settings.model_copy(update={"topics": topics})
    await ensure_topics(settings)
    return settings


def records(count: int) -> list[bytes]:
    return [json.dumps({"number": number}).encode() for number in range(count)]


async def test_what_was_deleted_while_the_group_was_away_is_counted(kafka: KafkaCluster) -> None:
    settings = await fresh(kafka, "lost-")
    topic = settings.topics.public_posts
    await write(kafka.bootstrap, topic, records(100))
    first = Recorder()
    async with consuming(settings, first):
        await until_committed(settings, 100)
    assert first.read == list(range(100))
    assert first.lost == []
    assert True in first.commits

    await write(kafka.bootstrap, topic, records(100))
    await delete_below(settings, 150)
    second = Recorder()
    with capture_logs() as logs:
        async with consuming(settings, second):
            await until_committed(settings, 200)
    assert second.lost == [(topic, 0, 50)]
    assert second.read == list(range(150, 200))
    (line,) = [each for each in logs if each["event"] == "input_lost"]
    assert (line["records"], line["first_offset"], line["last_offset"]) == (50, 100, 149)


async def test_where_nothing_is_left_it_is_counted_and_committed_all_the_same(
    kafka: KafkaCluster,
) -> None:
    """No record comes that could tell; and a partition without records has no lag."""
    settings = await fresh(kafka, "empty-")
    topic = settings.topics.public_posts
    await write(kafka.bootstrap, topic, records(10))
    async with consuming(settings, Recorder()):
        await until_committed(settings, 10)
    await write(kafka.bootstrap, topic, records(20))
    await delete_below(settings, 30)
    second = Recorder()
    async with consuming(settings, second) as consumer:
        await until_committed(settings, 30)
        async with asyncio.timeout(DEADLINE):
            while consumer.progress().get((topic, 0)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert consumer.progress()[topic, 0].lag == 0
    assert second.lost == [(topic, 0, 20)]
    assert second.read == []
    # And not again.
    third = Recorder()
    await write(kafka.bootstrap, topic, records(5))
    async with consuming(settings, third):
        await until_committed(settings, 35)
    assert third.lost == []
    assert third.read == list(range(30, 35))


async def test_a_look_finds_what_no_record_tells(kafka: KafkaCluster) -> None:
    """As where the log was cut past an idle worker: it stands at 10, and had read up to 5."""
    settings = await fresh(kafka, "idle-")
    topic = settings.topics.public_posts
    await write(kafka.bootstrap, topic, records(10))
    recorder = Recorder()
    async with consuming(settings, recorder) as consumer:
        await until_committed(settings, 10)
        await consumer.look_for_deleted()
        assert recorder.lost == []
        consumer.positions.seek((topic, 0), 5)
        await consumer.look_for_deleted()
        assert recorder.lost == []  # the log begins at 0: what lies between was no record
        await delete_below(settings, 8)
        await consumer.look_for_deleted()
        assert recorder.lost == [(topic, 0, 3)]
        await consumer.look_for_deleted()
        assert recorder.lost == [(topic, 0, 3)]


async def test_what_is_deleted_under_a_worker_that_is_held_up_is_counted(
    kafka: KafkaCluster, tmp_path: Path
) -> None:
    """Its position falls out of the log; aiokafka goes on at the beginning without a word."""
    settings = settings_for(kafka.bootstrap, "held-")
    settings = settings.model_copy(
        update={"topics": settings.topics.model_copy(update={"partitions": 1})}
    )
    await ensure_topics(settings)
    topic = settings.topics.public_posts
    await write(kafka.bootstrap, topic, records(100))
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.agents.echo_worker", kafka.bootstrap, "held-", "0"),
            stdout=output,
            stderr=output,
        )
    try:
        await until_committed(settings, 100)
        worker.send_signal(signal.SIGSTOP)
        await asyncio.sleep(3 * FETCH_WAIT_MILLISECONDS / 1_000)  # no fetch of its is under way
        await write(kafka.bootstrap, topic, records(200)[100:])
        await delete_below(settings, 150)
        worker.send_signal(signal.SIGCONT)
        await until_committed(settings, 200)
    finally:
        worker.send_signal(signal.SIGCONT)
        worker.terminate()
        async with asyncio.timeout(DEADLINE):
            assert await worker.wait() == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    lost = [line for line in lines if line["event"] == "input_lost"]
    assert [(line["partition"], line["records"]) for line in lost] == [(0, 50)]
    flags = await read_to_end(kafka.bootstrap, settings.topics.flagged_events)
    numbers = {json.loads(record.value)["number"] for record in flags}
    assert numbers == {*range(100), *range(150, 200)}


async def test_transactions_leave_no_lag_behind_them(kafka: KafkaCluster) -> None:
    """Their markers take offsets that no record has, and an open one cannot be read past."""
    settings = await fresh(kafka, "transactions-")
    topic = settings.topics.public_posts
    recorder = Recorder()
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="lag")
    await producer.start()
    try:
        async with (
            consuming(settings, recorder) as consumer,
            EndOffsetProbe(settings.kafka) as probe,
            asyncio.timeout(DEADLINE),
        ):

            async def until_no_lag(end: int) -> None:
                while True:
                    seen = consumer.progress().get((topic, 0), Sighting(0, 0))
                    ends = await probe.ends([(topic, 0)])
                    if ends == {(topic, 0): end} and (seen.done, seen.lag) == (end, 0):
                        return
                    await asyncio.sleep(0.05)

            async with producer.transaction():
                for value in records(10):
                    await producer.send_and_wait(topic, value, partition=0)
            await until_no_lag(11)
            await producer.begin_transaction()
            for value in records(5):
                await producer.send_and_wait(topic, value, partition=0)
            await until_no_lag(11)
            await producer.abort_transaction()
            await until_no_lag(17)
    finally:
        await producer.stop()
    assert recorder.read == list(range(10))
    assert recorder.lost == []


async def test_a_new_group_on_a_log_that_was_cut_has_lost_nothing(kafka: KafkaCluster) -> None:
    settings = await fresh(kafka, "new-")
    await write(kafka.bootstrap, settings.topics.public_posts, records(40))
    await delete_below(settings, 30)
    recorder = Recorder()
    async with consuming(settings, recorder) as consumer:
        await until_committed(settings, 40)
        assert consumer.progress()[settings.topics.public_posts, 0].done == 40
    assert recorder.lost == []
    assert recorder.read == list(range(30, 40))
