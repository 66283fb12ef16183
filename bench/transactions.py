"""Output in Kafka transactions beside the present path: the same events, broker and core.

    python -m bench.transactions [--events N] [--rounds R]

One Apache Kafka broker; rounds alternate, ratios are taken inside a round.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
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
            rates: dict[str, list[float]] = {name: [] for name in PATHS}
            for number in range(rounds):
                for path, module in PATHS.items():
                    group = f"{path}-{number}"
                    one = settings_for(cluster.bootstrap, register, group)
                    rates[path].append(await timed(one, module, events, folder))
                    sys.stdout.write(
                        f"round {number + 1} {path}: {rates[path][-1]:,.0f} events/s\n"
                    )
                    sys.stdout.flush()
    ratios = [b / a for a, b in zip(rates["present"], rates["transactions"], strict=True)]
    sys.stdout.write(
        f"transactions / present: median {statistics.median(ratios):.2f}, "
        f"{min(ratios):.2f} to {max(ratios):.2f}\n"
    )


def settings_for(bootstrap: str, register: Path, group: str) -> Settings:
    return Settings.model_construct(
        kafka=KafkaSettings(bootstrap=bootstrap, session_timeout=6.0, group=group),
        topics=TopicSettings(),
        lists=ListSettings(register_dir=register, watchlist_file=ELECTION_FILE),
        metrics=MetricsSettings(port=free_port()),
    )


async def timed(settings: Settings, module: Sequence[str], events: int, folder: Path) -> float:
    """Events a second, from the first look that saw some to the last before the end."""
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
        looks: list[tuple[float, int]] = []
        async with asyncio.timeout(TIMEOUT):
            while not looks or looks[-1][1] < events:
                worker.check_alive()
                counts = await worker.metric("netral_events_total", "topic")
                if done := counts.get(settings.topics.public_posts, 0):
                    looks.append((time.perf_counter(), done))
                await asyncio.sleep(0.2)
    finally:
        process.kill()
        process.wait()
    (start, before), (end, after) = looks[0], looks[-2] if len(looks) > 2 else looks[-1]
    return (after - before) / (end - start)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(main(options.events, options.rounds))
