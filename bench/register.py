"""The register at growing sizes: build, memory, look-ups, recall. `make bench-register`.

Look-ups run in this process, pinned to one core, over files that are in the page cache; the build
runs as an operator would run it, on all cores. Everything is drawn from seeds (`synth`).
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
from rapidfuzz import fuzz, process

from bench.memory import TreePeak, mapped_memory
from lists.register_artifact import IDENTITIES, open_register, read_manifest
from matchers.handles import normalise
from matchers.register import Register
from matchers.register_overlay import OverlayRegister
from streams.records import PLATFORMS, RegisterUpdate
from synth.actors import ActorTruth, draw_actors
from synth.population import Population, draw_population
from synth.population_file import write_population

SEED: Final = 21
BATCH: Final = 256
PROBES: Final = 20_000
SINGLE_PROBES: Final = 5_000
BRUTE_PROBES: Final = 50
RECALL_PROBES: Final = 2_000
ADDED: Final = 10_000
WORKERS: Final = 4
RECALL_GOALS: Final = {
    **dict.fromkeys(("separators", "doubling", "case"), 0.99),
    **dict.fromkeys(("leet", "digits_added", "digits_removed", "affix"), 0.97),
    **dict.fromkeys(("insertion", "deletion", "substitution", "swap"), 0.95),
    "prefix": 0.90,
    "two_edits": 0.0,
}
Keys = list[tuple[str, str]]


def measure(people: int, folder: Path) -> tuple[dict[str, Any], Population, Register]:
    """Every figure at one size, and what it was measured on."""
    population = draw_population(people, SEED)
    source = folder / f"register-{people}.parquet"
    write_population(population, source)
    directory = folder / f"register-{people}"
    figures: dict[str, Any] = {"people": people, "build": build(source, directory)}
    figures["open_seconds"] = statistics.median(_timed(lambda: open_register(directory), 5))
    register = open_register(directory)
    figures["accounts"] = register.account_count
    figures["memory"] = four_workers(directory)
    pin()
    register.warm_up()
    figures["exact"] = exact(population, register)
    figures["fuzzy"] = fuzzy(population, register)
    figures["recall"] = recall(population, register)
    figures["overlay"] = overlay(register, population)
    return figures, population, register


def build(source: Path, directory: Path) -> dict[str, float]:
    """`netral register build`, with the peak of the memory of all its processes."""
    start = time.perf_counter()
    with TreePeak() as peak:
        command = ["-m", "cli.main", "register", "build", str(source), "-o", str(directory)]
        program = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        peak.follow(program)
    if program.returncode:
        raise SystemExit(f"the build ended with exit code {program.returncode}")
    seconds = time.perf_counter() - start
    files = read_manifest(directory).files
    return {
        "seconds": seconds,
        "peak_mib": peak.mib,
        "artifact_bytes": sum(file.size for file in files.values()),
        "mapped_bytes": sum(file.size for name, file in files.items() if name != IDENTITIES),
    }


def exact(population: Population, register: Register) -> dict[str, float]:
    """µs a key: one in twenty is registered, as in the stream."""
    rng = np.random.default_rng(SEED)
    known = rng.integers(0, len(population.handles), PROBES // 20)
    outsiders = draw_actors(population, "name_derived", PROBES - len(known), SEED)
    handles: Keys = [_key(one) for one in outsiders]
    handles += [
        (PLATFORMS[population.account_platform[row]], population.handles[row].as_py())
        for row in known.tolist()
    ]
    ids: Keys = [(one.platform, one.account_id or "0") for one in outsiders]
    ids += [
        (PLATFORMS[population.account_platform[row]], population.account_ids[row].as_py() or "0")
        for row in known.tolist()
    ]
    for keys in (handles, ids):
        Random(SEED).shuffle(keys)
    return {
        f"{what}_{size}": per_key(look_up, keys, size)
        for what, look_up, keys in (
            ("handle", register.rows_by_handle, handles),
            ("account_id", register.rows_by_account_id, ids),
        )
        for size in (BATCH, 2_000)
    }


def fuzzy(population: Population, register: Register) -> dict[str, float]:
    """µs an event, everything included: fold, block, compare, rapidfuzz."""
    derived = [_key(one) for one in draw_actors(population, "name_derived", PROBES, SEED + 1)]
    unrelated = [_key(one) for one in draw_actors(population, "unrelated", PROBES, SEED + 1)]
    single = []
    for key in derived[:SINGLE_PROBES]:
        start = time.perf_counter()
        register.run_table([key])
        single.append((time.perf_counter() - start) * 1e6)
    runs = register.propose(derived)
    brute = brute_force(register, derived[:BRUTE_PROBES])
    mean = per_key(register.run_table, derived, BATCH)
    return {
        "name_derived": mean,
        "unrelated": per_key(register.run_table, unrelated, BATCH),
        "single_mean": statistics.fmean(single),
        "single_p50": float(np.percentile(single, 50)),
        "single_p99": float(np.percentile(single, 99)),
        "runs_an_event": statistics.fmean(len(found) for found in runs),
        "rows_an_event": statistics.fmean(
            sum(run.last - run.first for run in found) for found in runs
        ),
        "with_candidates": statistics.fmean(bool(found) for found in runs),
        "brute_force_us": brute,
        "speed_up": brute / mean,
    }


def brute_force(register: Register, probes: Keys) -> float:
    """µs a probe of rapidfuzz over every handle of the platform, at the same similarity."""
    accounts = register.arrays.accounts
    by_platform: dict[str, list[str]] = {}
    spent = 0.0
    for platform, handle in probes:
        known = by_platform.get(platform)
        if known is None:
            code = PLATFORMS.index(platform)
            first, last = (int(accounts.row_starts[code + step]) for step in (0, 1))
            ends = accounts.handles.ends[first : last + 1].astype(np.int64)
            text = accounts.handles.text[ends[0] : ends[-1]].tobytes().decode()
            bounds = (ends - ends[0]).tolist()
            known = [text[bounds[at] : bounds[at + 1]] for at in range(len(bounds) - 1)]
            by_platform = {platform: known}  # one at a time: they are large
        start = time.perf_counter()
        process.extract(handle, known, scorer=fuzz.ratio, score_cutoff=90, limit=None)
        spent += time.perf_counter() - start
    return spent / len(probes) * 1e6


def recall(population: Population, register: Register) -> dict[str, float]:
    """Share of variants whose true account is among what is proposed, by class."""
    shares = {}
    for kind in RECALL_GOALS:
        actors = draw_actors(population, f"variant:{kind}", RECALL_PROBES, SEED)
        truths = register.rows_by_handle(
            [
                (
                    PLATFORMS[population.account_platform[one.account]],
                    population.handles[one.account].as_py(),
                )
                for one in actors
            ]
        )
        runs = register.propose([_key(one) for one in actors])
        found = [
            any(run.first <= true < run.last for run in proposed)
            for proposed, true in zip(runs, truths, strict=True)
        ]
        shares[kind] = statistics.fmean(found)
    return shares


def overlay(register: Register, population: Population) -> dict[str, float]:
    """What many live changes cost: to make, and to every look-up after."""
    keys = [_key(one) for one in draw_actors(population, "name_derived", PROBES, SEED + 2)]
    before = per_key(register.run_table, keys, BATCH)
    over = OverlayRegister(register)
    gc.collect()
    gc.freeze()  # as the worker does; here there are millions of objects of the benchmark's own
    slowest = 0.0
    start = time.perf_counter()
    for number in range(ADDED):
        update = RegisterUpdate(
            schema=1,
            sequence=number,
            op="add",
            platform="instagram",
            handle=f"perubahan.baru{number}",
            name="Perubahan Baru",
            declared_on="2024-01-05",
            declaration_ref="SPMS/1",
        )
        one = time.perf_counter()
        over.apply(update, number)
        slowest = max(slowest, time.perf_counter() - one)
    seconds = time.perf_counter() - start
    return {
        "added": ADDED,
        "us_an_update": seconds / ADDED * 1e6,
        "slowest_update_ms": slowest * 1e3,
        "more_us_a_proposal": per_key(over.run_table, keys, BATCH) - before,
    }


def four_workers(directory: Path) -> dict[str, float]:
    """MiB a process: four that share the map, each after the same thousands of look-ups."""
    command = [sys.executable, "-m", "bench.register_reader", str(directory)]
    readers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(WORKERS)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            reader.stdout.readline()  # says that it has read
        measured = [mapped_memory(reader.pid, directory) for reader in readers]
    finally:
        for reader in readers:
            assert reader.stdin is not None
            reader.stdin.close()
            reader.wait()
    return {
        "mapping_mib": statistics.fmean(one.mapping for one in measured),
        "process_mib": statistics.fmean(one.whole for one in measured),
        "unique_mib": statistics.fmean(one.unique for one in measured),
    }


def per_key(look_up: Callable[[Keys], Any], keys: Keys, size: int) -> float:
    """Mean µs a key in batches of `size`, after one batch that does not count."""
    look_up(keys[:size])
    batches = [keys[first : first + size] for first in range(0, len(keys), size)]
    start = time.perf_counter()
    for batch in batches:
        look_up(batch)
    return (time.perf_counter() - start) / len(keys) * 1e6


def pin() -> None:
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _key(actor: ActorTruth) -> tuple[str, str]:
    handle = normalise(actor.platform, actor.handle)
    assert handle is not None
    return actor.platform, handle


def _timed(what: Callable[[], object], times: int) -> Sequence[float]:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        what()
        seconds.append(time.perf_counter() - start)
    return seconds
