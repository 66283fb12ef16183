"""The agent: a batch of public posts in, flags and dead letters out, then the acknowledgement."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from operator import attrgetter
from typing import Any, Final

import faust
import structlog
from structlog.contextvars import bound_contextvars

from agents.envelopes import Envelopes
from agents.stop_switch import StopSwitch
from config.settings import Settings
from lists.in_force import ListsInForce
from matchers.screening import screen
from matchers.types import Outcome
from streams.batch_transport import Batch
from streams.codec import DecodeFailure, decode_post
from streams.dead_letters import ReceivedRecord
from streams.logs import describe
from streams.metrics import StageClock, WorkerMetrics
from streams.producer import FlagsHeldError, Outgoing, RecordProducer
from streams.records import FlaggedEvent
from streams.tracing import BatchSpan, Tick, Tracing

CONCURRENCY: Final = 16
"""Batches in hand at once: while one waits for the brokers' word, the next is judged."""

log = structlog.get_logger(__name__)


class Screener:
    """Judges batches under the lists in force and writes what comes of them.

    While it cannot be known whether flagging is stopped, batches wait: nothing of them is judged
    or acknowledged. `flags` is guarded by the same `switch`, so flags that were held back on
    their way are judged anew, under what the control topic says then.
    """

    def __init__(
        self,
        settings: Settings,
        lists: ListsInForce,
        switch: StopSwitch,
        flags: RecordProducer,
        letters: RecordProducer,
        metrics: WorkerMetrics,
        tracing: Tracing,
        engine_version: str,
    ) -> None:
        self._topics = settings.topics
        self._max_bytes = settings.kafka.message_max_bytes
        self._lists = lists
        self._switch = switch
        self._flags = flags
        self._letters = letters
        self._metrics = metrics
        self._tracing = tracing
        self._envelopes = Envelopes(settings.topics, engine_version)
        self._clock = StageClock()

    async def __call__(self, batch: Batch) -> None:
        """Returns when every flag and dead letter of the batch is acknowledged by the brokers."""
        await self._switch.wait_until_known()
        with self._tracing.batch(batch) as span:
            tick = span.timed(self._clock.tick)
            self._clock.start()
            decoded = [decode_post(record.value, self._max_bytes) for record in batch.records]
            tick("decode")
            posts = [None if isinstance(post, DecodeFailure) else post for post in decoded]
            letters = [
                self._letter(record, failure)
                for record, failure in zip(batch.records, decoded, strict=True)
                if isinstance(failure, DecodeFailure)
            ]
            outcomes = screen(posts, self._lists.stages, tick)
            while not await self._write(batch, outcomes, span, tick, len(letters)):
                await self._switch.wait_to_try_again()
                self._clock.start()
                outcomes = screen(posts, self._lists.stages, tick)
            if letters:
                with span.writing():
                    await self._letters.write(letters)
        self._metrics.events.labels(self._topics.dead_letters).inc(len(letters))
        self._count(batch, outcomes)

    async def _write(
        self,
        batch: Batch,
        outcomes: Sequence[Outcome],
        span: BatchSpan,
        tick: Tick,
        letters: int,
    ) -> bool:
        """Write the flags. False: they were held back, and must be judged anew.

        `letters` is how many dead letters the batch has beside them, for the log.
        """
        now = time.time()
        # The time for which it is confirmed that flagging was not stopped, seconds ago at most: a
        # broker that limits the age of records refuses a flag that is late on its way.
        confirmed_at = self._switch.wall_time
        flags = [
            (batch.records[place], flag)
            for place, outcome in enumerate(outcomes)
            if outcome.flags
            for flag in outcome.flags
        ]
        records = [self._envelopes.flag(received, flag, confirmed_at) for received, flag in flags]
        tick("encode")
        log.debug("batch_judged", events=len(outcomes), flags=len(records), dead_letters=letters)
        if not records:
            return True
        try:
            with span.writing():
                refused = await self._flags.write(records)
        except FlagsHeldError:
            log.warning("flags_held_back", flags=len(records), partition=batch.partition)
            return False
        unwritable = [
            self._letter(flags[index][0], DecodeFailure("unwritable")) for index in refused
        ]
        if unwritable:
            await self._letters.write(unwritable)
        events = self._metrics.events
        events.labels(self._topics.flagged_events).inc(len(records) - len(unwritable))
        events.labels(self._topics.dead_letters).inc(len(unwritable))
        if len(records) > len(unwritable):
            self._metrics.last_flag.set_to_current_time()
        for _, flag in flags:
            self._count_flag(flag, now)
        return True

    def _letter(self, record: ReceivedRecord, failure: DecodeFailure) -> Outgoing:
        self._metrics.dead_letters.labels(failure.reason).inc()
        return self._envelopes.letter(record, failure)

    def _count(self, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        metrics = self._metrics
        counts = Counter(map(attrgetter("disposition"), outcomes))
        for disposition, count in counts.items():
            metrics.dispositions.labels(disposition).inc(count)
        metrics.events.labels(batch.topic).inc(len(outcomes))
        metrics.batch_events.observe(len(outcomes))
        self._clock.drain_into(metrics)

    def _count_flag(self, flag: FlaggedEvent, now: float) -> None:
        for rule in flag.rules:
            self._metrics.flags.labels(rule.code, flag.identity.status, flag.action).inc()
        self._metrics.flag_age_seconds.observe(max(0.0, now - flag.created_at.timestamp()))


def attach(app: faust.App, topic: str, handle: Callable[[Batch], Awaitable[None]]) -> None:
    """Make the agent that gives every batch of `topic` to `handle`.

    The batch is acknowledged when `handle` returns. An exception is a bug: it stops the worker
    with nothing of the batch acknowledged. Faust by itself would acknowledge it and go on.
    """

    async def screen_batches(stream: Any) -> None:
        async for event in stream.noack().events():
            with bound_contextvars(batch=event.value.name):  # on every line about this batch
                try:
                    await handle(event.value)
                except Exception as error:  # noqa: BLE001 - the worker's last act
                    log.critical("agent_crashed", **describe(error))
                    await app.crash(error)
                    await asyncio.Event().wait()  # take no further batch; the runner ends us
                event.ack()

    app.agent(app.topic(topic, value_serializer="raw"), concurrency=CONCURRENCY)(screen_batches)
