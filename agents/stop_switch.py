"""Whether flags may be sent now (invariant 14): not stopped, and known not to be."""

import asyncio
from time import monotonic
from typing import Final

from lists.in_force import ListsInForce
from streams.confirmation import Confirmation
from streams.producer import FlagsHeldError

RETRY_SECONDS: Final = 0.2
"""Before flags that were held back are judged anew; the reason may be the broker's clock."""


class StopSwitch:
    """The control records in force, and how lately it was confirmed that there are no others."""

    def __init__(self, lists: ListsInForce, confirmation: Confirmation) -> None:
        self._lists = lists
        self._confirmation = confirmation
        self._began: dict[object, float] = {}

    def guard(self) -> None:
        """Raises FlagsHeldError where flags may not be sent now."""
        if not self.may_flag:
            raise FlagsHeldError

    @property
    def may_flag(self) -> bool:
        return self._confirmation.is_fresh and not self._lists.is_stopped

    @property
    def wall_time(self) -> float:
        """Seconds since 1970 for which it is confirmed that nothing was left unread."""
        return self._confirmation.wall_time

    async def wait_until_known(self) -> None:
        """Return when it is known whether flagging is stopped."""
        if self._confirmation.is_fresh:
            return
        token = object()
        self._began[token] = monotonic()
        try:
            await self._confirmation.wait_until_fresh()
        finally:
            del self._began[token]

    def longest_wait(self) -> float:
        """Seconds that the oldest held batch has waited to know; 0: none is held."""
        return monotonic() - min(self._began.values()) if self._began else 0.0

    async def wait_to_try_again(self) -> None:
        """Return when flags that were held back are to be judged anew."""
        await asyncio.sleep(RETRY_SECONDS)
        await self.wait_until_known()
