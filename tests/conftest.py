"""Fixture policy: real parts wherever a test can afford them; no patches of our own code.

Tests marked `shared` read the evaluation data beside the checkout. Where it is absent they skip
and say so; where `CI` is set a missing folder is a failure, because a silent skip proves nothing.

A test that asks for `broker` runs once on the embedded broker and once on Apache Kafka (see
`tests/kafka/conftest.py`); `--broker=embedded` or `--broker=kafka` chooses one of them.

Hypothesis has no deadline: the first call of a kernel compiles it, and timing lives in `bench/`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rig.kafka import KafkaCluster, kafka_cluster
from tests.brokers import KINDS, Broker, Kind, empty_broker, require_kafka

settings.register_profile("netral", deadline=None)
settings.load_profile("netral")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evaluation data."""
    data = SHARED / "data"
    if data.is_dir():
        return data
    message = f"evaluation data absent: {data} (posts and names that may not be redistributed)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--broker",
        choices=[*KINDS, "both"],
        default="both",
        help="what tests of the `broker` fixture run on: embedded, kafka (Apache Kafka), both",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "broker_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--broker")
        kinds = KINDS if chosen == "both" else (chosen,)
        metafunc.parametrize("broker_kind", kinds, scope="session")


@pytest.fixture(scope="module")
def broker(broker_kind: Kind, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A running broker without topics. Apache Kafka is one for all modules, emptied in between."""
    with empty_broker(broker_kind, request) as running:
        yield running


@pytest.fixture
def fresh_broker(broker_kind: Kind, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The same for one test alone."""
    with empty_broker(broker_kind, request) as running:
        yield running


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Apache Kafka, one broker a test process, started for the first test that needs it."""
    require_kafka()
    with kafka_cluster(tmp_path_factory.mktemp("kafka")) as cluster:
        yield cluster
