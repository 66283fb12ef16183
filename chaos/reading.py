"""Reading a topic from its beginning to its end."""

from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import ConsumerRecord

_FETCH_BYTES: Final = 8 << 20


async def read_committed(bootstrap: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """Every record that is in a topic now and that no transaction took back."""
    consumer = AIOKafkaConsumer(
        topic,
        auto_offset_reset="earliest",
        bootstrap_servers=bootstrap,
        group_id=None,
        isolation_level="read_committed",
        max_partition_fetch_bytes=_FETCH_BYTES,
    )
    await consumer.start()
    found: list[ConsumerRecord[bytes, bytes]] = []
    try:
        partitions = list(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    finally:
        await consumer.stop()
    return found
