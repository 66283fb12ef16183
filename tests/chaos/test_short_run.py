"""The short form of `make chaos`: three brokers, real workers, six faults of one seed."""

import pytest

from chaos.run import SHORT, run
from tests.brokers import require_kafka

pytestmark = pytest.mark.broker


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost(seed: int) -> None:
    require_kafka()
    report = run(seed, SHORT)
    assert report.passed, report
    assert len(report.faults) == SHORT.faults
