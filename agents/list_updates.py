"""Records of the list and control topics, handed to the lists in force.

A record that cannot be read or is refused is counted and shown; the old list stays in force.
"""

from collections.abc import Callable
from typing import Final

import structlog

from config.errors import ListError
from config.settings import TopicSettings
from lists.in_force import ListName, ListsInForce
from streams.codec import (
    DecodeFailure,
    decode_control,
    decode_register_update,
    decode_watchlist_update,
)
from streams.metrics import WorkerMetrics

log = structlog.get_logger(__name__)


class ListUpdates:
    """What the overlay service calls for every record."""

    def __init__(
        self, topics: TopicSettings, lists: ListsInForce, metrics: WorkerMetrics, max_bytes: int
    ) -> None:
        self._lists = lists
        self._metrics = metrics
        self._max_bytes = max_bytes
        self._routes: Final[dict[str, tuple[ListName, Callable[[int, bytes | None], None]]]] = {
            topics.register_updates: ("register", self._register),
            topics.watchlist_updates: ("watchlist", self._watchlist),
            topics.control: ("control", self._control),
        }

    def __call__(self, topic: str, offset: int, value: bytes | None) -> None:
        """Apply one record, or refuse it. Raises KeyError for a topic that is no list topic."""
        name, apply = self._routes[topic]
        self._metrics.events.labels(topic).inc()
        try:
            apply(offset, value)
        except _UndecodableError as error:
            reason = f"{topic} offset {offset}: {error.failure.reason} at {error.failure.path}"
            self._lists.refuse_undecodable(name, reason)
            log.warning(
                "list_update_undecodable",
                topic=topic,
                offset=offset,
                reason=error.failure.reason,
                path=error.failure.path,
            )
        except ListError as error:
            log.warning(
                "list_update_refused", topic=topic, offset=offset, error=type(error).__name__
            )

    def _register(self, offset: int, value: bytes | None) -> None:
        update = decode_register_update(value, self._max_bytes)
        if isinstance(update, DecodeFailure):
            raise _UndecodableError(update)
        self._lists.apply_register_update(update, offset)

    def _watchlist(self, _offset: int, value: bytes | None) -> None:
        update = decode_watchlist_update(value, self._max_bytes)
        if isinstance(update, DecodeFailure):
            raise _UndecodableError(update)
        self._lists.apply_watchlist_update(update)

    def _control(self, _offset: int, value: bytes | None) -> None:
        record = decode_control(value, self._max_bytes)
        if isinstance(record, DecodeFailure):
            raise _UndecodableError(record)
        self._lists.apply_control(record)


class _UndecodableError(Exception):
    def __init__(self, failure: DecodeFailure) -> None:
        super().__init__(failure.reason)
        self.failure = failure
