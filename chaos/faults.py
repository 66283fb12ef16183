"""The faults themselves: each a coroutine that spoils something and mends it again."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chaos.fleet import Fleet, Worker
from chaos.plan import Fault, FaultKind
from chaos.scene import SESSION_TIMEOUT
from rig.kafka import KafkaBroker, KafkaCluster
from rig.proxy import Proxy

FEWEST: Final = 2
MOST: Final = 4
LATENCY: Final = 0.5
FENCED: Final = 5.0
"""Seconds after which the controller has given a silent broker's partitions to others."""


@dataclass(frozen=True)
class World:
    """What can be spoilt. `disks`: a small file system under a broker's data, by node id."""

    cluster: KafkaCluster
    fleet: Fleet
    proxies: Sequence[Proxy]
    disks: Mapping[int, Path]
    brokers_away: float

    async def do(self, fault: Fault) -> None:
        await _FAULTS[fault.kind](self, fault.draw)

    async def heal(self) -> None:
        """Everything as it should be, whatever was spoilt."""
        for proxy in self.proxies:
            proxy.latency = 0.0
            await proxy.mend()
        for folder in self.disks.values():
            (folder / "filler").unlink(missing_ok=True)
        for broker in self.cluster.brokers:
            broker.resume()
            broker.start()
        for worker in self.fleet.all:
            worker.send(signal.SIGCONT)
        await self.ready()

    async def ready(self) -> None:
        await asyncio.to_thread(lambda: self.cluster.wait_until_ready(in_sync=True))


def _one(workers: Sequence[Worker], draw: float) -> Worker:
    return workers[int(draw * len(workers))]


def _broker(world: World, draw: float) -> KafkaBroker:
    return world.cluster.brokers[int(draw * len(world.cluster.brokers))]


async def _worker_kill(world: World, draw: float) -> None:
    victim = _one(world.fleet.running, draw)
    victim.end(signal.SIGKILL)
    victim.process.wait()
    world.fleet.add()


async def _worker_zombie(world: World, draw: float) -> None:
    zombie = _one(world.fleet.running, draw)
    zombie.send(signal.SIGSTOP)
    try:
        await asyncio.sleep(SESSION_TIMEOUT + 1.0 + 3.0 * draw)
    finally:
        zombie.send(signal.SIGCONT)


async def _worker_term(world: World, draw: float) -> None:
    victim = _one(world.fleet.running, draw)
    await _ended(world, victim)
    world.fleet.add()


async def _worker_added(world: World, draw: float) -> None:
    if len(world.fleet.running) >= MOST:
        await _ended(world, _one(world.fleet.running, draw))
    world.fleet.add()


async def _worker_removed(world: World, draw: float) -> None:
    if len(world.fleet.running) <= FEWEST:
        world.fleet.add()
    await _ended(world, _one(world.fleet.running, draw))


async def _rolling_restart_workers(world: World, _: float) -> None:
    for worker in world.fleet.running:
        await _ended(world, worker)
        new = world.fleet.add()
        while new.alive and not new.up:  # noqa: ASYNC110 - its log says so, nothing else
            await asyncio.sleep(0.1)


async def _ended(world: World, worker: Worker) -> None:
    worker.end(signal.SIGTERM)
    await asyncio.to_thread(world.fleet.ended, worker)


async def _broker_kill(world: World, draw: float) -> None:
    broker = _broker(world, draw)
    await asyncio.to_thread(broker.kill)
    await asyncio.sleep(1.0 + 5.0 * draw)
    broker.start()
    await world.ready()


async def _broker_pause(world: World, draw: float) -> None:
    broker = _broker(world, draw)
    broker.pause()
    try:
        await asyncio.sleep(FENCED + 5.0 * draw)
    finally:
        broker.resume()
    await world.ready()


async def _leader_change(world: World, draw: float) -> None:
    await _restart(world, _broker(world, draw))


async def _rolling_restart_brokers(world: World, _: float) -> None:
    for broker in world.cluster.brokers:
        await _restart(world, broker)


async def _restart(world: World, broker: KafkaBroker) -> None:
    await asyncio.to_thread(broker.stop)
    broker.start()
    await world.ready()


async def _all_brokers_away(world: World, _: float) -> None:
    for broker in world.cluster.brokers:
        await asyncio.to_thread(broker.kill)
    await asyncio.sleep(world.brokers_away)
    for broker in world.cluster.brokers:
        broker.start()
    await world.ready()


async def _connections_cut(world: World, draw: float) -> None:
    for proxy in world.proxies:
        await proxy.cut()
    await asyncio.sleep(1.0 + 9.0 * draw)
    for proxy in world.proxies:
        await proxy.mend()


async def _latency(world: World, draw: float) -> None:
    for proxy in world.proxies:
        proxy.latency = LATENCY
    await asyncio.sleep(5.0 + 10.0 * draw)
    for proxy in world.proxies:
        proxy.latency = 0.0


async def _disk_full(world: World, draw: float) -> None:
    node, folder = sorted(world.disks.items())[int(draw * len(world.disks))]
    broker = world.cluster.brokers[node - 1]
    filler = folder / "filler"
    await asyncio.to_thread(_fill, folder, filler)
    try:
        for _ in range(100):  # Kafka gives up a log that cannot be written
            if not broker.alive:
                break
            await asyncio.sleep(0.1)
    finally:
        filler.unlink()
    await asyncio.to_thread(broker.kill)
    broker.start()
    await world.ready()


def _fill(folder: Path, filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return  # full: that is what was wanted


_FAULTS: Final[Mapping[FaultKind, Callable[[World, float], Awaitable[None]]]] = {
    "worker_kill": _worker_kill,
    "worker_zombie": _worker_zombie,
    "worker_term": _worker_term,
    "worker_added": _worker_added,
    "worker_removed": _worker_removed,
    "rolling_restart_workers": _rolling_restart_workers,
    "broker_kill": _broker_kill,
    "broker_pause": _broker_pause,
    "leader_change": _leader_change,
    "all_brokers_away": _all_brokers_away,
    "rolling_restart_brokers": _rolling_restart_brokers,
    "connections_cut": _connections_cut,
    "latency": _latency,
    "disk_full": _disk_full,
}


def small_disk(folder: Path, mebibytes: int) -> bool:
    """Mount a tmpfs of that size at `folder`; False where we may not (not root)."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    if mount is None:
        return False
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={mebibytes}m", "netral-chaos", str(folder)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def unmount(folder: Path) -> None:
    """Raises CalledProcessError where it is still in use."""
    subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)
