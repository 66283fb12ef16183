"""Does it hold under load? Against Apache Kafka, one broker, four partitions, all on this machine.

    python -m bench.soak [--seconds 600] [--workers 2]

1. Scaling: one, two and four workers drain a filled topic while nobody sends.
2. Soak: posts at half of what that many workers drained, with bursts of five seconds at twice of
   it. Watched: lag, memory, and the time from the broker's timestamp of a post to that of its flag.

Fails where a post or a flag is missing or one too many is there, or the lag does not return to
zero. Times and rates are printed beside their goals, and fail nothing: the machine may be shared.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.events import Source, draw_events, everyday_words
from bench.soak_watch import Flags, Look, Sending, look, sending
from bench.table import publish
from cli.demo_lists import ELECTION_FILE, build_register
from cli.demo_worker import WorkerProcess, worker_process
from cli.group_offsets import committed_offsets
from config.settings import (
    CONFIG_DIR,
    KafkaSettings,
    ListSettings,
    MetricsSettings,
    Settings,
    SigningSettings,
    TopicSettings,
)
from lists.in_force import ListsInForce
from lists.watchlist_file import load_watchlist
from matchers.screening import screen
from rig.kafka import kafka_cluster
from streams.codec import DecodeFailure, decode_post
from streams.embedded import free_port
from streams.topics import ensure_control_topic, ensure_topics
from synth.register import draw_register

PARTITIONS = 4
SEED = 7
TOUCHING = 0.10
STEADY, BURST = 0.5, 2.0
"""Shares of the capacity."""
BURST_SECONDS = 5.0
BETWEEN_BURSTS = 100.0
END_TIMEOUT = 300.0
SESSION_TIMEOUT = 60.0
"""Longer than filling a topic takes: workers stand still meanwhile."""
RECOVERED_SECONDS = 0.5
"""The lag has returned once it is below what comes in so many seconds: some is always under way."""
LOOK_SECONDS = 1.0
LOOKS_APART = 5
"""Every fifth look goes into the JSON file: how lag and memory went."""
SCALING = (1, 2, 4)

BROKER = {
    # The bursts' and ten minutes' posts need not all lie on the disk.
    "log.segment.bytes": "134217728",
    "log.retention.check.interval.ms": "10000",
}
TOPIC = {
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": "8388608",
    "retention.bytes": "805306368",
    "segment.bytes": "134217728",
}


@dataclass(frozen=True)
class Phase:
    """A time of one rate; `share` is of the capacity."""

    name: str
    seconds: float
    share: float


def plan(seconds: float) -> list[Phase]:
    """A tenth to warm up; then steady, with a burst every hundred seconds, or one at half-time."""
    phases = [Phase("warm-up", seconds / 10, STEADY)]
    left = seconds - seconds / 10
    burst = min(BURST_SECONDS, seconds / 12)
    between = min(BETWEEN_BURSTS, left / 2)
    while left >= between:
        phases += [Phase("steady", between - burst, STEADY), Phase("burst", burst, BURST)]
        left -= between
    if phases[-1].name == "burst" and left < between / 4:
        phases.pop()  # the run ends steady
        left += burst
    phases.append(Phase("steady", left, STEADY))
    return phases


@dataclass(frozen=True)
class Pool:
    """The events that are sent over and over, and how many flags each of them makes."""

    file: Path
    flags: list[int]

    def expected(self, partition: int, sent: int) -> int:
        """Flags of the first `sent` events of a partition."""
        own = self.flags[partition::PARTITIONS]
        rounds, rest = divmod(sent, len(own))
        return rounds * sum(own) + sum(own[:rest])


class Soak:
    """One broker, one register, one pool; every run has topics and a group of its own."""

    def __init__(self, bootstrap: str, lists: ListSettings, pool: Pool, folder: Path) -> None:
        self._bootstrap = bootstrap
        self._lists = lists
        self._pool = pool
        self._folder = folder

    async def topics(self, name: str) -> Settings:
        """Settings of a run, with its topics made."""
        settings = Settings.model_construct(
            kafka=KafkaSettings(
                bootstrap=self._bootstrap, group=name, session_timeout=SESSION_TIMEOUT
            ),
            topics=TopicSettings(
                public_posts=f"{name}-posts",
                flagged_events=f"{name}-flags",
                dead_letters=f"{name}-letters",
                partitions=PARTITIONS,
            ),
            lists=self._lists,
            metrics=MetricsSettings(port=free_port()),
            signing=SigningSettings(required=False),  # nobody else can write to this broker
        )
        await ensure_control_topic(settings)
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            names = (settings.topics.public_posts, settings.topics.flagged_events)
            await admin.create_topics(
                [NewTopic(each, PARTITIONS, 1, topic_configs=TOPIC) for each in names]
            )
        finally:
            await admin.close()
        await ensure_topics(settings)
        return settings

    @contextlib.contextmanager
    def workers(self, settings: Settings, count: int) -> Iterator[list[WorkerProcess]]:
        with contextlib.ExitStack() as stack:
            running = []
            for number in range(count):
                folder = self._folder / f"{settings.kafka.group}-{number}"
                folder.mkdir()
                own = settings.model_copy(update={"metrics": MetricsSettings(port=free_port())})
                running.append(stack.enter_context(worker_process(own, folder)))
            yield running

    async def drained(self, count: int, events: int) -> float:
        """Events a second of so many workers on a filled topic, while nobody sends.

        They join while it is empty and stand still while it is filled, so that all begin at once.
        Timed by their counters from when all of them judge until the first look without a lag.
        """
        settings = await self.topics(f"drain-{count}")
        looks: list[Look] = []
        with self.workers(settings, count) as workers:
            await until_shared(workers)
            with standing_still(workers):
                async with sending(settings, self._pool.file) as sender:
                    sender.tell(count=events)
                    await sender.end()
            while not looks or looks[-1].lag > 0:
                total = sender.sent.total
                looks.append(await look(workers, settings.topics.public_posts, total))
                await asyncio.sleep(LOOK_SECONDS / 4)
        return drain_rate(looks)

    async def soak(self, count: int, capacity: float, seconds: float) -> dict[str, Any]:
        """The run itself; returns its figures."""
        settings = await self.topics("soak")
        flags = Flags()
        with self.workers(settings, count) as workers:
            await until_shared(workers)
            following = asyncio.create_task(flags.follow(settings))
            async with sending(settings, self._pool.file) as sender:
                run = _Run(settings, workers, sender, flags)
                await run.take(plan(seconds), capacity)
                await sender.end()
                run.ended = time.monotonic()
                await run.until_all_is_done(self._pool)
            following.cancel()
            await asyncio.wait({following})
        return run.figures(self._pool, capacity)


async def until_shared(workers: Sequence[WorkerProcess]) -> None:
    """Until every partition has one worker and every worker its share."""
    async with asyncio.timeout(END_TIMEOUT):
        while True:
            for worker in workers:
                worker.check_alive()
            held = [await worker.samples("netral_lag_events", "partition") for worker in workers]
            if all(held) and sum(map(len, held)) == PARTITIONS:
                return
            await asyncio.sleep(LOOK_SECONDS / 4)


@contextlib.contextmanager
def standing_still(workers: Sequence[WorkerProcess]) -> Iterator[None]:
    for worker in workers:
        worker.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            worker.process.send_signal(signal.SIGCONT)


def drain_rate(looks: Sequence[Look]) -> float:
    """Between the first look at which every worker had begun and the last before the end."""
    begun = [each for each in looks if all(each.judged)]
    window = begun[:-1] if len(begun) > 2 else begun
    if len(window) < 2:
        raise SystemExit("the topic was drained before it could be timed; ask for more --fill")
    first, last = window[0], window[-1]
    return (sum(last.judged) - sum(first.judged)) / (last.at - first.at)


@dataclass
class _Run:
    settings: Settings
    workers: Sequence[WorkerProcess]
    sender: Sending
    flags: Flags
    looks: list[Look] = field(default_factory=list)
    phases: list[tuple[Phase, float, int, int]] = field(default_factory=list)
    """Each phase taken, when it began (monotonic), and the posts sent before and after."""
    ended: float = 0.0
    done: float = 0.0
    offset: float = field(default_factory=lambda: time.time() - time.monotonic())
    committed: dict[int, int] = field(default_factory=dict)
    load: list[float] = field(default_factory=list)
    """The machine's load average at every look: who else was there."""

    async def take(self, phases: Sequence[Phase], capacity: float) -> None:
        for phase in phases:
            began, before = time.monotonic(), self.sender.sent.total
            self.sender.tell(rate=capacity * phase.share)
            while time.monotonic() < began + phase.seconds:
                await self._look()
                await asyncio.sleep(min(LOOK_SECONDS, phase.seconds))
            self.phases.append((phase, began, before, self.sender.sent.total))

    async def _look(self) -> Look:
        sent = self.sender.sent.total  # read first: the lag is never said too low
        found = await look(self.workers, self.settings.topics.public_posts, sent)
        self.looks.append(found)
        self.load.append(os.getloadavg()[0])
        return found

    async def until_all_is_done(self, pool: Pool) -> None:
        """Until everything is judged and committed, and every flag has been read."""
        wanted = self.sender.sent
        expected = sum(pool.expected(n, count) for n, count in enumerate(wanted.counts))
        async with asyncio.timeout(END_TIMEOUT):
            found = await self._look()
            while found.lag > 0:
                await asyncio.sleep(0.1)
                found = await self._look()
            self.done = time.monotonic()
            while sum(self.committed.values()) < wanted.total or len(self.flags.seen) < expected:
                self.committed = await committed_offsets(
                    self.settings.kafka, self.settings.topics.public_posts, PARTITIONS
                )
                await asyncio.sleep(0.2)

    def figures(self, pool: Pool, capacity: float) -> dict[str, Any]:
        sent = self.sender.sent
        expected = sum(pool.expected(n, count) for n, count in enumerate(sent.counts))
        disturbed = list(self._disturbed(capacity))
        warm = self.phases[0][1] + self.phases[0][0].seconds
        steady: list[int] = []
        bursts: list[int] = []
        for partition, offset, flagged in self.flags.seen:
            posted = sent.time_of(partition, offset)
            at = posted / 1_000 - self.offset
            if at >= warm:
                inside = any(start <= at <= end for start, end in disturbed)
                (bursts if inside else steady).append(flagged - posted)
        return {
            "capacity": capacity,
            "workers": len(self.workers),
            "seconds": self.ended - self.phases[0][1],
            "sent": sent.total,
            "judged": sum(self.looks[-1].judged),
            "committed": sum(self.committed.values()),
            "flags_expected": expected,
            "flags": len(self.flags.seen),
            "flags_distinct_places": len({(p, o) for p, o, _ in self.flags.seen}),
            "rates": {name: self._rate(name) for name in ("steady", "burst") if self._has(name)},
            "recovery_seconds": [round(end - start, 1) for start, end in disturbed],
            "largest_lag": max(each.lag for each in self.looks),
            "seconds_to_no_lag": self.done - self.ended,
            "steady_ms": _percentiles(steady),
            "burst_ms": _percentiles(bursts),
            "memory_mib": self._memory(warm, disturbed[0][1]),
            "looks": [
                {"second": round(each.at - self.phases[0][1], 1), "lag": each.lag, "mib": each.mib}
                for each in self.looks[::LOOKS_APART]
            ],
            "cores": len(os.sched_getaffinity(0)),
            "load_average": statistics.median(self.load),
        }

    def _has(self, name: str) -> bool:
        return any(phase.name == name for phase, *_ in self.phases)

    def _rate(self, name: str) -> float:
        taken = [each for each in self.phases if each[0].name == name]
        posts = sum(after - before for _, _, before, after in taken)
        return posts / sum(phase.seconds for phase, *_ in taken)

    def _disturbed(self, capacity: float) -> Iterator[tuple[float, float]]:
        """From the beginning of each burst until the lag has returned."""
        little = capacity * STEADY * RECOVERED_SECONDS
        for phase, began, _, _ in self.phases:
            if phase.name == "burst":
                after = [
                    each.at
                    for each in self.looks
                    if each.at > began + phase.seconds and each.lag <= little
                ]
                yield began, after[0] if after else self.done

    def _memory(self, warm: float, full: float) -> dict[str, list[float]]:
        """By worker, medians of some looks: warm, once it has had its hands full, at the end.

        The first burst is part of the warm-up: a worker then takes what its bounded buffers and
        batches need at most, and keeps it.
        """
        some = max(3, len(self.looks) // 20)
        before = [each for each in self.looks if each.at >= warm][:some]
        after = [each for each in self.looks if each.at >= full][:some]
        spans = {"warm": before, "after_first_burst": after, "at_the_end": self.looks[-some:]}
        return {
            name: [
                statistics.median(each.mib[number] for each in looks)
                for number in range(len(self.workers))
            ]
            for name, looks in spans.items()
        }


def _percentiles(milliseconds: Sequence[int]) -> dict[str, float]:
    if len(milliseconds) < 2:
        return {"flags": len(milliseconds)}
    cut = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return {
        "flags": len(milliseconds),
        "p50": cut[49],
        "p95": cut[94],
        "p99": cut[98],
        "most": max(milliseconds),
    }


async def make_pool(folder: Path, accounts: int, events: int) -> tuple[ListSettings, Pool]:
    """A register, the example watchlist, and events whose flags are known."""
    watchlist = load_watchlist(ELECTION_FILE)
    rows = draw_register(accounts * 6 // 10, SEED)[:accounts]
    register = build_register(folder, rows, watchlist)
    lists = ListSettings(register_dir=register, watchlist_file=ELECTION_FILE)
    source = Source(rows, register, watchlist, everyday_words(CONFIG_DIR))
    lines = list(draw_events(source, events, TOUCHING, SEED))
    file = folder / "events.jsonl"
    file.write_bytes(b"\n".join(lines))
    stages = ListsInForce(Settings.model_construct(lists=lists)).stages
    posts = [decode_post(line) for line in lines]
    outcomes = screen([None if isinstance(p, DecodeFailure) else p for p in posts], stages)
    return lists, Pool(file, [len(outcome.flags) for outcome in outcomes])


async def run(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="netral-soak-") as name:
        folder = Path(name)
        lists, pool = await make_pool(folder, options.accounts, options.pool)
        (folder / "kafka").mkdir()
        with kafka_cluster(folder / "kafka", properties=BROKER) as cluster:
            soak = Soak(cluster.bootstrap, lists, pool, folder)
            scaling: dict[int, float] = {}
            for count in options.scaling:
                scaling[count] = await soak.drained(count, options.fill)
                print(f"{count} worker(s) drain {scaling[count]:,.0f} events/s", file=sys.stderr)
            capacity = scaling[options.workers]
            figures = await soak.soak(options.workers, capacity, options.seconds)
    return {"scaling": {str(n): rate for n, rate in scaling.items()}, **figures}


def rows_of(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The table a person reads."""
    rows: list[tuple[str, ...]] = [("what", "measured", "goal")]
    alone = figures["scaling"].get("1")
    for count, rate in figures["scaling"].items():
        times = f", {rate / alone:.2f} times one" if alone and count != "1" else ""
        goal = "≥ 1.7 times one" if count == "2" else ""
        rows.append((f"{count} worker(s), filled topic", f"{rate:,.0f} events/s{times}", goal))
    for name, rate in figures["rates"].items():
        share = rate / figures["capacity"]
        goal = f"{STEADY if name == 'steady' else BURST:.0%}"
        rows.append((f"sent, {name}", f"{rate:,.0f} events/s, {share:.0%} of capacity", goal))
    for name, goal in (("steady_ms", "p99 ≤ 250"), ("burst_ms", "")):
        times = figures[name]
        said = ", ".join(f"{k} {v:,.0f}" for k, v in times.items())
        rows.append((f"post to flag, {name[:-3]}, ms", said, goal))
    rows.append(("largest lag", f"{figures['largest_lag']:,} posts", ""))
    rows.append(("burst to usual lag", f"{figures['recovery_seconds']} s", ""))
    rows.append(("last post to no lag", f"{figures['seconds_to_no_lag']:.1f} s", "returns"))
    memory = figures["memory_mib"]
    for number, begin in enumerate(memory["after_first_burst"]):
        warm, end = memory["warm"][number], memory["at_the_end"][number]
        said = f"{warm:.0f}, from the first burst on {begin:.0f} to {end:.0f} MiB"
        rows.append((f"memory of worker {number}", said, "growth ≤ 20 MB"))
    rows.append(("posts sent, judged, committed", _counts(figures), "equal"))
    rows.append(
        ("flags expected, there", f"{figures['flags_expected']:,}, {figures['flags']:,}", "equal")
    )
    rows.append(("load average, cores", f"{figures['load_average']:.1f}, {figures['cores']}", ""))
    return rows


def _counts(figures: dict[str, Any]) -> str:
    return ", ".join(f"{figures[name]:,}" for name in ("sent", "judged", "committed"))


def is_whole(figures: dict[str, Any]) -> bool:
    """Nothing lost, nothing double: no worker was restarted, so both can be asked for."""
    return bool(
        figures["sent"] == figures["judged"] == figures["committed"]
        and figures["flags"] == figures["flags_expected"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scaling", type=int, nargs="+", default=list(SCALING))
    parser.add_argument("--fill", type=int, default=600_000, help="posts to drain")
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--pool", type=int, default=100_000, help="different posts")
    parser.add_argument("--out", default="soak", help="name of the JSON file in bench/out/")
    options = parser.parse_args()
    if options.workers not in options.scaling:
        parser.error("--workers must be one of --scaling: its capacity is measured there")
    figures = asyncio.run(run(options))
    publish(options.out, figures, rows_of(figures))
    if not is_whole(figures):
        raise SystemExit("posts or flags are missing, or too many: see the counts above")


if __name__ == "__main__":
    main()
