"""The reviewers' store with 200,000 cases, on SQLite and PostgreSQL.

    python -m bench.review [--cases N] [--calls N]

Ingest is `review.ingest.apply` on encoded records, batches of 500, without a broker: decoding,
grouping, sealing and the transaction. Then `queue.page` and `cases.view` are called as the pages
call them, by a reviewer with a unit who has answered 2,000 of the waiting cases; a view writes its
audit entry, and counts with it. Memory is the peak of the process that did all of this. Other work
goes on on the machine; its load is in the figures.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson
from sqlalchemy import select, update

from bench.probe import peak_mib
from bench.table import publish
from config.settings import ReviewSettings
from review import cases, ingest, people, queue
from review.actors import Actor
from review.desk import Desk, open_desk
from review.intervals import quantile
from review.keys import make_master_key
from review.tables import Case, CaseUnit, Seat, StaffUnit
from streams.codec import encode
from tests.review.postgres import postgres_server, why_not
from tests.review.scene import Record, flag

SEED: Final = 11
BATCH: Final = 500
ANSWERED: Final = 2_000
CONTESTS: Final = 545
START: Final = datetime(2024, 10, 1, tzinfo=UTC)


def records(count: int, random: Random) -> Iterator[Record]:
    """One author a case, over all contests and a month; every tenth is an unconfirmed lead."""
    for n in range(count):
        contest = f"contest-{n % CONTESTS}"
        event = flag(
            n,
            handle=f"akun.{n}",
            account_id=str(10**9 + n),
            status="unconfirmed" if n % 10 == 0 else "bound",
            refs=(f"s{random.getrandbits(128):032x}",),
            entry=f"{contest}:name:{random.randrange(40)}",
            candidate=f"c{random.randrange(6)}",
            contest=contest,
            rules=("D2", "D6") if n % 3 else ("D4",),
            at=START + timedelta(seconds=random.randrange(30 * 86_400)),
            text="Ayo semua pilih Risma, coblos nomor tiga besok pagi di TPS! " * 3,
        )
        yield Record(encode(event), n)


def one(url: str, folder: Path, count: int, calls: int) -> dict[str, Any]:
    """All figures of one store."""
    make_master_key(folder / "master.key")
    settings = ReviewSettings(
        store=url,
        master_key_file=folder / "master.key",
        compare_units=False,
        flood_authors=100_000,
        golden_rate=0,
    )
    desk = open_desk(settings, lambda: datetime.now(UTC))
    random = Random(SEED)
    figures: dict[str, Any] = {"cases": count, **_ingest(desk, count, random)}
    people.add_first(desk, "budi", "Budi", ["reviewer"])
    _a_history(desk, random)
    budi = people.actor(desk, "budi")

    with desk.store.read() as session:
        refs = list(session.scalars(select(Case.ref).where(Case.waiting).order_by(Case.id)))

    def queue_page() -> None:
        query = queue.ALL
        if random.random() < 0.3:
            query = queue.Query(contest_id=f"contest-{random.randrange(CONTESTS)}")
        elif random.random() < 0.2:
            query = queue.Query(rule="D4", stage="verdict")
        queue.page(desk, budi, query, after=random.choice(refs) if random.random() < 0.5 else None)

    held = []
    for ref in random.sample(refs[-count // 4 :], calls):
        queue.claim(desk, budi, ref)
        held.append(ref)

    def case_page() -> None:
        cases.view(desk, budi, random.choice(held))

    figures |= {"queue": _timed(queue_page, calls), "case": _timed(case_page, calls)}
    claims = iter(random.sample(refs[: count // 4], calls))
    figures["claim_next"] = _timed(lambda: _take_next(desk, next(claims)), min(calls, 100))
    figures["peak_mib"] = peak_mib("self")
    desk.store.close()
    return figures


def _take_next(desk: Desk, name: str) -> None:
    """A reviewer who comes new takes a task."""
    actor = Actor(name, frozenset({"reviewer"}), frozenset())
    queue.claim_next(desk, actor)


def _ingest(desk: Desk, count: int, random: Random) -> dict[str, Any]:
    spent, rates, cpu = 0.0, [], 0.0
    batch: list[Record] = []
    for record in records(count, random):
        batch.append(record)
        if len(batch) == BATCH:
            began, busy = time.perf_counter(), time.process_time()
            ingest.apply(desk, batch)
            took = time.perf_counter() - began
            cpu += time.process_time() - busy
            spent += took
            rates.append(BATCH / took)
            batch = []
    last = rates[-len(rates) // 10 :]
    return {
        "flags_per_second": round(count / spent),
        "flags_per_cpu_second": round(count / cpu),
        "flags_per_second_last_tenth": round(sum(last) / len(last)),
    }


def _a_history(desk: Desk, random: Random) -> None:
    """The reviewer has answered 2,000 cases that wait for others, and has colleagues in 200."""
    with desk.store.write() as session:
        session.add(StaffUnit(staff_id="budi", unit_hash=f"u{'1' * 32}"))
        ids = list(session.scalars(select(Case.id).order_by(Case.id).limit(10 * ANSWERED)))
        some = random.sample(ids, ANSWERED + 200)
        session.execute(
            update(Seat)
            .where(Seat.case_id.in_(some[:ANSWERED]), Seat.seat == 1)
            .values(reviewer_id="budi", submitted_at=START, choice="not_breach")
        )
        session.add_all(
            CaseUnit(case_id=number, unit_hash=f"u{'1' * 32}") for number in some[ANSWERED:]
        )
    if not desk.store.sqlite:
        with desk.store.plain() as connection:
            connection.exec_driver_sql("ANALYZE")


def _timed(call: Callable[[], None], calls: int) -> dict[str, float]:
    """Milliseconds: median, 95th percentile, most; and the mean of this process's own work."""
    times = []
    busy = time.process_time()
    for _ in range(calls):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1e3)
    cpu = {"cpu_ms": round((time.process_time() - busy) / calls * 1e3, 1)}
    return cpu | {
        name: round(quantile(times, share) or 0, 1)
        for name, share in (("median_ms", 0.5), ("p95_ms", 0.95), ("most_ms", 1.0))
    }


