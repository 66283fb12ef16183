"""The proxy passes everything on, and spoils what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rig.ports import stable_port
from rig.proxy import Proxy

DEADLINE = 10.0


@asynccontextmanager
async def echo_behind_a_proxy() -> AsyncIterator[Proxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy = Proxy(stable_port(), f"127.0.0.1:{port}")
    await proxy.mend()
    try:
        async with asyncio.timeout(DEADLINE):
            yield proxy
    finally:
        await proxy.close()
        server.close()


async def connect(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, _, port = proxy.address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


async def test_what_goes_in_comes_back_whole() -> None:
    data = bytes(range(256)) * 4_096
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await connect(proxy)
        writer.write(data)
        assert await reader.readexactly(len(data)) == data
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()


async def test_latency_counts_in_both_directions() -> None:
    loop = asyncio.get_running_loop()
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await connect(proxy)
        proxy.latency = 0.2
        began = loop.time()
        writer.write(b"late")
        assert await reader.readexactly(4) == b"late"
        assert loop.time() - began >= 0.4
        writer.close()


async def test_cut_resets_and_refuses_until_mended() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await connect(proxy)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        await proxy.cut()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        with pytest.raises(ConnectionRefusedError):
            await connect(proxy)
        await proxy.mend()
        reader, writer = await connect(proxy)
        writer.write(b"y")
        assert await reader.readexactly(1) == b"y"
        writer.close()


async def test_reset_ends_open_connections_only() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await connect(proxy)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        assert proxy.reset() == 2  # ours and the one onward
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        reader, writer = await connect(proxy)
        writer.write(b"y")
        assert await reader.readexactly(1) == b"y"
        writer.close()
