"""One run: a cluster, a fleet, a stream, the faults of a seed; and what came of it."""

import asyncio
import contextlib
import random
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from chaos.check import Verdict, check
from chaos.faults import World, small_disk, unmount
from chaos.feed import Feeder, make_input_topic, write_compacted
from chaos.fleet import Fleet
from chaos.plan import Fault, Plan, draw_plan
from chaos.progress import Progress, ask
from chaos.reading import read_committed
from chaos.scene import Scene, set_scene
from cli.post_sender import send_all
from config.errors import BrokerError
from rig.kafka import KafkaCluster, Listener, kafka_cluster
from rig.ports import stable_port
from rig.proxy import Proxy
from streams.codec import encode
from streams.topics import ensure_topics

NODES: Final = 3
SMALL_DISK_NODE: Final = 3
WORKERS: Final = 2
END_TIMEOUT: Final = 600.0
LONGEST_STANDSTILL: Final = 30.0
MEMORY_GROWTH: Final = 64.0
"""MiB in a worker's life that count as growth; below is the allocator's breathing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Size:
    """How long a run is: `seconds` is the stream's pace, `brokers_away` how long all are gone."""

    events: int
    seconds: float
    faults: int
    pause: float
    brokers_away: float
    compacted: int
    disk_mebibytes: int = 512


SHORT: Final = Size(
    events=6_000, seconds=20.0, faults=6, pause=3.0, brokers_away=5.0, compacted=200
)
LONG: Final = Size(
    events=200_000, seconds=150.0, faults=20, pause=3.0, brokers_away=60.0, compacted=2_000
)


