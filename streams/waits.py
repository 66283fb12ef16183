"""How long what is under way now has been waiting; what a worker's health is told by."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic


class Waits:
    """The waits under way."""

    def __init__(self) -> None:
        self._began: dict[object, float] = {}

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """One wait, for as long as the block runs."""
        token = object()
        self._began[token] = monotonic()
        try:
            yield
        finally:
            del self._began[token]

    def longest(self) -> float:
        """Seconds that the oldest has lasted; 0: there is none."""
        return monotonic() - min(self._began.values()) if self._began else 0.0