@contextmanager
def _stores(folder: Path) -> Iterator[list[tuple[str, str]]]:
    found = [("SQLite", f"sqlite:///{folder / 'review.db'}")]
    reason = why_not()
    if reason is not None:
        print(f"PostgreSQL left out: {reason}")
        yield found
        return
    with postgres_server() as url:
        yield [*found, ("PostgreSQL", url)]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        with TemporaryDirectory() as folder:
            figures = one(given.one, Path(folder), given.cases, given.calls)
        sys.stdout.write(orjson.dumps(figures).decode())
        return
    results: dict[str, Any] = {"load": os.getloadavg()[0], "cores": os.cpu_count()}
    rows: list[tuple[str, ...]] = [
        ("store", "flags/s", "queue p95 ms", "case p95 ms", "claim p95 ms", "peak MiB")
    ]
    with TemporaryDirectory(prefix="netral-bench-review-") as name, _stores(Path(name)) as stores:
        for label, url in stores:
            done = subprocess.run(
                [
                    sys.executable,
                    *("-m", "bench.review", "--one", url),
                    *("--cases", str(given.cases), "--calls", str(given.calls)),
                ],
                stdout=subprocess.PIPE,
                check=True,
            )
            figures = orjson.loads(done.stdout)
            results[label] = figures
            rows.append(
                (
                    label,
                    f"{figures['flags_per_second']:,}",
                    *(str(figures[what]["p95_ms"]) for what in ("queue", "case", "claim_next")),
                    f"{figures['peak_mib']:.0f}",
                )
            )
    publish("review", results, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
