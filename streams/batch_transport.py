"""Faust's aiokafka transport, with one Faust event for a whole fetched batch.

Stock Faust makes several tasks for every record (`Consumer._drain_messages` → `wait_first`): about
100 µs each. Here `getmany` yields one message per fetched chunk of a batched topic, so that cost is
shared by up to `batch_max_records` records, and agents, rebalancing and monitoring stay Faust's.

The consumer also keeps its own books (:mod:`streams.accounting`), because the stock ones lose
records (faust-streaming 0.15.3): `_add_gap` counts the message just received as committable,
`_new_offset` commits past an unfinished record at the head and forgets what it returned even if the
commit then fails, and `_commit_offsets` notes a failed commit as done.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, Final, Protocol, cast

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata, TopicPartition
from faust import Service
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message

from streams.accounting import BatchAccounting, BatchTicket, Partition
from streams.broker import FETCH_WAIT_MILLISECONDS
from streams.deadline import within
from streams.health import Sighting
from streams.read_positions import ReadPositions

COMMIT_TIMEOUT: Final = 5.0
"""Seconds. A commit that takes longer (broker away) is given up; the next tick tries again."""

ANSWER_TIMEOUT: Final = 5.0
"""Seconds for an offset or a position; then the broker counts as away."""

LOOK_FOR_DELETED: Final = 30.0
"""Seconds between two looks at partitions where nothing comes in."""
GROUP_CHECK_INTERVAL: Final = 1.0
"""Seconds."""

log = structlog.get_logger(__name__)


class ConsumerObserver(Protocol):
    """Is told what the consumer lives through; the worker's metrics are one."""

    def rebalanced(self) -> None:
        """The group has settled anew, with us in it."""

    def commit_ended(self, seconds: float, *, stored: bool) -> None:
        """A commit took so long; `stored` False: it is put off."""

    def input_lost(self, topic: str, partition: int, records: int) -> None:
        """So many records were deleted before the group had read them."""


class Unobserved:
    """Nobody looks."""

    def rebalanced(self) -> None:
        """Nothing."""

    def commit_ended(self, seconds: float, *, stored: bool) -> None:
        """Nothing."""

    def input_lost(self, topic: str, partition: int, records: int) -> None:
        """Nothing; the log says it all the same."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The value of a batched event: records of one partition, by rising offset, at least one."""

    topic: str
    partition: int
    records: Sequence[ConsumerRecord[bytes, bytes]]

    @property
    def name(self) -> str:
        """What logs and traces call it: topic, partition, first and last offset."""
        first, last = self.records[0].offset, self.records[-1].offset
        return f"{self.topic}-{self.partition}-{first}-{last}"


class BatchMessage(ConsumerMessage):
    """A batch as Faust's message; its offset is that of the last record."""

    __slots__ = ("ticket",)

    ticket: BatchTicket


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread that owns the aiokafka consumer."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        """Stock code lets a broker hold a fetch for 1.5 s, and reads what transactions took back.

        aiokafka has one fetch a broker under way, so an idle partition would keep a busy one
        waiting for as long. A post whose writer aborted its transaction was never posted.
        """
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MILLISECONDS
        consumer._isolation_level = "read_committed"
        return consumer

    @Service.task
    async def _tell_why_the_group_is_closed(self) -> None:
        """End where the group does not let us in: no right to it, above all.

        aiokafka says so to whoever fetches, and Faust fetches only once it holds partitions: it
        would wait for ever and say nothing.
        """
        while not self.should_stop:
            await self.sleep(GROUP_CHECK_INTERVAL)
            coordinator = getattr(self._consumer, "_coordinator", None)
            if coordinator is None:
                continue
            try:
                coordinator.check_errors()
            except KafkaError as error:
                if not error.retriable:
                    await self.crash(error)
                    return
                log.warning("group_put_off", error=type(error).__name__)

    def place(self, tp: TP) -> tuple[int | None, int | None]:
        """Where reading goes on, and where what may be read ends; None for what is not known.

        The end is that of committed transactions, as for the consumer: one that hangs would be lag
        that nobody can work off.
        """
        subscription = self._consumer._subscription.subscription if self._consumer else None
        assignment = subscription.assignment if subscription else None
        if assignment is None or tp not in assignment.tps:
            return None, None  # between two assignments
        state = assignment.state_value(tp)
        stable = state.lso if state.lso is not None and state.lso >= 0 else state.highwater
        return (state.position if state.has_valid_position else None), stable

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit; False where it did not happen and a later commit will do.

        Stock code crashes the worker on any error but one; a broker that is away or a rebalance
        in between is no reason to.
        """
        consumer = self._ensure_consumer()
        try:
            await within(
                COMMIT_TIMEOUT,
                consumer.commit(
                    {
                        TopicPartition(tp.topic, tp.partition): OffsetAndMetadata(offset, "")
                        for tp, offset in offsets.items()
                    }
                ),
            )
        except (CommitFailedError, IllegalStateError, TimeoutError) as error:
            # The group moved on, or the broker is away: whoever holds the partition next reads
            # the records again.
            log.warning("commit_put_off", error=type(error).__name__)
            return False
        except KafkaError as error:
            if not error.retriable:
                await self.crash(error)
                return False
            log.warning("commit_put_off", error=type(error).__name__)
            return False
        return True


