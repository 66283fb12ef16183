"""`make soak` itself: what it counts, and a run of some seconds on Apache Kafka."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from bench.soak import BURST, STEADY, Pool, drain_rate, is_whole, plan
from bench.soak_watch import Look, Sent
from bench.table import OUT
from tests.brokers import require_kafka

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("seconds", [12, 24, 60, 120, 600, 3_600])
def test_the_plan_fills_the_time_and_begins_and_ends_steady(seconds: float) -> None:
    phases = plan(seconds)
    assert sum(phase.seconds for phase in phases) == pytest.approx(seconds)
    assert phases[0].name == "warm-up"
    assert phases[-1].name == "steady"
    assert any(phase.share == BURST for phase in phases)
    assert all(phase.share == (BURST if phase.name == "burst" else STEADY) for phase in phases)
    assert all(phase.seconds > 0 for phase in phases)


def test_ten_minutes_have_bursts_of_five_seconds() -> None:
    bursts = [phase for phase in plan(600) if phase.name == "burst"]
    assert len(bursts) == 5
    assert {phase.seconds for phase in bursts} == {5.0}


def test_flags_to_expect_of_a_pool_that_goes_round() -> None:
    pool = Pool(Path("unused"), flags=[1, 0, 0, 0, 2, 0, 0, 1])  # partition 0 sends 1 and 2
    assert [pool.expected(0, sent) for sent in range(5)] == [0, 1, 3, 4, 6]
    assert [pool.expected(3, sent) for sent in range(4)] == [0, 0, 1, 1]


def test_the_brokers_time_of_a_post() -> None:
    sent = Sent(1)
    sent.add(0, 0, 10, 1_000)
    sent.add(0, 10, 5, 1_020)
    assert [sent.time_of(0, offset) for offset in (0, 9, 10, 14)] == [1_000, 1_000, 1_020, 1_020]
    assert sent.total == 15


def test_a_drain_is_timed_while_all_work() -> None:
    looks = [
        Look(0.0, 100, (0, 10), (1.0, 1.0)),
        Look(1.0, 100, (10, 20), (1.0, 1.0)),
        Look(2.0, 100, (30, 40), (1.0, 1.0)),
        Look(9.0, 100, (50, 50), (1.0, 1.0)),
    ]
    assert drain_rate(looks) == 40.0
    with pytest.raises(SystemExit, match="--fill"):
        drain_rate(looks[:2])


@pytest.mark.broker
def test_a_short_run_loses_nothing() -> None:
    require_kafka()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.soak", "--out", "soak-smoke", "--seconds", "12"),
            *("--workers", "1", "--scaling", "1", "--fill", "60000"),
            *("--accounts", "1000", "--pool", "2000"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = orjson.loads((OUT / "soak-smoke.json").read_bytes())
    assert is_whole(figures)
    assert figures["flags"] > 0
    assert figures["steady_ms"]["p99"] >= figures["steady_ms"]["p50"] > 0
    assert "post to flag, steady" in done.stdout
