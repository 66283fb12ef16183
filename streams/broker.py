"""Whether the broker can be used: waiting for one that is away, and telling that from one that
will never do."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    KafkaUnavailableError,
)

from config.errors import BrokerError

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
"""Seconds between two attempts; each pause is twice the last."""

FETCH_WAIT_MILLISECONDS: Final = 100
"""How long a broker may wait for records before it answers a fetch."""

_AWAY: Final = (KafkaConnectionError, KafkaTimeoutError, KafkaUnavailableError, CommitFailedError)

log = structlog.get_logger(__name__)


def is_away(error: BaseException | None) -> bool:
    """True for what passes when the broker comes back; False for what waiting does not mend."""
    return isinstance(error, _AWAY) or (isinstance(error, KafkaError) and error.retriable)


def pauses() -> Callable[[], float]:
    """How long to wait before the next attempt, in seconds: twice as long each time."""
    pause = FIRST_PAUSE / 2

    def following() -> float:
        nonlocal pause
        pause = min(pause * 2, LONGEST_PAUSE)
        return pause

    return following


async def wait_for_broker(bootstrap: str, stop: asyncio.Event) -> bool:
    """Wait until a broker answers; says so at every attempt. False: stopped while waiting.

    Raises BrokerError where the broker answers and refuses us for good.
    """
    following = pauses()
    waited = 0.0
    while not stop.is_set():
        try:
            await _ask(bootstrap)
        except KafkaError as error:
            if not is_away(error):
                raise BrokerError(
                    f"the broker at {bootstrap} refuses us ({type(error).__name__}). "
                    "Check kafka.bootstrap and the broker's access rules."
                ) from error
            pause = following()
            log.warning(
                "broker_away",
                bootstrap=bootstrap,
                error=type(error).__name__,
                waited_seconds=round(waited, 1),
                next_attempt_seconds=pause,
            )
            waited += pause
            await stopped_within(stop, pause)
        else:
            if waited:
                log.info("broker_back", bootstrap=bootstrap, waited_seconds=round(waited, 1))
            return True
    return False


async def stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `stop` at most that long; True if it came."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True


async def _ask(bootstrap: str) -> None:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    try:
        await client.bootstrap()
    finally:
        await client.close()
