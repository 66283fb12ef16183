"""A TCP proxy that spoils the wire: connections cut, refused, or slowed down."""

import asyncio
import contextlib
from typing import Final

_CHUNK: Final = 65_536


class Proxy:
    """Stands at a loopback port before `target` (`host:port`). Begins cut: :meth:`mend` opens it.

    `latency` is seconds that every piece of data waits in each direction; it may be changed at any
    time. Bandwidth is not limited: pieces on their way do not wait for one another.
    """

    def __init__(self, port: int, target: str) -> None:
        self.latency = 0.0
        self._port = port
        host, _, number = target.rpartition(":")
        self._target = (host, int(number))
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._passes = asyncio.Event()
        self._passes.set()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    async def mend(self) -> None:
        """Accept connections."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)

    async def cut(self) -> None:
        """Reset every connection, and refuse new ones until mended."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset()

    def hold(self) -> None:
        """Keep whatever comes in, in either direction, until :meth:`release`."""
        self._passes.clear()

    def release(self) -> None:
        """Pass on what was held, in order."""
        self._passes.set()

    def reset(self) -> int:
        """Reset every connection that is open now; returns how many. New ones are accepted."""
        open_now = tuple(self._writers)
        for writer in open_now:
            writer.transport.abort()
        return len(open_now)

    async def close(self) -> None:
        """Cut, and wait until nothing of the proxy runs."""
        await self.cut()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward: asyncio.StreamWriter | None = None
        self._writers.add(writer)
        try:
            onward_reader, onward = await asyncio.open_connection(*self._target)
            self._writers.add(onward)
            await asyncio.gather(self._copy(reader, onward), self._copy(onward_reader, writer))
        except OSError:
            pass  # nobody listens behind us: the client sees its connection end
        finally:
            for each in (writer, onward):
                if each is not None:
                    self._writers.discard(each)
                    each.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass data on in order, each piece as late as the latency was when it came."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def send() -> None:
            with contextlib.suppress(OSError):
                while True:
                    due, data = await pieces.get()
                    if not data:
                        break
                    if due > loop.time():
                        await asyncio.sleep(due - loop.time())
                    await self._passes.wait()
                    writer.write(data)
                    await writer.drain()
            writer.transport.abort()

        sending = asyncio.create_task(send())
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(_CHUNK):
                    await pieces.put((loop.time() + self.latency, data))
                    if sending.done():
                        break
            if not sending.done():
                with contextlib.suppress(asyncio.QueueFull):
                    pieces.put_nowait((0.0, b""))
        finally:
            if reader.at_eof() and not sending.done():
                await asyncio.wait({sending}, timeout=self.latency + 1.0)
            sending.cancel()
            await asyncio.wait({sending})
            writer.transport.abort()
