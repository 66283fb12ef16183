"""One real `netral worker` process, at debug level, on a real broker; and all that it left behind.

It is sent events of every disposition. Those of authors who are not matched carry a canary in every
field, in the record's key and in its headers, so that invariant 02 is a search for that word.
"""

import asyncio
import functools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numba
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from cli.demo_worker import WorkerProcess, worker_process
from config.settings import LogSettings, Settings
from matchers.types import Disposition
from streams.codec import decode_flag, encode
from streams.embedded import free_port
from streams.records import ControlRecord, FlaggedEvent
from streams.topics import ensure_topics
from synth.bad_records import BAD_RECORDS, five_megabytes
from tests.brokers import Broker, Kind, own_broker
from tests.invariants.scene import (
    BOUND,
    BOUND_ID,
    DECLARED,
    GREETING,
    LATE,
    LATE_ID,
    STRANGER,
    SUPPORT,
    WITHDRAWN,
    WITHDRAWN_ID,
    Files,
    document,
    files_in,
)
from tests.streams.wire import DEADLINE, read_to_end, settings_for, write

ROOT = Path(__file__).resolve().parent.parent.parent
CANARY = "knr7f3a"
MARKER = "PENANDA-5d2"
"""Stands in what may come out, to show that the search finds what is there."""
CAMPAIGN_ACCOUNT = {"account": {"handle": "menang2_contoh", "account_id": "9000000211"}}
NOT_PUBLIC = ("followers", "private", "Public", "PUBLIC", " public", "public ", "", "unlisted")


@dataclass(frozen=True)
class Case:
    """One record and what must become of it; `reason` and `path` are a dead letter's."""

    name: str
    value: bytes | None
    disposition: Disposition
    reason: str = ""
    path: str = ""


def canary_document(handle: str = f"{CANARY}_akun", **changes: Any) -> dict[str, Any]:
    """An event with the canary wherever one can be written."""
    return document(
        handle,
        **{
            "post_id": f"{CANARY}-post",
            "actor": {
                "handle": handle,
                "account_id": f"{CANARY}-id",
                "display_name": f"Nama {CANARY}",
                "bio": f"Bio {CANARY}",
            },
            "text": f"{SUPPORT} {CANARY}",
            "target": {
                "account": {"handle": f"{CANARY}_t", "account_id": f"{CANARY}-t"},
                "post_id": f"{CANARY}-t",
                "text": f"{CANARY} induk",
            },
            "mentions": [{"handle": f"{CANARY}_m", "display_name": CANARY}],
            "hashtags": [f"{CANARY}tagar"],
            "urls": [f"https://contoh.id/{CANARY}"],
            "media": [{"kind": "photo", "alt_text": f"foto {CANARY}"}],
            "url": f"https://x.com/{CANARY}/1",
            "source": f"sumber-{CANARY}",
            f"tak_dikenal_{CANARY}": {CANARY: [CANARY]},
        }
        | changes,
    )


def _actor(handle: str, account_id: str | None = None) -> dict[str, Any]:
    named = {"handle": handle, "display_name": f"Nama {CANARY}", "bio": CANARY}
    return named | ({"account_id": account_id} if account_id else {})


def _unmatched() -> Iterator[Case]:
    events: list[tuple[str, Disposition, dict[str, Any]]] = [
        ("nobody", "unmatched", {}),
        ("a stranger's like", "unmatched", {"action": "like", "target": CAMPAIGN_ACCOUNT}),
        ("reused handle", "unmatched", {"actor": _actor(BOUND, f"{CANARY}-id")}),
        ("look-alike", "unmatched", {"actor": _actor("bud1_uji")}),
        ("the name alone", "unmatched", {"actor": _actor(STRANGER) | {"display_name": "Budi"}}),
        ("withdrawn", "unmatched", {"actor": _actor(WITHDRAWN, WITHDRAWN_ID)}),
        ("not declared yet", "unmatched", {"actor": _actor(LATE, LATE_ID)}),
        ("untouched", "untouched", {"text": f"{GREETING} {CANARY}"}),
        ("before every window", "out_of_window", {"created_at": "2020-01-01T00:00:00+07:00"}),
        (
            "after every window",
            "out_of_window",
            {
                "created_at": "2025-01-01T00:00:00+07:00",
                "observed_at": "2025-01-01T00:00:00+07:00",
            },
        ),
    ]
    for name, disposition, changes in events:
        yield Case(name, json.dumps(canary_document(**changes)).encode(), disposition)
    for visibility in NOT_PUBLIC:
        for handle, account_id in ((BOUND, BOUND_ID), (f"{CANARY}_akun", None)):
            post = canary_document(actor=_actor(handle, account_id), visibility=visibility)
            name = f"visibility {visibility!r} of {handle}"
            yield Case(name, json.dumps(post).encode(), "not_public")


