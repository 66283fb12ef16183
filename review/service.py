"""What runs beside the pages: following the flags, sending decisions, deleting what is due."""

import asyncio
from typing import Final

import structlog

from config.settings import Settings
from review import retention
from review.desk import Desk
from review.follow import follow
from review.relay import NumberAndSign, relay
from streams.broker import stopped_within, wait_for_broker
from streams.producer import RecordProducer
from streams.topics import ensure_review_topics

SWEEP_EVERY: Final = 600.0
"""Seconds."""

log = structlog.get_logger(__name__)


async def run(
    desk: Desk, settings: Settings, stop: asyncio.Event, sign: NumberAndSign | None = None
) -> None:
    """Until `stop`. An exception of one part ends all: the process must say so and exit."""
    async with asyncio.TaskGroup() as parts:
        parts.create_task(sweep_regularly(desk, stop))
        if not await wait_for_broker(settings.kafka, stop):
            return
        await ensure_review_topics(settings)
        parts.create_task(follow(desk, settings, stop))
        parts.create_task(_relay(desk, settings, stop, sign))


async def sweep_regularly(desk: Desk, stop: asyncio.Event) -> None:
    """Delete what is due, now and every ten minutes."""
    while True:
        swept = await asyncio.to_thread(retention.sweep, desk)
        if any(swept.cases.values()) or not swept.written_over:
            log.info("retention_swept", written_over=swept.written_over, **swept.cases)
        if await stopped_within(stop, SWEEP_EVERY):
            return


async def _relay(
    desk: Desk, settings: Settings, stop: asyncio.Event, sign: NumberAndSign | None
) -> None:
    async with RecordProducer(settings.kafka) as producer:
        await relay(desk, settings, producer, stop, sign)
