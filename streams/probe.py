"""Whether the brokers answer, asked past the worker's own consumer.

The consumer cannot be the witness: where it hangs, it hears nothing of new records and sees no lag.
So a client of its own asks the leader of every partition held where its log ends.
"""

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Any, Final, Self

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from config.settings import KafkaSettings
from streams.accounting import Partition
from streams.connection import connection
from streams.deadline import within

ANSWER_TIMEOUT: Final = 5.0
"""Seconds; then the brokers count as away."""

log = structlog.get_logger(__name__)


class EndOffsetProbe:
    """Asks for end offsets; it joins no group and reads no record."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer | None = None
        self._answered = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._disconnect()

    async def ends(self, partitions: Collection[Partition]) -> Mapping[Partition, int] | None:
        """The end offset of each partition; None: not every leader answered in time."""
        try:
            ends = await within(ANSWER_TIMEOUT, self._ask(partitions))
        except (KafkaError, TimeoutError, OSError) as error:
            if self._answered:
                log.warning("brokers_do_not_answer", error=type(error).__name__)
            self._answered = False
            await self._disconnect()
            return None
        self._answered = True
        return ends

    async def _ask(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                **connection(self._settings),
                group_id=None,
                enable_auto_commit=False,
                isolation_level="read_committed",  # as the worker: its end is what it can reach
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        if not partitions:
            await self._consumer.topics()  # any broker's word will do
            return {}
        found: Mapping[Any, int] = await self._consumer.end_offsets(
            [TopicPartition(*partition) for partition in partitions]
        )
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def _disconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with contextlib.suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    await consumer.stop()