def _invalid() -> Iterator[Case]:
    for bad in BAD_RECORDS:
        value = bad.spoil(canary_document())
        yield Case(bad.name, value, "invalid", bad.reason, bad.path)
    yield Case("5 MB", five_megabytes(canary_document()), "invalid", "over_limit", "$.text")
    at_the_fault: list[tuple[str, dict[str, Any], str, str]] = [
        ("platform", {"platform": CANARY}, "unknown_platform", "$.platform"),
        ("action", {"action": CANARY}, "unknown_action", "$.action"),
        ("schema", {"schema": CANARY}, "wrong_type", "$.schema"),
        ("time", {"created_at": CANARY}, "invalid_value", "$.created_at"),
        ("actor", {"actor": CANARY}, "wrong_type", "$.actor"),
        ("handle", {"actor": {"handle": [CANARY]}}, "wrong_type", "$.actor.handle"),
        ("media", {"media": [{"kind": CANARY}]}, "invalid_value", "$.media[0].kind"),
        ("long", {"actor": {"handle": CANARY * 30}}, "over_limit", "$.actor.handle"),
    ]
    for name, changes, reason, path in at_the_fault:
        value = json.dumps(canary_document(**changes)).encode()
        yield Case(f"canary at the fault: {name}", value, "invalid", reason, path)
    yield Case("canary as text", CANARY.encode(), "invalid", "malformed_json", "$")
    yield Case("canary as a string", f'"{CANARY}"'.encode(), "invalid", "wrong_type", "$")


def flaggable(post_id: str, handle: str = BOUND, **changes: Any) -> dict[str, Any]:
    """A post of a matched author that must be flagged."""
    account_id = BOUND_ID if handle == BOUND else None
    text = f"{SUPPORT} {MARKER}"
    return document(handle, account_id, **{"post_id": post_id, "text": text} | changes)


def _matched() -> Iterator[Case]:
    events: list[tuple[Disposition, dict[str, Any]]] = [
        ("flagged", flaggable("bound")),
        ("flagged", flaggable("again")),
        ("flagged", flaggable("again")),  # the same record twice, elsewhere in the topic
        ("flagged", flaggable("declared", DECLARED)),
        ("flagged", flaggable("lead", actor={"handle": BOUND})),
        ("flagged", flaggable("like", action="like", target=CAMPAIGN_ACCOUNT, text=None)),
        ("no_rule", flaggable("no rule", text="Khofifah Indar Parawansa")),
    ]
    for disposition, post in events:
        yield Case(post["post_id"], json.dumps(post).encode(), disposition)


def _with_a_good_one_behind(cases: Iterator[Case]) -> Iterator[Case]:
    for number, case in enumerate(cases):
        yield case
        post = flaggable(f"behind-{number}")
        yield Case(post["post_id"], json.dumps(post).encode(), "flagged")


INVALID = tuple(_invalid())
UNMATCHED = tuple(_unmatched())
MATCHED = tuple(_matched())
IN_A_ROW = tuple(_with_a_good_one_behind(iter(INVALID)))
"""Goes to one partition, in this order."""
STOPPED = Case("stopped", json.dumps(canary_document()).encode(), "stopped")


@dataclass(frozen=True)
class Sent:
    case: Case
    partition: int
    offset: int


@dataclass(frozen=True)
class LiveRun:
    """What was sent, and what was to be seen when the worker had ended."""

    settings: Settings
    lists: Files
    sent: list[Sent]
    metrics: str
    ready: str
    log: bytes
    files: dict[str, bytes]
    """Everything in the worker's working, home and temporary folders but its log, by path."""
    topics: dict[str, list[ConsumerRecord[bytes, bytes]]]
    """Every record of every topic the broker has."""
    began: float
    ended: float
    """Seconds since 1970."""

    def flags(self) -> dict[str, list[tuple[FlaggedEvent, Any]]]:
        """Flagged events with their records, by post id."""
        found: dict[str, list[tuple[FlaggedEvent, Any]]] = {}
        for record in self.topics[self.settings.topics.flagged_events]:
            flag = decode_flag(record.value)
            assert isinstance(flag, FlaggedEvent)
            found.setdefault(flag.post_id, []).append((flag, record))
        return found


