"""What a soak run is watched by: what was sent, what the workers have done, what came out."""

import asyncio
import contextlib
import sys
import time
from asyncio.subprocess import PIPE, Process
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer

from cli.demo_worker import WorkerProcess
from config.settings import Settings

LOOK_SECONDS = 1.0


@dataclass
class Sent:
    """The acknowledged batches of the sender, by partition in the order of their offsets."""

    partitions: int
    firsts: list[list[int]] = field(init=False)
    times: list[list[int]] = field(init=False)
    counts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.firsts = [[] for _ in range(self.partitions)]
        self.times = [[] for _ in range(self.partitions)]
        self.counts = [0] * self.partitions

    @property
    def total(self) -> int:
        return sum(self.counts)

    def add(self, partition: int, first: int, count: int, at: int) -> None:
        self.firsts[partition].append(first)
        self.times[partition].append(at)
        self.counts[partition] += count

    def time_of(self, partition: int, offset: int) -> int:
        """The broker's time of a record, milliseconds since 1970."""
        place = bisect_right(self.firsts[partition], offset) - 1
        return self.times[partition][place]


class Sending:
    """The sender's process."""

    def __init__(self, process: Process, sent: Sent) -> None:
        self._process = process
        self.sent = sent
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.sent.add(*orjson.loads(line))

    def tell(self, **what: float) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(what) + b"\n")

    async def end(self) -> None:
        """Send no more; returns when everything is acknowledged."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._reading
        if await self._process.wait():
            raise SystemExit("the sender ended with an error; see above")

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()


@contextlib.asynccontextmanager
async def sending(settings: Settings, events: Path) -> AsyncIterator[Sending]:
    topics = settings.topics
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.soak_sender", settings.kafka.bootstrap),
        *(topics.public_posts, str(topics.partitions), str(events)),
        stdin=PIPE,
        stdout=PIPE,
    )
    sender = Sending(process, Sent(topics.partitions))
    try:
        yield sender
    finally:
        sender.kill()
        await process.wait()


@dataclass(frozen=True)
class Look:
    """One look: seconds on the monotonic clock; events judged and resident MiB, by worker."""

    at: float
    sent: int
    judged: tuple[int, ...]
    mib: tuple[float, ...]

    @property
    def lag(self) -> int:
        return self.sent - sum(self.judged)


async def look(workers: Sequence[WorkerProcess], topic: str, sent: int) -> Look:
    judged = []
    for worker in workers:
        counts: dict[str, int] = {}
        while not counts:  # on a busy machine an answer may be late
            worker.check_alive()
            counts = await worker.metric("netral_events_total", "topic")
        judged.append(counts[topic])
    return Look(
        time.monotonic(), sent, tuple(judged), tuple(resident_mib(w.process.pid) for w in workers)
    )


def resident_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


@dataclass
class Flags:
    """Every flag that came out: its post's partition and offset, and the broker's time of it."""

    seen: list[tuple[int, int, int]] = field(default_factory=list)

    async def follow(self, settings: Settings) -> None:
        """Read until cancelled."""
        consumer = AIOKafkaConsumer(
            settings.topics.flagged_events,
            bootstrap_servers=settings.kafka.bootstrap,
            group_id=None,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        headers = dict(record.headers)
                        place = int(headers["source-partition"]), int(headers["source-offset"])
                        self.seen.append((*place, record.timestamp))
        finally:
            await consumer.stop()
