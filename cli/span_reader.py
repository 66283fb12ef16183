"""Reading records of a topic in place: a span of it, or one offset."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from cli.spans import Place, Span
from cli.topic_reader import POLL_SECONDS
from config.errors import InputError

BATCH: Final = 2_000


@dataclass(slots=True)
class Ranges:
    """What a span means on this topic now: offsets, first inclusive, end exclusive."""

    first: dict[TopicPartition, int] = field(default_factory=dict)
    end: dict[TopicPartition, int] = field(default_factory=dict)
    expired: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By partition, the offsets asked for that are past retention, end exclusive."""


async def resolve(consumer: AIOKafkaConsumer, span: Span) -> Ranges:
    """Offsets of a span. Raises InputError for a partition that the topic does not have."""
    partitions = sorted(consumer.assignment())
    begins = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    numbers = {partition.partition for partition in partitions}
    named = {n for bound in (span.start, span.end) if isinstance(bound, dict) for n in bound}
    if named - numbers:
        raise InputError(
            f"the topic has no partition {', '.join(map(str, sorted(named - numbers)))}. It has "
            f"0 to {max(numbers)}."
        )
    ranges = Ranges()
    starts = begins
    if isinstance(span.start, datetime):
        wanted = dict.fromkeys(partitions, span.start_milliseconds)
        found = await consumer.offsets_for_times(wanted)
        starts = {each: found[each].offset if found.get(each) else ends[each] for each in wanted}
    for partition in partitions:
        number = partition.partition
        if named and number not in named:
            continue
        first = span.start[number] if isinstance(span.start, dict) else starts[partition]
        end = ends[partition]
        if isinstance(span.end, dict):
            end = span.end[number]  # its own end, should it lie behind the topic's
        if first < begins[partition]:
            ranges.expired[number] = (first, min(begins[partition], end))
            first = begins[partition]
        if first < end:
            ranges.first[partition], ranges.end[partition] = first, end
    return ranges


async def read_span(
    consumer: AIOKafkaConsumer, span: Span, ranges: Ranges
) -> AsyncIterator[Sequence[ConsumerRecord]]:
    """The records of a span, by partition in batches, each in the order of its offsets."""
    for partition in consumer.assignment():
        if partition in ranges.first:
            consumer.seek(partition, ranges.first[partition])
    waiting = set(ranges.first)
    while waiting:
        fetched = await consumer.getmany(
            *waiting, timeout_ms=int(POLL_SECONDS * 1_000), max_records=BATCH
        )
        for partition, records in fetched.items():
            wanted = [
                record
                for record in records
                if ranges.first[partition] <= record.offset < ranges.end[partition]
                and span.holds(record.timestamp)
            ]
            if wanted:
                yield wanted
        for partition in tuple(waiting):
            if await _is_read(consumer, partition, ranges.end[partition], partition in fetched):
                waiting.discard(partition)


async def read_at(consumer: AIOKafkaConsumer, place: Place) -> ConsumerRecord | None:
    """The record at a place; None where there is none (any more, yet, or ever)."""
    partition = TopicPartition(place.topic, place.partition)
    if partition not in consumer.assignment():
        return None
    if await is_expired(consumer, place):
        return None
    consumer.seek(partition, place.offset)
    while True:
        fetched = await consumer.getmany(
            partition, timeout_ms=int(POLL_SECONDS * 1_000), max_records=1
        )
        for record in fetched.get(partition, ()):
            return record if record.offset == place.offset else None
        if await _is_read(consumer, partition, place.offset + 1, False):
            return None


async def is_expired(consumer: AIOKafkaConsumer, place: Place) -> bool:
    """Whether the place is past retention; the partition must be there for that."""
    partition = TopicPartition(place.topic, place.partition)
    if partition not in consumer.assignment():
        return False
    begins: dict[TopicPartition, int] = await consumer.beginning_offsets([partition])
    return place.offset < begins[partition]


async def _is_read(
    consumer: AIOKafkaConsumer, partition: TopicPartition, end: int, came: bool
) -> bool:
    """Whether nothing more can come below `end`: it is reached, or it lies behind what the topic
    has (a fetch came back empty at its high watermark)."""
    position = await consumer.position(partition)
    if position >= end:
        return True
    highwater = consumer.highwater(partition)
    if came or highwater is None:  # no fetch has come back yet
        return False
    ends = await consumer.end_offsets([partition])
    return bool(position >= max(ends[partition], highwater))
