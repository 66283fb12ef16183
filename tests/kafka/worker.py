"""A `netral worker` process on a broker with logins, and how it ends."""

import asyncio
import json
from pathlib import Path

from cli.demo_worker import WorkerProcess, worker_process
from config.settings import Settings
from streams.codec import decode_flag
from streams.records import FlaggedEvent
from tests.invariants.live import clean_environment, flaggable
from tests.streams.wire import reader, write

DEADLINE = 40.0


def screened(settings: Settings, admin: str, folder: Path) -> str:
    """Run a worker until it has flagged a post and put a bad record aside; all that it said, in
    its log and at its port.

    `admin` is the address by which the test itself writes and reads.
    """
    with clean_environment(folder), worker_process(settings, folder) as worker:
        pages = asyncio.run(_flag_and_letter(worker, settings, admin))
        worker.process.terminate()
        assert worker.process.wait(DEADLINE) == 0
    return worker.log_file.read_text() + pages


def ended(settings: Settings, admin: str, folder: Path) -> tuple[int, str]:
    """Run a worker that something stops; exit code and all that it said."""
    with clean_environment(folder), worker_process(settings, folder) as worker:
        asyncio.run(_feed_until_end(worker, settings, admin))
    code = worker.process.returncode
    assert code is not None
    return code, worker.log_file.read_text()


async def _flag_and_letter(worker: WorkerProcess, settings: Settings, admin: str) -> str:
    await worker.wait_until_ready()
    topics = settings.topics
    await write(admin, topics.public_posts, [json.dumps(flaggable("one")).encode(), b"bad"])
    for topic in (topics.flagged_events, topics.dead_letters):
        async with reader(admin, topic) as consumer, asyncio.timeout(DEADLINE):
            record = await consumer.getone()
            if topic == topics.flagged_events:
                assert isinstance(decode_flag(record.value), FlaggedEvent)
    pages = {path: await worker._get(path) for path in ("/metrics", "/readyz", "/healthz")}
    assert {status for status, _ in pages.values()} == {200}
    return "".join(f"{path}:\n{body}\n" for path, (_, body) in pages.items())


async def _feed_until_end(worker: WorkerProcess, settings: Settings, admin: str) -> None:
    values = [json.dumps(flaggable("one")).encode(), b"bad"]
    await write(admin, settings.topics.public_posts, values)
    async with asyncio.timeout(DEADLINE):
        while worker.process.poll() is None:  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(0.05)
