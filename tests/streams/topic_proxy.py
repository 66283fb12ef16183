"""A proxy that plays half a partition: everything goes through but the reading of one topic."""

import asyncio
import contextlib

FETCH, LIST_OFFSETS = 1, 2


class TopicProxy:
    """Between clients and a broker. While cut, requests to read `topic` are never answered."""

    def __init__(self, port: int, target: str, topic: str) -> None:
        self._port = port
        host, _, number = target.rpartition(":")
        self._target = host, int(number)
        self._topic = topic.encode()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.is_cut = False

    async def __aenter__(self) -> "TopicProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._serving:
            await asyncio.wait(self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        this = asyncio.current_task()
        assert this is not None
        self._serving.add(this)
        this.add_done_callback(self._serving.discard)
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            onward_reader, onward = await asyncio.open_connection(*self._target)
            self._writers.add(onward)
            await asyncio.gather(self._requests(reader, onward), _copy(onward_reader, writer))
        except OSError:
            writer.transport.abort()
        finally:
            self._writers -= {writer} | ({onward} if onward else set())

    async def _requests(self, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(4)
                request = await reader.readexactly(int.from_bytes(head, "big"))
                reads = int.from_bytes(request[:2], "big") in (FETCH, LIST_OFFSETS)
                if self.is_cut and reads and self._topic in request:
                    continue
                onward.write(head + request)
                await onward.drain()
        onward.transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
