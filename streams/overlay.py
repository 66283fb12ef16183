"""The overlay service: every worker reads the list and control topics whole, and follows them.

It has a consumer of its own without a group, so each worker sees every record. Chained first in
the app's boot order it has caught up before the worker joins the group and sees a single post.

The control topic has a service to itself, so that a crowd of list updates holds up no stop; beside
it :class:`EndWatch` asks where that topic ends.
"""

import asyncio
import contextlib
from collections.abc import Callable, MutableMapping, Sequence
from time import monotonic
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faust import Service

from config.errors import BrokerError
from config.settings import KafkaSettings
from streams.broker import FETCH_WAIT_MILLISECONDS, is_away, pauses
from streams.confirmation import Confirmation
from streams.connection import connection
from streams.deadline import within
from streams.topic_end import TopicEnd

POLL_MILLISECONDS: Final = 100
MAX_RECORDS: Final = 2_000
STRETCH: Final = 0.01
"""Seconds for which records are handed out at a stretch; then the batches have their turn."""
ANSWER_TIMEOUT: Final = 5.0
"""Seconds for an offset or a position; then the broker counts as away and is asked again."""

REQUEST_TIMEOUT: Final = 40.0
"""Seconds for a request of the client, after which it makes a new connection."""
CONTROL_TIMEOUT: Final = 2.0
"""The same for the control topic, whose records are few and small: after a network fault it is to
be read again soon."""
ASK_SECONDS: Final = 0.5
"""Between two questions for the end of the control topic."""

Apply = Callable[[ConsumerRecord], None]
"""Takes one record of a list or control topic."""

ReadTo = Callable[[int, int | None], None]
"""Takes the next offset to hand out, everything below being applied, and the high-water mark."""

log = structlog.get_logger(__name__)


