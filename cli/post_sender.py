"""Raw records to a topic, in order, acknowledged by all replicas; signed where it needs that."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Any, Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from config.errors import BrokerError, InputError
from config.settings import Settings
from streams.access import Right
from streams.broker import unusable
from streams.connection import connection
from streams.signing import Signer
from streams.signing_keys import load_signer, signed_topics

UNACKNOWLEDGED: Final = 5_000
"""Records in flight; bounds the memory."""


class _KeyActor(msgspec.Struct):
    handle: str
    account_id: str | None = None


class _KeyFields(msgspec.Struct):
    platform: str
    actor: _KeyActor


_decode_key = msgspec.json.Decoder(_KeyFields).decode


def record_key(value: bytes | None) -> bytes | None:
    """Platform and actor's id or handle, as the topic's contract says; None where unreadable.

    Reads only those fields, so that a record that is bad elsewhere keeps its place. A null value
    has an empty key: the client refuses a record that has neither.
    """
    if value is None:
        return b""
    try:
        post = _decode_key(value)
        return f"{post.platform}:{post.actor.account_id or post.actor.handle}".encode()
    except (ValueError, RecursionError):
        return None


class _Numbered(msgspec.Struct):
    sequence: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]


_decode_sequence = msgspec.json.Decoder(_Numbered).decode


def signed_headers(
    signer: Signer | None, topic: str, key: bytes | None, value: bytes | None
) -> list[tuple[str, bytes]]:
    """The headers of a list or control record. Raises InputError where it has no `sequence`."""
    if signer is None:
        return []
    try:
        sequence = _decode_sequence(value or b"").sequence
    except (ValueError, RecursionError):
        raise InputError(
            f"a record for {topic} has no `sequence`, so it cannot be signed. Give each one a "
            "number, higher than all that were sent to the topic before."
        ) from None
    return list(signer.headers(topic, key, sequence, value))


async def send_all(records: Iterable[bytes | None], settings: Settings) -> tuple[int, int]:
    """Send records and wait for every acknowledgement; returns how many records and bytes.

    They go to `topics.public_posts`; where that is the name of a list or control topic they are
    signed. Raises BrokerError where the brokers cannot be reached or refuse a record, InputError
    for a record larger than `kafka.message_max_bytes` or without the number that a signature needs.
    """
    kafka, topic = settings.kafka, settings.topics.public_posts
    is_signed = topic in signed_topics(settings.topics)
    signer = load_signer(settings) if is_signed else None
    producer = AIOKafkaProducer(
        **connection(kafka),
        acks="all",
        linger_ms=20,
        max_batch_size=262_144,
        max_request_size=kafka.message_max_bytes,
    )
    count = size = 0
    pending: list[Any] = []
    try:
        await producer.start()
        for value in records:
            key = None if is_signed else record_key(value)
            headers = signed_headers(signer, topic, key, value)
            pending.append(await producer.send(topic, value, key=key, headers=headers))
            count += 1
            size += len(value or b"")
            if len(pending) >= UNACKNOWLEDGED:
                await asyncio.gather(*pending)
                pending.clear()
        await producer.flush()
        await asyncio.gather(*pending)
    except MessageSizeTooLargeError:
        raise InputError(
            f"record {count + 1:,} is larger than kafka.message_max_bytes "
            f"({kafka.message_max_bytes:,}). Leave it out; those before it are sent."
        ) from None
    except KafkaError as error:
        needed = [Right("Write", "topic", settings.topics.public_posts)]
        why = await unusable(error, kafka, needed)
        raise BrokerError(f"after {count:,} records: {why}") from None
    finally:
        await producer.stop()
    return count, size
