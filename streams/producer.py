"""Writing flags and dead letters: acknowledged by all replicas before the input is.

Flags have a guard, which is asked again right before every request for them is written to a
connection, the client's own repeats included: a process that was stopped anywhere on the way, or
waited for a broker, does not send what it was allowed to send before (invariant 14).
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    InvalidTimestampError,
    KafkaError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    OutOfOrderSequenceNumber,
    ProducerClosed,
    RecordListTooLargeError,
)
from aiokafka.protocol.produce import ProduceRequest

from config.settings import KafkaSettings
from streams.broker import is_away, pauses
from streams.connection import connection
from streams.waits import Waits

LINGER_MILLISECONDS: Final = 2
STOP_TIMEOUT: Final = 3.0
"""Seconds for what is left to be sent when the worker leaves."""

RECORD_OVERHEAD: Final = 64 * 1024
"""Bytes of a request beyond the largest value: key, headers, framing."""

DELIVERY_MILLISECONDS: Final = 1_000
"""How long the kernel may go on trying to deliver a request for flags; then it drops the
connection. Without it what was written before a network fault, or before the process was
stopped, could arrive minutes later."""

_GIVEN_UP: Final = (ProducerClosed, OutOfOrderSequenceNumber)
"""What records meet whose producer was given up under them; a new one takes them."""

Guard = Callable[[], None]
"""Raises FlagsHeldError while nothing may be sent."""

log = structlog.get_logger(__name__)


class FlagsHeldError(KafkaError):  # type: ignore[misc]  # aiokafka is untyped
    """Flags may not be sent now: flagging is stopped, or it cannot be known that it is not.

    A KafkaError that is not retriable, so that the client fails the records at once.
    """

    retriable = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to write. `timestamp` is milliseconds since 1970, None for now."""

    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()
    timestamp: int | None = None


class RecordProducer:
    """An AIOKafkaProducer with acks=all, idempotent where the broker can do that.

    `guard` is called before anything is sent, and before it is sent again.
    """

    def __init__(self, settings: KafkaSettings, guard: Guard | None = None) -> None:
        self._settings = settings
        self._guard = guard
        self._producer: AIOKafkaProducer | None = None
        self._waits = Waits()
        self._is_idempotent = True
        self._is_open = False
        self._renewing = asyncio.Lock()

    def longest_wait(self) -> float:
        """Seconds that the oldest write under way has waited for the brokers' word; 0: none is."""
        return self._waits.longest()

    async def __aenter__(self) -> Self:
        """Connect. Raises KafkaError where the broker is away."""
        self._is_open = True
        self._producer = await self._started()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        producer, self._producer = self._producer, None
        if producer is not None:
            await _leave(producer)

    async def write(self, records: Sequence[Outgoing]) -> list[int]:
        """Write the records and wait for the brokers' word; returns which were too large.

        While the broker is away it waits and tries again, for as long as the caller does. Raises
        KafkaError where trying again will not help, FlagsHeldError where the guard holds them
        back: some of the records may be written then.
        """
        with self._waits.under_way():
            return await self._write_all(records)

    async def _write_all(self, records: Sequence[Outgoing]) -> list[int]:
        refused: list[int] = []
        waiting = list(range(len(records)))
        following = pauses()
        while waiting:
            results = await self._write_once([records[index] for index in waiting])
            again: list[int] = []
            for index, result in zip(waiting, results, strict=True):
                if isinstance(result, MessageSizeTooLargeError | RecordListTooLargeError):
                    refused.append(index)
                elif isinstance(result, InvalidTimestampError) and self._guard is not None:
                    # The topic's own limit (message.timestamp.before.max.ms): they came too late.
                    raise FlagsHeldError from result
                elif isinstance(result, BaseException):
                    if not is_away(result) and not isinstance(result, _GIVEN_UP):
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
        if not self._is_open:
            raise RuntimeError("the producer is used outside its 'async with' block")
        if self._guard is not None:
            self._guard()
        try:
            producer = await self._usable()
        except KafkaError as error:
            return [error] * len(records)
        results: list[object] = []
        receipts: dict[int, asyncio.Future[object]] = {}
        for place, record in enumerate(records):
            results.append(None)
            try:
                receipts[place] = await producer.send(
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
        failures = [result for result in results if isinstance(result, BaseException)]
        if not all(isinstance(failure, MessageSizeTooLargeError) for failure in failures):
            await self._give_up(producer)
        return results

    async def _usable(self) -> AIOKafkaProducer:
        """The producer in use; a new one where the last was given up. Raises KafkaError."""
        async with self._renewing:
            producer = self._producer
            if producer is None:
                producer = self._producer = await self._started()
            return producer

    async def _give_up(self, producer: AIOKafkaProducer) -> None:
        """Use this producer no more: a batch of it failed.

        An idempotent producer numbers its batches, and brokers refuse what comes behind a gap.
        """
        is_in_use = self._producer is producer
        if self._is_idempotent and is_in_use:
            self._producer = None
            await _leave(producer)

    async def _started(self) -> AIOKafkaProducer:
        if self._is_idempotent:
            try:
                return await self._connected(idempotent=True)
            except KafkaError as error:
                if is_away(error) or isinstance(error, ClusterAuthorizationFailedError):
                    raise
                # The embedded broker has no producer ids. A retry may then write a record twice,
                # which a reader recognises by its key.
                log.warning("producer_without_idempotence", error=type(error).__name__)
                self._is_idempotent = False
        return await self._connected(idempotent=False)

    async def _connected(self, *, idempotent: bool) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **connection(self._settings),
            acks="all",
            enable_idempotence=idempotent,
            linger_ms=LINGER_MILLISECONDS,
            max_request_size=self._settings.message_max_bytes + RECORD_OVERHEAD,
        )
        if self._guard is not None:
            _guard_requests(producer.client, self._guard)
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer


def _guard_requests(client: AIOKafkaClient, guard: Guard) -> None:
    """Make the client ask `guard` before each produce request, once the connection is there.

    Between the question and the write to the socket nothing else runs.
    """
    send = client.send

    async def guarded(
        node: int, request: Any, *, group: ConnectionGroup = ConnectionGroup.DEFAULT
    ) -> Any:
        if isinstance(request, ProduceRequest):
            guard()  # first without a connection: one may take long, or never come
            if not await client.ready(node, group=group):
                raise NodeNotReadyError(f"node {node} cannot be reached")
            _limit_delivery(client, node, group)
            guard()
        return await send(node, request, group=group)

    client.send = guarded


def _limit_delivery(client: AIOKafkaClient, node: int, group: ConnectionGroup) -> None:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    writer = client._conns[node, group]._writer
    if option is None or writer is None:  # no such option on macOS and Windows
        return
    endpoint = writer.get_extra_info("socket")
    if endpoint is not None and endpoint.family != getattr(socket, "AF_UNIX", None):
        endpoint.setsockopt(socket.IPPROTO_TCP, option, DELIVERY_MILLISECONDS)


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
