"""Posts that never end, the flags that come of them, and when the broker had each flag."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from config.settings import Settings
from streams.topics import ensure_control_topic, ensure_topics
from tests.invariants.live import flaggable

DEADLINE = 30.0
POSTS_A_STEP = 40
STEP_SECONDS = 0.05


@dataclass
class Flagging:
    """What was sent so far, and the append time of every flag, in seconds since 1970.

    The time is the broker's where the topic says so, else that of the arrival here: not earlier.
    """

    settings: Settings
    sent: int = 0
    flags: dict[str, float] = field(default_factory=dict)
    """The last time of each post's flag."""
    is_sending: bool = True

    async def until_flags(self, count: int) -> None:
        await until(lambda: len(self.flags) >= count)

    def later_than(self, when: float) -> list[str]:
        return [post for post, at in self.flags.items() if at > when]

    async def send(self) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.settings.kafka.bootstrap, acks="all")
        await producer.start()
        partitions = itertools.cycle(range(self.settings.topics.partitions))
        try:
            while self.is_sending:
                for _ in range(POSTS_A_STEP):
                    post = json.dumps(flaggable(f"flagging-{self.sent}")).encode()
                    topic = self.settings.topics.public_posts
                    await producer.send(topic, post, partition=next(partitions))
                    self.sent += 1
                await producer.flush()
                await asyncio.sleep(STEP_SECONDS)
        finally:
            await producer.stop()

    async def watch(self) -> None:
        consumer = AIOKafkaConsumer(
            self.settings.topics.flagged_events,
            bootstrap_servers=self.settings.kafka.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        await consumer.start()
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=50)).values():
                    arrived = time.time()
                    for record in records:
                        by_broker = record.timestamp_type == 1
                        at = record.timestamp / 1_000 if by_broker else arrived
                        self.flags[json.loads(record.value)["post_id"]] = at
        finally:
            await consumer.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - of things that have no event
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def flagging(settings: Settings) -> AsyncIterator[Flagging]:
    """Send and watch until the block ends."""
    found = Flagging(settings)
    sending = asyncio.create_task(found.send())
    watching = asyncio.create_task(found.watch())
    try:
        yield found
    finally:
        found.is_sending = False
        await sending
        watching.cancel()
        await asyncio.wait({watching})


async def topics_with_append_time(settings: Settings) -> None:
    """The flags' topic with the broker's append times, and so without a limit to their age.

    Where the broker knows no such setting (the embedded one) it is made without.
    """
    await ensure_control_topic(settings)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(
                    settings.topics.flagged_events,
                    settings.topics.partitions,
                    settings.topics.replication,
                    topic_configs={"message.timestamp.type": "LogAppendTime"},
                )
            ]
        )
    finally:
        await admin.close()
    await ensure_topics(settings)
