"""`produce`, `tail` and `dead-letters` on a real Kafka-protocol broker."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from cli.post_sender import record_key, send_all
from cli.topic_reader import open_topic, read_to_end
from config.settings import KafkaSettings, Settings, TopicSettings
from streams.codec import encode
from streams.records import DeadLetter
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.cli.conftest import Lists, Run
from tests.cli.test_flag_view import FLAG, LEAD

pytestmark = pytest.mark.broker


def _settings(broker: Broker, prefix: str) -> Settings:
    return Settings.model_construct(
        kafka=KafkaSettings(bootstrap=broker.bootstrap),
        topics=TopicSettings(
            public_posts=f"{prefix}-posts",
            flagged_events=f"{prefix}-flags",
            dead_letters=f"{prefix}-letters",
            register_updates=f"{prefix}-register",
            watchlist_updates=f"{prefix}-watchlist",
            control=f"{prefix}-control",
        ),
    )


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "NETRAL_KAFKA__BOOTSTRAP": settings.kafka.bootstrap,
        "NETRAL_TOPICS__PUBLIC_POSTS": settings.topics.public_posts,
        "NETRAL_TOPICS__FLAGGED_EVENTS": settings.topics.flagged_events,
        "NETRAL_TOPICS__DEAD_LETTERS": settings.topics.dead_letters,
    }


async def _send(settings: Settings, topic: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, acks="all")
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def test_produce_sends_every_line_as_it_is(broker: Broker, lists: Lists, netral: Run) -> None:
    settings = _settings(broker, "produce")
    await ensure_topics(settings)
    done = netral("produce", str(lists.posts), "--json", env=_environment(settings))
    assert done.returncode == 0, done.stderr
    lines = lists.posts.read_bytes().splitlines()
    assert orjson.loads(done.stdout) == {"records": len(lines), "bytes": sum(map(len, lines))}
    async with open_topic(
        settings.kafka, settings.topics.public_posts, from_start=True
    ) as consumer:
        arrived = [(record.key, record.value) async for record in read_to_end(consumer)]
    assert sorted(value for _, value in arrived) == sorted(lines)
    assert all(key == record_key(value) for key, value in arrived)


async def test_a_null_value_can_be_sent(broker: Broker) -> None:
    settings = _settings(broker, "null")
    await ensure_topics(settings)
    assert await send_all([None, b"x"], settings) == (2, 1)


async def test_tail_shows_flags_and_passes_over_what_is_none(broker: Broker, netral: Run) -> None:
    settings = _settings(broker, "tail")
    await ensure_topics(settings)
    await _send(settings, settings.topics.flagged_events, b"{spoilt", encode(FLAG), encode(LEAD))
    done = netral("tail", "--from-start", "--max", "2", env=_environment(settings))
    assert done.returncode == 0, done.stderr
    assert "Dukung [[Bu Contoh]] ya" in done.stdout
    assert "withheld" in done.stdout
    assert "malformed_json" in done.stderr
    assert "spoilt" not in done.stdout + done.stderr

    written = netral(*("tail", "--from-start", "--max", "2", "--json"), env=_environment(settings))
    flags = [orjson.loads(line) for line in written.stdout.splitlines()]
    assert [flag["identity"]["status"] for flag in flags] == ["bound", "unconfirmed"]
    assert "text" in flags[0]
    assert "text" not in flags[1]


async def test_tail_ends_when_idle(broker: Broker, netral: Run) -> None:
    settings = _settings(broker, "idle")
    await ensure_topics(settings)
    done = netral("tail", "--idle-exit", "0.5", env=_environment(settings))
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


async def test_dead_letters_are_listed_once_each(broker: Broker, netral: Run) -> None:
    settings = _settings(broker, "letters")
    await ensure_topics(settings)
    letter = DeadLetter(
        reason="naive_time",
        path="$.created_at",
        topic="public-posts",
        partition=1,
        offset=7,
        sha256="ab" * 32,
        at=datetime(2024, 11, 1, tzinfo=UTC),
    )
    earlier = msgspec.structs.replace(letter, partition=0, offset=9)
    await _send(settings, settings.topics.dead_letters, *map(encode, (letter, letter, earlier)))
    done = netral("dead-letters", "list", "--json", env=_environment(settings))
    assert done.returncode == 0, done.stderr
    assert [orjson.loads(line)["offset"] for line in done.stdout.splitlines()] == [9, 7]
    shown = netral("dead-letters", "list", env=_environment(settings))
    assert "public-posts:1:7" in shown.stdout
    assert "2 dead letters" in shown.stdout


@pytest.mark.parametrize("command", [("tail",), ("dead-letters", "list")])
def test_a_missing_topic_is_named(broker: Broker, netral: Run, command: tuple[str, ...]) -> None:
    settings = _settings(broker, "absent")
    done = netral(*command, env=_environment(settings))
    assert done.returncode == 69
    assert "absent-" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("tail",), ("dead-letters", "list"), ("produce", "p.jsonl")])
def test_a_broker_that_is_away_is_named(
    netral: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "p.jsonl").write_text("{}\n")
    done = netral(*command, "--bootstrap", "127.0.0.1:1")
    assert done.returncode == 69
    assert done.stderr.startswith("netral: ")
    assert "127.0.0.1:1" in done.stderr
    assert len(done.stderr.splitlines()) == 1
