"""Nothing is lost: killed, stopped, crashed, or with the broker away. Real processes throughout."""

import asyncio
import contextlib
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config.settings import Settings
from rig.ports import stable_port
from streams.topics import ensure_topics
from tests.brokers import Broker, Kind, own_broker
from tests.streams.wire import (
    DEADLINE,
    Proxy,
    committed,
    read_to_end,
    read_until,
    reader,
    settings_for,
    write,
)

pytestmark = pytest.mark.broker
ROOT = Path(__file__).resolve().parent.parent.parent
PARTITIONS = 4


@contextlib.asynccontextmanager
async def worker(settings: Settings, prefix: str, pause: float = 0.0) -> AsyncIterator[Process]:
    """An echo worker in a process of its own; killed where the block leaves it running."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.agents.echo_worker", settings.kafka.bootstrap, prefix, str(pause)),
        cwd=ROOT,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def log_of(process: Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE):
        return (await process.stderr.read()).decode()


async def prepared(bootstrap: str, prefix: str, values: list[bytes]) -> Settings:
    settings = settings_for(bootstrap, prefix)
    await ensure_topics(settings)
    await write(bootstrap, settings.topics.public_posts, values, PARTITIONS)
    return settings


def numbered(count: int) -> list[bytes]:
    return [f"post {number}".encode() for number in range(count)]


async def test_killed_again_and_again_loses_nothing(broker: Broker) -> None:
    values = numbered(8_000)  # 80 batches, 16 at once: some 2.5 s of work
    settings = await prepared(broker.bootstrap, "kill-", values)
    chance = random.Random(7)
    async with reader(broker.bootstrap, settings.topics.flagged_events) as flags:
        for _ in range(3):
            async with worker(settings, "kill-", pause=0.5):
                # Killed in the midst of it: after some flags of this life have come out.
                seen, enough = 0, chance.randint(1, 1_000)
                async with asyncio.timeout(DEADLINE):
                    while seen < enough:
                        for records in (await flags.getmany(timeout_ms=100)).values():
                            seen += len(records)
    async with worker(settings, "kill-") as last:
        async with reader(broker.bootstrap, settings.topics.flagged_events) as flags:
            await read_until(flags, values)
        last.terminate()
        async with asyncio.timeout(DEADLINE):
            assert await last.wait() == 0
    assert sum((await committed(settings, PARTITIONS)).values()) == len(values)


async def test_sigterm_finishes_and_commits_the_batches_in_hand(broker: Broker) -> None:
    settings = await prepared(broker.bootstrap, "term-", numbered(3_000))
    async with worker(settings, "term-", pause=0.5) as process:
        async with reader(broker.bootstrap, settings.topics.flagged_events) as flags:
            async with asyncio.timeout(DEADLINE):
                while not await flags.getmany(timeout_ms=100):
                    pass
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    # Whatever was written is committed, and nothing else: not one is judged twice or never.
    written = await read_to_end(broker.bootstrap, settings.topics.flagged_events)
    assert sum((await committed(settings, PARTITIONS)).values()) == len(written) > 0
    assert len({record.value for record in written}) == len(written)


async def test_inv_02_a_crash_exits_70_commits_nothing_and_names_no_data(
    broker: Broker,
) -> None:
    settings = await prepared(broker.bootstrap, "boom-", [b"BOOM KANARI-41c"] * PARTITIONS)
    async with worker(settings, "boom-") as process:
        output = await log_of(process)
        assert await process.wait() == 70
    assert await committed(settings, PARTITIONS) == {}
    assert await read_to_end(broker.bootstrap, settings.topics.flagged_events) == []
    assert "KANARI" not in output
    assert "ValueError" in output
    assert "tests/agents/echo_worker.py" in output


async def test_two_workers_share_the_work_and_lose_nothing(broker: Broker) -> None:
    values = numbered(4_000)
    settings = await prepared(broker.bootstrap, "two-", values)
    async with (
        worker(settings, "two-", 0.05),
        worker(settings, "two-", 0.05),
        reader(broker.bootstrap, settings.topics.flagged_events) as flags,
    ):
        await read_until(flags, values)


async def test_a_broker_that_is_away_is_waited_for(broker_kind: Kind, tmp_path: Path) -> None:
    """Away at the start, and again in the midst of it, longer than the session timeout."""
    port = stable_port()
    values = numbered(2_000)
    with own_broker(broker_kind, tmp_path, f"127.0.0.1:{port}") as broker:
        proxy = Proxy(port, broker.bootstrap)
        settings = settings_for(f"127.0.0.1:{port}", "away-")
        async with worker(settings, "away-", pause=0.05) as process:
            assert process.stderr is not None
            async with asyncio.timeout(DEADLINE):
                while b"broker_away" not in await process.stderr.readline():
                    pass
            drained = asyncio.create_task(log_of(process))
            await proxy.mend()
            await prepared(settings.kafka.bootstrap, "away-", values[:1_000])
            async with reader(settings.kafka.bootstrap, settings.topics.flagged_events) as flags:
                await read_until(flags, values[:10])
            await proxy.cut()
            await asyncio.sleep(settings.kafka.session_timeout + 2.0)  # the absence itself
            await proxy.mend()
            await write(
                settings.kafka.bootstrap, settings.topics.public_posts, values[1_000:], PARTITIONS
            )
            async with reader(settings.kafka.bootstrap, settings.topics.flagged_events) as flags:
                await read_until(flags, values)
            # What it wrote while the group thought it gone is read, written and committed again.
            async with asyncio.timeout(DEADLINE):
                done: dict[int, int] = {}
                while sum(done.values()) < len(values):
                    done = await committed(settings, PARTITIONS)
            process.terminate()
            async with asyncio.timeout(DEADLINE):
                assert await process.wait() == 0
            await drained
        assert sum((await committed(settings, PARTITIONS)).values()) == len(values)
        await proxy.cut()
