"""Progress bars on standard error, where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


@contextmanager
def counted(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """One bar; yields what is called with the number done so far."""
    with _bars() as bars:
        one = bars.add_task(what, total=total)
        yield lambda done: bars.update(one, completed=done)


@contextmanager
def staged() -> Iterator[Callable[[str, int], None]]:
    """A bar for each stage of the work; yields what is called with the stage and how many are
    done of it. A stage ends when the next begins."""
    with _bars() as bars:
        tasks: dict[str, TaskID] = {}

        def update(stage: str, done: int) -> None:
            if stage not in tasks:
                for ended in tasks.values():
                    bars.stop_task(ended)
                tasks[stage] = bars.add_task(stage, total=None)
            bars.update(tasks[stage], completed=done)

        yield update


def _bars() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
