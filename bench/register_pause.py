"""How long live changes of the register hold a worker up. Prints one JSON line.

    python -m bench.register_pause [--accounts N] [--updates N]

Times `apply_register_update` (after which the change can be seen), then the longest stretch for
which the event loop is held: while the overlay service hands the records over, and while a new base
comes into force that lacks all of them, and then one that includes them.
"""

import argparse
import asyncio
import contextlib
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import orjson
from aiokafka import TopicPartition
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry

from agents.list_updates import ListUpdates
from agents.worker import GC_ALLOCATIONS
from bench.national import national_register
from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.in_force import LIST_NAMES, ListsInForce
from lists.register_compact import compact_register
from lists.watchlist_file import load_watchlist
from streams.codec import encode
from streams.metrics import LabelSets, WorkerMetrics
from streams.overlay import OverlayService
from streams.records import RegisterUpdate, SubjectRef
from streams.signature_order import SignatureOrder
from streams.signing import Signer, TrustedKey, Verifier, key_id

WATCHLIST = CONFIG_DIR / "elections" / "jatim-2024.yaml"
SEED = 5
ACCOUNTS_A_PERSON = 2
"""On average, in a drawn population."""


class Stall:
    """The longest time between two turns of a task that never waits for anything."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.seconds = max(self.seconds, now - last)
            last = now

    @property
    def milliseconds(self) -> float:
        return round(self.seconds * 1e3, 2)


async def longest_stall(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """The longest stall during `work` (ms), and how long that took (s)."""
    stall = Stall()
    watching = asyncio.create_task(stall.watch())
    await asyncio.sleep(0)
    start = time.perf_counter()
    await work()
    seconds = time.perf_counter() - start
    await asyncio.sleep(0)
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    return stall.milliseconds, round(seconds, 3)


def updates(count: int, elections: list[str], first: int = 0) -> Iterator[RegisterUpdate]:
    """New accounts of new people, with handles and names as people have them."""
    for number in range(first, first + count):
        refs = tuple(
            SubjectRef(election_id=election, ref=f"s{number:032x}") for election in elections
        )
        yield RegisterUpdate(
            schema=1,
            sequence=number,
            op="add",
            platform="instagram",
            handle=f"perubahan.baru{number}",
            account_id=f"baru-{number}",
            name=f"Perubahan Baru {'abcdefghij'[number % 10] * 4}",
            agency_code="BKPSDM",
            region_code="35.78",
            declared_on="2024-01-05",
            declaration_ref="SPMS/1",
            subject_refs=refs,
        )


def visible(lists: ListsInForce, made: list[RegisterUpdate]) -> list[float]:
    """µs of each call, after which the account must be found."""
    spent = []
    for update in made:
        start = time.perf_counter()
        lists.apply_register_update(update, update.sequence)
        spent.append((time.perf_counter() - start) * 1e6)
        assert update.account_id is not None
        (row,) = lists.stages.register.rows_by_account_id([(update.platform, update.account_id)])
        assert row >= 0
    return spent


class Fetched:
    """Stands for a consumer that has all records at hand; asking it gives no turn to anybody."""

    def __init__(self, topic: str, signer: Signer, updates: Iterator[RegisterUpdate]) -> None:
        self._partition = TopicPartition(topic, 0)
        self.left = [
            SimpleNamespace(
                topic=topic,
                offset=offset,
                key=None,
                value=(value := encode(update)),
                headers=signer.headers(topic, None, update.sequence, value),
            )
            for offset, update in enumerate(updates)
        ]

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[Any, list[Any]]:
        part, self.left = self.left[:max_records], self.left[max_records:]
        return {self._partition: part}


async def measure(accounts: int, count: int, folder: Path) -> dict[str, object]:
    watchlist = load_watchlist(WATCHLIST)
    directory, _ = national_register(folder, accounts // ACCOUNTS_A_PERSON, SEED, watchlist)
    settings = Settings(lists=ListSettings(register_dir=directory, watchlist_file=WATCHLIST))
    lists = ListsInForce(settings)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)  # as the worker does
    held = lists.stages.register.size
    names = [election.id for election in watchlist.elections]
    spent = visible(lists, list(updates(count, names)))
    lists = ListsInForce(settings)
    topic = settings.topics.register_updates
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    labels = LabelSets(topics=[topic], dispositions=(), stages=(), lists=LIST_NAMES, rules=())
    apply = ListUpdates(
        settings.topics,
        lists,
        WorkerMetrics(CollectorRegistry(), labels, version="bench", settings="bench"),
        settings.kafka.message_max_bytes,
        SignatureOrder(Verifier([TrustedKey(key_id(public), public, frozenset({topic}), {})])),
    )
    fetched = Fetched(topic, Signer(private), updates(count, names))
    service = OverlayService(
        kafka=settings.kafka,
        topics=[topic],
        apply=apply,
        max_bytes=settings.kafka.message_max_bytes,
    )

    async def hand_over() -> None:
        while fetched.left:
            await service._step(cast(Any, fetched))

    handed, handing_seconds = await longest_stall(hand_over)
    assert lists.stages.register.size == held + count
    switched, switching_seconds = await longest_stall(lists.switch_register)
    assert lists.stages.register.size == held + count
    start = time.perf_counter()
    compact_register(directory, [(one, one.sequence) for one in updates(count, names)])
    compacting_seconds = round(time.perf_counter() - start, 3)
    bare, bare_seconds = await longest_stall(lists.switch_register)
    assert lists.stages.register.overlay_offset == count - 1
    return {
        "accounts": accounts,
        "accounts_standing": held,
        "updates": count,
        "visible_us": {
            "median": round(statistics.median(spent), 1),
            "p99": round(float(np.percentile(spent, 99)), 1),
            "most": round(max(spent), 1),
        },
        "updates_stall_ms": handed,
        "updates_seconds": handing_seconds,
        "switch_stall_ms": switched,
        "switch_seconds": switching_seconds,
        "compact_seconds": compacting_seconds,
        "switch_to_compacted_stall_ms": bare,
        "switch_to_compacted_seconds": bare_seconds,
    }


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--updates", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="netral-pause-") as folder:
        figures = asyncio.run(measure(chosen.accounts, chosen.updates, Path(folder)))
    print(orjson.dumps(figures).decode())


if __name__ == "__main__":
    main()
