"""Our own main: an event loop, signals, and an exit code that says how it ended.

Not Faust's command line: `faust worker` starts a web server whatever it is told, and its exit
code does not tell a crash from a stop.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted

from config.errors import NetralError
from config.settings import Settings
from streams.access import acls_command, rights
from streams.app import consumer_of
from streams.broker import is_away, pauses, stopped_within, wait_for_broker
from streams.logs import describe, install_exception_hooks
from streams.refusal import refused

OK: Final = 0
CRASHED: Final = 70
"""An unexpected exception in our code (EX_SOFTWARE)."""

STOP_TIMEOUT: Final = 10.0
"""Seconds for Faust to leave the group and close its connections; then we go anyway."""

log = structlog.get_logger(__name__)


class BrokerLostError(Exception):
    """The app could not go on because the broker went away; it is worth starting again."""


class CrashedError(Exception):
    """The app ended by an unexpected exception; the cause is the exception."""


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> int:
    """Run `main(stop)` to its end and return the exit code; `stop` is set by SIGTERM or SIGINT.

    0: ended as asked. 70: an unexpected exception, logged by type and place only. Another:
    that of a NetralError. A second signal cancels `main` at once.
    """
    install_exception_hooks()
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_until_stopped(main))
    except NetralError as error:
        log.critical("refused", reason=str(error), error=type(error).__name__)
        return error.exit_code
    except CrashedError as error:
        log.critical("crashed", **describe(error.__cause__ or error))
        return CRASHED
    except Exception as error:  # noqa: BLE001 - the last line of defence: no message gets out
        log.critical("crashed", **describe(error))
        return CRASHED
    except (KeyboardInterrupt, asyncio.CancelledError):
        log.warning("stopped_at_once")
    return OK


async def serve(app: faust.App, stop: asyncio.Event, drain_timeout: float) -> None:
    """Run the app until `stop`, then finish and commit the batches in hand.

    Raises CrashedError, BrokerLostError (start again), or a KafkaError that waiting does not mend.
    """
    starting = asyncio.create_task(app.start(), name="app start")
    stopping = asyncio.create_task(stop.wait(), name="stop signal")
    crashing = asyncio.create_task(app._crashed.wait(), name="app crash")
    try:
        await asyncio.wait({starting, stopping, crashing}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and starting.exception() is None:
            await asyncio.wait({stopping, crashing}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done() and not crashing.done():
            await drain(app, drain_timeout)
    finally:
        failure = await _end_of(starting)
        for task in (stopping, crashing):
            task.cancel()
        await _stop_app(app)
    _raise_for(app.crash_reason or failure)


async def serve_again(
    settings: Settings, stop: asyncio.Event, attempt: Callable[[], Awaitable[None]]
) -> None:
    """Run `attempt` until `stop`; begins anew, after a pause, whenever the broker was lost.

    `attempt` makes what it needs and ends in :func:`serve`. Raises what that raises, but for
    BrokerLostError; and BrokerError where waiting for the broker is no use.
    """
    following = pauses()
    while await wait_for_broker(settings.kafka, stop):
        try:
            await attempt()
        except BrokerLostError as error:
            log.warning("broker_lost", **describe(error.__cause__ or error))
        except KafkaError as error:
            if not is_away(error):
                raise refused(
                    error, settings.kafka, rights(settings, "worker"), acls_command("worker")
                ) from error
            log.warning("broker_lost", **describe(error))
        await stopped_within(stop, following())


async def drain(app: faust.App, seconds: float) -> bool:
    """Fetch no more, let agents finish the batches they were given, commit. False: out of time."""
    consumer = consumer_of(app)
    try:
        assigned = consumer.assignment()
    except ConsumerNotStarted:
        return True
    if not assigned:
        return True
    log.info("draining", batches=consumer.in_hand)
    consumer.stop_flow()
    try:
        async with asyncio.timeout(seconds):
            await consumer.idle.wait()
            await consumer.commit()
    except TimeoutError:
        log.warning("drain_out_of_time", batches=consumer.in_hand, seconds=seconds)
        return False
    return True


def _raise_for(reason: BaseException | None) -> None:
    if reason is None:
        return
    if is_away(reason):
        raise BrokerLostError from reason
    if isinstance(reason, KafkaError | NetralError):
        raise reason
    raise CrashedError from reason


async def _end_of(task: asyncio.Task[Any]) -> BaseException | None:
    """Cancel a task that still runs; the exception it ended with, if any."""
    if not task.done():
        task.cancel()
    await asyncio.wait({task})
    return None if task.cancelled() else task.exception()


async def _stop_app(app: faust.App) -> None:
    try:
        async with asyncio.timeout(STOP_TIMEOUT):
            await app.stop()
    except TimeoutError:
        log.warning("stop_out_of_time", seconds=STOP_TIMEOUT)
    except Exception as error:  # noqa: BLE001 - we are leaving; what is uncommitted comes again
        log.warning("stop_failed", **describe(error))


async def _until_stopped(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_exception)
    stop = asyncio.Event()
    this = asyncio.current_task()

    def on_signal() -> None:
        if stop.is_set() and this is not None:
            this.cancel()
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt
            loop.add_signal_handler(signum, on_signal)
    await main(stop)


def _log_loop_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    log.error("loop_exception", **(describe(error) if error is not None else {}))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
