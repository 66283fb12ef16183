"""Apache Kafka with logins, TLS and an authorizer; its administrator is who uses `internal`."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import CreateAclsRequest

from config.settings import KafkaSettings, Settings
from rig.kafka import KafkaCluster, Listener, kafka_cluster
from rig.kafka_probe import in_thread
from streams.access import Right
from tests.certificates import Authority, Signed

USER: Final = "netral-worker"
PASSWORDS: Final = {
    "SCRAM-SHA-256": "canary-scram-256-5b1e",
    "SCRAM-SHA-512": "canary-scram-512-77aa",
}
KEY_PASSWORD: Final = "canary-key-9c03"  # noqa: S105 - of a key that lives for one test

LISTENERS: Final = (
    Listener("SCRAM", "SASL_PLAINTEXT"),
    Listener("SCRAMTLS", "SASL_SSL"),
    Listener("MUTUAL", "SSL"),
)

# Codes of Kafka's protocol.
_RESOURCE_TYPES: Final = {"topic": 2, "group": 3}
_OPERATIONS: Final = {"Read": 3, "Write": 4, "Create": 5, "Delete": 6, "Describe": 8}
_LITERAL: Final = 3
_ALLOW: Final = 3


@dataclass(frozen=True)
class Secured:
    """`authority` signed the broker and `client`, whose common name is USER."""

    cluster: KafkaCluster
    folder: Path
    authority: Authority
    client: Signed

    def security(self, listener: str, mechanism: str = "SCRAM-SHA-512") -> dict[str, Any]:
        """The settings under `kafka` with which USER connects to a listener."""
        protocol = next(each.protocol for each in LISTENERS if each.name == listener)
        given: dict[str, Any] = {
            "bootstrap": self.cluster.bootstrap_of(listener),
            "security_protocol": protocol,
        }
        if protocol.startswith("SASL_"):
            given["sasl_mechanism"] = mechanism
            given["sasl_username"] = USER
            given["sasl_password_file"] = self.secret(f"{mechanism}.pass", PASSWORDS[mechanism])
        if protocol.endswith("SSL"):
            given["ssl_ca_file"] = self.authority.certificate
        if listener == "MUTUAL":
            given["ssl_cert_file"] = self.client.certificate
            given["ssl_key_file"] = self.client.key
            given["ssl_key_password_file"] = self.secret("key.pass", KEY_PASSWORD)
        return given

    def secret(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(f"{content}\n")
        path.chmod(0o600)
        return path

    def with_security(self, settings: Settings, **security: Any) -> Settings:
        kafka = settings.kafka.model_dump(exclude_unset=True) | security
        return settings.model_copy(update={"kafka": KafkaSettings(**kafka)})

    def allow(self, granted: Iterable[Right], user: str = USER) -> None:
        """Add the rights, one by one, as the administrator."""
        in_thread(lambda: self._allow(list(granted), user))

    async def _allow(self, granted: Sequence[Right], user: str) -> None:
        client = AIOKafkaClient(bootstrap_servers=self.cluster.internal)
        try:
            await client.bootstrap()
            for right in granted:
                answer = await client.send(
                    1,
                    CreateAclsRequest(
                        _RESOURCE_TYPES[right.resource_type],
                        right.resource,
                        _LITERAL,
                        f"User:{user}",
                        "*",
                        _OPERATIONS[right.operation],
                        _ALLOW,
                    ),
                )
                assert all(code == 0 for code, _ in answer.creation_responses), answer
        finally:
            await client.close()


@contextlib.contextmanager
def secured_kafka(folder: Path) -> Iterator[Secured]:
    """One broker until the block ends. Who is not the administrator may do what ACLs say only."""
    authority = Authority(folder)
    broker = authority.sign("broker", hosts=("127.0.0.1",))
    store = folder / "broker-store.pem"
    store.write_bytes(broker.key.read_bytes() + broker.certificate.read_bytes())
    properties = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(store),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.certificate),
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.mutual.ssl.principal.mapping.rules": "RULE:^CN=(.*?)$/$1/",
    }
    for listener in LISTENERS:
        if not listener.protocol.startswith("SASL_"):
            continue
        prefix = f"listener.name.{listener.name.lower()}"
        properties[f"{prefix}.sasl.enabled.mechanisms"] = ",".join(PASSWORDS)
        for mechanism in PASSWORDS:
            properties[f"{prefix}.{mechanism.lower()}.sasl.jaas.config"] = (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            )
    arguments = [
        part
        for mechanism, password in PASSWORDS.items()
        for part in ("--add-scram", f"{mechanism}=[name={USER},password={password}]")
    ]
    client = authority.sign(USER, password=KEY_PASSWORD)
    with kafka_cluster(
        folder / "kafka",
        listeners=LISTENERS,
        properties=properties,
        format_arguments=arguments,
    ) as cluster:
        yield Secured(cluster, folder, authority, client)
