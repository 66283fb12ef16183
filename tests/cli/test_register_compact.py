"""`netral register compact` on a real Kafka-protocol broker."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from cli.register_compact import read_updates
from config.errors import BrokerError, RegisterError
from config.settings import KafkaSettings, Settings, TopicSettings
from lists.register_artifact import open_register, read_manifest
from lists.register_build import build_register
from streams.codec import encode
from streams.records import RegisterUpdate
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.cli.conftest import Run
from tests.lists.sources import many, row, write_source
from tests.streams.signed import own_signing, signing_environment, write_signed

pytestmark = pytest.mark.broker
TOPIC = "compact-register-updates"


def settings_for(broker: Broker, topic: str = TOPIC) -> Settings:
    return Settings.model_construct(
        kafka=KafkaSettings(bootstrap=broker.bootstrap),
        topics=TopicSettings(register_updates=topic),
        signing=own_signing(),
    )


async def send(broker: Broker, *values: bytes, topic: str = TOPIC) -> None:
    await ensure_topics(settings_for(broker, topic))
    await write_signed(settings_for(broker, topic), topic, *values)


def bind(sequence: int, handle: str, account_id: str) -> bytes:
    return encode(
        RegisterUpdate(
            schema=1,
            sequence=sequence,
            op="bind",
            platform="instagram",
            handle=handle,
            account_id=account_id,
        )
    )


async def test_all_changes_of_the_topic_come_into_the_register(
    broker: Broker, netral: Run, tmp_path: Path
) -> None:
    source = write_source(tmp_path / "s.csv", [row(account_id=""), *many(3)])
    register = tmp_path / "register"
    build_register(source, register)
    environment = {"NETRAL_TOPICS__REGISTER_UPDATES": TOPIC, **signing_environment()}
    spoilt = b'{"sequence": 2, spoilt'
    await send(broker, bind(1, "budi0", "100"), spoilt, bind(2_000_001, "nobody", "7"))
    asked = ("register", "compact", "register", "--bootstrap", broker.bootstrap)
    done = netral(*asked, env=environment)
    assert done.returncode == 0, done.stderr
    assert "1 changes in, 4 accounts of 4 people" in done.stdout
    assert "offset 1 not signed as it must be, or unreadable" in done.stdout
    assert "offset 2 refused" in done.stdout
    assert "spoilt" not in done.stdout + done.stderr
    assert open_register(register).rows_by_account_id([("instagram", "100")]) != [-1]
    assert read_manifest(register).overlay_offset == 0

    await send(broker, bind(2_000_002, "budi1", "101"))
    done = netral("register", "compact", env=environment | {
        "NETRAL_LISTS__REGISTER_DIR": str(register),
        "NETRAL_KAFKA__BOOTSTRAP": broker.bootstrap,
    })  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest = read_manifest(register)
    assert (manifest.overlay_offset, manifest.overlay_sequence) == (3, 2_000_002)
    rows = open_register(register).rows_by_account_id([("instagram", "100"), ("instagram", "101")])
    assert min(rows) >= 0


def test_what_cannot_be_compacted_is_named(broker: Broker, netral: Run, tmp_path: Path) -> None:
    asked = ("register", "compact", "register", "--bootstrap", broker.bootstrap)
    done = netral(*asked)
    assert done.returncode == 65
    assert "manifest.json: cannot be read" in done.stderr
    build_register(write_source(tmp_path / "s.csv", many(3)), tmp_path / "register")
    environment = {"NETRAL_TOPICS__REGISTER_UPDATES": "no-such-topic", **signing_environment()}
    done = netral(*asked, env=environment)
    assert done.returncode == 69
    assert "no topic no-such-topic" in done.stderr
    done = netral("register", "compact")
    assert done.returncode == 66
    assert "no register named" in done.stderr


async def test_changes_that_are_gone_are_refused(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded broker deletes no records; so the client is told that it did."""
    topic = "gone-register-updates"
    await send(broker, *(bind(n, f"budi{n}", f"10{n}") for n in range(4)), topic=topic)
    settings = settings_for(broker, topic)

    async def from_two(
        _consumer: AIOKafkaConsumer, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 2)

    monkeypatch.setattr(AIOKafkaConsumer, "beginning_offsets", from_two)
    with pytest.raises(RegisterError, match="begins at offset 2, the register includes 0"):
        await read_updates(settings, 0)
    updates, unreadable = await read_updates(settings, 1)
    assert ([offset for _, offset in updates], unreadable) == ([2, 3], [])


async def test_a_topic_that_was_made_anew_is_refused(
    broker: Broker, netral: Run, tmp_path: Path
) -> None:
    """Its records would be taken for those that the register includes."""
    topic, register = "anew-register-updates", tmp_path / "register"
    build_register(write_source(tmp_path / "s.csv", many(3)), register, overlay_offset=2)
    before = read_manifest(register)
    await send(broker, bind(0, "budi0", "100"), bind(1, "budi1", "101"), topic=topic)
    asked = ("register", "compact", "register", "--bootstrap", broker.bootstrap)
    environment = {"NETRAL_TOPICS__REGISTER_UPDATES": topic, **signing_environment()}
    done = netral(*asked, env=environment)
    assert done.returncode == 65
    assert "ends before offset 2, which the register includes" in done.stderr
    assert read_manifest(register) == before
    # With the third record it is as long as what the register includes: there is nothing to do.
    await send(broker, bind(2, "budi2", "102"), topic=topic)
    assert await read_updates(settings_for(broker, topic), 2) == ([], [])
    await send(broker, bind(3, "budi2", "103"), topic=topic)
    ((update, offset),), _ = await read_updates(settings_for(broker, topic), 2)
    assert (update.account_id, offset) == ("103", 3)


async def test_a_topic_of_several_partitions_is_refused(broker: Broker) -> None:
    """The records are in sequence; in two partitions they are not."""
    await send(broker)
    posts = TopicSettings().public_posts
    with pytest.raises(BrokerError, match=f"{posts} has 4 partitions"):
        await read_updates(settings_for(broker, posts), -1)
