"""Files named on the command line, read with a progress bar where somebody watches."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from config.errors import InputError


def open_input(path: Path) -> BinaryIO:
    """Open a file for reading bytes. Raises InputError."""
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror or type(error).__name__}. Name a readable file."
        ) from None


@contextmanager
def watched_lines(path: Path, doing: str) -> Iterator[Iterable[bytes]]:
    """The file's lines, with a bar on a terminal that says what one is `doing`."""
    with open_input(path) as file:
        if not sys.stderr.isatty():
            yield file
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task(f"{doing} {path.name}", total=path.stat().st_size)

            def watched() -> Iterator[bytes]:
                for line in file:
                    progress.advance(bar, len(line))
                    yield line

            yield watched()
