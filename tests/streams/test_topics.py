"""Topics are declared in one table and made as declared."""

from datetime import timedelta

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from config.settings import Settings
from streams.topics import declared_topics, ensure_topics, overlay_topics, worker_topics
from tests.brokers import Broker
from tests.streams.wire import settings_for


def test_public_posts_are_kept_three_days_at_most() -> None:
    (posts,) = [spec for spec in declared_topics(Settings()) if spec.name == "public-posts"]
    assert posts.retention is not None
    assert posts.retention <= timedelta(hours=72)
    assert posts.config() == {
        "cleanup.policy": "delete",
        "retention.ms": "259200000",
        "max.message.bytes": "8388608",
    }


def test_list_topics_are_one_log_for_ever_and_not_compacted() -> None:
    settings = Settings()
    lists = [spec for spec in declared_topics(settings) if spec.name in overlay_topics(settings)]
    assert len(lists) == 3
    for spec in lists:
        assert spec.partitions == 1
        assert spec.config()["retention.ms"] == "-1"
        assert spec.config()["cleanup.policy"] == "delete"


@pytest.mark.broker
async def test_what_is_missing_is_made_once(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "made-")
    made = await ensure_topics(settings)
    assert made == tuple(spec.name for spec in worker_topics(settings))
    assert await ensure_topics(settings) == ()
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    described = await admin.describe_topics(list(made))
    await admin.close()
    assert {topic["topic"]: len(topic["partitions"]) for topic in described} == {
        spec.name: spec.partitions for spec in worker_topics(settings)
    }
