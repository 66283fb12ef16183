"""The whole worker in one process: lists, overlay, broker, agent, metrics, status server."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.worker import ENGINE_VERSION, work
from cli import worker_http
from config.settings import Settings
from streams.codec import decode_dead_letter, decode_flag
from streams.embedded import free_port
from streams.records import DeadLetter, FlaggedEvent
from streams.topics import ensure_topics
from tests.agents.judged import REGISTERED, STRANGER, SUPPORT, judged_settings, post
from tests.brokers import Broker
from tests.streams.signed import write_signed
from tests.streams.wire import DEADLINE, read_to_end, write

pytestmark = pytest.mark.broker
CANARY = "KANARI-9b1"


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[asyncio.Event]:
    """The worker beside the test; the block's end is SIGTERM."""
    stop = asyncio.Event()
    worker = asyncio.create_task(work(settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE):
            await worker


async def get(settings: Settings, path: str) -> tuple[int, str]:
    """Status and body; status 0 where nobody answers."""
    status, body = await worker_http.get(
        settings.metrics.host, settings.metrics.port, path, DEADLINE
    )
    return status, body.decode()


async def until_ready(settings: Settings) -> dict[str, Any]:
    async with asyncio.timeout(DEADLINE):
        while True:
            status, body = await get(settings, "/readyz")
            if status == 200:
                return dict(json.loads(body))
            await asyncio.sleep(0.05)


async def sample(settings: Settings, name: str, wanted: float) -> str:
    """The metrics, as soon as one of them has the wanted value."""
    async with asyncio.timeout(DEADLINE):
        while True:
            _, body = await get(settings, "/metrics")
            if f"{name} {wanted}" in body.splitlines():
                return body
            await asyncio.sleep(0.05)


def with_port(settings: Settings) -> Settings:
    metrics = settings.metrics.model_copy(update={"port": free_port()})
    return settings.model_copy(update={"metrics": metrics})


async def test_a_post_becomes_a_flag_and_a_bad_record_a_dead_letter(
    broker: Broker, tmp_path: Path
) -> None:
    settings = with_port(judged_settings(broker.bootstrap, "worker-", tmp_path))
    topics = settings.topics
    await ensure_topics(settings)
    await write_signed(settings, topics.register_updates, f"{CANARY} no json".encode())
    async with running(settings):
        ready = await until_ready(settings)
        assert ready["checks"] == {
            "register_loaded": True,
            "watchlist_loaded": True,
            "overlays_caught_up": True,
            "control_confirmed": True,
            "partitions_assigned": True,
        }
        assert ready["partitions"] == 4
        # The undecodable list record was refused, and the old list stays in force.
        refused = ready["refused_lists"]["register"]
        assert refused["count"] == 1
        assert refused["reason"] == "worker-register-updates offset 0: malformed_json at $"
        await write(
            broker.bootstrap,
            topics.public_posts,
            [
                post(1, REGISTERED, SUPPORT, actor={"handle": REGISTERED, "account_id": "7001"}),
                post(2, STRANGER, f"{SUPPORT} {CANARY}"),
                post(3, REGISTERED, "Selamat pagi"),
                post(4, REGISTERED, SUPPORT, visibility="followers"),
                post(5, REGISTERED, SUPPORT, created_at="2020-01-01T00:00:00+07:00"),
                f'{{"schema": 1, "platform": "{CANARY}"}}'.encode(),
            ],
            4,
        )
        events = f'netral_events_total{{topic="{topics.public_posts}"}}'
        metrics = await sample(settings, events, 6.0)
    flags = await read_to_end(broker.bootstrap, topics.flagged_events)
    letters = await read_to_end(broker.bootstrap, topics.dead_letters)
    assert len(flags) == 1
    flag = decode_flag(flags[0].value)
    assert isinstance(flag, FlaggedEvent)
    assert flag.post_id == "post-1"
    assert flags[0].key == flag.flag_id.encode()
    assert dict(flags[0].headers) == {
        "source-topic": topics.public_posts.encode(),
        "source-partition": b"0",
        "source-offset": b"0",
        "engine-version": ENGINE_VERSION.encode(),
    }
    letter = decode_dead_letter(letters[0].value)
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.path) == ("unknown_platform", "$.platform")
    assert (letter.topic, letter.partition, letter.offset) == (topics.public_posts, 1, 1)
    assert letters[0].key == f"{topics.public_posts}:1:1".encode()
    for line in (
        'netral_dispositions_total{disposition="flagged"} 1.0',
        'netral_dispositions_total{disposition="unmatched"} 1.0',
        'netral_dispositions_total{disposition="untouched"} 1.0',
        'netral_dispositions_total{disposition="not_public"} 1.0',
        'netral_dispositions_total{disposition="out_of_window"} 1.0',
        'netral_dispositions_total{disposition="invalid"} 1.0',
        'netral_dead_letters_total{reason="unknown_platform"} 1.0',
        'netral_list_refused{list="register"} 1.0',
        'netral_list_refusals_total{list="register"} 1.0',
    ):
        assert line in metrics.splitlines()
    # Invariants 02 and 10: neither the stranger nor anybody else is in what we measure.
    for leak in (CANARY, STRANGER, REGISTERED, "Khofifah", "khofifah", flag.flag_id):
        assert leak not in metrics
    for record in (*flags, *letters):
        assert CANARY.encode() not in record.value
        assert STRANGER.encode() not in record.value


async def test_lists_are_applied_before_the_first_post_is_judged(
    broker: Broker, tmp_path: Path
) -> None:
    """The stop switch, written before the start, holds for the very first event."""
    settings = with_port(judged_settings(broker.bootstrap, "stopped-", tmp_path))
    topics = settings.topics
    await ensure_topics(settings)
    stop_record = {
        "schema": 1,
        "sequence": 1,
        "action": "stop",
        "reason": "test",
        "by": "test",
        "at": "2024-10-01T00:00:00Z",
    }
    await write_signed(settings, topics.control, json.dumps(stop_record).encode())
    await write(broker.bootstrap, topics.public_posts, [post(1, REGISTERED, SUPPORT)])
    async with running(settings):
        stopped = 'netral_dispositions_total{disposition="stopped"}'
        metrics = await sample(settings, stopped, 1.0)
        assert "netral_stopped 1.0" in metrics.splitlines()
        # And a resume is seen at once by what comes after it.
        resume = {**stop_record, "sequence": 2, "action": "resume"}
        await write_signed(settings, topics.control, json.dumps(resume).encode())
        await sample(settings, "netral_stopped", 0.0)
        await write(broker.bootstrap, topics.public_posts, [post(2, REGISTERED, SUPPORT)])
        await sample(settings, 'netral_dispositions_total{disposition="flagged"}', 1.0)
    assert len(await read_to_end(broker.bootstrap, topics.flagged_events)) == 1
