"""`netral-control` read and written for a person: what is in force, and a new record."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import KafkaError

from cli.topic_reader import open_topic, read_records, read_to_end
from config.errors import BrokerError, SigningError
from config.settings import Settings
from streams.codec import DecodeFailure, decode_control, encode
from streams.connection import connection
from streams.records import ControlRecord
from streams.signature_order import SignatureOrder
from streams.signing import SignatureRefusedError, Signer, Verifier
from streams.signing_keys import load_signer, load_verifier
from streams.topics import ensure_control_topic

ANSWER_TIMEOUT: Final = 15.0
"""Seconds within which the brokers must acknowledge the record, and show it again."""

Action = Literal["stop", "resume"]


@dataclass(frozen=True, slots=True)
class Obeyed:
    """A control record that workers obey: where it lies, and when it came there.

    `timestamp` is milliseconds since 1970; by the broker's clock where `is_broker_time`.
    """

    record: ControlRecord
    offset: int
    timestamp: int
    is_broker_time: bool
    signed_by: str | None


class ControlTopic:
    """The open topic, with what its records so far amount to by a worker's rules."""

    def __init__(self, settings: Settings, consumer: AIOKafkaConsumer, verifier: Verifier) -> None:
        self._settings = settings
        self._consumer = consumer
        self._order = SignatureOrder(verifier)
        self.in_force: Obeyed | None = None
        self.refused: list[tuple[int, str]] = []
        """Offset and reason of every record that workers refuse."""

    @property
    def next_sequence(self) -> int:
        """Above every number that somebody with a trusted key has used, and not below the time.

        Milliseconds since 1970, so that it rises also where the topic was lost and made anew:
        workers that run remember what they obeyed.
        """
        signed = self._order.newest(self._settings.topics.control) or 0
        newest = max(signed, self.in_force.record.sequence if self.in_force else 0)
        return max(newest + 1, time.time_ns() // 1_000_000)

    async def read(self) -> None:
        """Take in every record from here to the end."""
        async for record in read_to_end(self._consumer):
            self._take(record)

    async def read_to(self, offset: int) -> None:
        """Take in every record up to this one. Raises BrokerError where it does not come."""
        async for record in read_records(self._consumer, idle_exit=ANSWER_TIMEOUT):
            self._take(record)
            if record.offset >= offset:
                return
        raise BrokerError(
            f"the record was acknowledged at offset {offset}, but does not show up in topic "
            f"{self._settings.topics.control}. Look at 'netral status', and send it again."
        )

    def _take(self, raw: ConsumerRecord) -> None:
        limit = self._settings.kafka.message_max_bytes
        try:
            record, signature = self._order.read(raw, decode_control, limit)
        except SignatureRefusedError as error:
            self.refused.append((raw.offset, str(error)))
            return
        if isinstance(record, DecodeFailure):
            self.refused.append((raw.offset, f"{record.reason} at {record.path}"))
            return
        if self.in_force is not None and record.sequence <= self.in_force.record.sequence:
            self.refused.append((raw.offset, f"sequence {record.sequence} is not newer"))
            return
        self.in_force = Obeyed(
            record,
            raw.offset,
            raw.timestamp,
            raw.timestamp_type == 1,
            signature.key_id if signature else None,
        )

    def signed(
        self, record: ControlRecord, signer: Signer | None
    ) -> tuple[bytes, list[tuple[str, bytes]]]:
        """The record's bytes and headers. Raises SigningError where workers would refuse them."""
        topic, value = self._settings.topics.control, encode(record)
        headers = signer.headers(topic, None, record.sequence, value) if signer else ()
        try:
            self._order.verifier.verify(topic, None, value, headers)
        except SignatureRefusedError as error:
            raise SigningError(
                f"workers would refuse the record: {error} Name another signing.private_key, or "
                "put its public key into signing.trusted_keys, here and at the workers."
            ) from None
        return value, list(headers)


async def read_control(settings: Settings) -> ControlTopic:
    """The topic as it is now. Raises BrokerError where it is not there."""
    verifier = load_verifier(settings)
    async with open_topic(settings.kafka, settings.topics.control, from_start=True) as consumer:
        topic = ControlTopic(settings, consumer, verifier)
        await topic.read()
        return topic


async def send_control(settings: Settings, action: Action, reason: str, by: str) -> Obeyed:
    """Write the record and return once it is what workers obey.

    Somebody else's record may come in between and make ours old; then it is sent again. Raises
    BrokerError where the brokers do not take it, and what the keys' files raise before that.
    """
    signer, verifier = load_signer(settings), load_verifier(settings)
    producer = AIOKafkaProducer(**connection(settings.kafka), acks="all")
    try:
        await ensure_control_topic(settings)
        await producer.start()
        async with open_topic(settings.kafka, settings.topics.control, from_start=True) as consumer:
            topic = ControlTopic(settings, consumer, verifier)
            await topic.read()
            while True:
                record = ControlRecord(
                    schema=1,
                    sequence=topic.next_sequence,
                    action=action,
                    reason=reason,
                    by=by,
                    at=datetime.now(UTC),
                )
                value, headers = topic.signed(record, signer)
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    place = await producer.send_and_wait(
                        settings.topics.control, value, headers=headers
                    )
                await topic.read_to(place.offset)
                if topic.in_force is not None and topic.in_force.offset == place.offset:
                    return topic.in_force
    except (KafkaError, TimeoutError) as error:
        raise BrokerError(
            f"the broker at {settings.kafka.bootstrap} did not take the record "
            f"({type(error).__name__}): flagging may go on as before. Check that it runs, that "
            "kafka.bootstrap is right, and send it again."
        ) from None
    finally:
        await producer.stop()
