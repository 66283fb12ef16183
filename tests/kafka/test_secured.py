"""Logins and TLS against Apache Kafka: every client of ours, and what a refusal says."""

import asyncio
import itertools
from typing import Any

import pytest
from pydantic import SecretStr

from cli.post_sender import send_all
from cli.topic_reader import open_topic, read_to_end
from config.errors import BrokerError
from config.settings import KafkaSettings
from streams.access import ROLES, rights
from streams.broker import wait_for_broker
from streams.producer import Outgoing, RecordProducer
from streams.topics import ensure_topics
from tests.brokers import Place
from tests.certificates import Authority
from tests.invariants.live import worker_settings
from tests.invariants.scene import files_in
from tests.kafka.secured import PASSWORDS, USER, Secured
from tests.kafka.worker import screened
from tests.streams.wire import settings_for

pytestmark = pytest.mark.broker

WAYS = [
    ("SCRAM", "SCRAM-SHA-512"),
    ("SCRAM", "SCRAM-SHA-256"),
    ("SCRAMTLS", "SCRAM-SHA-512"),
    ("MUTUAL", ""),
]
DEADLINE = 20.0
NUMBERS = itertools.count(1)


@pytest.mark.parametrize(("listener", "mechanism"), WAYS)
async def test_every_client_gets_in(secured: Secured, listener: str, mechanism: str) -> None:
    """Topics are made, written and read, by admin client, both producers, and the reader."""
    settings = secured.with_security(
        settings_for("127.0.0.1:1", f"clients-{next(NUMBERS)}-"),
        **secured.security(listener, mechanism),
    )
    secured.allow(right for role in ROLES for right in rights(settings, role))
    assert await wait_for_broker(settings.kafka, asyncio.Event())
    assert len(await ensure_topics(settings)) == 6
    assert await send_all([b"{}"], settings) == (1, 2)
    async with RecordProducer(settings.kafka) as producer:
        assert await producer.write([Outgoing(settings.topics.flagged_events, b"k", b"v")]) == []
    async with open_topic(
        settings.kafka, settings.topics.flagged_events, from_start=True
    ) as consumer:
        assert [record.value async for record in read_to_end(consumer)] == [b"v"]


@pytest.mark.parametrize(("listener", "mechanism"), [WAYS[1], WAYS[2], WAYS[3]])
def test_a_worker_screens(secured: Secured, tmp_path: Any, listener: str, mechanism: str) -> None:
    files = files_in(tmp_path / "lists")
    admin = worker_settings(Place(secured.cluster.internal), f"worker-{next(NUMBERS)}-", files)
    asyncio.run(ensure_topics(admin))
    settings = secured.with_security(admin, **secured.security(listener, mechanism))
    secured.allow(rights(settings, "worker"))
    said = screened(settings, admin.kafka.bootstrap, tmp_path / "worker")
    assert not any(secret in said for secret in PASSWORDS.values())


def refusals(secured: Secured) -> dict[str, tuple[dict[str, Any], str]]:
    scram, scram_tls = secured.security("SCRAM"), secured.security("SCRAMTLS")
    mutual = secured.security("MUTUAL")
    stranger = Authority(secured.folder, "stranger")
    forged = stranger.sign("forged")
    no_file = {"sasl_password_file": None}
    return {
        "password": (
            scram | no_file | {"sasl_password": SecretStr("canary-wrong")},
            rf"does not accept user {USER} with SCRAM-SHA-512",
        ),
        "user": (scram | {"sasl_username": "nobody"}, "does not accept user nobody"),
        "authority": (
            scram_tls | {"ssl_ca_file": stranger.certificate},
            r"certificate that is not accepted .*kafka\.ssl_ca_file",
        ),
        "no certificate": (
            {
                name: value
                for name, value in mutual.items()
                if not name.startswith("ssl_cert") and not name.startswith("ssl_key")
            },
            r"does not accept our certificate .*Set kafka\.ssl_cert_file",
        ),
        "forged certificate": (
            mutual
            | {
                "ssl_cert_file": forged.certificate,
                "ssl_key_file": forged.key,
                "ssl_key_password_file": None,
            },
            r"does not accept our certificate",
        ),
    }


@pytest.mark.parametrize(
    "which", ["password", "user", "authority", "no certificate", "forged certificate"]
)
async def test_a_refusal_is_not_waited_for_and_says_why(secured: Secured, which: str) -> None:
    given, said = refusals(secured)[which]
    kafka = KafkaSettings(**given)
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(BrokerError, match=said) as waiting:
            await wait_for_broker(kafka, asyncio.Event())
        with pytest.raises(BrokerError, match=said) as reading:
            async with open_topic(kafka, "any", from_start=True):
                pass
    assert "canary" not in f"{waiting.value} {reading.value}"
