"""The agent: a batch of public posts in, flags and dead letters out, then the acknowledgement."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import faust
import structlog

from agents.envelopes import Envelopes
from config.settings import Settings
from lists.in_force import ListsInForce
from matchers.screening import screen
from matchers.types import Outcome
from streams.batch_transport import Batch
from streams.codec import DecodeFailure, decode_post
from streams.dead_letters import ReceivedRecord
from streams.logs import describe
from streams.metrics import StageClock, WorkerMetrics
from streams.producer import Outgoing, RecordProducer
from streams.records import FlaggedEvent

CONCURRENCY: Final = 16
"""Batches in hand at once: while one waits for the brokers' word, the next is judged."""

log = structlog.get_logger(__name__)


class Screener:
    """Judges batches under the lists in force and writes what comes of them."""

    def __init__(
        self,
        settings: Settings,
        lists: ListsInForce,
        producer: RecordProducer,
        metrics: WorkerMetrics,
        engine_version: str,
    ) -> None:
        self._topics = settings.topics
        self._max_bytes = settings.kafka.message_max_bytes
        self._lists = lists
        self._producer = producer
        self._metrics = metrics
        self._envelopes = Envelopes(settings.topics, engine_version)
        self._clock = StageClock()

    async def __call__(self, batch: Batch) -> None:
        """Returns when every flag and dead letter of the batch is acknowledged by the brokers."""
        records = batch.records
        self._clock.start()
        decoded = [decode_post(record.value, self._max_bytes) for record in records]
        self._clock.tick("decode")
        posts = [None if isinstance(post, DecodeFailure) else post for post in decoded]
        outcomes = screen(posts, self._lists.stages, self._clock.tick)
        letters = [
            self._letter(record, failure)
            for record, failure in zip(records, decoded, strict=True)
            if isinstance(failure, DecodeFailure)
        ]
        now = time.time()
        flags: list[Outgoing] = []
        flagged: list[ReceivedRecord] = []
        for record, outcome in zip(records, outcomes, strict=True):
            for flag in outcome.flags:
                flags.append(self._envelopes.flag(record, flag, now))
                flagged.append(record)
                self._count_flag(flag, now)
        self._clock.tick("encode")
        self._count(batch, outcomes)
        if flags or letters:
            await self._write(flags, flagged, letters)

    async def _write(
        self,
        flags: Sequence[Outgoing],
        flagged: Sequence[ReceivedRecord],
        letters: Sequence[Outgoing],
    ) -> None:
        refused = await self._producer.write([*flags, *letters])
        unwritable = [
            self._letter(flagged[index], DecodeFailure("unwritable"))
            for index in refused
            if index < len(flags)
        ]
        if unwritable:
            await self._producer.write(unwritable)
        events = self._metrics.events
        events.labels(self._topics.flagged_events).inc(len(flags) - len(unwritable))
        events.labels(self._topics.dead_letters).inc(len(letters) + len(unwritable))

    def _letter(self, record: ReceivedRecord, failure: DecodeFailure) -> Outgoing:
        self._metrics.dead_letters.labels(failure.reason).inc()
        return self._envelopes.letter(record, failure)

    def _count(self, batch: Batch, outcomes: Sequence[Outcome]) -> None:
        metrics = self._metrics
        counts: dict[str, int] = {}
        for outcome in outcomes:
            counts[outcome.disposition] = counts.get(outcome.disposition, 0) + 1
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
            try:
                await handle(event.value)
            except Exception as error:  # noqa: BLE001 - the worker's last act
                log.critical("agent_crashed", **describe(error))
                await app.crash(error)
                await asyncio.Event().wait()  # take no further batch; the runner ends us
            event.ack()

    app.agent(app.topic(topic, value_serializer="raw"), concurrency=CONCURRENCY)(screen_batches)
