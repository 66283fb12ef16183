"""How far the group has come, asked of the brokers past the proxies."""

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from chaos.scene import PARTITIONS


@dataclass
class Progress:
    """The longest time for which a partition with work to do did not come on.

    While a fault is under way nothing can be asked of the group: time counts from its end.
    """

    longest: float = 0.0
    committed: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)

    def note(self, committed: dict[int, int], ends: dict[int, int]) -> None:
        now = monotonic()
        for number in range(PARTITIONS):
            came_on = committed.get(number, 0) != self.committed.get(number, 0)
            if came_on or committed.get(number, 0) >= ends.get(number, 0):
                self._since[number] = now
            self.longest = max(self.longest, now - self._since.setdefault(number, now))
        self.committed, self.ends = committed, ends

    def excuse(self) -> None:
        """A fault is under way."""
        now = monotonic()
        self._since = dict.fromkeys(range(PARTITIONS), now)


async def ask(
    bootstrap: str, topic: str, group: str
) -> tuple[dict[int, int], dict[int, int]] | None:
    """Committed and end offsets by partition; None while the brokers do not answer."""
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, isolation_level="read_committed"
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3_000)
    try:
        async with asyncio.timeout(6.0):
            await consumer.start()
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            await admin.start()
            offsets = await admin.list_consumer_group_offsets(group)
    except (KafkaError, TimeoutError, OSError, AssertionError):
        return None
    finally:
        await consumer.stop()
        await admin.close()
    committed = {tp.partition: meta.offset for tp, meta in offsets.items() if tp.topic == topic}
    return committed, {tp.partition: end for tp, end in ends.items()}
