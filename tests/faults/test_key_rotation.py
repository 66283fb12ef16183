"""Keys are rotated under a running worker: trusted after SIGHUP, and until then not."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from config.settings import SigningSettings
from streams.records import ControlRecord
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.faults.running import DEADLINE, Running, started
from tests.invariants.live import worker_settings
from tests.invariants.scene import files_in
from tests.streams.signed import make_signing, write_signed

pytestmark = pytest.mark.broker


@pytest.fixture
def keys(tmp_path: Path) -> tuple[SigningSettings, SigningSettings]:
    """The key that the worker trusts, and its successor."""
    return make_signing(tmp_path, "old"), make_signing(tmp_path, "new")


@pytest.fixture
def worker(
    broker: Broker, keys: tuple[SigningSettings, SigningSettings], tmp_path: Path
) -> Iterator[Running]:
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "rotation-", files)
    settings = settings.model_copy(update={"signing": keys[0]})
    asyncio.run(ensure_topics(settings))
    with started(settings, files, tmp_path / "worker") as one:
        yield one


async def send(
    worker: Running, signing: SigningSettings, action: Literal["stop", "resume"], sequence: int
) -> None:
    record = ControlRecord(
        schema=1, sequence=sequence, action=action, reason="r", by="b", at=datetime.now(UTC)
    )
    settings = worker.settings.model_copy(update={"signing": signing})
    await write_signed(settings, settings.topics.control, record)


async def logged(worker: Running, event: str, count: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while worker.worker.log_file.read_text().count(event) < count:
            worker.worker.check_alive()
            await asyncio.sleep(0.02)


async def test_a_new_key_is_trusted_after_sighup_and_a_spoilt_file_changes_nothing(
    worker: Running, keys: tuple[SigningSettings, SigningSettings]
) -> None:
    old, new = keys
    trusted = old.trusted_keys
    assert trusted is not None
    assert new.trusted_keys is not None
    await send(worker, new, "stop", 1)
    await worker.until("netral_list_refusals_total", "list", lambda found: found["control"] == 1)
    assert (await worker.readyz())["control"]["stopped"] is False

    both = trusted.read_text() + new.trusted_keys.read_text()
    trusted.write_text("no keys here")
    worker.reload()
    await logged(worker, "reload_refused", 1)
    await send(worker, old, "stop", 2)
    await worker.until("netral_stopped", None, lambda found: found[""] == 1)

    trusted.write_text(both)
    worker.reload()
    await logged(worker, "lists_reloaded", 1)
    await send(worker, new, "resume", 3)
    await worker.until("netral_stopped", None, lambda found: found[""] == 0)

    trusted.write_text(new.trusted_keys.read_text())
    worker.reload()
    await logged(worker, "lists_reloaded", 2)
    refused = (await worker.refusals())["control"]
    await send(worker, old, "stop", 4)
    await worker.until(
        "netral_list_refusals_total", "list", lambda found: found["control"] == refused + 1
    )
    assert (await worker.readyz())["control"]["stopped"] is False
