"""A process that posts a pool of events, over and over, at the rate it is told.

    python -m bench.soak_sender BOOTSTRAP TOPIC PARTITIONS EVENTS_FILE

Standard input: one JSON object a line, `{"rate": events a second}` or `{"count": events}` (as fast
as it can). At the end of input it waits for its acknowledgements and ends. Standard output: for
every acknowledged batch `[partition, first offset, events, broker time in ms]`. Partition `p` of
`n` gets the events `p`, `p + n`, `p + 2n`, … of the pool, in that order.
"""

import asyncio
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from cli.post_sender import record_key

TICK = 0.02
"""Seconds between two batches of a partition."""
BATCH_BYTES = 1_000_000
LONGEST_DEBT = 0.5
"""Seconds of its rate that a sender which fell behind makes good at once; the rest is not sent."""


class Sender:
    """Sends what is owed, one partition a task."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, events: list[bytes]) -> None:
        self._producer = producer
        self._topic = topic
        self._events = [(record_key(event), event) for event in events]
        self.rate = 0.0
        self.left: list[int] = []
        self.ended = asyncio.Event()
        self._receipts: set[asyncio.Task[None]] = set()

    async def run(self, partitions: int) -> None:
        self.left = [0] * partitions
        await asyncio.gather(*(self._partition(number, partitions) for number in range(partitions)))
        await asyncio.gather(*self._receipts)

    async def _partition(self, number: int, partitions: int) -> None:
        own = self._events[number::partitions]
        place, owed, last = 0, 0.0, time.monotonic()
        while not (self.ended.is_set() and not self.left[number]):
            now = time.monotonic()
            share = self.rate / partitions
            owed = min(owed + (now - last) * share, share * LONGEST_DEBT)
            last = now
            wanted = self.left[number] or int(owed)
            if wanted:
                batch = self._producer.create_batch()
                sent = 0
                for key, event in islice(_around(own, place), wanted):
                    if batch.append(key=key, value=event, timestamp=None) is None:
                        break
                    sent += 1
                place = (place + sent) % len(own)
                if self.left[number]:
                    self.left[number] -= sent
                else:
                    owed -= sent
                batch.close()
                future = await self._producer.send_batch(batch, self._topic, partition=number)
                self._note(future, number, sent)
            if not self.left[number]:
                await asyncio.sleep(TICK)

    def _note(self, future: "asyncio.Future[Any]", number: int, sent: int) -> None:
        async def receipt() -> None:
            answer = await future
            line = orjson.dumps([number, answer.offset, sent, answer.timestamp])
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()

        task = asyncio.create_task(receipt())
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)


def _around(events: list[Any], start: int) -> Any:
    while True:
        yield from islice(events, start, None)
        start = 0


async def main(bootstrap: str, topic: str, partitions: int, events: list[bytes]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", max_batch_size=BATCH_BYTES, linger_ms=0
    )
    await producer.start()
    sender = Sender(producer, topic, events)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    running = asyncio.create_task(sender.run(partitions))
    try:
        while line := await lines.readline():
            told = orjson.loads(line)
            sender.rate = told.get("rate", sender.rate)
            if "count" in told:
                sender.left = [told["count"] // partitions] * partitions
        sender.ended.set()
        await running
    finally:
        await producer.stop()


if __name__ == "__main__":
    pool = Path(sys.argv[4]).read_bytes().splitlines()
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), pool))
