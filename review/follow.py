"""Following `flagged-events` with the console's own consumer group.

Offsets are committed after the transaction that took their records, never before; what is read
again after a crash changes nothing.
"""

import asyncio
import contextlib
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from config.settings import Settings
from review import ingest
from review.desk import Desk
from streams.broker import FETCH_WAIT_MILLISECONDS, is_away, pauses, stopped_within
from streams.connection import connection

POLL_MILLISECONDS: Final = 200

log = structlog.get_logger(__name__)


async def follow(desk: Desk, settings: Settings, stop: asyncio.Event) -> None:
    """Take flags until `stop`. A broker that is away is waited for; other errors are raised."""
    following = pauses()
    while not stop.is_set():
        try:
            await _follow(desk, settings, stop)
        except KafkaError as error:
            if not is_away(error):
                raise
            pause = following()
            log.warning("review_waits_for_broker", error=type(error).__name__, pause_seconds=pause)
            await stopped_within(stop, pause)


async def _follow(desk: Desk, settings: Settings, stop: asyncio.Event) -> None:
    kafka = settings.kafka
    consumer = AIOKafkaConsumer(
        settings.topics.flagged_events,
        **connection(kafka),
        group_id=settings.review.group,
        session_timeout_ms=round(kafka.session_timeout * 1_000),
        heartbeat_interval_ms=round(kafka.session_timeout * 1_000 / 5),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MILLISECONDS,
        max_partition_fetch_bytes=kafka.message_max_bytes,
    )
    try:
        await consumer.start()
        while not stop.is_set():
            by_partition = await consumer.getmany(
                timeout_ms=POLL_MILLISECONDS, max_records=settings.review.ingest_batch
            )
            records = [record for part in by_partition.values() for record in part]
            if not records:
                continue
            applied = await asyncio.to_thread(ingest.apply, desk, records)
            await consumer.commit(
                {place: part[-1].offset + 1 for place, part in by_partition.items()}
            )
            log.info(
                "flags_taken",
                new=applied.new,
                unchanged=applied.unchanged,
                suppressed=applied.suppressed,
                refused=applied.refused,
            )
    finally:
        with contextlib.suppress(KafkaError):  # it leaves the group or is thrown out of it
            await consumer.stop()
