"""A very small HTTP server for exactly `/metrics`, `/healthz` and `/readyz`.

GET and HEAD only, no keep-alive, one bounded request a connection; it runs on the worker's loop, so
an answer also says that the loop is alive. What a client sends beyond the limits is not read, and
where too many hold connections open the one that has done so longest gives way: whoever sits on
connections cannot shut monitoring out.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import orjson
import structlog

from config.errors import SettingsError
from config.settings import MetricsSettings
from streams.health import Health
from streams.metrics import CONTENT_TYPE

HEADER_LIMIT: Final = 8 * 1024
"""Bytes of a request line with its headers."""
REQUEST_TIMEOUT: Final = 5.0
"""Seconds from connection to answer."""
MAX_CONNECTIONS: Final = 32

_PHRASES: Final = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether events are being judged; `checks` by name, `notes` for what stands refused."""

    checks: dict[str, bool]
    notes: dict[str, Any]

    @property
    def ready(self) -> bool:
        return all(self.checks.values())


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    content_type: str = "application/json"


class StatusServer:
    """Serves until the `async with` block ends. `port` is the one in fact taken."""

    def __init__(
        self,
        settings: MetricsSettings,
        *,
        metrics: Callable[[], bytes],
        health: Callable[[], Health],
        readiness: Callable[[], Readiness],
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._health = health
        self._readiness = readiness
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], None] = {}  # the oldest first
        self.port = settings.port

    async def __aenter__(self) -> Self:
        """Listen. Raises SettingsError where the address cannot be taken."""
        host, port = self._settings.host, self._settings.port
        try:
            self._server = await asyncio.start_server(
                self._on_connection, host, port, limit=HEADER_LIMIT
            )
        except OSError as error:
            raise SettingsError(
                f"metrics.host {host} port {port} cannot be listened on ({error.strerror}). "
                "Set metrics.port to another port, or to 0 for a free one."
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]
        log.info("metrics_address", url=f"http://{host}:{self.port}/metrics", port=self.port)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections)

    async def _on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served outside a task")
        while len(self._connections) >= MAX_CONNECTIONS:
            oldest = next(iter(self._connections))
            del self._connections[oldest]
            oldest.cancel()
        self._connections[task] = None
        try:
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(2 * REQUEST_TIMEOUT):
                    await self._answer(reader, writer)
        finally:
            self._connections.pop(task, None)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head_only = False
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT):
                request = await reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            answer = _problem(408)
        except asyncio.LimitOverrunError:
            answer = _problem(431)
        except asyncio.IncompleteReadError:
            answer = _problem(400)
        else:
            head_only = request.startswith(b"HEAD ")
            answer = self._route(request)
        writer.write(_response(answer, head_only=head_only))
        await writer.drain()

    def _route(self, request: bytes) -> _Answer:
        parts = request.split(b"\r\n", 1)[0].split(b" ")
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
            return _problem(400)
        method, target, _ = parts
        path = target.split(b"?", 1)[0]
        if path not in (b"/metrics", b"/healthz", b"/readyz"):
            return _problem(404)
        if method not in (b"GET", b"HEAD"):
            return _problem(405)
        if path == b"/metrics":
            return _Answer(200, self._metrics(), CONTENT_TYPE)
        if path == b"/healthz":
            health = self._health()
            answer = {"alive": health.alive, **health.notes}
            return _Answer(200 if health.alive else 503, orjson.dumps(answer))
        state = self._readiness()
        body = {"ready": state.ready, "checks": state.checks, **state.notes}
        return _Answer(200 if state.ready else 503, orjson.dumps(body))


def _problem(status: int) -> _Answer:
    return _Answer(status, orjson.dumps({"error": _PHRASES[status]}))


def _response(answer: _Answer, *, head_only: bool) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} {_PHRASES[answer.status]}\r\n"
        f"Content-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    ).encode("ascii")
    return head if head_only else head + answer.body
