"""How long after `netral stop` the last flag is written, by the brokers' own clocks.

    python -m bench.stop_switch [--rounds 3]

Three Apache Kafka brokers (replication 3), four workers, posts that never end. The topic of flags
has the brokers' append times and so no limit to their age: what is measured is the workers alone.

    healthy     all four see the stop
    zombie      one is stopped (SIGSTOP) in the midst of flagging and goes on 6 s after the stop
    half        one reaches every broker, but its requests to read the control topic get no answer
    all         two healthy, one zombie, one half

After each round flagging is resumed; at the end every post that was sent has been judged.
"""

import argparse
import asyncio
import contextlib
import itertools
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.table import publish
from cli.control_topic import send_control
from cli.demo_worker import WorkerProcess, worker_process
from config.settings import KafkaSettings, LogSettings, MetricsSettings, Settings, TopicSettings
from rig.kafka import KafkaCluster, Listener, kafka_cluster
from rig.ports import stable_port
from tests.faults.flagging import Flagging, flagging, topics_with_append_time
from tests.invariants.live import clean_environment
from tests.invariants.scene import Files, files_in
from tests.streams.signed import make_signing
from tests.streams.topic_proxy import TopicProxy

BROKERS: Final = 3
WORKERS: Final = 4
CASES: Final = ("healthy", "zombie", "half", "all")
WATCHED_SECONDS: Final = 9.0
ASLEEP_SECONDS: Final = 6.0
LIMIT: Final = 5.0


@dataclass(frozen=True)
class Round:
    """One stop: seconds from its append to that of the last flag, and how many came after it."""

    case: str
    answered_seconds: float
    last_seconds: float
    flags_after: int
    too_late: int


@dataclass
class Scene:
    settings: Settings
    workers: list[WorkerProcess]
    proxies: list[TopicProxy]
    seen: Flagging

    async def run(self, case: str) -> Round:
        zombie = self.workers[0].process
        asleep = case in ("zombie", "all")
        before = len(self.seen.flags)
        await self._until(lambda: len(self.seen.flags) > before + 300)
        for proxy in self.proxies:
            proxy.is_cut = case in ("half", "all")
        if asleep:
            zombie.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        stop = await send_control(self.settings, "stop", f"bench, {case}", "bench")
        answered = time.monotonic() - began
        at = stop.timestamp / 1_000
        try:
            await self._until(lambda: time.time() > at + ASLEEP_SECONDS)
        finally:
            zombie.send_signal(signal.SIGCONT)
        await self._until(lambda: time.time() > at + WATCHED_SECONDS)
        after = [late for late in (when - at for when in self.seen.flags.values()) if late > 0]
        for proxy in self.proxies:
            proxy.is_cut = False
        await send_control(self.settings, "resume", f"bench, {case}", "bench")
        return Round(
            case,
            round(answered, 3),
            round(max(after, default=0.0), 3),
            len(after),
            sum(late > LIMIT for late in after),
        )

    async def _until(self, condition: object) -> None:
        assert callable(condition)
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - of things that have no event
                await asyncio.sleep(0.02)

    async def judged(self) -> int:
        """Posts judged by all workers together; one that came again counts again."""
        counts = [
            await worker.metric("netral_dispositions_total", "disposition")
            for worker in self.workers
        ]
        return sum(sum(count.values()) for count in counts)


def settings_of(bootstrap: str, files: Files, folder: Path) -> Settings:
    return Settings(
        kafka=KafkaSettings(
            bootstrap=bootstrap, session_timeout=6.0, group="bench-stop", batch_max_records=100
        ),
        topics=TopicSettings(partitions=8, replication=BROKERS),
        lists=files.settings,
        signing=make_signing(folder),
        metrics=MetricsSettings(port=stable_port()),
        log=LogSettings(),
    )


def through(settings: Settings, bootstrap: str) -> Settings:
    """The same settings for another worker, with its own way to the brokers and its own port."""
    return settings.model_copy(
        update={
            "kafka": settings.kafka.model_copy(update={"bootstrap": bootstrap}),
            "metrics": MetricsSettings(port=stable_port()),
        }
    )


@contextlib.asynccontextmanager
async def scene(cluster: KafkaCluster, folder: Path) -> AsyncIterator[Scene]:
    settings = settings_of(cluster.bootstrap, files_in(folder / "lists"), folder)
    await topics_with_append_time(settings)
    async with contextlib.AsyncExitStack() as stack:
        proxies = []
        for broker in cluster.brokers:
            port = int(broker.advertised["HALF"].rpartition(":")[2])
            proxy = TopicProxy(port, broker.addresses["HALF"], settings.topics.control)
            proxies.append(await stack.enter_async_context(proxy))
        workers = []
        for number in range(WORKERS):
            is_half = number == WORKERS - 1
            way = cluster.bootstrap_of("HALF") if is_half else cluster.bootstrap
            place = folder / f"worker-{number}"
            stack.enter_context(clean_environment(place))
            workers.append(stack.enter_context(worker_process(through(settings, way), place)))
        await asyncio.gather(*(worker.wait_until_ready() for worker in workers))
        seen = await stack.enter_async_context(flagging(settings))
        yield Scene(settings, workers, proxies, seen)


async def measure(rounds: int, folder: Path) -> tuple[list[Round], int, int]:
    half = Listener("HALF", advertise={n + 1: f"127.0.0.1:{stable_port()}" for n in range(BROKERS)})
    with kafka_cluster(folder / "kafka", BROKERS, listeners=[Listener(), half]) as cluster:
        async with scene(cluster, folder) as found:
            done = []
            for case in itertools.chain.from_iterable([CASES] * rounds):
                done.append(await found.run(case))
                print(done[-1])
            found.seen.is_sending = False
            async with asyncio.timeout(120):
                while await found.judged() < found.seen.sent:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            return done, found.seen.sent, await found.judged()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    with tempfile.TemporaryDirectory(prefix="netral-bench-") as folder:
        rounds = parser.parse_args().rounds
        done, sent, judged = asyncio.run(measure(rounds, Path(folder)))
    rows: list[tuple[str, ...]] = [
        ("case", "rounds", "last flag, s", "flags after the stop", f"later than {LIMIT:.0f} s")
    ]
    for case in CASES:
        of = [one for one in done if one.case == case]
        rows.append(
            (
                case,
                str(len(of)),
                f"{max(one.last_seconds for one in of):.2f}",
                str(max(one.flags_after for one in of)),
                str(sum(one.too_late for one in of)),
            )
        )
    figures = {
        "rounds": [one.__dict__ for one in done],
        "posts_sent": sent,
        "posts_judged": judged,
    }
    publish("stop_switch", figures, rows)


if __name__ == "__main__":
    main()
