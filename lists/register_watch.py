"""Puts a new register in force by itself, as soon as it lies in the old one's place."""

import asyncio
from pathlib import Path
from typing import Final

import structlog

from config.errors import RegisterError
from lists.in_force import ListsInForce
from lists.register_artifact import MANIFEST

LOOK_SECONDS: Final = 0.5

log = structlog.get_logger(__name__)

Stamp = tuple[int, int, int] | None
"""What tells one manifest file from another; None while there is none, as between two renames."""


def stamp(directory: Path) -> Stamp:
    try:
        found = (directory / MANIFEST).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


async def follow_register(lists: ListsInForce, directory: Path, in_force: Stamp) -> None:
    """Switch `lists` to each new artifact in `directory`, until cancelled.

    `in_force` is the stamp of the one that they began with. A refused artifact leaves the old one
    in force; it is looked at again only when it changes.
    """
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = stamp(directory)
        if now is None or now == in_force:
            continue
        in_force = now
        try:
            await lists.switch_register()
        except (RegisterError, OSError) as error:  # OSError: replaced again while it was opened
            log.warning("register_refused", error=type(error).__name__, reason=str(error))
        else:
            log.info("register_switched", version=lists.stages.register.version)
