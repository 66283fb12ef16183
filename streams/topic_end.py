"""Where a one-partition topic ends, asked so that a deposed leader's answer does not count.

The leader alone cannot be believed. A broker that the others have lost, and replaced, goes on
answering as if it led: a worker that can still reach it would see no stop that was written to the
new leader. So every replica is asked who leads. The leader's answer counts once more than half
of the replicas name it, all asked after the same moment. A stop that `netral stop` reported
is on `min.insync.replicas` replicas, which for the control topic is more than half of them: one
of them at least is among those that must agree, and it names the new leader.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, NoError, StaleMetadata, for_code
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.offset import OffsetRequest

from streams.deadline import within

ANSWER_TIMEOUT: Final = 1.0
"""Seconds for one broker's answer; a connection that is silent for longer is closed."""

_LATEST: Final = -1
_ANY_REPLICA: Final = -1
_READ_UNCOMMITTED: Final = 0


class TopicEnd:
    """Asks for the end of partition 0 of one topic, over connections of its own."""

    def __init__(self, topic: str, **connection: Any) -> None:
        """`connection` is what an AIOKafkaClient needs to reach the brokers."""
        self._topic = topic
        self._connection = connection
        self._client: AIOKafkaClient | None = None
        self._view: _View | None = None

    async def ask(self) -> int:
        """The next offset that a record will get. Raises KafkaError or TimeoutError where nobody
        can say."""
        client = await self._connected()
        view = self._view
        if view is None:
            try:
                view = self._view = await self._any_view(client)
            except (KafkaError, TimeoutError):
                await self.close()  # begin again at the addresses that we were given
                raise
        try:
            return await self._agreed_end(client, view)
        except KafkaError:
            self._view = None  # ask afresh who has replicas, and who leads
            raise

    async def close(self) -> None:
        client, self._client, self._view = self._client, None, None
        if client is not None:
            with contextlib.suppress(KafkaError):
                await client.close()

    async def _connected(self) -> AIOKafkaClient:
        if self._client is None:
            client = AIOKafkaClient(
                **self._connection, request_timeout_ms=round(ANSWER_TIMEOUT * 1_000)
            )
            try:
                await client.bootstrap()
            except BaseException:
                await client.close()
                raise
            self._client = client
        return self._client

    async def _any_view(self, client: AIOKafkaClient) -> "_View":
        await within(ANSWER_TIMEOUT, client.force_metadata_update())
        return await self._view_of(client, client.get_random_node())

    async def _view_of(self, client: AIOKafkaClient, node: int) -> "_View":
        """Who leads and who has replicas, as one broker sees it."""
        request = MetadataRequest([self._topic], allow_auto_topic_creation=False)
        response = await client.send(node, request)
        for topic in response.topics:
            _raise_for(topic[0])
            for _error, partition, leader, replicas, *_ in topic[-1]:
                if partition == 0:
                    return _View(leader, frozenset(replicas))
        raise StaleMetadata(f"{self._topic} has no partition 0")

    async def _end_of(self, client: AIOKafkaClient, leader: int) -> int:
        request = OffsetRequest(_ANY_REPLICA, _READ_UNCOMMITTED, [(self._topic, [(0, _LATEST)])])
        response = await client.send(leader, request)
        ((_, ((_, code, *rest),)),) = response.topics
        _raise_for(code)
        end: int = rest[-1] if not isinstance(rest[-1], list) else rest[-1][0]
        return end

    async def _agreed_end(self, client: AIOKafkaClient, view: "_View") -> int:
        """Ask the leader and every replica at once; done when the leader and most have spoken."""
        end = asyncio.create_task(self._end_of(client, view.leader))
        views = {asyncio.create_task(self._view_of(client, node)) for node in view.replicas}
        pending: set[asyncio.Task[Any]] = {end, *views}
        try:
            async with asyncio.timeout(2 * ANSWER_TIMEOUT):
                while pending:
                    _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                    if end.done():
                        answer = end.result()  # without the leader there is no end
                        if 2 * sum(_says(each, view) for each in views) > len(view.replicas):
                            return answer
        except TimeoutError:
            raise StaleMetadata(f"{self._topic}: too few replicas answered") from None
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*views, end, return_exceptions=True)
        raise StaleMetadata(f"{self._topic}: most replicas do not name leader {view.leader}")


@dataclass(frozen=True, slots=True)
class _View:
    leader: int
    replicas: frozenset[int]


def _says(task: "asyncio.Task[_View]", view: _View) -> bool:
    if not task.done() or task.cancelled() or task.exception() is not None:
        return False
    return task.result() == view


def _raise_for(code: int) -> None:
    error: type[KafkaError] = for_code(code)
    if error is not NoError:
        raise error
