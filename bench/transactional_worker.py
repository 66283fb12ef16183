"""`netral worker`, but its output and its input's offsets go out in Kafka transactions.

The experiment behind docs/decisions/0011; not offered. aiokafka 0.14 sends neither the group's
generation with an offset nor asks for stable ones (KIP-447), so a zombie can only be fenced by one
producer for each input partition, whose id the next owner takes over (as Kafka Streams did before).
"""

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced
from faust.types import TP

from agents import worker as worker_module
from agents.screen import Screener, attach
from agents.worker import ENGINE_VERSION, Worker, work
from config.settings import Settings, load_settings
from streams.app import create_app
from streams.batch_transport import Batch, BatchConsumer
from streams.connection import connection
from streams.logs import configure_logging
from streams.overlay import EndWatch
from streams.producer import Outgoing
from streams.runner import run, serve
from streams.topic_end import TopicEnd
from streams.topics import ensure_topics, list_topics

ATTEMPT_TIMEOUT = 20.0
log = structlog.get_logger(__name__)


class PartitionSink:
    """One input partition's producer: a transaction for each of its batches, one after another."""

    def __init__(self, settings: Settings, partition: TP) -> None:
        self.lock = asyncio.Lock()
        self._settings, self._partition = settings, TopicPartition(*partition)
        self._id = f"{settings.kafka.group}-{partition.topic}-{partition.partition}"
        self._producer: AIOKafkaProducer | None = None
        self._records: list[Outgoing] = []

    async def write(self, records: Sequence[Outgoing]) -> list[int]:
        self._records += records
        return []

    async def open(self) -> None:
        """Become the partition's producer: whoever was it before is fenced, its work aborted."""
        await self.close()
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.kafka.bootstrap,
            transactional_id=self._id,
            transaction_timeout_ms=10_000,
            linger_ms=2,
        )
        await self._producer.start()

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(3.0):
                    await producer.stop()
            except (KafkaError, TimeoutError) as error:
                log.warning("sink_not_closed", error=type(error).__name__)

    async def commit(self, end: int) -> bool:
        """Write what is collected and the offset. False: another worker owns the partition now."""
        records, self._records = self._records, []
        while True:
            try:
                async with asyncio.timeout(ATTEMPT_TIMEOUT):
                    await self._transact(records, end)
                    return True
            except ProducerFenced:
                return False
            except (KafkaError, TimeoutError) as error:
                log.warning("transaction_again", error=type(error).__name__)
            while True:
                try:
                    async with asyncio.timeout(ATTEMPT_TIMEOUT):
                        await self.open()
                        if await self._committed() >= end:
                            return True  # the brokers had it, only their word was lost
                        break
                except (KafkaError, TimeoutError):
                    await asyncio.sleep(0.5)

    async def _transact(self, records: Sequence[Outgoing], end: int) -> None:
        producer = self._producer
        if producer is None:
            raise ProducerFenced
        await producer.begin_transaction()
        receipts = [
            await producer.send(
                record.topic,
                value=record.value,
                key=record.key,
                headers=list(record.headers),
                timestamp_ms=record.timestamp,
            )
            for record in records
        ]
        await asyncio.gather(*receipts)
        group = self._settings.kafka.group
        await producer.send_offsets_to_transaction({self._partition: end}, group)
        await producer.commit_transaction()

    async def _committed(self) -> int:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka.bootstrap,
            group_id=self._settings.kafka.group,
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            return await consumer.committed(self._partition) or 0
        finally:
            await consumer.stop()


class TransactionalWorker(Worker):
    async def _screen(self, stop: asyncio.Event) -> None:
        settings = self._settings
        await ensure_topics(settings)
        sinks: dict[TP, PartitionSink] = {}
        screeners: dict[TP, Screener] = {}
        control = settings.topics.control
        self._overlays = (
            self._follow((control,), self._confirmation.read_to),
            self._follow(list_topics(settings)),
        )
        end = TopicEnd(control, **connection(settings.kafka))
        services = (EndWatch(end, self._confirmation), *self._overlays)
        app = self._app = create_app(settings, services=services, observer=self._metrics)

        async def handle(batch: Batch) -> None:
            tp = TP(batch.topic, batch.partition)
            sink = sinks[tp]
            async with sink.lock:
                await screeners[tp](batch)
                if not await sink.commit(batch.records[-1].offset + 1):
                    await asyncio.Event().wait()  # fenced: the batch is another worker's

        async def take_over(consumer: BatchConsumer, assigned: set[TP], generation: int) -> None:
            for sink in sinks.values():
                await sink.close()
            for tp in assigned:
                sinks[tp] = sink = PartitionSink(settings, tp)
                screeners[tp] = Screener(
                    settings,
                    self._lists,
                    self._switch,
                    sink,  # type: ignore[arg-type]
                    sink,  # type: ignore[arg-type]
                    self._metrics,
                    self._tracing,
                    ENGINE_VERSION,
                )
                await sink.open()
            await stock_assigned(consumer, assigned, generation)

        stock_assigned = _STOCK_ASSIGNED

        async def assigned_(self: Any, assigned: set[TP], generation_id: int = 0) -> None:
            await take_over(self, assigned, generation_id)

        BatchConsumer.on_partitions_assigned = assigned_  # type: ignore[method-assign]
        attach(app, settings.topics.public_posts, handle)
        try:
            await serve(app, stop, settings.kafka.drain_timeout)
        finally:
            self._app, self._overlays = None, ()
            for sink in sinks.values():
                await sink.close()


_STOCK_ASSIGNED = BatchConsumer.on_partitions_assigned


def _no_offset(_self: BatchConsumer, tp: TP) -> None:
    """Offsets go out in transactions, never by themselves."""


def main() -> int:
    BatchConsumer._new_offset = _no_offset  # type: ignore[assignment, method-assign]
    worker_module.Worker = TransactionalWorker  # type: ignore[misc]
    settings = load_settings()
    configure_logging(settings.log)
    return run(lambda stop: work(settings, stop))


if __name__ == "__main__":
    sys.exit(main())
