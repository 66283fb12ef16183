"""Three routes, nothing else; slow and large requests are cut short."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from config.errors import SettingsError
from config.settings import MetricsSettings
from streams import http
from streams.health import Health
from streams.http import HEADER_LIMIT, MAX_CONNECTIONS, Readiness, StatusServer

NOT_READY = Readiness({"overlays_caught_up": False, "partitions_assigned": True}, {"refused": {}})


ALIVE = Health(True, {"stuck": []})


@contextlib.asynccontextmanager
async def served(
    readiness: Readiness = NOT_READY, health: Health = ALIVE
) -> AsyncIterator[StatusServer]:
    async with StatusServer(
        MetricsSettings(port=0),
        metrics=lambda: b"netral 1\n",
        health=lambda: health,
        readiness=lambda: readiness,
    ) as server:
        yield server


async def ask(server: StatusServer, request: bytes) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    headers = dict(field.split(": ", 1) for field in fields)
    return int(status.split(" ")[1]), headers, body


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


async def test_metrics_are_prometheus_text() -> None:
    async with served() as server:
        status, headers, body = await ask(server, get("/metrics?x=1"))
    assert (status, body) == (200, b"netral 1\n")
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_alive_and_not_ready_says_why() -> None:
    async with served() as server:
        assert (await ask(server, get("/healthz")))[0] == 200
        status, _, body = await ask(server, get("/readyz"))
    assert status == 503
    assert json.loads(body) == {
        "ready": False,
        "checks": {"overlays_caught_up": False, "partitions_assigned": True},
        "refused": {},
    }


async def test_stuck_is_503_and_names_the_partition() -> None:
    stuck = {"stuck": [{"topic": "public-posts", "partition": 3, "offset": 17, "seconds": 130.0}]}
    async with served(health=Health(False, stuck)) as server:
        status, _, body = await ask(server, get("/healthz"))
    assert status == 503
    assert json.loads(body) == {"alive": False, **stuck}


async def test_ready_is_200() -> None:
    async with served(Readiness({"all": True}, {})) as server:
        assert (await ask(server, get("/readyz")))[0] == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get("/"), 404),
        (get("/metrics/"), 404),
        (get("/../etc/passwd"), 404),
        (get("/metrics", "POST"), 405),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /metrics SPDY/3\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 2 * HEADER_LIMIT + b"\r\n\r\n", 431),
    ],
)
async def test_everything_else_is_refused(request_: bytes, status: int) -> None:
    async with served() as server:
        assert (await ask(server, request_))[0] == status


async def test_head_has_no_body() -> None:
    async with served() as server:
        status, headers, body = await ask(server, get("/metrics", "HEAD"))
    assert (status, headers["Content-Length"], body) == (200, "9", b"")


async def test_a_client_that_says_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT", 0.05)
    async with served() as server:
        assert (await ask(server, b"GET /met"))[0] == 408


async def test_a_taken_port_names_the_setting() -> None:
    async with served() as server:
        taken = StatusServer(
            MetricsSettings(port=server.port),
            metrics=bytes,
            health=lambda: ALIVE,
            readiness=lambda: NOT_READY,
        )
        with pytest.raises(SettingsError, match=r"metrics\.port"):
            await taken.__aenter__()


async def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert MetricsSettings().host == "127.0.0.1"
    async with served() as server:
        assert server._server is not None
        assert [each.getsockname()[0] for each in server._server.sockets] == ["127.0.0.1"]


async def test_who_sits_on_connections_shuts_nobody_out() -> None:
    """Many times the limit, each a byte before its end: every question is still answered."""
    async with served() as server, contextlib.AsyncExitStack() as sitting:
        for number in range(5 * MAX_CONNECTIONS):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            sitting.callback(writer.close)
            writer.write(get("/metrics")[:-1])
            if number % MAX_CONNECTIONS == 0:
                assert (await ask(server, get("/healthz")))[0] == 200
            assert len(server._connections) <= MAX_CONNECTIONS
        assert (await ask(server, get("/metrics")))[2] == b"netral 1\n"


@pytest.mark.parametrize(
    "start", [b"GET /metrics HTTP/1.1\r\nX: ", b"GET /", get("/metrics", "POST")]
)
async def test_an_endless_request_is_not_read(start: bytes) -> None:
    """It is answered or cut off long before its end; who shares the loop gets their turn."""
    turns, piece, pieces = 0, b"x" * 65_536, 4_096  # 256 MiB

    async def other_work() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with served() as server:
        working = asyncio.create_task(other_work())
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(start)
        sent = 0
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(30):
                for _ in range(pieces):
                    before = turns
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                    sent += 1
                    assert turns > before
        writer.transport.abort()
        assert sent < pieces / 8
        assert (await ask(server, get("/healthz")))[0] == 200
        working.cancel()


async def test_who_does_not_take_the_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT", 0.1)
    async with StatusServer(
        MetricsSettings(port=0),
        metrics=lambda: b"x" * (32 << 20),
        readiness=lambda: NOT_READY,
        health=lambda: ALIVE,
    ) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
        writer.write(get("/metrics"))
        async with asyncio.timeout(10):
            while not server._connections:  # noqa: ASYNC110 - until it is served
                await asyncio.sleep(0.01)
            while server._connections:  # noqa: ASYNC110 - until it is given up
                await asyncio.sleep(0.01)
        writer.transport.abort()
