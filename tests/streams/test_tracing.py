"""Spans by stage of real batches, in memory; nothing of a post is in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord
from prometheus_client import CollectorRegistry

from agents.screen import Screener
from config.errors import SettingsError
from config.settings import Settings, TracingSettings
from lists.in_force import ListsInForce
from matchers.screening import STAGES
from streams.batch_transport import Batch
from streams.metrics import LabelSets, WorkerMetrics
from streams.tracing import OpenTelemetry, Untraced, tracing
from tests.agents.judged import (
    REGISTERED,
    STRANGER,
    SUPPORT,
    judged_settings,
    open_switch,
    post,
)
from tests.agents.test_cardinality import Swallowing

pytest.importorskip("opentelemetry.sdk", reason="OpenTelemetry absent: pip install netral[otel]")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

CANARY = "KANARI-5c4"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> Iterator[OpenTelemetry]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield OpenTelemetry(provider.get_tracer("test"))
    provider.shutdown()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return judged_settings("127.0.0.1:1", "traced-", tmp_path)


def batch_of(settings: Settings, *values: bytes) -> Batch:
    topic = settings.topics.public_posts
    records = [
        ConsumerRecord(topic, 2, 40 + number, 0, 0, None, value, None, 0, len(value), ())
        for number, value in enumerate(values)
    ]
    return Batch(topic, 2, records)


def screener(settings: Settings, tracer: OpenTelemetry | Untraced) -> Screener:
    labels = LabelSets(topics=[], dispositions=[], stages=[], lists=[], rules=[])
    metrics = WorkerMetrics(CollectorRegistry(), labels, version="1", settings="1")
    lists, producer = ListsInForce(settings), Swallowing()
    return Screener(settings, lists, open_switch(lists), producer, producer, metrics, tracer, "1")


def as_text(span: ReadableSpan) -> str:
    return str(span.to_json())


async def test_a_batch_is_a_span_with_its_stages_below(
    settings: Settings, exporter: InMemorySpanExporter, tracer: OpenTelemetry
) -> None:
    batch = batch_of(
        settings,
        post(1, REGISTERED, f"{SUPPORT} {CANARY}"),
        post(2, STRANGER, f"{SUPPORT} {CANARY}"),
        f'{{"platform": "{CANARY}"}}'.encode(),
    )
    await screener(settings, tracer)(batch)
    *stages, root = exporter.get_finished_spans()
    assert root.name == "screen traced-public-posts"
    assert dict(root.attributes or {}) == {
        "messaging.system": "kafka",
        "messaging.destination.name": "traced-public-posts",
        "messaging.destination.partition.id": "2",
        "messaging.batch.message_count": 3,
        "netral.batch": "traced-public-posts-2-40-42",
    }
    assert [span.name for span in stages] == [
        "decode",
        *STAGES,
        "encode",
        "write",  # the flags
        "write",  # the dead letters
    ]
    for span in stages:
        assert span.parent is not None
        assert span.parent.span_id == root.context.span_id
        assert span.start_time is not None
        assert span.end_time is not None
        assert span.start_time <= span.end_time
    # Invariants 02 and 10: neither the stranger nor the person who is flagged.
    for span in (*stages, root):
        for leak in (CANARY, STRANGER, REGISTERED, "Khofifah", "post-1", "post-2"):
            assert leak not in as_text(span)


async def test_inv_02_an_exception_leaves_its_type_and_never_its_message(
    settings: Settings, exporter: InMemorySpanExporter, tracer: OpenTelemetry
) -> None:
    def broken(_stage: str) -> None:
        raise ValueError(f"quotes the post: {CANARY}")

    batch = batch_of(settings, post(1, STRANGER, CANARY))
    with pytest.raises(ValueError, match=CANARY), tracer.batch(batch) as span:
        span.timed(broken)("decode")
    with pytest.raises(ValueError, match=CANARY), tracer.batch(batch) as span, span.writing():
        broken("write")
    for found in exporter.get_finished_spans():
        assert CANARY not in as_text(found)
    roots = [span for span in exporter.get_finished_spans() if span.parent is None]
    assert [dict(root.attributes or {})["error.type"] for root in roots] == ["ValueError"] * 2
    assert all(not root.status.is_ok for root in roots)


async def test_without_tracing_the_same_comes_out(settings: Settings) -> None:
    batch = batch_of(settings, post(1, REGISTERED, SUPPORT))
    await screener(settings, Untraced())(batch)
    with tracing(settings, "1") as off:
        assert isinstance(off, Untraced)


def test_what_is_asked_for_is_made_and_ended(settings: Settings) -> None:
    on = settings.model_copy(
        update={"tracing": TracingSettings(enabled=True, endpoint="http://127.0.0.1:1/v1/traces")}
    )
    with tracing(on, "1") as made:
        assert isinstance(made, OpenTelemetry)


def test_without_the_packages_the_setting_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in [*sys.modules]:
        if name.startswith("opentelemetry.exporter"):
            monkeypatch.delitem(sys.modules, name)
    modules: dict[str, Any] = sys.modules
    monkeypatch.setitem(modules, "opentelemetry.exporter", None)
    on = settings.model_copy(update={"tracing": TracingSettings(enabled=True)})
    with pytest.raises(SettingsError, match=r"netral\[otel\]"), tracing(on, "1"):
        pass


def test_a_batch_is_named_by_where_it_lies(settings: Settings) -> None:
    assert batch_of(settings, b"", b"").name == "traced-public-posts-2-40-41"
    assert json.dumps(batch_of(settings, b"").name) == '"traced-public-posts-2-40-40"'
