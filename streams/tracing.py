"""OpenTelemetry traces of batches, as an option: one span a batch, one below it for each stage.

Off unless `tracing.enabled`; the packages are those of the extra `otel`. Spans carry topic,
partition, offsets and counts. An exception is named by its type: OpenTelemetry by itself would
record its message, which may echo a post (invariant 02).
"""

import contextlib
from collections.abc import Callable, Iterator
from time import time_ns
from typing import TYPE_CHECKING, Final, Protocol

from config.errors import SettingsError
from config.settings import Settings
from streams.batch_transport import Batch

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

SERVICE: Final = "netral"
WRITE: Final = "write"

Tick = Callable[[str], None]
"""Called with a stage's name when it is done."""


class BatchSpan(Protocol):
    """One batch under way."""

    def timed(self, tick: Tick) -> Tick:
        """A tick that also makes a span of the time since the last one."""

    def writing(self) -> contextlib.AbstractContextManager[object]:
        """A span of the time that the block takes: waiting for the brokers."""


class Tracing(Protocol):
    """Makes the spans."""

    def batch(self, batch: Batch) -> contextlib.AbstractContextManager[BatchSpan]:
        """The span of a batch, for as long as the block runs."""


class Untraced:
    """No tracing, at no cost."""

    @contextlib.contextmanager
    def batch(self, batch: Batch) -> Iterator[BatchSpan]:
        """Nothing."""
        yield self

    def timed(self, tick: Tick) -> Tick:
        """The tick itself."""
        return tick

    def writing(self) -> contextlib.AbstractContextManager[object]:
        """Nothing."""
        return contextlib.nullcontext()


class OpenTelemetry:
    """Spans by a tracer of OpenTelemetry."""

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    @contextlib.contextmanager
    def batch(self, batch: Batch) -> Iterator[BatchSpan]:
        """The span of a batch; an exception leaves its type in it and goes on."""
        from opentelemetry.trace import Status, StatusCode

        with self._tracer.start_as_current_span(
            f"screen {batch.topic}",
            attributes={
                "messaging.system": "kafka",
                "messaging.destination.name": batch.topic,
                "messaging.destination.partition.id": str(batch.partition),
                "messaging.batch.message_count": len(batch.records),
                "netral.batch": batch.name,
            },
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield _TracedBatch(self._tracer)
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR))
                span.set_attribute("error.type", type(error).__qualname__)
                raise


class _TracedBatch:
    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer
        self._last = time_ns()

    def timed(self, tick: Tick) -> Tick:
        def both(stage: str) -> None:
            tick(stage)
            now = time_ns()
            self._tracer.start_span(stage, start_time=self._last).end(now)
            self._last = now

        return both

    def writing(self) -> "contextlib.AbstractContextManager[Span]":
        return self._tracer.start_as_current_span(
            WRITE, record_exception=False, set_status_on_exception=False
        )


@contextlib.contextmanager
def tracing(settings: Settings, version: str) -> Iterator[Tracing]:
    """What the settings ask for; at the block's end what is not sent yet is sent.

    Raises SettingsError where tracing is asked for and its packages are not installed.
    """
    wanted = settings.tracing
    if not wanted.enabled:
        yield Untraced()
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ImportError:
        raise SettingsError(
            "tracing.enabled is set, and OpenTelemetry is not installed. Install it with: "
            "pip install 'netral[otel]', or set tracing.enabled = false."
        ) from None
    attributes = {"service.name": SERVICE, "service.version": version}
    if settings.kafka.instance_id is not None:
        attributes["service.instance.id"] = settings.kafka.instance_id
    provider = TracerProvider(
        resource=Resource.create(attributes),
        sampler=ParentBased(TraceIdRatioBased(wanted.sample_ratio)),
        shutdown_on_exit=False,  # it is ended below, in order
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=wanted.endpoint)))
    try:
        yield OpenTelemetry(provider.get_tracer(SERVICE, version))
    finally:
        provider.shutdown()
