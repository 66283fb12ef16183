"""What running workers say of themselves on `/readyz`."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson

from cli.worker_http import get
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
    _, body = await get(host, port, "/readyz", ANSWER_TIMEOUT)
    try:
        answer: dict[str, Any] = orjson.loads(body)
    except ValueError:  # nobody there, or somebody else
        return None
    return answer
