"""What running workers say of themselves on `/readyz`."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from config.errors import InputError

ANSWER_TIMEOUT: Final = 2.0
"""Seconds."""


async def ask_workers(addresses: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    """Each worker's answer by its HOST:PORT; None where it gives none. Raises InputError."""
    parsed = [(address, *_parse(address)) for address in addresses]
    answers = await asyncio.gather(*(_readyz(host, port) for _, host, port in parsed))
    return {address: answer for (address, _, _), answer in zip(parsed, answers, strict=True)}


def _parse(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(f"{address}: a worker is named HOST:PORT, as metrics.host and .port.")
    return host, int(port)


async def _readyz(host: str, port: int) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                await writer.drain()
                answer = await reader.read()
            finally:
                writer.close()
        body: dict[str, Any] = orjson.loads(answer.partition(b"\r\n\r\n")[2])
    except (OSError, TimeoutError, ValueError):
        return None
    return body
