"""However hostile the input, the number of series is bounded, and the bound is the runbook's."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from aiokafka.structs import ConsumerRecord
from prometheus_client.parser import text_string_to_metric_families

from agents.list_updates import ListUpdates
from agents.screen import Screener
from agents.worker import Worker
from config.settings import KafkaSettings, Settings
from lists.in_force import ListsInForce
from streams.batch_transport import Batch
from streams.health import Sighting
from streams.metrics import WorkerMetrics
from streams.producer import Outgoing, RecordProducer
from streams.signature_order import SignatureOrder
from streams.signing_keys import load_verifier
from streams.topics import list_topics
from streams.tracing import Untraced
from tests.agents.judged import REGISTERED, SUPPORT, built_lists, open_switch, post
from tests.streams.wire import settings_for

PARTITIONS = 12
RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


class Swallowing(RecordProducer):
    """Acknowledges everything and writes nothing: there is no broker here."""

    def __init__(self) -> None:
        super().__init__(KafkaSettings())
        self.written = 0

    async def write(self, records: Sequence[Outgoing]) -> list[int]:
        self.written += len(records)
        return []


def hostile() -> list[bytes]:
    """Records in which everything that could become a label is different."""
    values = [
        post(
            number,
            REGISTERED,
            f"{SUPPORT} #tag{number}",
            **{
                "actor": {"handle": REGISTERED, "account_id": "7001"},
                "source": f"source-{number}",
                field: f'odd-{number}"\n\\{{}}',
            },
        )
        for number in range(200)
        for field in ("post_id", "platform", "action", "visibility", "url", "created_at")
    ]
    values += [
        json.dumps(
            {
                "schema": number,
                "op": f"{op}-{number}",
                "action": f"odd-{number}",
                "sequence": number,
            }
        ).encode()
        for op in ("add", "put", "stop")
        for number in range(100)
    ]
    return [*values, b"", b"\xff\xfe", b"[" * 10_000, b"{" * 10_000]


def series(metrics: WorkerMetrics) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    return {
        (sample.name, tuple(sorted(sample.labels.items())))
        for family in text_string_to_metric_families(metrics.expose().decode())
        for sample in family.samples
    }


def stated_bound() -> tuple[int, int]:
    """Of the runbook: series of a worker, and series more for each partition it holds."""
    found = re.search(
        r"at most (\d[\d,]*) series and (\d+) more for each partition",
        " ".join(RUNBOOK.read_text().split()),
    )
    assert found, f"{RUNBOOK} states no bound of the series"
    return int(found[1].replace(",", "")), int(found[2])


async def test_hostile_input_makes_no_series(tmp_path: Path) -> None:
    settings: Settings = settings_for("127.0.0.1:1").model_copy(
        update={"lists": built_lists(tmp_path)}
    )
    topic = settings.topics.public_posts
    worker = Worker(settings, Untraced())
    metrics = worker._metrics
    worker.expose_metrics()
    metrics.set_progress({(topic, number): Sighting(0, 1) for number in range(PARTITIONS)}, {})
    before = series(metrics)

    lists = ListsInForce(settings)
    producer = Swallowing()
    switch = open_switch(lists)
    screener = Screener(settings, lists, switch, producer, producer, metrics, Untraced(), "1")
    records = [
        ConsumerRecord(topic, 0, number, 0, 0, None, value, None, 0, len(value), ())
        for number, value in enumerate(hostile())
    ]
    await screener(Batch(topic, 0, records))
    order = SignatureOrder(load_verifier(settings))
    updates = ListUpdates(settings.topics, lists, metrics, settings.kafka.message_max_bytes, order)
    for listed in (*list_topics(settings), settings.topics.control):
        for value in hostile():
            headers = (("signature", value), ("key-id", value))
            updates(ConsumerRecord(listed, 0, 0, 0, 0, value, value, None, 0, len(value), headers))
    after = series(metrics)

    assert producer.written > 1_000  # it came as far as flags and dead letters
    assert after == before
    fixed, each = stated_bound()
    assert len(after) <= fixed + each * PARTITIONS
    # The bound is no idle one.
    assert len(after) > 0.8 * (fixed + each * PARTITIONS)
