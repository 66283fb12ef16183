"""`netral stop | resume | status | keys` and signed `produce`, as an operator uses them."""

import json
import re
from pathlib import Path

import pytest

from config.settings import Settings
from streams.codec import encode
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.cli.conftest import Run
from tests.lists.test_in_force import control, register_update
from tests.streams.signed import make_signing, signing_environment, write_signed
from tests.streams.wire import read_to_end, settings_for

pytestmark = pytest.mark.broker


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return {
        "NETRAL_KAFKA__BOOTSTRAP": settings.kafka.bootstrap,
        "NETRAL_TOPICS__CONTROL": settings.topics.control,
        "NETRAL_TOPICS__REGISTER_UPDATES": settings.topics.register_updates,
        **signing_environment(),
        **more,
    }


async def test_stop_status_resume(broker: Broker, netral: Run) -> None:
    """The topic is not even there at first."""
    settings = settings_for(broker.bootstrap, "stop-")
    told = environment(settings)
    done = netral("stop", "--reason", "uji coba", "--by", "jaga", env=told)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("flagging is stopped: stop-netral-control offset 0, ")
    assert "signed by key " in done.stdout
    assert "by jaga: uji coba" in done.stdout
    assert "no flag is written later than 5 s after that" in done.stdout

    done = netral("status", env=told)
    assert done.returncode == 1
    assert done.stdout.startswith("stopped: offset 0, ")
    (record,) = await read_to_end(broker.bootstrap, settings.topics.control)
    assert json.loads(record.value)["sequence"] >= 1_700_000_000_000

    await write_signed(settings, settings.topics.control, control(1, "resume"))  # an old number
    done = netral("status", "--json", env=told)
    assert done.returncode == 1
    state = json.loads(done.stdout)
    assert state["stopped"]
    assert state["in_force"]["reason"] == "uji coba"
    assert [refused["offset"] for refused in state["refused"]] == [1]

    done = netral("resume", "--reason", "selesai", "--json", env=told)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["offset"] == 2
    done = netral("status", "--worker", "127.0.0.1:1", env=told)
    assert done.returncode == 0
    assert "worker 127.0.0.1:1: does not answer" in done.stdout


async def test_a_key_that_workers_do_not_trust_stops_nothing(
    broker: Broker, netral: Run, tmp_path: Path
) -> None:
    settings = settings_for(broker.bootstrap, "strange-")
    await ensure_topics(settings)
    other = make_signing(tmp_path)
    told = environment(settings, NETRAL_SIGNING__PRIVATE_KEY=str(other.private_key))
    done = netral("stop", "--reason", "x", env=told)
    assert done.returncode == 78
    assert "workers would refuse the record: key " in done.stderr
    assert await read_to_end(broker.bootstrap, settings.topics.control) == []


def test_without_a_broker_it_says_that_nothing_is_stopped(netral: Run) -> None:
    told = {**signing_environment(), "NETRAL_KAFKA__BOOTSTRAP": "127.0.0.1:1"}
    done = netral("stop", "--reason", "x", env=told)
    assert done.returncode == 69
    assert "flagging may go on as before" in done.stderr


def test_without_a_key_it_says_how_to_make_one(netral: Run) -> None:
    done = netral("stop", "--reason", "x")
    assert done.returncode == 78
    assert "netral keys new FILE" in done.stderr


def test_keys(netral: Run, tmp_path: Path) -> None:
    done = netral("keys", "new", "jaga.key")
    assert done.returncode == 0, done.stderr
    (key_id,) = re.findall("jaga.key: new key ([0-9a-f]{16})", done.stdout)
    done = netral("keys", "public", "jaga.key", "--topic", "control", "--name", "jaga 2026")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f'[[keys]]\nid = "{key_id}"\npublic = "')
    assert done.stdout.endswith('topics = ["control"]\nname = "jaga 2026"\n')
    done = netral("keys", "public", "jaga.key", "--topic", "kontrol")
    assert done.returncode == 66
    assert "Name one of control, register_updates, watchlist_updates" in done.stderr
    (tmp_path / "jaga.key").chmod(0o644)
    done = netral("keys", "public", "jaga.key")
    assert done.returncode == 78
    assert "chmod 600 jaga.key" in done.stderr


async def test_produce_signs_list_records(broker: Broker, netral: Run, tmp_path: Path) -> None:
    settings = settings_for(broker.bootstrap, "produce-")
    await ensure_topics(settings)
    topic = settings.topics.register_updates
    file = tmp_path / "updates.jsonl"
    file.write_bytes(encode(register_update(5)) + b"\n" + encode(register_update(6)) + b"\n")
    done = netral("produce", str(file), "--topic", topic, env=environment(settings))
    assert done.returncode == 0, done.stderr
    headers = [dict(one.headers) for one in await read_to_end(broker.bootstrap, topic)]
    assert [one["netral-sequence"] for one in headers] == [b"5", b"6"]
    file.write_bytes(b'{"schema": 1}\n')
    done = netral("produce", str(file), "--topic", topic, env=environment(settings))
    assert done.returncode == 66
    assert "has no `sequence`, so it cannot be signed" in done.stderr
