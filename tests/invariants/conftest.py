import pytest

from tests.brokers import Kind
from tests.invariants.live import LiveRun, live_run
from tests.review.fixtures import clock, desk, postgres, store_url

__all__ = ["clock", "desk", "live", "postgres", "store_url"]


@pytest.fixture(scope="session")
def live(broker_kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> LiveRun:
    """One worker's whole life, shared by every test that looks at what it left behind."""
    return live_run(tmp_path_factory.getbasetemp() / "live", broker_kind)