@contextmanager
def clean_environment(folder: Path) -> Iterator[None]:
    """Whatever a process writes to its home or as a temporary file goes to `folder`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, sub in (("TMPDIR", "tmp"), ("HOME", "home"), ("XDG_CACHE_HOME", "home/cache")):
            (folder / sub).mkdir(parents=True, exist_ok=True)
            patch.setenv(name, str(folder / sub))
        # Machine code says nothing of events; made anew in each test it would take half a minute.
        patch.setenv("NUMBA_CACHE_DIR", str(Path(numba.config.CACHE_DIR).parent))  # type: ignore[attr-defined]
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        yield


@functools.cache
def live_run(folder: Path, kind: Kind) -> LiveRun:
    """The run of this test process on one kind of broker; `folder` is the session's own."""
    lists = files_in(folder / kind / "lists")
    with own_broker(kind, folder / kind / "broker") as broker:
        return asyncio.run(_run(broker, lists, folder / kind / "worker"))


async def _run(broker: Broker, lists: Files, folder: Path) -> LiveRun:
    settings = worker_settings(broker, "live-", lists)
    await ensure_topics(settings)
    began = time.time()
    with clean_environment(folder), worker_process(settings, folder) as worker:
        await worker.wait_until_ready()
        sent = await send(settings, [(case, 0) for case in IN_A_ROW])
        others = (*UNMATCHED, *MATCHED)
        sent += await send(settings, [(case, n % 4) for n, case in enumerate(others)])
        await _until_judged(worker, len(sent))
        await stop_flagging(worker, 1)
        sent += await send(settings, [(STOPPED, 2)])
        await _until_judged(worker, len(sent))
        _, metrics = await worker._get("/metrics")
        _, ready = await worker._get("/readyz")
    topics = {name: await read_to_end(broker.bootstrap, name) for name in await _topics(broker)}
    return LiveRun(
        settings,
        lists,
        sent,
        metrics,
        ready,
        log=log_file(folder).read_bytes(),
        files=written_in(folder),
        topics=topics,
        began=began,
        ended=time.time(),
    )


def log_file(folder: Path) -> Path:
    return folder / "worker.log"


def written_in(folder: Path) -> dict[str, bytes]:
    """Every file under a folder but the worker's log, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != log_file(folder)
    }


def worker_settings(broker: Broker, prefix: str, lists: Files) -> Settings:
    settings = settings_for(broker.bootstrap, prefix)
    metrics = settings.metrics.model_copy(update={"port": free_port()})
    return settings.model_copy(
        update={"lists": lists.settings, "metrics": metrics, "log": LogSettings(level="debug")}
    )


async def send(settings: Settings, cases: list[tuple[Case, int]]) -> list[Sent]:
    """Write the records, each to its partition, in order; where they came to lie."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap,
        acks="all",
        max_request_size=settings.kafka.message_max_bytes,
    )
    await producer.start()
    try:
        written = [
            await producer.send(
                settings.topics.public_posts,
                case.value,
                key=f"x:{CANARY}".encode(),
                partition=partition,
                headers=[(CANARY, CANARY.encode())],
            )
            for case, partition in cases
        ]
        places = await asyncio.gather(*written)
    finally:
        await producer.stop()
    return [
        Sent(case, place.partition, place.offset)
        for (case, _), place in zip(cases, places, strict=True)
    ]


async def stop_flagging(worker: WorkerProcess, sequence: int) -> None:
    """Write the stop record and wait until the worker has it."""
    settings = worker.settings
    record = ControlRecord(
        schema=1,
        sequence=sequence,
        action="stop",
        reason="test",
        by="test",
        at=datetime(2024, 10, 1, tzinfo=UTC),
    )
    await write(settings.kafka.bootstrap, settings.topics.control, [encode(record)])
    async with asyncio.timeout(DEADLINE):
        while await worker.metric("netral_stopped") != {"": 1}:
            worker.check_alive()
            await asyncio.sleep(0.02)


async def _until_judged(worker: WorkerProcess, total: int) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            worker.check_alive()
            counts = await worker.metric("netral_dispositions_total", "disposition")
            if sum(counts.values()) >= total:
                return
            await asyncio.sleep(0.02)


async def _topics(broker: Broker) -> list[str]:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, group_id=None)
    await consumer.start()
    try:
        return sorted(await consumer.topics())
    finally:
        await consumer.stop()
