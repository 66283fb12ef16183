"""`watchlist-updates` read and written for a person: its whole history, and new records."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from cli.topic_reader import open_topic, read_records, read_to_end
from config.errors import BrokerError, WatchlistError
from config.settings import Settings
from lists.watchlist_history import TopicRecord
from streams.access import rights
from streams.broker import unusable
from streams.codec import DecodeFailure, decode_watchlist_update, encode
from streams.producer import Outgoing, RecordProducer
from streams.records import WatchlistUpdate
from streams.signature_order import SignatureOrder
from streams.signing import SignatureRefusedError
from streams.signing_keys import load_signer, load_verifier

ANSWER_TIMEOUT: Final = 15.0
"""Seconds within which the brokers must acknowledge a record, and show it again."""


class UpdatesTopic:
    """The open topic. Every read goes on where the last one ended."""

    def __init__(self, settings: Settings, consumer: AIOKafkaConsumer) -> None:
        self._settings = settings
        self._consumer = consumer
        self._order = SignatureOrder(load_verifier(settings))

    async def read(self) -> list[TopicRecord]:
        """Every record from here to the end."""
        return [self._decoded(record) async for record in read_to_end(self._consumer)]

    async def read_until(self, sequence: int) -> list[TopicRecord]:
        """Every record from here to the one that has this sequence.

        Raises BrokerError where it does not come in time.
        """
        found: list[TopicRecord] = []
        async for raw in read_records(self._consumer, idle_exit=ANSWER_TIMEOUT):
            record = self._decoded(raw)
            found.append(record)
            if record.update is not None and record.update.sequence == sequence:
                return found
        raise BrokerError(
            f"the records were acknowledged, but record {sequence} does not show up in topic "
            f"{self._settings.topics.watchlist_updates}. See 'netral watchlist history'."
        )

    def _decoded(self, record: ConsumerRecord) -> TopicRecord:
        """The record as a worker takes it, with the reason where one does not."""
        limit = self._settings.kafka.message_max_bytes
        try:
            update, _ = self._order.read(record, decode_watchlist_update, limit)
        except SignatureRefusedError as error:
            content = decode_watchlist_update(record.value, limit)
            readable = None if isinstance(content, DecodeFailure) else content
            return TopicRecord(record.offset, record.timestamp, readable, str(error))
        if isinstance(update, DecodeFailure):
            why = f"unreadable: {update.reason} at {update.path}"
            return TopicRecord(record.offset, record.timestamp, None, why)
        return TopicRecord(record.offset, record.timestamp, update)

    @property
    def newest_signed(self) -> int:
        """The highest sequence of a record with a good signature; 0 before the first."""
        return self._order.newest(self._settings.topics.watchlist_updates) or 0


@asynccontextmanager
async def open_updates(settings: Settings) -> AsyncIterator[UpdatesTopic]:
    """The topic from its beginning. Raises BrokerError where it is not there, has several
    partitions, or the broker cannot be used."""
    topic = settings.topics.watchlist_updates
    async with open_topic(settings.kafka, topic, from_start=True) as consumer:
        count = len(consumer.assignment())
        if count != 1:
            raise BrokerError(
                f"topic {topic} has {count} partitions; its records are in sequence and need "
                "exactly one. Delete it and let the worker make it."
            )
        yield UpdatesTopic(settings, consumer)


def encode_updates(settings: Settings, updates: Sequence[WatchlistUpdate]) -> list[bytes]:
    """The bytes of each record, read once as a worker will read them.

    Raises WatchlistError where a worker could not: a list may be too long for one record.
    """
    values: list[bytes] = []
    for update in updates:
        value = encode(update)
        read = decode_watchlist_update(value, settings.kafka.message_max_bytes)
        if isinstance(read, DecodeFailure):
            raise WatchlistError(
                f"contest {update.contest_id}: workers could not read its record ({read.reason} "
                f"at {read.path}), so nothing was sent. Make the contest smaller."
            )
        values.append(value)
    return values


async def send_updates(
    settings: Settings,
    updates: Sequence[WatchlistUpdate],
    values: Sequence[bytes],
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Send each record once the one before it is acknowledged: a worker refuses a record that
    comes behind one with a higher sequence.

    Raises BrokerError, saying how many are there, where the brokers refuse one or do not answer.
    """
    topic = settings.topics.watchlist_updates
    signer = load_signer(settings)
    done = 0
    try:
        async with RecordProducer(settings.kafka) as producer:
            for update, value in zip(updates, values, strict=True):
                key = update.contest_id.encode()
                headers = signer.headers(topic, key, update.sequence, value) if signer else ()
                record = Outgoing(topic, key, value, headers)
                async with asyncio.timeout(ANSWER_TIMEOUT):
                    too_large = await producer.write([record])
                if too_large:
                    raise BrokerError(
                        f"{done} of {len(updates)} records were sent; the brokers refuse the next "
                        f"one, contest {update.contest_id}, as too large. Raise the topic's "
                        "max.message.bytes and send the list again: only what is missing goes out."
                    )
                done += 1
                progress(done)
    except (KafkaError, TimeoutError) as error:
        why = await unusable(error, settings.kafka, rights(settings, "publisher"))
        raise BrokerError(
            f"{done} of {len(updates)} records were sent, then {why} Send the list again after "
            "that: only what is missing goes out."
        ) from None
