"""Throughput of one consumer process on one core, three ways over the same events:

(a) aiokafka `getmany` and the typed decode; (b) a stock Faust agent with our matchers;
(c) `netral worker`. Then (a) and (c) again where 90 % of the events touch the watchlist.

    python -m bench.pipeline [--events N] [--rounds R]

The broker is the embedded one. Consumers are pinned to one core, broker and this program to the
others. Each figure is timed from the first batch to the last, so start-up does not count. Rounds
alternate a and c, and ratios are taken inside a round, because shared machines drift.
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
from typing import Any

import orjson

from bench.events import EVENT_BYTES, Source, draw_events, everyday_words
from bench.national import national_register
from bench.probe import peak_mib
from bench.table import publish
from cli.demo_lists import ELECTION_FILE, build_register, demo_settings, make_signing
from cli.demo_worker import WorkerProcess, worker_environment, worker_process
from cli.post_sender import send_all
from config.settings import CONFIG_DIR, KafkaSettings, Settings, TopicSettings
from lists.register_artifact import read_manifest
from lists.watchlist_file import load_watchlist
from matchers.screening import STAGES
from streams.embedded import EmbeddedBroker, embedded_broker
from streams.topics import ensure_topics
from synth.register import draw_register

ACCOUNTS = 100_000
PEOPLE = 59_000  # 1.7 accounts each
SEED = 5
CORES = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
LOOK_SECONDS = 0.5
STOCK_SHARE = 8
"""The stock agent is so slow that an eighth of the events is enough to time it."""


@dataclass(frozen=True)
class Measure:
    """Events per second, peak resident memory (MiB), microseconds an event by stage."""

    rate: float
    peak_mib: float
    stages: dict[str, float]


class Bench:
    """One run: a broker, a register of 100,000 accounts, topics with and without much to do."""

    def __init__(self, broker: EmbeddedBroker, register: Path) -> None:
        self._broker = broker
        self._register = register
        self._signing = make_signing(register.parent)
        self._runs = 0

    async def fill(self, topic: str, events: Sequence[bytes]) -> None:
        """Make a topic and put the events in."""
        settings = self._settings(topic)
        await ensure_topics(settings)
        await send_all(events, settings)

    def bare(self, topic: str, events: int) -> Measure:
        """(a)"""
        return self._program(
            "bench.bare_consumer", [self._broker.bootstrap, topic, str(events)], {}
        )

    def stock(self, topic: str, events: int) -> Measure:
        """(b)"""
        settings = self._settings(topic)
        environment = worker_environment(settings)
        return self._program("bench.stock_faust", [topic, str(events)], environment)

    async def worker(self, topic: str, events: int, folder: Path) -> Measure:
        """(c)"""
        settings = self._settings(topic)
        with worker_process(settings, folder) as worker:
            pin(worker.process.pid)
            return await _timed(worker, topic, events)

    def _program(self, module: str, arguments: list[str], environment: dict[str, str]) -> Measure:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
        )
        pin(process.pid)
        output, _ = process.communicate(timeout=600)
        if process.returncode:
            raise SystemExit(f"{module} ended with exit code {process.returncode}")
        line = orjson.loads(output.splitlines()[-1])
        return Measure(line["events"] / line["seconds"], line["peak_mib"], {})

    def _settings(self, topic: str) -> Settings:
        """Each run joins with a group of its own and so reads from the beginning."""
        self._runs += 1
        base = demo_settings(self._broker, self._register, self._signing)
        return base.model_copy(
            update={
                "kafka": KafkaSettings(
                    bootstrap=self._broker.bootstrap,
                    session_timeout=self._broker.session_timeout,
                    group=f"bench-{self._runs}",
                ),
                "topics": TopicSettings(public_posts=topic),
            }
        )


async def _timed(worker: WorkerProcess, topic: str, events: int) -> Measure:
    """Time by the worker's own counters, from the first look that saw any to the last before the
    end. Rendering the counters takes its time too, so look seldom."""
    looks: list[tuple[float, int]] = []
    while not looks or looks[-1][1] < events:
        worker.check_alive()
        counts = await worker.metric("netral_events_total", "topic")
        if done := counts.get(topic, 0):
            looks.append((time.perf_counter(), done))
        await asyncio.sleep(LOOK_SECONDS)
    if len(looks) < 4:
        raise SystemExit("too few looks before all events were judged; ask for more --events")
    (start, before), (end, after) = looks[0], looks[-2]
    seconds = await worker.samples("netral_stage_seconds_total", "stage")
    return Measure(
        (after - before) / (end - start),
        peak_mib(worker.process.pid),
        {stage: seconds[stage] / events * 1e6 for stage in ("decode", *STAGES, "encode")},
    )


def pin(pid: int) -> None:
    """Put a consumer on the last core; everything else of ours is on the others."""
    if len(CORES) > 1:
        os.sched_setaffinity(pid, {CORES[-1]})


def ratio(ours: Sequence[Measure], theirs: Sequence[Measure]) -> dict[str, float]:
    """Ours / theirs, round by round: least, median and most."""
    ratios = [a.rate / b.rate for a, b in zip(ours, theirs, strict=False)]
    return {"least": min(ratios), "median": statistics.median(ratios), "most": max(ratios)}


async def run(events: int, rounds: int, national: int | None = None) -> dict[str, Any]:
    """Everything in one run; returns the figures. `national` people make a register of that size
    in place of the usual one, and the stock agent is left out."""
    with tempfile.TemporaryDirectory(prefix="netral-bench-") as name:
        folder = Path(name)
        watchlist = load_watchlist(ELECTION_FILE)
        if national:
            register, rows = national_register(folder, national, SEED, watchlist)
        else:
            rows = draw_register(PEOPLE, SEED)[:ACCOUNTS]
            register = build_register(folder, rows, watchlist)
        source = Source(rows, register, watchlist, everyday_words(CONFIG_DIR))
        with embedded_broker(folder / "broker.log") as broker:
            if len(CORES) > 1:
                os.sched_setaffinity(broker.pid, set(CORES[:-1]))
                os.sched_setaffinity(0, set(CORES[:-1]))
            bench = Bench(broker, register)
            for topic, touching in (("bench-10", 0.1), ("bench-90", 0.9)):
                await bench.fill(topic, list(draw_events(source, events, touching, SEED)))
            results: dict[str, list[Measure]] = {"a": [], "b": [], "c": [], "a90": [], "c90": []}
            for _ in range(rounds):
                results["a"].append(bench.bare("bench-10", events))
                results["c"].append(await bench.worker("bench-10", events, folder))
            if not national:
                results["b"].append(bench.stock("bench-10", events // STOCK_SHARE))
            results["a90"].append(bench.bare("bench-90", events))
            results["c90"].append(await bench.worker("bench-90", events, folder))
        accounts = read_manifest(register).accounts
    return {
        "events": events,
        "event_bytes": EVENT_BYTES,
        "accounts": accounts,
        "rounds": rounds,
        "c_over_a": ratio(results["c"], results["a"]),
        "c90_over_a90": ratio(results["c90"], results["a90"]),
        **({} if national else {"c_over_b": ratio(results["c"], results["b"] * rounds)}),
        "measures": {
            name: [vars(measure) for measure in measures] for name, measures in results.items()
        },
    }


NAMES = {
    "a": "(a) getmany + decode",
    "b": "(b) stock Faust agent + matchers",
    "c": "(c) netral worker",
    "a90": "(a) with 90 % touching",
    "c90": "(c) with 90 % touching",
}


def rows_of(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The table a person reads: medians over the rounds."""
    rows: list[tuple[str, ...]] = [("consumer", "events/s", "peak MiB", "µs an event by stage")]
    for key, name in NAMES.items():
        measures = figures["measures"][key]
        if not measures:
            continue
        rate = statistics.median(measure["rate"] for measure in measures)
        peak = max(measure["peak_mib"] for measure in measures)
        stages = measures[-1]["stages"]
        said = ", ".join(f"{stage} {micros:.2f}" for stage, micros in stages.items())
        rows.append((name, f"{rate:,.0f}", f"{peak:,.0f}", said))
    goals = {"c_over_a": "≥ 0.4", "c_over_b": "≥ 4", "c90_over_a90": "as it is"}
    if "c_over_b" not in figures:
        goals["c_over_a"] = "≥ 0.35"
    for key, goal in goals.items():
        if key not in figures:
            continue
        of = figures[key]
        spread = f"{of['least']:.2f} to {of['most']:.2f}"
        rows.append((key, f"{of['median']:.2f}", "", f"goal {goal}; {spread} over the rounds"))
    return rows


def main() -> None:
    if sys.platform != "linux":
        raise SystemExit("the benchmark pins processes and reads /proc: it runs on Linux only")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--national", type=int, metavar="PEOPLE", help="register of that size")
    options = parser.parse_args()
    figures = asyncio.run(run(options.events, options.rounds, options.national))
    publish("pipeline-national" if options.national else "pipeline", figures, rows_of(figures))


if __name__ == "__main__":
    main()
