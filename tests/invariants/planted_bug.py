"""A `netral worker` with a bug: one stage raises an exception that quotes the event in every way.

    python -m tests.invariants.planted_bug STAGE

The settings come from the environment, as for any worker.
"""

import asyncio
import logging
import sys
import threading
import warnings
from collections.abc import Callable
from types import ModuleType

import agents.envelopes
import agents.screen
import matchers.screening
from agents.worker import run_worker
from config.settings import load_settings


def fail(event: object) -> None:
    quoted = f"cannot judge {event!r}"
    try:
        raise KeyError(quoted)  # noqa: TRY301 - the cause of the other
    except KeyError as error:
        bug = ValueError(quoted, event)
        bug.add_note(quoted)
        raise bug from error


def fail_everywhere(event: object) -> None:
    """In the loop, in a thread, in a finaliser, through a library's log; then as ever."""

    class Finalised:
        def __del__(self) -> None:
            fail(event)

    asyncio.get_running_loop().call_soon(fail, event)
    asyncio.get_running_loop().create_task(_task(event), name=str(event))
    thread = threading.Thread(target=fail, args=(event,), name=str(event))
    thread.start()
    thread.join()
    Finalised()
    warnings.warn(str(event), stacklevel=1)
    for name in ("faust", "aiokafka.consumer", "somebody.else"):
        logging.getLogger(name).error("failed on %r", event, exc_info=ValueError(event))
    raise ExceptionGroup(str(event), [ValueError(event)])


async def _task(event: object) -> None:
    fail(event)


STAGES: dict[str, tuple[ModuleType, str, Callable[[object], None]]] = {
    "decode": (agents.screen, "decode_post", fail),
    "touch": (matchers.screening, "touch_batch", fail),
    "identity": (matchers.screening, "resolve", fail_everywhere),
    "dead letter": (agents.envelopes, "dead_letter", fail),
}


def plant(stage: str) -> None:
    """Put the bug in the place of a stage's function."""
    module, name, act = STAGES[stage]
    setattr(module, name, lambda first, *_: act(first))


if __name__ == "__main__":
    plant(sys.argv[1])
    raise SystemExit(run_worker(load_settings()))