class OverlayService(Service):
    """Hands every record of one-partition topics to `apply`, in order, from the beginning.

    `positions` maps a topic to the next offset to hand out. It is kept by the caller, so that a
    service made anew in the same process goes on where the last one stopped. An exception from
    `apply` crashes the worker: what it must survive it handles itself. `read_to` is told, several
    times a second, how far the one topic is read; with it there must be one only.
    """

    def __init__(
        self,
        *,
        kafka: KafkaSettings,
        topics: Sequence[str],
        apply: Apply,
        positions: MutableMapping[str, int] | None = None,
        max_bytes: int,
        read_to: ReadTo | None = None,
        **service: Any,
    ) -> None:
        if read_to is not None and len(topics) != 1:
            raise ValueError("read_to is about one topic")
        self._read_to = read_to
        self._request_timeout = REQUEST_TIMEOUT if read_to is None else CONTROL_TIMEOUT
        self._kafka = kafka
        self._topics = tuple(topics)
        self._apply = apply
        self._positions = positions if positions is not None else {}
        self._max_bytes = max_bytes
        self._consumer: AIOKafkaConsumer | None = None
        self.caught_up = False
        super().__init__(**service)

    async def on_start(self) -> None:
        """Return when every record that was there at the start is handed out."""
        following = pauses()
        while not self.should_stop and not self.caught_up:
            try:
                self._consumer = await self._connect()
                await self._catch_up(self._consumer)
            except (KafkaError, TimeoutError) as error:
                if isinstance(error, KafkaError) and not is_away(error):
                    raise
                log.warning("overlay_waits_for_broker", error=type(error).__name__)
                await self._disconnect()
                await self.sleep(following())

    async def _connect(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **connection(self._kafka),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MILLISECONDS,
            max_partition_fetch_bytes=self._max_bytes,
            request_timeout_ms=round(1_000 * self._request_timeout),
        )
        try:
            await consumer.start()
            partitions = [TopicPartition(topic, 0) for topic in self._topics]
            consumer.assign(partitions)
            ends = await within(ANSWER_TIMEOUT, consumer.end_offsets(partitions))
            self._check_partitions(consumer)
            for partition in partitions:
                position = self._positions.get(partition.topic, 0)
                if 0 < position <= ends[partition]:
                    consumer.seek(partition, position)
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    def _check_partitions(self, consumer: AIOKafkaConsumer) -> None:
        """Kafka tells how many partitions a topic has only once the consumer is assigned to it."""
        for topic in self._topics:
            count = len(consumer.partitions_for_topic(topic) or ())
            if count != 1:
                raise BrokerError(
                    f"topic {topic} has {count} partitions; its records are in sequence and need "
                    "exactly one. Delete it and let the worker make it."
                )

    async def _catch_up(self, consumer: AIOKafkaConsumer) -> None:
        """Read until every position is at its end offset and at what the fetcher knows of.

        End offsets alone are too low on the embedded broker, so the high-water mark counts too.
        """
        partitions = sorted(consumer.assignment())
        begins = await within(ANSWER_TIMEOUT, consumer.beginning_offsets(partitions))
        ends = await within(ANSWER_TIMEOUT, consumer.end_offsets(partitions))
        pending = {each for each in partitions if ends[each] > begins[each]}
        while pending and not self.should_stop:
            await self._step(consumer)
            for partition in sorted(pending):
                position = await within(ANSWER_TIMEOUT, consumer.position(partition))
                highwater = consumer.highwater(partition)
                if highwater is not None and position >= max(ends[partition], highwater):
                    pending.discard(partition)
        if not self.should_stop:
            self.caught_up = True

    async def _step(self, consumer: AIOKafkaConsumer) -> None:
        fetched = await consumer.getmany(timeout_ms=POLL_MILLISECONDS, max_records=MAX_RECORDS)
        started = monotonic()
        for partition, records in fetched.items():
            for record in records:
                self._apply(record)
                self._positions[partition.topic] = record.offset + 1
                if monotonic() - started >= STRETCH:
                    await asyncio.sleep(0)
                    started = monotonic()
        if self._read_to is not None:
            # Only this method takes records, so everything below the position is applied.
            (only,) = consumer.assignment()
            position = await within(ANSWER_TIMEOUT, consumer.position(only))
            self._read_to(position, consumer.highwater(only))

    async def _start_over_where_made_anew(self, consumer: AIOKafkaConsumer) -> None:
        """Go back to the beginning of a topic that ends before the next offset we wait for.

        Kafka says "offset out of range" and aiokafka goes back by itself; the embedded broker
        answers with nothing for ever. The fetcher's high-water mark is looked at first, because
        it costs no request.
        """
        shorter = [
            partition
            for partition in consumer.assignment()
            if (highwater := consumer.highwater(partition)) is not None
            and highwater < self._positions.get(partition.topic, 0)
        ]
        if not shorter:
            return
        ends = await within(ANSWER_TIMEOUT, consumer.end_offsets(shorter))
        for partition in shorter:
            if ends[partition] < self._positions[partition.topic]:
                log.warning("topic_made_anew", topic=partition.topic, end=ends[partition])
                del self._positions[partition.topic]
                consumer.seek(partition, 0)

    @Service.task
    async def _follow(self) -> None:
        while not self.should_stop:
            consumer = self._consumer
            if consumer is None:
                return
            try:
                await self._step(consumer)
                await self._start_over_where_made_anew(consumer)
            except (KafkaError, TimeoutError) as error:
                if isinstance(error, KafkaError) and not is_away(error):
                    raise
                log.warning("overlay_waits_for_broker", error=type(error).__name__)
                await self.sleep(1.0)

    async def on_shutdown(self) -> None:
        """Runs after the following task has ended."""
        await self._disconnect()

    async def _disconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with contextlib.suppress(KafkaError):
                await consumer.stop()


class EndWatch(Service):
    """Asks for the end of the control topic, and tells the confirmation what is answered."""

    def __init__(self, end: TopicEnd, confirmation: Confirmation, **service: Any) -> None:
        self._end = end
        self._confirmation = confirmation
        super().__init__(**service)

    @Service.task
    async def _ask(self) -> None:
        answered = True
        while not self.should_stop:
            asked = self._confirmation.ask()
            try:
                end = await self._end.ask()
            except (KafkaError, TimeoutError, OSError, KeyError) as error:
                # KeyError: aiokafka's client, where a connection goes while it is asked. Whatever
                # it is, nothing is confirmed; the next question may be answered.
                if answered:
                    log.warning("control_topic_end_unknown", error=type(error).__name__)
                answered = False
            else:
                self._confirmation.answered(asked, end)
                answered = True
            await self.sleep(ASK_SECONDS)

    async def on_shutdown(self) -> None:
        """Runs after the asking task has ended."""
        await self._end.close()
