"""A running `netral worker` as its operators see it: what they send it, and what it answers."""

import asyncio
import itertools
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from cli.demo_worker import WorkerProcess, worker_process
from config.settings import Settings, SigningSettings
from streams.codec import decode_flag
from streams.records import FlaggedEvent
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.invariants.live import clean_environment, flaggable, worker_settings
from tests.invariants.scene import Files, files_in
from tests.streams.signed import write_signed
from tests.streams.wire import reader, write

DEADLINE = 15.0


@dataclass
class Running:
    """One worker with its own topics and its own files."""

    settings: Settings
    files: Files
    worker: WorkerProcess
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def change(self, topic: str, record: msgspec.Struct | bytes) -> None:
        """Send a signed record; one without a readable number gets the next."""
        number = getattr(record, "sequence", None)
        if number is None and b'"sequence"' not in bytes(cast(bytes, record)):
            number = next(self.numbers)
        await write_signed(self.settings, topic, record, sequence=number)

    def reload(self) -> None:
        self.worker.process.send_signal(signal.SIGHUP)

    async def until(
        self, name: str, label: str | None, wanted: Callable[[dict[str, float]], bool]
    ) -> Any:
        """The samples of a metric by a label's value, once they are as wanted."""
        async with asyncio.timeout(DEADLINE):
            while True:
                self.worker.check_alive()
                found = await self.worker.samples(name, label)
                if found and wanted(found):
                    return found
                await asyncio.sleep(0.02)

    async def refusals(self) -> dict[str, float]:
        """How many changes were refused so far, by list."""
        return await self.worker.samples("netral_list_refusals_total", "list")

    async def refused(self) -> set[str]:
        """The lists of which the newest change stands refused."""
        found = await self.worker.samples("netral_list_refused", "list")
        return {name for name, value in found.items() if value}

    async def versions(self) -> set[str]:
        """Of the register, the watchlist and the rules in force."""
        return set(await self.worker.samples("netral_list_info", "version"))

    async def mend(self) -> None:
        """Put the files right, have them read, and wait until nothing stands refused.

        The worker also looks at its register's place by itself: it must have seen this one, or it
        might take it up in the middle of what comes next.
        """
        switched = self.logged("register_switched")
        self.files.mend()
        self.reload()
        await self.until_logged("register_switched", switched + 1)
        await self.none_refused()

    def logged(self, event: str) -> int:
        """How often the worker's log says so."""
        return self.worker.log_file.read_text().count(event)

    async def until_logged(self, event: str, times: int) -> None:
        async with asyncio.timeout(DEADLINE):
            while self.logged(event) < times:
                self.worker.check_alive()
                await asyncio.sleep(0.02)

    async def none_refused(self) -> None:
        await self.until("netral_list_refused", "list", lambda found: not any(found.values()))

    async def readyz(self) -> dict[str, Any]:
        status, body = await self.worker._get("/readyz")
        answer: dict[str, Any] = json.loads(body)
        assert (status == 200) == answer["ready"]
        return answer

    async def flag(self) -> FlaggedEvent:
        """Send one post that must be flagged, and wait for its flag."""
        post_id = f"post-{next(self.numbers)}"
        value = json.dumps(flaggable(post_id)).encode()
        topics = self.settings.topics
        await write(self.settings.kafka.bootstrap, topics.public_posts, [value])
        async with (
            reader(self.settings.kafka.bootstrap, topics.flagged_events) as consumer,
            asyncio.timeout(DEADLINE),
        ):
            while True:
                self.worker.check_alive()
                for records in (await consumer.getmany(timeout_ms=50)).values():
                    for record in records:
                        flag = decode_flag(record.value)
                        assert isinstance(flag, FlaggedEvent)
                        if flag.post_id == post_id:
                            return flag


@contextmanager
def running(
    broker: Broker, prefix: str, folder: Path, signing: SigningSettings | None = None
) -> Iterator[Running]:
    """A worker of one's own, ready; stopped with SIGTERM when the block ends.

    `signing`: other keys than those that all tests share.
    """
    files = files_in(folder / "lists")
    settings = worker_settings(broker, prefix, files)
    if signing is not None:
        settings = settings.model_copy(update={"signing": signing})
    asyncio.run(ensure_topics(settings))
    with started(settings, files, folder / "worker") as worker:
        yield worker


@contextmanager
def started(settings: Settings, files: Files, folder: Path) -> Iterator[Running]:
    """A worker over topics and files that are there already."""
    with clean_environment(folder), worker_process(settings, folder) as process:
        asyncio.run(process.wait_until_ready())
        yield Running(settings, files, process)
