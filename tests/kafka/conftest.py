"""Apache Kafka that knows who is there; one a test process."""

from collections.abc import Iterator

import pytest

from tests.brokers import require_kafka
from tests.kafka.secured import Secured, secured_kafka


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    require_kafka()
    with secured_kafka(tmp_path_factory.mktemp("secured")) as running:
        yield running
