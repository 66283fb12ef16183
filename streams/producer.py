"""Writing flags and dead letters: acknowledged by all replicas before the input is."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from config.settings import KafkaSettings
from streams.broker import is_away, pauses

LINGER_MILLISECONDS: Final = 2
STOP_TIMEOUT: Final = 3.0
"""Seconds for what is left to be sent when the worker leaves."""

RECORD_OVERHEAD: Final = 64 * 1024
"""Bytes of a request beyond the largest value: key, headers, framing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to write. `timestamp` is milliseconds since 1970, None for now."""

    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int | None = None


class RecordProducer:
    """An AIOKafkaProducer with acks=all, idempotent where the broker can do that."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        """Connect. Raises KafkaError where the broker is away."""
        try:
            self._producer = await self._started(idempotent=True)
        except KafkaError as error:
            if is_away(error):
                raise
            # The embedded broker has no producer ids. A retry may then write a record twice,
            # which a reader recognises by its key.
            log.warning("producer_without_idempotence", error=type(error).__name__)
            self._producer = await self._started(idempotent=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _leave(producer)

    async def write(self, records: Sequence[Outgoing]) -> list[int]:
        """Write the records and wait for the brokers' word; returns which were too large.

        While the broker is away it waits and tries again, for as long as the caller does. Raises
        KafkaError where trying again will not help.
        """
        refused: list[int] = []
        waiting = list(range(len(records)))
        following = pauses()
        while waiting:
            results = await self._write_once([records[index] for index in waiting])
            again: list[int] = []
            for index, result in zip(waiting, results, strict=True):
                if isinstance(result, MessageSizeTooLargeError | RecordListTooLargeError):
                    refused.append(index)
                elif isinstance(result, BaseException):
                    if not is_away(result):
                        raise result
                    again.append(index)
            waiting = again
            if waiting:
                pause = following()
                log.warning("writing_waits_for_broker", records=len(waiting), pause_seconds=pause)
                await asyncio.sleep(pause)
        return sorted(refused)

    async def _write_once(self, records: Sequence[Outgoing]) -> list[object]:
        """Send every record, then wait for all of them: an error or a receipt for each."""
        if self._producer is None:
            raise RuntimeError("the producer is used outside its 'async with' block")
        results: list[object] = []
        receipts: dict[int, asyncio.Future[object]] = {}
        for place, record in enumerate(records):
            results.append(None)
            try:
                receipts[place] = await self._producer.send(
                    record.topic,
                    value=record.value,
                    key=record.key,
                    headers=list(record.headers),
                    timestamp_ms=record.timestamp,
                )
            except KafkaError as error:
                results[place] = error
        answers = await asyncio.gather(*receipts.values(), return_exceptions=True)
        for place, answer in zip(receipts, answers, strict=True):
            results[place] = answer
        return results

    async def _started(self, *, idempotent: bool) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.bootstrap,
            acks="all",
            enable_idempotence=idempotent,
            linger_ms=LINGER_MILLISECONDS,
            max_request_size=self._settings.message_max_bytes + RECORD_OVERHEAD,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer


async def _leave(producer: AIOKafkaProducer) -> None:
    """Stop, without waiting for a broker that is away.

    Stock `stop` first tries to send what is left, up to 40 s. Nothing of it was acknowledged, so
    its input is read again and it is written then.
    """
    stopping = asyncio.create_task(producer.stop(), name="producer stop")
    done, _ = await asyncio.wait({stopping}, timeout=STOP_TIMEOUT)
    if done:
        error = stopping.exception()
        if error is not None and not isinstance(error, KafkaError):
            raise error
        return
    log.warning("producer_left_unsent", seconds=STOP_TIMEOUT)
    stopping.cancel()
    await asyncio.wait({stopping})
    with contextlib.suppress(KafkaError):
        await producer._sender.close()
        await producer.client.close()
