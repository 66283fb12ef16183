"""The input: written plainly and in transactions, some of them aborted; with compacted gaps.

Everything goes past the proxies, straight to the brokers: what is in the input is not in doubt.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from chaos.reading import read_committed
from chaos.scene import PARTITIONS

CHUNK: Final = 400
KINDS: Final = ("plain", "transaction", "aborted")
WEIGHTS: Final = (60, 25, 15)
ATTEMPT_TIMEOUT: Final = 30.0
COMPACTION_TIMEOUT: Final = 120.0
HELD_BACK: Final = 0.9
FILLER: Final = b'{"filler": "a bad record, for the tail of a segment"}'


async def make_input_topic(bootstrap: str, topic: str) -> None:
    """A topic that Kafka compacts soon, so that superseded records leave gaps in the offsets."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    config = {
        "cleanup.policy": "compact",
        "min.cleanable.dirty.ratio": "0.01",
        "segment.ms": "3000",
        "max.message.bytes": "8388608",
    }
    try:
        await admin.create_topics([NewTopic(topic, PARTITIONS, 3, topic_configs=config)])
    finally:
        await admin.close()


async def write_compacted(
    bootstrap: str, topic: str, values: Sequence[bytes], decoys: Sequence[bytes]
) -> int:
    """Write each decoy, then a value of the same key; wait until Kafka has dropped the decoys.

    Returns how many offsets are gone. Raises TimeoutError where Kafka does not compact.
    """
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    await producer.start()
    try:
        for number, (decoy, value) in enumerate(zip(decoys, values, strict=False)):
            key = f"compacted-{number}".encode()
            await producer.send(topic, decoy, key=key)
            await producer.send(topic, value, key=key)
        await producer.flush()
        async with asyncio.timeout(COMPACTION_TIMEOUT):
            while True:
                # A record that comes after `segment.ms` closes the segment before it.
                await asyncio.sleep(1.5)
                for partition in range(PARTITIONS):
                    key = f"tail-{time.time_ns()}".encode()
                    await producer.send(topic, FILLER, key=key, partition=partition)
                await producer.flush()
                present = {record.value for record in await read_committed(bootstrap, topic)}
                if not present & set(decoys):
                    return len(decoys)
    finally:
        await producer.stop()


class Feeder:
    """Writes the stream at a pace, chunk by chunk, whatever happens to the brokers."""

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        values: Sequence[bytes | None],
        decoys: Sequence[bytes],
        chance: random.Random,
    ) -> None:
        self.sent = self.aborted = self.again = 0
        self._bootstrap, self._topic = bootstrap, topic
        self._values, self._decoys, self._chance = values, decoys, chance
        self._producer: AIOKafkaProducer | None = None
        self._transactional: AIOKafkaProducer | None = None

    async def run(self, seconds: float, faults_over: asyncio.Event) -> None:
        """Write everything in about so many seconds, the last tenth not before `faults_over`.

        Ends with a plain record in each partition.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        for start in range(0, len(self._values), CHUNK):
            due = began + seconds * start / len(self._values)
            await asyncio.sleep(max(0.0, due - loop.time()))
            if start >= HELD_BACK * len(self._values):
                await faults_over.wait()
            kind = self._chance.choices(KINDS, WEIGHTS)[0]
            if kind == "aborted":
                decoys = self._chance.sample(self._decoys, min(20, len(self._decoys)))
                await self._attempt(self._abort, decoys)
                self.aborted += len(decoys)
                kind = "plain"
            chunk = self._values[start : start + CHUNK]
            await self._attempt(self._plain if kind == "plain" else self._commit, chunk)
            self.sent += len(chunk)
        await self._attempt(self._tail, ())
        await self._stop()

    async def write(self, value: bytes) -> None:
        """Write one record, whatever happens to the brokers."""
        await self._attempt(self._plain, [value])
        await self._stop()

    async def _attempt(self, write: Any, values: Sequence[bytes | None]) -> None:
        while True:
            try:
                async with asyncio.timeout(ATTEMPT_TIMEOUT):
                    await write(values)
                    return
            except (KafkaError, TimeoutError, AssertionError, ValueError):
                # Whether the brokers had it is not known: written again, and read back later.
                self.again += 1
                await self._stop()
                await asyncio.sleep(0.5)

    async def _plain(self, values: Sequence[bytes | None]) -> None:
        if self._producer is None:
            self._producer = await self._started()
        await self._send(self._producer, values)

    async def _commit(self, values: Sequence[bytes | None]) -> None:
        async with (await self._in_transactions()).transaction():
            await self._send(await self._in_transactions(), values)

    async def _abort(self, values: Sequence[bytes | None]) -> None:
        producer = await self._in_transactions()
        await producer.begin_transaction()
        await self._send(producer, values)
        await producer.abort_transaction()

    async def _tail(self, _: Sequence[bytes | None]) -> None:
        producer = await self._started()
        try:
            for partition in range(PARTITIONS):
                await producer.send_and_wait(self._topic, FILLER, key=b"last", partition=partition)
        finally:
            await producer.stop()

    async def _send(self, producer: AIOKafkaProducer, values: Sequence[bytes | None]) -> None:
        # A key of its own for each: compaction must drop none of them.
        receipts = [
            await producer.send(self._topic, value, key=f"{self._chance.random()}".encode())
            for value in values
        ]
        await asyncio.gather(*receipts)

    async def _in_transactions(self) -> AIOKafkaProducer:
        if self._transactional is None:
            name = f"feeder-{self._chance.random()}"
            self._transactional = await self._started(
                transactional_id=name, transaction_timeout_ms=10_000
            )
        return self._transactional

    async def _started(self, **options: Any) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            request_timeout_ms=20_000,
            **options,
        )
        try:
            await producer.start()
        except BaseException:
            await _stopped(producer)
            raise
        return producer

    async def _stop(self) -> None:
        both = (self._producer, self._transactional)
        self._producer = self._transactional = None
        for producer in both:
            if producer is not None:
                await _stopped(producer)


async def _stopped(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(3.0):
            await producer.stop()
    except (KafkaError, TimeoutError, AssertionError):
        return  # it could not say farewell; the brokers forget it by themselves
