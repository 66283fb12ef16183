"""Whether flags may be sent now (invariant 14): not stopped, and known not to be."""

import asyncio
from typing import Final

from lists.in_force import ListsInForce
from streams.confirmation import Confirmation
from streams.producer import FlagsHeldError
from streams.waits import Waits

RETRY_SECONDS: Final = 0.2
"""Before flags that were held back are judged anew; the reason may be the broker's clock."""


class StopSwitch:
    """The control records in force, and how lately it was confirmed that there are no others."""

    def __init__(self, lists: ListsInForce, confirmation: Confirmation) -> None:
        self._lists = lists
        self._confirmation = confirmation
        self._waits = Waits()

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
        with self._waits.under_way():
            await self._confirmation.wait_until_fresh()

    def longest_wait(self) -> float:
        """Seconds that the oldest held batch has waited to know; 0: none is held."""
        return self._waits.longest()

    async def wait_to_try_again(self) -> None:
        """Return when flags that were held back are to be judged anew."""
        await asyncio.sleep(RETRY_SECONDS)
        await self.wait_until_known()
