"""Whether the broker can be used: waiting for one that is away, and telling that from one that
will never do."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    KafkaUnavailableError,
)

from config.errors import BrokerError
from config.settings import KafkaSettings
from streams.access import Right
from streams.connection import connection
from streams.refusal import is_refusal, refused

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
"""Seconds between two attempts; each pause is twice the last."""

ASK_TIMEOUT_MILLISECONDS: Final = 10_000
"""For each answer while a connection is made and logged in."""

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


async def wait_for_broker(kafka: KafkaSettings, stop: asyncio.Event) -> bool:
    """Wait until a broker answers; says so at every attempt. False: stopped while waiting.

    Raises BrokerError where the broker answers and refuses us for good, SettingsError where a
    secret or certificate of ours cannot be read.
    """
    bootstrap = kafka.bootstrap
    following = pauses()
    waited = 0.0
    while not stop.is_set():
        try:
            await ask(kafka)
        except (KafkaError, OSError) as error:
            if is_refusal(error) or (isinstance(error, KafkaError) and not is_away(error)):
                raise refused(error, kafka) from error
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


async def ask(kafka: KafkaSettings) -> None:
    """Connect to a bootstrap address and log in, as a client does; the first that takes us is it.

    aiokafka's client calls every failure "unable to bootstrap"; here it is the one that happened:
    raises KafkaError or OSError (TLS, too), a refusal before an absence.
    """
    arguments = connection(kafka)
    failure: KafkaError | OSError | None = None
    for host, port, _ in collect_hosts(arguments.pop("bootstrap_servers")):
        try:
            answering = await create_conn(
                host, port, request_timeout_ms=ASK_TIMEOUT_MILLISECONDS, **arguments
            )
        except (KafkaError, OSError) as error:
            if failure is None or is_refusal(error):
                failure = error
        else:
            await answering.close()
            return
    if failure is not None:
        raise failure


async def unusable(
    error: BaseException, kafka: KafkaSettings, needed: Sequence[Right] = ()
) -> BrokerError:
    """For a command that does not wait: why the broker cannot be used; `needed` are its rights.

    aiokafka says "unable to bootstrap" of a wrong password and of a certificate that is not
    accepted, so the broker is asked once more.
    """
    if is_away(error) or isinstance(error, TimeoutError):
        try:
            await ask(kafka)
        except (KafkaError, OSError) as found:
            if is_refusal(found):
                return refused(found, kafka)
        return BrokerError(
            f"the broker at {kafka.bootstrap} cannot be used ({type(error).__name__}). Check that "
            "it runs and that kafka.bootstrap is right."
        )
    return refused(error, kafka, needed)
