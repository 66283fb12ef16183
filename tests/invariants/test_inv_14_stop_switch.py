"""Invariant 14: one command stops all flagging within five seconds, and it stays stopped.

Every worker is a process, posts never end, and a flag's time is when the broker had it. The topic
of flags is without the broker's own limit to their age: what is tested is the worker.
"""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from cli.control_topic import read_control, send_control
from cli.demo_worker import worker_process
from config.errors import BrokerError
from config.settings import Settings
from rig.ports import stable_port
from streams.topics import ensure_topics
from tests.brokers import Broker, Kind, Place, own_broker
from tests.faults.flagging import flagging, topics_with_append_time, until
from tests.faults.running import Running, started
from tests.invariants.live import clean_environment, worker_settings
from tests.invariants.scene import Files, files_in
from tests.lists.test_in_force import control
from tests.streams.signed import write_signed
from tests.streams.topic_proxy import TopicProxy
from tests.streams.wire import settings_for

pytestmark = pytest.mark.broker
SECONDS = 5.0


@contextmanager
def worker_of(settings: Settings, files: Files, folder: Path) -> Iterator[Running]:
    asyncio.run(topics_with_append_time(settings))
    with started(settings, files, folder) as worker:
        yield worker


async def all_judged(worker: Running, sent: int) -> dict[str, float]:
    """The dispositions, once every post has one. (A post that comes again counts again.)"""
    found: dict[str, float] = await worker.until(
        "netral_dispositions_total", "disposition", lambda found: sum(found.values()) >= sent
    )
    return found


def test_inv_14_no_flag_later_than_five_seconds_and_it_outlives_restarts(
    broker: Broker, tmp_path: Path
) -> None:
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "inv-14-", files)
    with worker_of(settings, files, tmp_path / "first") as worker:

        async def stopped_while_flagging() -> None:
            async with flagging(settings) as seen:
                await seen.until_flags(200)
                stop = await send_control(settings, "stop", "test", "test")
                await worker.until(
                    "netral_dispositions_total", "disposition", lambda found: found["stopped"] > 200
                )
                seen.is_sending = False
                await all_judged(worker, seen.sent)
                assert seen.later_than(stop.timestamp / 1_000 + SECONDS) == []
                assert (await worker.readyz())["control"]["stopped"]
                assert await worker.worker.metric("netral_monitoring_enabled") == {"": 0}

        asyncio.run(stopped_while_flagging())

    with started(settings, files, tmp_path / "second") as worker:

        async def resumed() -> None:
            async with flagging(settings) as seen:
                await worker.until(
                    "netral_dispositions_total", "disposition", lambda found: found["stopped"] > 200
                )
                flagged = await worker.worker.metric("netral_dispositions_total", "disposition")
                assert flagged["flagged"] == 0
                before = len(seen.flags)
                resume = await send_control(settings, "resume", "test", "test")
                await seen.until_flags(before + 100)
                status = await read_control(settings)
                assert status.in_force == resume

        asyncio.run(resumed())


def test_inv_14_a_zombie_that_wakes_sends_nothing(broker: Broker, tmp_path: Path) -> None:
    """Stopped (SIGSTOP) in the midst of flagging, and woken when the five seconds are over."""
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "zombie-", files)
    with worker_of(settings, files, tmp_path / "worker") as worker:
        process = worker.worker.process

        async def sleeps_through_the_stop() -> None:
            async with flagging(settings) as seen:
                await seen.until_flags(200)
                process.send_signal(signal.SIGSTOP)
                try:
                    stop = await send_control(settings, "stop", "test", "test")
                    deadline = stop.timestamp / 1_000 + SECONDS
                    await until(lambda: time.time() > deadline + 0.1)
                    seen.is_sending = False
                finally:
                    process.send_signal(signal.SIGCONT)
                counts = await all_judged(worker, seen.sent)
                assert seen.later_than(deadline) == []
                assert counts["stopped"] > 0

        asyncio.run(sleeps_through_the_stop())


def test_inv_14_fail_closed_where_the_control_topic_cannot_be_read(
    broker_kind: Kind, tmp_path: Path
) -> None:
    """Everything else goes through; the batches wait, and are judged as the topic says then."""
    files = files_in(tmp_path / "lists")
    port = stable_port()
    address = f"127.0.0.1:{port}"
    with own_broker(broker_kind, tmp_path, address) as broker:
        settings = worker_settings(Place(address), "half-", files)

        async def cut_off() -> None:
            async with TopicProxy(port, broker.bootstrap, settings.topics.control) as proxy:
                await topics_with_append_time(settings)
                with started_beside(settings, files, tmp_path / "worker") as worker:
                    await worker.worker.wait_until_ready()
                    async with flagging(settings) as seen:
                        await seen.until_flags(200)
                        proxy.is_cut = True
                        await worker.until(
                            "netral_monitoring_enabled", None, lambda found: found == {"": 0.0}
                        )
                        held = seen.sent
                        answer = await worker.readyz()
                        assert answer["checks"]["control_confirmed"] is False
                        assert not answer["control"]["stopped"]
                        stop = await write_signed(
                            settings, settings.topics.control, control(1, "stop")
                        )
                        await until(lambda: seen.sent >= held + 400)
                        proxy.is_cut = False
                        seen.is_sending = False
                        counts = await all_judged(worker, seen.sent)
                        assert counts["stopped"] >= 400
                        assert seen.later_than(stop / 1_000) == []

        asyncio.run(cut_off())


@contextmanager
def started_beside(settings: Settings, files: Files, folder: Path) -> Iterator[Running]:
    """A worker that is not waited for: its broker's proxy runs in the test's own loop."""
    with clean_environment(folder), worker_process(settings, folder) as process:
        yield Running(settings, files, process)


def test_inv_14_fail_closed_where_the_control_topic_is_lost(broker: Broker, tmp_path: Path) -> None:
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "lost-", files)
    with worker_of(settings, files, tmp_path / "worker") as worker:

        async def lost_and_made_anew() -> None:
            admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
            await admin.start()
            await admin.delete_topics([settings.topics.control])
            await admin.close()
            await worker.until("netral_monitoring_enabled", None, lambda found: found == {"": 0.0})
            await worker.until(
                "netral_control_confirmed_seconds", None, lambda found: found[""] > 3
            )
            await send_control(settings, "resume", "made anew", "test")
            await worker.until("netral_monitoring_enabled", None, lambda found: found == {"": 1.0})
            await worker.flag()

        asyncio.run(lost_and_made_anew())


async def test_inv_14_no_worker_starts_where_the_control_topic_is_lost(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "gone-")
    await ensure_topics(settings)
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.delete_topics([settings.topics.control])
    await admin.close()
    with pytest.raises(BrokerError, match="whether flagging was stopped cannot be known"):
        await ensure_topics(settings)
    await send_control(settings, "stop", "made anew", "test")
    assert await ensure_topics(settings) == ()
