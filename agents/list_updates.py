"""Records of the list and control topics, handed to the lists in force.

A record is obeyed when its signature is good and its sequence higher than that of every signed
record before it, taken or not. One that is not signed as it must be, cannot be read, or is refused
is counted and shown; the old list stays in force.
"""

from collections.abc import Callable
from typing import Final

import structlog
from aiokafka import ConsumerRecord

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
from streams.records import ControlRecord, RegisterUpdate, WatchlistUpdate
from streams.signature_order import SignatureOrder
from streams.signing import Signature, SignatureRefusedError, Verifier

Update = RegisterUpdate | WatchlistUpdate | ControlRecord
Decode = Callable[[bytes | None, int], Update | DecodeFailure]

log = structlog.get_logger(__name__)


class ListUpdates:
    """What the overlay service calls for every record."""

    def __init__(
        self,
        topics: TopicSettings,
        lists: ListsInForce,
        metrics: WorkerMetrics,
        max_bytes: int,
        order: SignatureOrder,
    ) -> None:
        self._lists = lists
        self._metrics = metrics
        self._max_bytes = max_bytes
        self._order = order
        self._routes: Final[dict[str, tuple[ListName, Decode]]] = {
            topics.register_updates: ("register", decode_register_update),
            topics.watchlist_updates: ("watchlist", decode_watchlist_update),
            topics.control: ("control", decode_control),
        }

    def trust(self, verifier: Verifier) -> None:
        """Obey these keys from the next record on; a sequence seen before stays old."""
        self._order.verifier = verifier

    def __call__(self, record: ConsumerRecord) -> None:
        """Apply one record, or refuse it. Raises KeyError for a topic that is no list topic."""
        topic, offset = record.topic, record.offset
        name, decode = self._routes[topic]
        self._metrics.events.labels(topic).inc()
        try:
            update, signature = self._order.read(record, decode, self._max_bytes)
            if isinstance(update, DecodeFailure):
                self._lists.refuse(
                    name, f"{topic} offset {offset}: {update.reason} at {update.path}"
                )
                log.warning(
                    "list_update_undecodable",
                    topic=topic,
                    offset=offset,
                    reason=update.reason,
                    path=update.path,
                )
                return
            self._apply(update, offset, signature)
        except SignatureRefusedError as error:
            self._lists.refuse(name, f"{topic} offset {offset}: {error}")
            self._metrics.signature_refusals.labels(name, error.reason).inc()
            log.warning("list_update_refused", topic=topic, offset=offset, reason=error.reason)
        except ListError as error:
            log.warning(
                "list_update_refused", topic=topic, offset=offset, error=type(error).__name__
            )

    def _apply(self, update: Update, offset: int, signature: Signature | None) -> None:
        match update:
            case RegisterUpdate():
                self._lists.apply_register_update(update, offset)
            case WatchlistUpdate():
                self._lists.apply_watchlist_update(update)
            case ControlRecord():
                self._lists.apply_control(update, signature.key_id if signature else None)
