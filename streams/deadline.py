"""Waiting no longer than a number of seconds."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """The awaitable's result. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        return await awaitable
