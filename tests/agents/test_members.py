"""Workers of one group on Apache Kafka: restarts that move nothing, and builds that differ."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from config.settings import JudgementSettings
from rig.kafka import KafkaCluster
from streams.codec import decode_flag
from streams.embedded import free_port
from streams.records import FlaggedEvent
from streams.topics import ensure_topics
from tests.agents.member import Member, until
from tests.invariants.live import flaggable, worker_settings
from tests.invariants.scene import files_in
from tests.streams.wire import read_to_end, write

pytestmark = pytest.mark.broker
SESSION = 20.0
RESTART = 60.0
"""Seconds of a session: a restart takes less, also on a busy machine."""


class Started(Protocol):
    def __call__(self, prefix: str, *, named: bool, session: float = SESSION) -> list[Member]: ...


@pytest.fixture
def pair(kafka: KafkaCluster, tmp_path: Path) -> Iterator[Started]:
    """Two started workers by prefix, with names of their own or without."""
    members: list[Member] = []

    def started(prefix: str, *, named: bool, session: float = SESSION) -> list[Member]:
        files = files_in(tmp_path / "lists")
        base = worker_settings(kafka, prefix, files)
        asyncio.run(ensure_topics(base))
        for number, reading in enumerate(("narrow", "broad")):
            names = {"instance_id": f"worker-{number}"} if named else {}
            settings = base.model_copy(
                update={
                    "kafka": base.kafka.model_copy(update={"session_timeout": session, **names}),
                    "judgement": JudgementSettings(e4_reading=reading),  # type: ignore[arg-type]
                    "metrics": base.metrics.model_copy(update={"port": free_port()}),
                }
            )
            members.append(Member(settings, tmp_path / f"worker-{number}"))
            members[-1].start()
            until(members[-1].ready)  # the second finds the kernels that the first compiled
        until(lambda: all(each.ready() and len(each.partitions()) == 2 for each in members))
        return members

    yield started
    for member in members:
        member.stop()


def test_a_rolling_restart_of_named_workers_moves_nothing(
    pair: Started,
) -> None:
    members = pair("static-", named=True, session=RESTART)
    before = [each.partitions() for each in members]
    assert before[0] | before[1] == {"0", "1", "2", "3"}
    for restarted, other in (members, members[::-1]):
        count = other.rebalances()
        restarted.stop()
        restarted.start()
        until(lambda it=restarted: it.ready() and len(it.partitions()) == 2)  # type: ignore[misc]
        assert other.rebalances() == count
        assert restarted.rebalances() == 1
    assert [each.partitions() for each in members] == before


def test_a_restart_of_a_worker_without_a_name_moves_partitions_twice(
    pair: Started,
) -> None:
    """The same without names: so the test above can fail."""
    one, other = pair("dynamic-", named=False)
    count = other.rebalances()
    one.stop()
    until(lambda: len(other.partitions()) == 4)
    one.start()
    until(lambda: one.ready() and len(other.partitions()) == 2)
    assert other.rebalances() >= count + 2


def test_two_settings_in_one_group_say_in_each_flag_which_judged_it(
    pair: Started,
) -> None:
    """As during a deploy: every flag names the versions that it was judged under."""
    members = pair("mixed-", named=True)
    settings = members[0].settings
    digests = [each.settings.judgement.digest() for each in members]
    assert digests[0] != digests[1]
    shares = [{int(number) for number in each.partitions()} for each in members]
    posts = [json.dumps(flaggable(f"post-{number}")).encode() for number in range(8)]
    broker = settings.kafka.bootstrap
    asyncio.run(write(broker, settings.topics.public_posts, posts, 4))
    until(
        lambda: (
            sum(
                each.samples("netral_dispositions_total", "disposition")["flagged"]
                for each in members
            )
            == 8
        )
    )
    flags = asyncio.run(read_to_end(broker, settings.topics.flagged_events))
    assert len(flags) == 8
    for record in flags:
        flag = decode_flag(record.value)
        assert isinstance(flag, FlaggedEvent)
        partition = int(dict(record.headers)["source-partition"])
        assert flag.versions.settings == digests[0 if partition in shares[0] else 1]


def test_two_workers_of_one_name_throw_each_other_out_and_it_shows(
    pair: Started, tmp_path: Path
) -> None:
    """aiokafka's heartbeats carry no name, so neither is fenced for good: NetralRebalancing."""
    first, _ = pair("twins-", named=True)
    metrics = first.settings.metrics.model_copy(update={"port": free_port()})
    twin = Member(first.settings.model_copy(update={"metrics": metrics}), tmp_path / "twin")
    twin.start()
    try:
        until(lambda: first.rebalances() >= 3 and twin.rebalances() >= 2)
    finally:
        twin.stop()
