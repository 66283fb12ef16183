"""Output in Kafka transactions beside the present path: the same events, broker and core.

    python -m bench.transactions [--events N] [--rounds R]

One Apache Kafka broker; rounds alternate, ratios are taken inside a round.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.events import Source, draw_events, everyday_words
from bench.pipeline import SEED, pin
from cli.demo_lists import ELECTION_FILE, build_register
from cli.demo_worker import worker_environment
from cli.post_sender import send_all
from config.settings import (
    CONFIG_DIR,
    KafkaSettings,
    ListSettings,
    MetricsSettings,
    Settings,
    TopicSettings,
)
from lists.watchlist_file import load_watchlist
from rig.kafka import kafka_cluster
from streams.embedded import free_port
from streams.topics import ensure_topics
from synth.register import draw_register

PATHS = {"present": ("cli.main", "worker"), "transactions": ("bench.transactional_worker",)}
ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 300.0


async def main(events: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="netral-bench-") as name:
        folder = Path(name)
        watchlist = load_watchlist(ELECTION_FILE)
        rows = draw_register(2_000, SEED)
        register = build_register(folder, rows, watchlist)
        source = Source(rows, register, watchlist, everyday_words(CONFIG_DIR))
        with kafka_cluster(folder / "kafka") as cluster:
            settings = settings_for(cluster.bootstrap, register, "fill")
            await ensure_topics(settings)
            await send_all(draw_events(source, events, 0.1, SEED), settings)
            broker = cluster.brokers[0].pid
            rates: dict[str, list[Rate]] = {name: [] for name in PATHS}
            for number in range(rounds):
                for path, module in PATHS.items():
                    one = settings_for(cluster.bootstrap, register, f"{path}-{number}")
                    rate = await timed(one, module, events, folder, broker)
                    rates[path].append(rate)
                    sys.stdout.write(f"round {number + 1} {path}: {rate}\n")
                    sys.stdout.flush()
    for name in ("events_a_second", "worker_cpu", "broker_cpu"):
        ratios = [
            getattr(b, name) / getattr(a, name)
            for a, b in zip(rates["present"], rates["transactions"], strict=True)
        ]
        sys.stdout.write(
            f"{name}, transactions / present: median {statistics.median(ratios):.2f}, "
            f"{min(ratios):.2f} to {max(ratios):.2f}\n"
        )


@dataclass(frozen=True)
class Rate:
    """CPU of worker and broker in microseconds an event: what a shared machine does not blur."""

    events_a_second: float
    worker_cpu: float
    broker_cpu: float

    def __str__(self) -> str:
        return (
            f"{self.events_a_second:,.0f} events/s, worker {self.worker_cpu:.1f} and broker "
            f"{self.broker_cpu:.1f} microseconds of CPU an event"
        )


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settings_for(bootstrap: str, register: Path, group: str) -> Settings:
    return Settings.model_construct(
        kafka=KafkaSettings(bootstrap=bootstrap, session_timeout=6.0, group=group),
        topics=TopicSettings(),
        lists=ListSettings(register_dir=register, watchlist_file=ELECTION_FILE),
        metrics=MetricsSettings(port=free_port()),
    )


async def timed(
    settings: Settings, module: Sequence[str], events: int, folder: Path, broker: int
) -> Rate:
    """From the first look that saw some events to the last before the end."""
    from cli.demo_worker import WorkerProcess

    log_file = folder / f"{settings.kafka.group}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-m", *module],
            env={**worker_environment(settings), "PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        pin(process.pid)
        worker = WorkerProcess(process, settings, log_file)
        looks: list[tuple[float, float, float, float]] = []
        async with asyncio.timeout(TIMEOUT):
            while not looks or looks[-1][1] < events:
                worker.check_alive()
                counts = await worker.metric("netral_events_total", "topic")
                if done := counts.get(settings.topics.public_posts, 0):
                    times = cpu_seconds(process.pid), cpu_seconds(broker)
                    looks.append((time.perf_counter(), done, *times))
                await asyncio.sleep(0.2)
    finally:
        process.kill()
        process.wait()
    first, last = looks[0], looks[-2] if len(looks) > 2 else looks[-1]
    seconds, judged, ours, theirs = (b - a for a, b in zip(first, last, strict=True))
    return Rate(judged / seconds, ours / judged * 1e6, theirs / judged * 1e6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(main(options.events, options.rounds))
