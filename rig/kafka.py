"""Apache Kafka (KRaft) in child processes: one broker or a cluster, on free loopback ports.

    with kafka_cluster(folder, nodes=3, properties={"min.insync.replicas": "2"}) as cluster:
        cluster.bootstrap                     # of the first listener
        cluster.brokers[1].kill(); cluster.brokers[1].start(); cluster.wait_until_ready()

Every node is broker and controller. Beside the listeners asked for, each has two of its own,
plain and for the rig alone: `CONTROLLER`, and `INTERNAL` (between brokers, and to ask whether they
are ready). Every process is ended by its own id when the block ends, however it ends.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rig.kafka_files import java, kafka_jars
from rig.kafka_probe import ClusterState, cluster_state
from rig.ports import stable_port

START_TIMEOUT: Final = 90.0
STOP_TIMEOUT: Final = 30.0
CLUSTER_ID: Final = "bmV0cmFsLWthZmthLXJpZw"

_POLL: Final = 0.05
_JVM: Final = ("-Xms96m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
"""Small and quick to start, not fast: several brokers share two cores with what they are for."""

_LOG4J: Final = Path(__file__).with_name("log4j2.properties")

_PROPERTIES: Final[Mapping[str, str]] = {
    # A group forms at once, and a killed member is missed as soon as its client asks.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "auto.create.topics.enable": "false",
    "offsets.topic.num.partitions": "2",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.num.partitions": "1",
    "num.network.threads": "2",
    "num.io.threads": "2",
    "num.replica.fetchers": "1",
    "log.cleaner.dedupe.buffer.size": "2097152",
    "message.max.bytes": "16777216",
    "replica.fetch.max.bytes": "16777216",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "controlled.shutdown.retry.backoff.ms": "200",
}


class KafkaRigError(Exception):
    """A broker did not start, or not become ready; the message quotes its log."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener for clients. `protocol`: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.

    `advertise` gives, by node id, the `host:port` that clients are told instead of the broker's
    own (a proxy in between). What SASL and TLS need is given in `properties` with Kafka's own
    names (`listener.name.client.scram-sha-512.sasl.jaas.config`, `ssl.keystore.location`, ...).
    """

    name: str = "CLIENT"
    protocol: str = "PLAINTEXT"
    advertise: Mapping[int, str] = field(default_factory=dict)


class KafkaBroker:
    """One node: its process can be stopped, killed, paused, and started again on its data."""

    def __init__(self, node: int, folder: Path, jars: Path, listeners: Sequence[Listener]) -> None:
        self.node = node
        self.folder = folder
        self.log_file = folder / "broker.log"
        self.controller_port = stable_port()
        self.internal = f"127.0.0.1:{stable_port()}"
        self.addresses = {each.name: f"127.0.0.1:{stable_port()}" for each in listeners}
        """Its own `host:port` by listener: what a proxy connects to."""
        self.advertised = {
            each.name: each.advertise.get(node, self.addresses[each.name]) for each in listeners
        }
        self.jvm_options: tuple[str, ...] = _JVM
        self._jars = jars
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Raises KafkaRigError where it does not run."""
        if self._process is None:
            raise KafkaRigError(f"broker {self.node} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def prepare(self, properties: Mapping[str, str], format_arguments: Sequence[str]) -> None:
        """Write its properties and format its data folder. Raises KafkaRigError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={value}" for name, value in properties.items()]
        self._properties_file.write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            self._java(
                *("kafka.tools.StorageTool", "format", "--ignore-formatted"),
                *("--cluster-id", CLUSTER_ID, "--config", str(self._properties_file)),
                *format_arguments,
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise KafkaRigError(f"broker {self.node} cannot be formatted:\n{done.stdout[-2_000:]}")

    def start(self) -> None:
        """Start the process; `KafkaCluster.wait_until_ready` waits for what comes of it."""
        if self.alive:
            return
        with self.log_file.open("ab") as output:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self._properties_file)),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self) -> None:
        """SIGTERM: hands its leaderships over, then ends; killed if that takes over 30 s."""
        self._signal(signal.SIGTERM)
        if self._process is not None:
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def pause(self) -> None:
        """SIGSTOP: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def log_end(self) -> str:
        if not self.log_file.exists():
            return ""
        return self.log_file.read_text(errors="replace")[-2_000:].strip()

    def _signal(self, number: signal.Signals) -> None:
        if self.alive and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    @property
    def _properties_file(self) -> Path:
        return self.folder / "server.properties"

    def _java(self, *arguments: str) -> list[str]:
        log4j = f"-Dlog4j2.configurationFile={_LOG4J}"
        return [java(), *self.jvm_options, log4j, "-cp", f"{self._jars}/*", *arguments]


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """Running brokers. `brokers[i].node` is i + 1."""

    brokers: Sequence[KafkaBroker]
    listeners: Sequence[Listener]

    @property
    def bootstrap(self) -> str:
        """What clients of the first listener connect to."""
        return self.bootstrap_of(self.listeners[0].name)

    @property
    def internal(self) -> str:
        """The plain listener of the rig's own, past proxies, SASL and TLS."""
        return ",".join(broker.internal for broker in self.brokers)

    def bootstrap_of(self, listener: str) -> str:
        return ",".join(broker.advertised[listener] for broker in self.brokers)

    def state(self) -> ClusterState:
        """What the brokers say of themselves now; empty while none answers."""
        return cluster_state([broker.internal for broker in self.brokers if broker.alive])

    def wait_until_ready(self, *, in_sync: bool = False, timeout: float = START_TIMEOUT) -> None:
        """Wait until every broker that runs is a member of the cluster and there is a controller.

        `in_sync`: and until every replica of every partition has caught up. Raises KafkaRigError
        with the end of a broker's log.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            running = {broker.node for broker in self.brokers if broker.alive}
            state = self.state()
            if running and state.brokers >= running and state.answering >= running:
                if not in_sync or not state.lagging:
                    return
            elif not running:
                break
            time.sleep(_POLL)
        logs = "\n".join(f"broker {b.node}: {b.log_end()}" for b in self.brokers)
        raise KafkaRigError(f"Apache Kafka was not ready in {timeout:.0f} s. Logs end:\n{logs}")


@contextlib.contextmanager
def kafka_cluster(
    folder: Path,
    nodes: int = 1,
    *,
    listeners: Sequence[Listener] = (Listener(),),
    properties: Mapping[str, str] | None = None,
    node_properties: Mapping[int, Mapping[str, str]] | None = None,
    format_arguments: Sequence[str] = (),
    jvm_options: Sequence[str] = (),
) -> Iterator[KafkaCluster]:
    """Run `nodes` brokers over data in `folder` until the block ends; ready when it begins.

    `properties` are Kafka's server properties for every node, `node_properties` for one of them
    (by node id, from 1); they win over ours. `format_arguments` go to `kafka-storage format`, for
    example `("--add-scram", "SCRAM-SHA-512=[name=a,password=b]")`; `jvm_options` to every JVM.
    Raises KafkaAbsentError where Kafka cannot be had, KafkaRigError where it does not start.
    """
    jars = kafka_jars()
    brokers = [
        KafkaBroker(node, folder / f"node-{node}", jars, listeners) for node in range(1, nodes + 1)
    ]
    voters = ",".join(f"{b.node}@127.0.0.1:{b.controller_port}" for b in brokers)
    for broker in brokers:
        broker.jvm_options += tuple(jvm_options)
        own = (node_properties or {}).get(broker.node, {})
        written = {**_own_properties(broker, listeners, voters, nodes), **(properties or {}), **own}
        broker.prepare(written, format_arguments)
    cluster = KafkaCluster(brokers, listeners)
    try:
        for broker in brokers:
            broker.start()
        cluster.wait_until_ready()
        yield cluster
    finally:
        for broker in brokers:
            broker.kill()  # its data are of no further use


def _own_properties(
    broker: KafkaBroker, listeners: Sequence[Listener], voters: str, nodes: int
) -> dict[str, str]:
    bound = {
        "CONTROLLER": f"127.0.0.1:{broker.controller_port}",
        "INTERNAL": broker.internal,
        **broker.addresses,
    }
    advertised = {"INTERNAL": broker.internal, **broker.advertised}
    protocols = {
        "CONTROLLER": "PLAINTEXT",
        "INTERNAL": "PLAINTEXT",
        **{each.name: each.protocol for each in listeners},
    }
    replicas = str(min(nodes, 3))
    return {
        **_PROPERTIES,
        "process.roles": "broker,controller",
        "node.id": str(broker.node),
        "controller.quorum.voters": voters,
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "INTERNAL",
        "listeners": ",".join(f"{name}://{place}" for name, place in bound.items()),
        "advertised.listeners": ",".join(f"{name}://{at}" for name, at in advertised.items()),
        "listener.security.protocol.map": ",".join(f"{n}:{p}" for n, p in protocols.items()),
        "log.dirs": str(broker.folder / "data"),
        "offsets.topic.replication.factor": replicas,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": str(max(1, min(nodes, 3) - 1)),
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": "1",
        "min.insync.replicas": str(max(1, min(nodes, 3) - 1)),
    }
