"""Keys are rotated under a running worker: trusted after SIGHUP, and until then not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import SigningSettings
from streams.records import ControlRecord
from tests.brokers import Broker
from tests.faults.running import Running, running
from tests.lists.test_in_force import control
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
    with running(broker, "rotation-", tmp_path, keys[0]) as one:
        yield one


async def send(worker: Running, signing: SigningSettings, record: ControlRecord) -> None:
    settings = worker.settings.model_copy(update={"signing": signing})
    await write_signed(settings, settings.topics.control, record)


async def test_a_new_key_is_trusted_after_sighup_and_a_spoilt_file_changes_nothing(
    worker: Running, keys: tuple[SigningSettings, SigningSettings]
) -> None:
    old, new = keys
    trusted = old.trusted_keys
    assert trusted is not None
    assert new.trusted_keys is not None
    await send(worker, new, control(1, "stop"))
    await worker.until("netral_list_refusals_total", "list", lambda found: found["control"] == 1)
    assert (await worker.readyz())["control"]["stopped"] is False

    both = trusted.read_text() + new.trusted_keys.read_text()
    trusted.write_text("no keys here")
    worker.reload()
    await worker.until_logged("reload_refused", 1)
    await send(worker, old, control(2, "stop"))
    await worker.until("netral_stopped", None, lambda found: found[""] == 1)

    trusted.write_text(both)
    worker.reload()
    await worker.until_logged("lists_reloaded", 1)
    await send(worker, new, control(3, "resume"))
    await worker.until("netral_stopped", None, lambda found: found[""] == 0)

    trusted.write_text(new.trusted_keys.read_text())
    worker.reload()
    await worker.until_logged("lists_reloaded", 2)
    refused = (await worker.refusals())["control"]
    await send(worker, old, control(4, "stop"))
    await worker.until(
        "netral_list_refusals_total", "list", lambda found: found["control"] == refused + 1
    )
    assert (await worker.readyz())["control"]["stopped"] is False
