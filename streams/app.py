"""The Faust app: batch transport; no tables, web server or producer; the overlay comes first."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

import faust
from faust.app.base import BootStrategy
from faust.types import ServiceT

from config.settings import Settings
from streams.batch_transport import (
    BatchConsumer,
    ConsumerObserver,
    Unobserved,
    batch_transport,
)
from streams.faust_login import faust_credentials

STREAM_BUFFER_BATCHES: Final = 16
"""Fetched batches that may wait for an agent; above, fetching pauses."""

BATCHES_PER_FETCH: Final = 4
"""Batches that one call into the consumer's thread may bring: crossing threads is what costs."""

HEARTBEATS_PER_SESSION: Final = 3
REQUEST_TIMEOUT: Final = 40.0
"""Seconds; never below the session timeout, which Faust requires."""

MAX_POLL_INTERVAL: Final = 300.0


def create_app(
    settings: Settings,
    *,
    services: Iterable[ServiceT] = (),
    observer: ConsumerObserver | None = None,
) -> faust.App:
    """An app whose agents get batches. `services` start, in order, before Kafka.

    With `kafka.instance_id` the worker is a static member of its group: it may be away for a
    session timeout, and finds its partitions again when it comes back under the same name.
    """
    kafka = settings.kafka
    app = _app_class(tuple(services))(
        kafka.group,
        broker=[f"kafka://{address}" for address in kafka.bootstrap.split(",")],
        broker_credentials=faust_credentials(kafka),
        store="memory://",
        web_enabled=False,
        autodiscover=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        key_serializer="raw",
        value_serializer="raw",
        stream_wait_empty=False,
        stream_buffer_maxsize=STREAM_BUFFER_BATCHES,
        stream_publish_on_commit=False,
        broker_commit_interval=kafka.commit_interval,
        broker_session_timeout=kafka.session_timeout,
        broker_heartbeat_interval=kafka.session_timeout / HEARTBEATS_PER_SESSION,
        broker_request_timeout=max(REQUEST_TIMEOUT, kafka.session_timeout + 5.0),
        broker_max_poll_records=kafka.batch_max_records * BATCHES_PER_FETCH,
        broker_max_poll_interval=MAX_POLL_INTERVAL,
        consumer_max_fetch_size=kafka.message_max_bytes,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=kafka.instance_id,
        logging_config=None,
    )
    transport = batch_transport(kafka.batch_max_records, observer or Unobserved())
    app.transport = transport(url=app.conf.broker, app=app, loop=app.loop)
    return app


def consumer_of(app: faust.App) -> BatchConsumer:
    """The app's batch consumer. Raises TypeError where :func:`create_app` did not make the app."""
    consumer = app.consumer
    if not isinstance(consumer, BatchConsumer):
        raise TypeError(f"the app's consumer is a {type(consumer).__name__}, not a BatchConsumer")
    return consumer


def _app_class(services: tuple[ServiceT, ...]) -> type[faust.App]:
    class Boot(BootStrategy):
        enable_web = False
        enable_kafka_producer = False  # flags go out through a producer of our own

        def server(self) -> Iterable[ServiceT]:
            return self._chain(services, super().server())

    class App(faust.App):
        BootStrategy: ClassVar[Any] = Boot

        def _create_directories(self) -> None:
            """None: without tables there is nothing to keep on disk."""

    return App
