"""(a) The bare client: aiokafka `getmany` and the typed decode, nothing else.

Run by `bench.pipeline` as `python -m bench.bare_consumer BOOTSTRAP TOPIC EVENTS`.
"""

import asyncio
import sys

import uvloop
from aiokafka import AIOKafkaConsumer

from bench.probe import Stopwatch
from streams.codec import DecodeFailure, decode_post


async def consume(bootstrap: str, topic: str, events: int) -> None:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=None,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4 * 1024 * 1024,
    )
    await consumer.start()
    watch = Stopwatch(events)
    try:
        finished = False
        while not finished:
            for records in (await consumer.getmany(timeout_ms=500, max_records=1_000)).values():
                failures = sum(isinstance(decode_post(r.value), DecodeFailure) for r in records)
                assert not failures
                finished = watch.count(len(records))
        watch.report()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(consume(sys.argv[1], sys.argv[2], int(sys.argv[3])))
