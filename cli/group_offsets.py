"""The offsets of the workers' group, read and moved by somebody who is no member of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, for_code
from aiokafka.structs import OffsetAndMetadata

from config.errors import StoppedError
from config.settings import KafkaSettings
from streams.connection import connection


class GroupOffsets:
    """One partition of the group."""

    def __init__(
        self,
        group: str,
        partition: TopicPartition,
        admin: AIOKafkaAdminClient,
        consumer: AIOKafkaConsumer,
    ) -> None:
        self._group = group
        self._partition = partition
        self._admin = admin
        self._consumer = consumer

    async def refuse_members(self) -> None:
        """Raises StoppedError while the group has members, KafkaError."""
        [answer] = await self._admin.describe_consumer_groups([self._group])
        for code, _, state, _, _, members, *_ in answer.groups:
            if code:
                raise for_code(code)
            if members or state not in ("Empty", "Dead"):
                raise StoppedError(
                    f"group {self._group} has {len(members)} member(s), and its offset cannot be "
                    "moved under a worker. Stop all workers of the group, wait for one "
                    "kafka.session_timeout where one was killed, and try again."
                )

    async def committed(self) -> int | None:
        """What the group reads next; None where it has committed nothing yet."""
        offset: int | None = await self._consumer.committed(self._partition)
        return offset

    async def move_to(self, offset: int) -> None:
        """Commit `offset`. Raises StoppedError where a member has joined, KafkaError.

        The brokers themselves refuse the commit of a non-member while there are members, so no
        worker can be in the midst of it.
        """
        try:
            await self._consumer.commit({self._partition: OffsetAndMetadata(offset, "")})
        except CommitFailedError:
            raise StoppedError(
                f"a worker joined group {self._group} just now, so the offset was not moved. Stop "
                "all workers of the group and try again."
            ) from None


@asynccontextmanager
async def open_group(
    kafka: KafkaSettings, partition: TopicPartition
) -> AsyncIterator[GroupOffsets]:
    """The group's offset of one partition. Raises KafkaError where the broker cannot be used."""
    admin = AIOKafkaAdminClient(**connection(kafka))
    consumer = AIOKafkaConsumer(**connection(kafka), group_id=kafka.group, enable_auto_commit=False)
    try:
        await admin.start()
        await consumer.start()
        consumer.assign([partition])
        yield GroupOffsets(kafka.group, partition, admin, consumer)
    finally:
        await consumer.stop()
        await admin.close()


async def committed_offsets(kafka: KafkaSettings, topic: str, partitions: int) -> dict[int, int]:
    """What the group has committed, by partition; those without are left out. Raises KafkaError."""
    consumer = AIOKafkaConsumer(**connection(kafka), group_id=kafka.group, enable_auto_commit=False)
    await consumer.start()
    try:
        found = {
            number: await consumer.committed(TopicPartition(topic, number))
            for number in range(partitions)
        }
    finally:
        await consumer.stop()
    return {number: offset for number, offset in found.items() if offset is not None}
