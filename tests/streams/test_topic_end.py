"""A leader that the others have replaced is not believed, whatever it answers."""

import contextlib
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError, StaleMetadata
from aiokafka.protocol.metadata import MetadataRequest
from hypothesis import given
from hypothesis import strategies as st

from streams.topic_end import TopicEnd
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.streams.signed import write_signed
from tests.streams.wire import settings_for, write

TOPIC = "netral-control"


@dataclass
class Brokers:
    """Stands for the client: what each broker says of the leader, and where its log ends."""

    leaders: dict[int, int]
    ends: dict[int, int]
    reachable: set[int]
    first: int
    asked: list[int] = field(default_factory=list)

    async def send(self, node: int, request: Any) -> Any:
        self.asked.append(node)
        if node not in self.reachable:
            raise KafkaConnectionError
        if isinstance(request, MetadataRequest):
            partition: tuple[Any, ...] = (0, 0, self.leaders[node], sorted(self.leaders), [])
            return SimpleNamespace(topics=[(0, TOPIC, False, [partition])])
        return SimpleNamespace(topics=[(TOPIC, [(0, 0, -1, self.ends[node])])])

    async def force_metadata_update(self) -> bool:
        return True

    def get_random_node(self) -> int:
        return self.first

    async def close(self) -> None: ...


def end_of(brokers: Brokers) -> TopicEnd:
    end = TopicEnd(TOPIC)
    end._client = brokers
    return end


async def ask(brokers: Brokers) -> int:
    return await end_of(brokers).ask()


async def test_all_agree() -> None:
    assert await ask(Brokers({1: 2, 2: 2, 3: 2}, {2: 7}, {1, 2, 3}, first=1)) == 7


async def test_one_broker_away_is_no_harm() -> None:
    assert await ask(Brokers({1: 2, 2: 2, 3: 2}, {2: 7}, {1, 2}, first=1)) == 7


async def test_most_of_the_replicas_must_answer() -> None:
    with pytest.raises(StaleMetadata):
        await ask(Brokers({1: 1, 2: 1, 3: 1}, {1: 7}, {1}, first=1))


async def test_without_the_leader_there_is_no_end() -> None:
    with pytest.raises(KafkaConnectionError):
        await ask(Brokers({1: 2, 2: 2, 3: 2}, {2: 7}, {1, 3}, first=1))


async def test_where_nobody_answers_the_next_question_begins_at_the_given_addresses() -> None:
    end = end_of(Brokers({1: 1}, {1: 7}, set(), first=1))
    with pytest.raises(KafkaConnectionError):
        await end.ask()
    assert end._client is None


async def test_a_new_leader_is_found_at_the_next_question() -> None:
    brokers = Brokers({1: 1, 2: 1, 3: 1}, {1: 7, 2: 8}, {1, 2, 3}, first=1)
    end = end_of(brokers)
    assert await end.ask() == 7
    brokers.leaders.update({2: 2, 3: 2})
    brokers.first = 2
    with pytest.raises(StaleMetadata):
        await end.ask()
    assert await end.ask() == 8


@given(st.data())
async def test_a_deposed_leader_is_never_believed(data: st.DataObject) -> None:
    """The stop is on more than half of the replicas, so these know the new leader."""
    nodes = list(range(1, data.draw(st.sampled_from([1, 2, 3, 5])) + 1))
    know = data.draw(st.sets(st.sampled_from(nodes), min_size=len(nodes) // 2 + 1))
    new, old = min(know), data.draw(st.sampled_from(nodes))
    leaders = {node: new if node in know else old for node in nodes}
    reachable = data.draw(st.sets(st.sampled_from(nodes), min_size=1))
    ends = {node: 8 if node in know else 7 for node in nodes}
    brokers = Brokers(leaders, ends, reachable, first=data.draw(st.sampled_from(sorted(reachable))))
    with contextlib.suppress(KafkaError):  # nothing is confirmed
        assert await ask(brokers) == 8


@pytest.mark.broker
async def test_a_real_broker_says_where_the_topic_ends(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "end-")
    await ensure_topics(settings)
    topic = settings.topics.control
    end = TopicEnd(topic, bootstrap_servers=broker.bootstrap)
    try:
        assert await end.ask() == 0
        for number in (1, 2):
            await write_signed(settings, topic, b"x", sequence=number)
            assert await end.ask() == number
    finally:
        await end.close()


@pytest.mark.broker
async def test_a_topic_that_is_not_there_has_no_end(broker: Broker) -> None:
    settings = settings_for(broker.bootstrap, "there-")
    await ensure_topics(settings)
    await write(broker.bootstrap, settings.topics.public_posts, [b"x"])
    end = TopicEnd("not-there", bootstrap_servers=broker.bootstrap)
    try:
        with pytest.raises(KafkaError):
            await end.ask()
    finally:
        await end.close()