@dataclass(frozen=True, slots=True)
class Report:
    """Of one run. `stuck`: the longest time a partition stood still outside of faults, seconds."""

    seed: int
    events: int
    gaps: int
    aborted: int
    faults: tuple[str, ...]
    verdict: Verdict
    stuck: float
    memory_growth: float
    unexpected_ends: tuple[str, ...]
    seconds: float
    left_out: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Nothing lost, wrong, uncommitted or stuck; memory flat; no worker ended by itself."""
        v = self.verdict
        faulty = (v.lost, v.wrong, v.letters_lost, v.letters_wrong, v.not_committed)
        return (
            not any(faulty)
            and v.expected > 0
            and self.stuck <= LONGEST_STANDSTILL
            and self.memory_growth <= MEMORY_GROWTH
            and not self.unexpected_ends
        )


def run(
    seed: int,
    size: Size,
    *,
    keep: Path | None = None,
    worker: Sequence[str] = ("cli.main", "worker"),
) -> Report:
    """Run the faults of `seed`. `keep`: a folder for logs that stays. `worker`: the module and its
    arguments, for experiments. Raises KafkaAbsentError."""
    began = monotonic()
    with _folder(keep) as folder, _disk(folder, size) as disks:
        ports = {node: stable_port() for node in range(1, NODES + 1)}
        advertised = {node: f"127.0.0.1:{port}" for node, port in ports.items()}
        with kafka_cluster(
            folder / "kafka",
            NODES,
            listeners=[Listener(advertise=advertised)],
            properties={"log.cleaner.backoff.ms": "500"},
            node_properties={
                node: {"log.dirs": str(disk / "data")} for node, disk in disks.items()
            },
        ) as cluster:
            scene = set_scene(folder, cluster.bootstrap, seed, size.events)
            plan = draw_plan(
                seed, size.faults, pause=size.pause, leave_out=() if disks else ("disk_full",)
            )
            with asyncio.Runner() as runner:
                return runner.run(
                    _Run(seed, size, folder, cluster, ports, disks, scene, plan, worker).report(
                        began
                    )
                )


class _Run:
    def __init__(
        self,
        seed: int,
        size: Size,
        folder: Path,
        cluster: KafkaCluster,
        ports: Mapping[int, int],
        disks: Mapping[int, Path],
        scene: Scene,
        plan: Plan,
        worker: Sequence[str],
    ) -> None:
        self._seed, self._size, self._scene, self._plan = seed, size, scene, plan
        self._cluster, self._settings = cluster, scene.settings
        listener = cluster.listeners[0].name
        self._proxies = [
            Proxy(ports[broker.node], broker.addresses[listener]) for broker in cluster.brokers
        ]
        self._fleet = Fleet(self._settings, folder, worker)
        self._world = World(cluster, self._fleet, self._proxies, disks, size.brokers_away)
        self._progress = Progress()
        self._under_way = 0
        self._done: list[str] = []
        self._disks = disks

    async def report(self, began: float) -> Report:
        for proxy in self._proxies:
            await proxy.mend()
        try:
            return await self._report(began)
        finally:
            self._fleet.kill_all()
            for proxy in self._proxies:
                await proxy.close()

    async def _report(self, began: float) -> Report:
        scene, topics, internal = self._scene, self._settings.topics, self._cluster.internal
        await make_input_topic(internal, topics.public_posts)
        await ensure_topics(self._settings)
        readable = [value for value in scene.values if value is not None]
        early, count = readable[: self._size.compacted], self._size.compacted
        gaps = await write_compacted(internal, topics.public_posts, early, scene.decoys[:count])
        for _ in range(WORKERS):
            self._fleet.add()
        chance = random.Random(f"feed {self._seed}")
        feeder = Feeder(internal, topics.public_posts, scene.values, scene.decoys, chance)
        await self._until(lambda committed, _: bool(committed))  # the workers are at work
        watching = asyncio.create_task(self._watch())
        try:
            faults_over = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(feeder.run(self._size.seconds, faults_over))
                group.create_task(self._switch(feeder))
                lanes = [self._lane(self._plan.workers), self._lane(self._plan.brokers)]
                await asyncio.gather(*lanes)
                await self._world.heal()
                faults_over.set()
            await self._until(lambda committed, ends: committed == ends)
        finally:
            watching.cancel()
            await asyncio.wait({watching})
        await self._end_workers()
        verdict = await self._verdict()
        return Report(
            seed=self._seed,
            events=feeder.sent + count,
            gaps=gaps,
            aborted=feeder.aborted,
            faults=tuple(self._done),
            verdict=verdict,
            stuck=round(self._progress.longest, 1),
            memory_growth=round(self._fleet.memory_growth(), 1),
            unexpected_ends=tuple(self._fleet.unexpected),
            seconds=round(monotonic() - began, 1),
            left_out=() if self._disks else ("disk_full",),
        )

    async def _lane(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            await asyncio.sleep(fault.wait)
            self._under_way += 1
            started = monotonic()
            try:
                await self._world.do(fault)
            finally:
                self._under_way -= 1
                self._progress.excuse()
            self._done.append(fault.kind)
            log.info("fault", kind=fault.kind, seconds=round(monotonic() - started, 1))

    async def _switch(self, feeder: Feeder) -> None:
        """In the middle of the stream the lists change."""
        while feeder.sent < len(self._scene.values) / 2:  # noqa: ASYNC110 - a pace, not a signal
            await asyncio.sleep(0.1)
        kafka, topics = self._settings.kafka, self._settings.topics
        internal = kafka.model_copy(update={"bootstrap": self._cluster.internal})
        there = topics.model_copy(update={"public_posts": topics.watchlist_updates})
        settings = self._settings.model_copy(update={"kafka": internal, "topics": there})
        while True:
            try:
                # Where it is sent twice, workers refuse the second as old.
                await send_all([encode(self._scene.switch)], settings)
            except BrokerError:
                await asyncio.sleep(0.5)
            else:
                return

    async def _watch(self) -> None:
        topic, group = self._settings.topics.public_posts, self._settings.kafka.group
        while True:
            self._fleet.look_after()
            answer = await ask(self._cluster.internal, topic, group)
            if self._under_way:
                self._progress.excuse()
            elif answer is not None:
                self._progress.note(*answer)
            await asyncio.sleep(0.5)

    async def _until(self, reached: Callable[[dict[int, int], dict[int, int]], bool]) -> None:
        """Ask for committed and end offsets until they are as wanted, or it is too late."""
        topic, group = self._settings.topics.public_posts, self._settings.kafka.group
        deadline = monotonic() + END_TIMEOUT
        while monotonic() < deadline:
            answer = await ask(self._cluster.internal, topic, group)
            if answer is not None and reached(*answer):
                return
            await asyncio.sleep(0.2)

    async def _end_workers(self) -> None:
        workers = self._fleet.running
        for worker in workers:
            worker.end(signal.SIGTERM)
        for worker in workers:
            await asyncio.to_thread(self._fleet.ended, worker)

    async def _verdict(self) -> Verdict:
        topics, internal = self._settings.topics, self._cluster.internal
        written = await read_committed(internal, topics.public_posts)
        values = [record.value for record in written]
        answer = await ask(internal, topics.public_posts, self._settings.kafka.group)
        return check(
            [(record.partition, record.offset) for record in written],
            self._scene.judge(values, switched=False),
            self._scene.judge(values, switched=True),
            await read_committed(internal, topics.flagged_events),
            await read_committed(internal, topics.dead_letters),
            answer[0] if answer is not None else {},
        )


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True)  # not over the data of another run
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="netral-chaos-") as folder:
            yield Path(folder)


@contextlib.contextmanager
def _disk(folder: Path, size: Size) -> Iterator[dict[int, Path]]:
    """A small disk for one broker; none where we may not mount one."""
    place = folder / "small-disk"
    if not small_disk(place, size.disk_mebibytes):
        log.warning("no_small_disk", why="only root may mount one; the fault disk_full is left out")
        yield {}
        return
    try:
        yield {SMALL_DISK_NODE: place}
    finally:
        unmount(place)
