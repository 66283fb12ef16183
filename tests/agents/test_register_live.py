"""Two real workers over one register: its changes, and a new base, while both of them run."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from cli.demo_worker import WorkerProcess, worker_environment, worker_process
from config.settings import Settings
from lists.register_artifact import read_manifest
from streams.codec import decode_flag, encode
from streams.embedded import free_port
from streams.records import FlaggedEvent, RegisterUpdate
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.invariants.live import clean_environment, worker_settings
from tests.invariants.scene import BOUND, BOUND_ID, DECLARED, STRANGER, Files, document, files_in
from tests.lists.test_in_force import register_update
from tests.streams.wire import DEADLINE, reader

pytestmark = pytest.mark.broker
WORKERS = 2
VISIBLE = 5.0
"""Seconds. The aim is 1; this leaves room for a busy machine."""
LATER_NAME = "nama_lain_uji"
AUTHORS: dict[str, dict[str, Any]] = {
    "added": {"handle": STRANGER, "account_id": "8001"},
    "bound by a reviewer": {"handle": LATER_NAME, "account_id": "5002"},
    "declared": {"handle": DECLARED},
    "declared, another id": {"handle": DECLARED, "account_id": "5005"},
    "withdrawn": {"handle": BOUND, "account_id": BOUND_ID},
    "untouched by changes": {"handle": "pegawai_qqq"},
    "nobody": {"handle": "bukan_siapa_uji"},
}
"""Who posts, by what the changes make of them."""


class Pair:
    """Two workers of one group, what they are sent, and what comes out."""

    def __init__(
        self,
        settings: Settings,
        workers: list[WorkerProcess],
        producer: AIOKafkaProducer,
        flags: "AIOKafkaConsumer[bytes, bytes]",
    ) -> None:
        self.settings = settings
        self.workers = workers
        self._producer = producer
        self._flags = flags
        self._found: dict[str, FlaggedEvent] = {}
        self._posted = 0

    async def each_has_partitions(self) -> None:
        wanted = self.settings.topics.partitions // WORKERS

        async def held(worker: WorkerProcess) -> bool:
            status, body = await worker._get("/readyz")
            return status == 200 and json.loads(body)["partitions"] == wanted

        await self._until_each(held)

    async def change(self, update: RegisterUpdate) -> float:
        """Send it; the seconds until the slower worker had it in force."""
        sent = time.time()
        topic = self.settings.topics.register_updates
        await self._producer.send_and_wait(topic, encode(update), partition=0)
        appended = time.time()
        await self._until_each(lambda worker: self._changed_since(worker, sent))
        seconds = max([await self._changed_at(worker) for worker in self.workers]) - appended
        sys.stdout.write(f"{update.op}: in force {seconds * 1e3:.0f} ms after the broker had it\n")
        return seconds

    async def versions_without(self, old: str) -> None:
        async def switched(worker: WorkerProcess) -> bool:
            found = await worker.samples("netral_list_info", "version")
            return bool(found) and old not in found

        await self._until_each(switched)

    async def flagged(self, name: str) -> dict[str, FlaggedEvent]:
        """Let everybody post once in every partition; what was flagged, by who posted and where."""
        partitions = self.settings.topics.partitions
        before = await self._flag_counts()
        for author, actor in AUTHORS.items():
            for partition in range(partitions):
                post = document("", post_id=f"{name}|{author}|{partition}", actor=actor)
                await self._producer.send(
                    self.settings.topics.public_posts,
                    json.dumps(post).encode(),
                    partition=partition,
                )
        await self._producer.flush()
        self._posted += len(AUTHORS) * partitions
        counts = await self._all_judged()
        async with asyncio.timeout(DEADLINE):
            while len(self._found) < sum(counts):
                for records in (await self._flags.getmany(timeout_ms=50)).values():
                    for record in records:
                        flag = decode_flag(record.value)
                        assert isinstance(flag, FlaggedEvent)
                        self._found[flag.post_id] = flag
        found = {
            post_id.removeprefix(f"{name}|"): flag
            for post_id, flag in self._found.items()
            if post_id.startswith(f"{name}|")
        }
        # Half of the partitions each, and the same authors in all of them.
        new = [now - then for now, then in zip(counts, before, strict=True)]
        assert new == [len(found) // WORKERS] * WORKERS
        assert len(found) == partitions * len({key.split("|")[0] for key in found})
        return found

    async def _all_judged(self) -> list[int]:
        """Wait until every post has a disposition; flags so far by worker."""
        async with asyncio.timeout(DEADLINE):
            while True:
                counts = [
                    await worker.metric("netral_dispositions_total", "disposition")
                    for worker in self._alive()
                ]
                if sum(sum(one.values()) for one in counts) >= self._posted:
                    return [one["flagged"] for one in counts]
                await asyncio.sleep(0.02)

    async def _flag_counts(self) -> list[int]:
        return [
            (await worker.metric("netral_dispositions_total", "disposition"))["flagged"]
            for worker in self.workers
        ]

    async def _changed_at(self, worker: WorkerProcess) -> float:
        found = await worker.samples("netral_list_changed_timestamp_seconds", "list")
        return found.get("register", 0.0)

    async def _changed_since(self, worker: WorkerProcess, sent: float) -> bool:
        return await self._changed_at(worker) >= sent

    def _alive(self) -> list[WorkerProcess]:
        for worker in self.workers:
            worker.check_alive()
        return self.workers

    async def _until_each(self, condition: Callable[[WorkerProcess], Awaitable[bool]]) -> None:
        async with asyncio.timeout(DEADLINE):
            while True:
                if all([await condition(worker) for worker in self._alive()]):
                    return
                await asyncio.sleep(0.02)


def who(found: dict[str, FlaggedEvent]) -> dict[str, str]:
    """The authors that were flagged, and as what."""
    return {key.split("|")[0]: flag.identity.status for key, flag in found.items()}


def said(found: dict[str, FlaggedEvent]) -> dict[str, FlaggedEvent]:
    """The flags without what two posts or two versions of the register differ in."""
    (versions,) = {flag.versions for flag in found.values()}
    return {
        key: msgspec.structs.replace(
            flag, flag_id="", post_id="", versions=msgspec.structs.replace(
                versions, register="", register_overlay_offset=0
            )
        )
        for key, flag in found.items()
    }  # fmt: skip


def compact(settings: Settings, folder: Path) -> str:
    """`netral register compact`, as an operator runs it beside the workers."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "register", "compact"],
        env=worker_environment(settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def changes_and_a_new_base(pair: Pair, files: Files, folder: Path) -> None:
    await asyncio.gather(*(worker.wait_until_ready() for worker in pair.workers))
    await pair.each_has_partitions()
    register = files.folder / "register"
    old = read_manifest(register).version

    before = {
        "declared": "declared",
        "declared, another id": "declared",
        "withdrawn": "bound",
        "untouched by changes": "declared",
    }
    assert who(await pair.flagged("before")) == before
    assert await pair.change(register_update(1)) < VISIBLE
    assert who(await pair.flagged("added")) == before | {"added": "bound"}
    bind = register_update(2, op="bind", handle=DECLARED, account_id="5002")
    assert await pair.change(bind) < VISIBLE
    withdraw = register_update(3, op="withdraw", handle=BOUND, withdrawn_on="2024-09-01")
    assert await pair.change(withdraw) < VISIBLE
    over_the_old = await pair.flagged("over the old base")
    assert who(over_the_old) == {
        "added": "bound",
        "bound by a reviewer": "bound",
        "declared": "unconfirmed",  # its id is known now, and the post gives none
        "untouched by changes": "declared",
    }
    assert {flag.versions.register for flag in over_the_old.values()} == {old}

    output = await asyncio.to_thread(compact, pair.settings, folder)
    assert "3 changes in, 11 accounts of 11 people" in output
    assert "includes offset 2" in output
    new = read_manifest(register).version
    assert new != old
    await pair.versions_without(old)
    over_the_new = await pair.flagged("over the new base")
    assert {flag.versions.register for flag in over_the_new.values()} == {new}
    assert said(over_the_new) == said(over_the_old)

    # And it goes on from there.
    again = register_update(4, op="withdraw", withdrawn_on="2024-09-01")
    assert await pair.change(again) < VISIBLE
    after = await pair.flagged("after")
    assert who(after) == {key: one for key, one in who(over_the_new).items() if key != "added"}
    assert {flag.versions.register_overlay_offset for flag in after.values()} == {3}


def test_changes_reach_every_worker_and_a_new_base_changes_no_flag(
    broker: Broker, tmp_path: Path
) -> None:
    files = files_in(tmp_path / "lists")
    settings = worker_settings(broker, "register-live-", files)
    asyncio.run(ensure_topics(settings))

    async def scenario(workers: list[WorkerProcess]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
        async with reader(broker.bootstrap, settings.topics.flagged_events) as flags:
            await producer.start()
            try:
                pair = Pair(settings, workers, producer, flags)
                await changes_and_a_new_base(pair, files, tmp_path)
            finally:
                await producer.stop()

    with clean_environment(tmp_path / "home"), ExitStack() as stack:
        workers = []
        for number in range(WORKERS):
            folder = tmp_path / f"worker{number}"
            folder.mkdir()
            metrics = settings.metrics.model_copy(update={"port": free_port()})
            own = settings.model_copy(update={"metrics": metrics})
            workers.append(stack.enter_context(worker_process(own, folder)))
        asyncio.run(scenario(workers))
        assert [worker.process.poll() for worker in workers] == [None] * WORKERS
