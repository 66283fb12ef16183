"""The demo's sample: sent, watched, stopped in between, and compared with its known answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Literal

from cli.control_topic import send_control
from cli.dead_letters import read_letters
from cli.demo_view import DemoView
from cli.demo_worker import WorkerProcess
from cli.post_sender import send_all
from cli.topic_reader import open_topic, read_records
from config.settings import Settings
from streams.codec import decode_flag
from streams.records import FlaggedEvent
from synth.answer import Comparison, compare
from synth.sample_post import Expected, SamplePost

SHOW_SECONDS: Final = 12.0
"""How long the sample lasts on a terminal, so that one can watch; elsewhere it is sent at once."""
CHUNKS: Final = 60
ANSWER_TIMEOUT: Final = 60.0
POLL_SECONDS: Final = 0.1


@dataclass(slots=True)
class _Run:
    """One run of the sample: what was sent, and what has been seen of it so far."""

    settings: Settings
    worker: WorkerProcess
    view: DemoView
    sent: int = 0
    started: float = 0.0

    async def send(self, posts: Sequence[SamplePost], seconds: float) -> None:
        """Send the posts, spread over so many seconds."""
        size = -(-len(posts) // CHUNKS) if seconds else len(posts)
        for first in range(0, len(posts), size):
            chunk = posts[first : first + size]
            await send_all((post.value for post in chunk), self.settings)
            self.sent += len(chunk)
            await asyncio.sleep(seconds / CHUNKS)

    async def dispositions(self) -> dict[str, int]:
        return await self.worker.metric("netral_dispositions_total", "disposition")

    async def wait_until_judged(self) -> dict[str, int]:
        """Wait until every post sent has its disposition, or for a minute; returns the counts."""
        deadline = monotonic() + ANSWER_TIMEOUT
        while True:
            self.worker.check_alive()
            counts = await self.dispositions()
            self.view.progress(self.sent, counts, monotonic() - self.started)
            if sum(counts.values()) >= self.sent or monotonic() > deadline:
                return counts
            await asyncio.sleep(POLL_SECONDS)

    async def watch(self) -> None:
        """Keep the view's counts fresh."""
        while True:
            counts = await self.dispositions()
            self.view.progress(self.sent, counts, monotonic() - self.started)
            await asyncio.sleep(POLL_SECONDS)

    async def control(self, action: Literal["stop", "resume"]) -> None:
        """Send a stop or resume and wait until the worker obeys it."""
        await send_control(self.settings, action, "shown in the demo", "demo")
        wanted = {"": int(action == "stop")}
        async with asyncio.timeout(ANSWER_TIMEOUT):
            while await self.worker.metric("netral_stopped") != wanted:
                self.worker.check_alive()
                await asyncio.sleep(POLL_SECONDS)


async def run_sample(
    settings: Settings,
    worker: WorkerProcess,
    sample: Sequence[SamplePost],
    held_back: Sequence[SamplePost],
    view: DemoView,
) -> Comparison:
    """Send the sample, stop, send what must then not be judged, resume; compare."""
    run = _Run(settings, worker, view, started=monotonic())
    flags: list[FlaggedEvent] = []
    async with _following(settings, flags, view):
        with view:
            watching = asyncio.create_task(run.watch())
            try:
                await run.send(sample, SHOW_SECONDS if view.live else 0.0)
            finally:
                watching.cancel()
            await run.wait_until_judged()
            await run.control("stop")
            view.say("flagging stopped by a control record")
            await run.send(held_back, 0.0)
            counts = await run.wait_until_judged()
            await run.control("resume")
            view.say("flagging resumed")
        letters = [each.letter for each in await read_letters(settings)]
    stopped = [replace(post, expected=Expected("stopped")) for post in held_back]
    return compare([*sample, *stopped], flags, letters, counts)


@asynccontextmanager
async def _following(
    settings: Settings, flags: list[FlaggedEvent], view: DemoView
) -> AsyncIterator[None]:
    """Collect the flagged events while the block runs, and whatever is there at its end."""
    done = asyncio.Event()

    async def collect() -> None:
        async with open_topic(
            settings.kafka, settings.topics.flagged_events, from_start=True
        ) as consumer:
            async for record in read_records(consumer, until=done):
                flag = decode_flag(record.value)
                if isinstance(flag, FlaggedEvent):
                    flags.append(flag)
                    view.flag(flag)

    collecting = asyncio.create_task(collect())
    try:
        yield
    finally:
        done.set()
        await collecting
