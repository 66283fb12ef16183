"""The outbox to Kafka: oldest first, deleted once all replicas have it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from config.errors import BrokerError
from config.settings import Settings
from review import outbox
from review.desk import Desk
from review.tables import Outbox
from streams.broker import stopped_within
from streams.codec import DecodeFailure, decode_register_update
from streams.producer import Outgoing, RecordProducer
from streams.records import RegisterUpdate

POLL: Final = 0.2
"""Seconds between two looks at an empty outbox."""
RECORDS_A_WRITE: Final = 500

NumberAndSign = Callable[[RegisterUpdate], Awaitable[Outgoing]]
"""Gives a `bind` its place in `register-updates` and its signature: takes the update with
sequence 0, returns the record to write. The console itself holds no signing key."""

log = structlog.get_logger(__name__)


async def relay(
    desk: Desk,
    settings: Settings,
    producer: RecordProducer,
    stop: asyncio.Event,
    sign: NumberAndSign | None = None,
) -> None:
    """Write what is decided until `stop`. Without `sign`, bindings wait in the outbox."""
    told = False
    while True:
        rows = await asyncio.to_thread(outbox.oldest, desk, RECORDS_A_WRITE, sign is not None)
        if sign is None and not told:
            told = await asyncio.to_thread(outbox.bindings, desk) > 0
            if told:
                log.warning("bindings_wait_for_a_signing_key")
        if not rows:
            if await stopped_within(stop, POLL):
                return
            continue
        records = [await _record(row, settings, sign) for row in rows]
        refused = await producer.write(records)
        if refused:
            raise BrokerError(
                f"the broker refuses a decision of {len(records[refused[0]].value):,} bytes. Raise "
                f"max.message.bytes of {settings.topics.review_decisions} to the worker's limit."
            )
        await asyncio.to_thread(outbox.acknowledged, desk, [row.id for row in rows])


async def _record(row: Outbox, settings: Settings, sign: NumberAndSign | None) -> Outgoing:
    if row.channel == outbox.DECISIONS or sign is None:
        return Outgoing(settings.topics.review_decisions, row.key, row.value)
    update = decode_register_update(row.value)
    if isinstance(update, DecodeFailure):
        raise TypeError(f"the outbox holds an unreadable update ({update.reason})")
    return await sign(update)
