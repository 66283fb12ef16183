"""The rig does what it says: data outlive a restart, leaders change, access can be restricted."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from rig.kafka import KafkaCluster, KafkaRigError, Listener, kafka_cluster
from rig.kafka_files import KafkaAbsentError, kafka_jars
from tests.brokers import require_kafka
from tests.streams.wire import read_to_end, write

pytestmark = pytest.mark.broker
TOPIC = "rig"
PASSWORD = "rig-password"  # noqa: S105 - of a broker that lives for one test


async def make_topic(bootstrap: str, partitions: int, replicas: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, partitions, replicas)])
    finally:
        await admin.close()


async def test_a_leader_that_is_killed_loses_no_record(three_brokers: KafkaCluster) -> None:
    cluster = three_brokers
    await make_topic(cluster.bootstrap, 3, 3)
    cluster.wait_until_ready(in_sync=True)
    await write(cluster.bootstrap, TOPIC, [b"before"] * 30, 3)
    before = cluster.state().leaders
    victim = cluster.brokers[before[TOPIC, 0] - 1]
    victim.kill()
    assert not victim.alive
    await write(cluster.bootstrap, TOPIC, [b"during"] * 30, 3)
    assert cluster.state().leaders[TOPIC, 0] != victim.node
    victim.start()
    cluster.wait_until_ready(in_sync=True)
    values = [record.value for record in await read_to_end(cluster.bootstrap, TOPIC)]
    assert sorted(values) == [b"before"] * 30 + [b"during"] * 30


async def test_scram_lets_in_who_knows_the_password(tmp_path: Path) -> None:
    require_kafka()
    listeners = [Listener("CLIENT", "SASL_PLAINTEXT")]
    properties = {
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.client.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
    }
    user = ("--add-scram", f"SCRAM-SHA-512=[name=netral,password={PASSWORD}]")
    with kafka_cluster(
        tmp_path, listeners=listeners, properties=properties, format_arguments=user
    ) as cluster:
        await make_topic(cluster.internal, 1, 1)
        with pytest.raises(KafkaError):
            await sent(cluster.bootstrap, "wrong")
        await sent(cluster.bootstrap, PASSWORD)
        assert [r.value for r in await read_to_end(cluster.internal, TOPIC)] == [b"let in"]
        pid = cluster.brokers[0].pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def sent(bootstrap: str, password: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username="netral",
        sasl_plain_password=password,
    )
    try:
        await producer.start()
        await producer.send_and_wait(TOPIC, b"let in", key=b"k")
    finally:
        await producer.stop()


async def test_a_paused_broker_answers_again(kafka: KafkaCluster) -> None:
    (broker,) = kafka.brokers
    broker.pause()
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, request_timeout_ms=300)
    starting = asyncio.create_task(consumer.start())
    try:
        done, _ = await asyncio.wait({starting}, timeout=0.5)
        assert not done or starting.exception() is not None
    finally:
        broker.resume()
        await asyncio.wait({starting})
        starting.exception()
        await consumer.stop()
    kafka.wait_until_ready()


def test_a_property_that_kafka_refuses_is_quoted(tmp_path: Path) -> None:
    require_kafka()
    with (
        pytest.raises(KafkaRigError, match=r"(?s)broker 1.*num\.io\.threads"),
        kafka_cluster(tmp_path, properties={"num.io.threads": "many"}),
    ):
        pass


@pytest.mark.parametrize("missing", ["java", "mvn"])
def test_what_is_missing_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {"java", "mvn"} - {missing}:
        found = shutil.which(name)
        (tmp_path / name).symlink_to(found or "/bin/true")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    with pytest.raises(KafkaAbsentError, match=f"absent: no '{missing}' command. Install"):
        kafka_jars()