class BatchConsumer(driver.Consumer):
    """Faust's consumer for batched topics only; see the module's docstring."""

    batch_max_records: ClassVar[int]
    observer: ClassVar[ConsumerObserver]
    _read_offset: dict[TP, int | None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounting = BatchAccounting()
        self.positions = ReadPositions()
        self._log_starts: dict[Partition, int] = {}
        self._in_hand: set[BatchTicket] = set()
        self.idle = asyncio.Event()
        """Set while :attr:`in_hand` is 0."""
        self.idle.set()
        self._deliver = self.callback
        self.callback = self._hand_out

    def _new_consumer_thread(self) -> BatchConsumerThread:
        # The same kind of loop as the worker's own (uvloop), where Faust would take asyncio's.
        thread = BatchConsumerThread(
            self, loop=self.loop, thread_loop=type(self.loop)(), beacon=self.beacon
        )
        thread._close_thread_loop_on_stop = True  # it is for this thread alone
        return thread

    @property
    def in_hand(self) -> int:
        """Number of batches that an agent has been given, or soon will be, and has not finished."""
        return len(self._in_hand)

    def progress(self) -> dict[Partition, Sighting]:
        """How far each partition held now is dealt with, by what is known here.

        With nothing under way that is where reading goes on: markers of transactions, and records
        of aborted ones, are passed over and never handed out.
        """
        found: dict[Partition, Sighting] = {}
        for each in self.accounting.partitions():
            tp = TP(*each)
            position, end = cast(BatchConsumerThread, self._thread).place(tp)
            done = self.accounting.committable(each) or max(
                self._read_offset.get(tp) or 0, self._log_starts.get(each, 0)
            )
            if position is not None and not self.accounting.is_under_way(each):
                done = max(done, position)
            found[each] = Sighting(done, done if end is None else max(done, end))
        return found

    async def perform_seek(self) -> None:
        """Go to the committed offsets, and look whether what lies there is still there."""
        await super().perform_seek()
        partitions = self.accounting.partitions()
        for topic, partition in partitions:
            committed = self._read_offset.get(TP(topic, partition))
            self.positions.seek((topic, partition), committed)
        await self._count_deleted(dict.fromkeys(partitions))

    async def _count_deleted(self, reached: Mapping[Partition, int | None]) -> None:
        """Compare what was to be read next with where the logs begin.

        `reached` is the offset read instead; None where nothing was read yet. A broker that does
        not say where its log begins leaves a jump unexplained: it counts as lost.
        """
        try:
            found = await within(
                ANSWER_TIMEOUT, self.earliest_offsets(*(TP(*each) for each in reached))
            )
        except (KafkaError, TimeoutError, ConsumerNotStarted, IllegalStateError) as error:
            log.warning("log_start_unknown", error=type(error).__name__)
            starts = {each: first for each, first in reached.items() if first is not None}
        else:
            starts = {(tp.topic, tp.partition): offset for tp, offset in found.items()}
        self._log_starts |= starts
        for each, start in starts.items():
            expected = self.positions.next(each)
            lost = self.positions.deleted(each, start, reached.get(each))
            if not lost or expected is None:
                continue
            self.accounting.skip_to(each, expected + lost)
            self.observer.input_lost(*each, lost)
            log.error(
                "input_lost",
                topic=each[0],
                partition=each[1],
                records=lost,
                first_offset=expected,
                last_offset=expected + lost - 1,
            )

    @Service.timer(LOOK_FOR_DELETED)
    async def _look_again_and_again(self) -> None:
        if self.flow_active:
            await self.look_for_deleted()

    async def look_for_deleted(self) -> None:
        """Where a log was cut past us and nothing new comes in, no record tells."""
        reached: dict[Partition, int | None] = {}
        for each in self.accounting.partitions():
            try:
                position = await within(ANSWER_TIMEOUT, self.position(TP(*each)))
            except (KafkaError, TimeoutError, ConsumerNotStarted, IllegalStateError):
                continue  # away, or between two assignments: the next look will do
            if position is not None and self.positions.jumps(each, position):
                reached[each] = position
        if reached:
            await self._count_deleted(reached)

    async def getmany(  # Faust's signature
        self,
        timeout: float,  # noqa: ASYNC109
    ) -> AsyncIterator[tuple[TP, Message]]:
        """Fetch; one message for at most `batch_max_records` records of one partition."""
        records, _ = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if not records or self.should_stop:
            return
        if not self.flow_active:
            # A rebalance began while we fetched: those records are read again afterwards.
            await self.perform_seek()
            return
        for key, fetched in records.items():
            tp = TP(key.topic, key.partition)
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            await self._note_read(tp, fetched[0].offset, fetched[-1].offset)
            for start in range(0, len(fetched), self.batch_max_records):
                if not self.flow_active or self.app.consumer_generation_id != generation:
                    return
                chunk = fetched[start : start + self.batch_max_records]
                yield tp, self._batch_message(tp, chunk)

    async def _note_read(self, tp: TP, first: int, last: int) -> None:
        partition = (tp.topic, tp.partition)
        if self.positions.jumps(partition, first):
            await self._count_deleted({partition: first})
        elif self.positions.rewinds(partition, first):
            log.warning("topic_made_anew", topic=tp.topic, partition=tp.partition, offset=first)
        self.positions.read(partition, last)

    def _batch_message(self, tp: TP, records: Sequence[ConsumerRecord[bytes, bytes]]) -> Message:
        last = records[-1]
        message = BatchMessage(
            tp.topic,
            tp.partition,
            last.offset,
            last.timestamp / 1_000.0,
            last.timestamp_type,
            None,
            None,
            cast(bytes, Batch(tp.topic, tp.partition, records)),  # the codec is "raw": passed on
            None,
            0,
            0,
            tp,
            generation_id=self.app.consumer_generation_id,
        )
        message.ticket = self.accounting.start(tp, records[0].offset, last.offset)
        return message

    async def _hand_out(self, message: Message) -> None:
        """Deliver a batch to its agent, and know that it is there."""
        ticket = _ticket_of(message)
        self._in_hand.add(ticket)
        self.idle.clear()
        try:
            await self._deliver(message)
        except BaseException:
            # Cancelled on the way (`suspend_flow`): no agent will finish it. Its ticket stays
            # open, so that nothing behind it is committed.
            self._let_go({ticket})
            raise

    def ack(self, message: Message) -> bool:
        """Note that a batch is dealt with. False: it was already, or its assignment is over."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        ticket = _ticket_of(message)
        self._let_go({ticket})
        return self.accounting.finish(ticket)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Commit what is finished while the partitions are still ours, then let go of them."""
        await self.commit()
        self.accounting.revoke(revoked)
        self.positions.forget(revoked)
        self._let_go({ticket for ticket in self._in_hand if ticket.partition in revoked})
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Begin a generation: every batch under way counts no more, its records come again."""
        self.accounting.revoke(self.accounting.partitions())
        self.accounting.assign(sorted(assigned))
        self._let_go(set(self._in_hand))
        self.observer.rebalanced()
        await super().on_partitions_assigned(assigned, generation_id)

    def _let_go(self, tickets: set[BatchTicket]) -> None:
        self._in_hand -= tickets
        if not self._in_hand:
            self.idle.set()

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Nothing: only batches count."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        for topic, partition in self.accounting.partitions():
            tp = TP(topic, partition)
            if topics is None or tp in topics or topic in topics:
                yield tp

    def _new_offset(self, tp: TP) -> int | None:
        return self.accounting.to_commit(tp)

    def _should_commit(self, tp: TP, offset: int) -> bool:
        return True  # `to_commit` has already said so

    async def _commit_offsets(
        self, offsets: Mapping[TP, int], start_new_transaction: bool = True
    ) -> bool:
        assignment = self.assignment()
        held = {tp: offset for tp, offset in offsets.items() if tp in assignment}
        if not held:
            return False
        started = perf_counter()
        stored = await self._commit(held)
        self.observer.commit_ended(perf_counter() - started, stored=stored)
        if not stored:
            return False
        for tp, offset in held.items():
            self.accounting.committed(tp, offset)
        self._committed_offset.update(held)
        self.app.monitor.on_tp_commit(held)
        return True

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Nothing: stock checks cry livelock on an idle topic. The lag metric tells the truth."""


def _ticket_of(message: Message) -> BatchTicket:
    if not isinstance(message, BatchMessage):
        raise TypeError(f"a {type(message).__name__} came in; every topic here is batched")
    return message.ticket


def batch_transport(
    batch_max_records: int, consumer_observer: ConsumerObserver
) -> type[driver.Transport]:
    """The transport class to set as `app.transport`'s, with its batch size and its observer."""

    class _Consumer(BatchConsumer):
        observer = consumer_observer

    _Consumer.batch_max_records = batch_max_records

    class _Transport(driver.Transport):
        Consumer = _Consumer

    return _Transport
