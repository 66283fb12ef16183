"""Stop and resume survive a restart of the worker, as does every change of the lists."""

import asyncio
import json
from pathlib import Path

import pytest

from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.faults.running import started
from tests.invariants.live import flaggable, worker_settings
from tests.invariants.scene import STRANGER, document, files_in, put, second_contest
from tests.lists.test_in_force import control, register_update
from tests.streams.wire import read_to_end, write

pytestmark = pytest.mark.broker


def test_what_was_changed_while_it_ran_holds_after_a_restart(
    broker: Broker, tmp_path: Path
) -> None:
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "restart-", files)
    topics = settings.topics

    async def send(*posts: dict[str, object]) -> None:
        values = [json.dumps(post).encode() for post in posts]
        await write(settings.kafka.bootstrap, topics.public_posts, values)

    asyncio.run(ensure_topics(settings))
    with started(settings, files, tmp_path / "first") as worker:

        async def first_life() -> None:
            await worker.change(topics.register_updates, register_update(1))
            await worker.change(topics.watchlist_updates, put(1, second_contest()))
            await worker.change(topics.control, control(1, "stop"))
            await worker.until("netral_stopped", None, lambda found: found == {"": 1.0})

        asyncio.run(first_life())

    with started(settings, files, tmp_path / "second") as worker:

        async def second_life() -> None:
            # Ready means that the list and control topics were read to their ends.
            assert await worker.worker.metric("netral_stopped") == {"": 1}
            await send(flaggable("while stopped"))
            await worker.until(
                "netral_dispositions_total", "disposition", lambda found: found["stopped"] == 1
            )
            await worker.change(topics.control, control(2, "resume"))
            await worker.until("netral_stopped", None, lambda found: found == {"": 0.0})

        asyncio.run(second_life())

    with started(settings, files, tmp_path / "third") as worker:

        async def third_life() -> None:
            assert await worker.worker.metric("netral_stopped") == {"": 0}
            flag = await worker.flag()
            assert flag.versions.register_overlay_offset == 0
            await send(document(STRANGER, "8001", post_id="new account"))
            text = "dukung Wirakusuma satu kota-2024"
            await send(document(STRANGER, "8001", post_id="new contest", text=text))
            await worker.until(
                "netral_dispositions_total", "disposition", lambda found: found["flagged"] == 3
            )

        asyncio.run(third_life())

    flags = asyncio.run(read_to_end(settings.kafka.bootstrap, topics.flagged_events))
    assert not [record for record in flags if b"while stopped" in record.value]
