"""Whether the control topic was lately known to be read to its end (invariant 14).

A question for the topic's end has a time, that of asking. Once everything below the answer has
been applied, it is confirmed that at that time nothing was left unread: what the topic said then
is in force here. Flags may go out for :data:`VALID_SECONDS` after that time, and no longer.

No I/O and no loop of its own; the clock is passed in.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

VALID_SECONDS: Final = 3.0


def clock_through_suspend() -> Callable[[], float]:
    """A clock in seconds that cannot be set and, where the system has one, counts suspension.

    Linux's CLOCK_MONOTONIC stands still while the machine is suspended; CLOCK_BOOTTIME does not.
    """
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    if boottime is None:
        return time.monotonic
    return lambda: time.clock_gettime(boottime)


@dataclass(frozen=True, slots=True)
class Asked:
    """When a question was asked: by the clock of confirmations, and in seconds since 1970."""

    at: float
    wall: float


class Confirmation:
    """What was asked, what has been read, and what follows for sending flags."""

    def __init__(
        self,
        valid_seconds: float = VALID_SECONDS,
        clock: Callable[[], float] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._valid = valid_seconds
        self._clock = clock if clock is not None else clock_through_suspend()
        self._wall = wall
        self._answered: tuple[Asked, int] | None = None
        self._read: tuple[int, int] | None = None
        self._confirmed: Asked | None = None
        self._renewed = asyncio.Event()

    def ask(self) -> Asked:
        """Now, as the time of a question that is about to be sent."""
        return Asked(self._clock(), self._wall())

    def answered(self, asked: Asked, end: int) -> None:
        """The brokers say that the topic ended at `end` (the next offset) when asked."""
        self._answered = asked, end
        self._compare()

    def read_to(self, position: int, highwater: int | None) -> None:
        """Every record below `position` is applied; `highwater` is what the last fetch told.

        A topic that is shorter than what was read was made anew: that confirms nothing.
        """
        self._read = position, highwater or 0
        self._compare()

    def _compare(self) -> None:
        if self._answered is None or self._read is None:
            return
        asked, end = self._answered
        position, highwater = self._read
        if position != max(end, highwater):
            return
        if self._confirmed is None or asked.at > self._confirmed.at:
            self._confirmed = asked
            self._renewed.set()
            self._renewed = asyncio.Event()

    @property
    def age(self) -> float | None:
        """Seconds since the question that is confirmed; None before the first."""
        return None if self._confirmed is None else self._clock() - self._confirmed.at

    @property
    def is_fresh(self) -> bool:
        """Flags may go out, as far as this is concerned."""
        age = self.age
        return age is not None and age < self._valid

    @property
    def wall_time(self) -> float:
        """Seconds since 1970 when the confirmed question was asked. Raises RuntimeError before."""
        if self._confirmed is None:
            raise RuntimeError("nothing is confirmed yet")
        return self._confirmed.wall

    async def wait_until_fresh(self) -> None:
        """Return while the confirmation is fresh: at once, or when it is again."""
        while not self.is_fresh:
            await self._renewed.wait()
