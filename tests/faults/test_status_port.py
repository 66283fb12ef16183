"""A worker under attack at its metrics port goes on screening, and answers monitoring."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from streams.http import MAX_CONNECTIONS
from tests.brokers import Broker
from tests.faults.running import running

pytestmark = pytest.mark.broker


async def _sit(port: int, stack: contextlib.AsyncExitStack) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    stack.callback(writer.transport.abort)
    writer.write(b"GET /metrics HTTP/1.1\r\n")


async def _endless(port: int) -> None:
    while True:
        with contextlib.suppress(ConnectionError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /")
            for _ in range(64):
                writer.write(b"x" * 65_536)
                await writer.drain()
            writer.transport.abort()


async def test_posts_are_flagged_all_the_while(broker: Broker, tmp_path: Path) -> None:
    scene = running(broker, "port-", tmp_path)
    worker = await asyncio.to_thread(scene.__enter__)
    try:
        port = worker.settings.metrics.port
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4 * MAX_CONNECTIONS):
                await _sit(port, stack)
            attack = asyncio.create_task(_endless(port))
            stack.callback(attack.cancel)
            for _ in range(3):
                await worker.flag()
                assert (await worker.readyz())["ready"]
                await _sit(port, stack)
            assert not attack.done()
    finally:
        await asyncio.to_thread(scene.__exit__, None, None, None)
