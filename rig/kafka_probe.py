"""What a Kafka cluster says of itself, asked as a client would."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

Found = TypeVar("Found")

_REQUEST_TIMEOUT: Final = 3_000


@dataclass(frozen=True, slots=True)
class ClusterState:
    """`brokers`: ids in the metadata; `answering`: those that told so themselves; `lagging`:
    (topic, partition) with fewer replicas in sync than there should be, or without a leader."""

    brokers: frozenset[int]
    answering: frozenset[int]
    lagging: frozenset[tuple[str, int]]
    leaders: dict[tuple[str, int], int]


def cluster_state(addresses: Sequence[str]) -> ClusterState:
    """Ask each broker by itself; those that do not answer are left out."""
    return in_thread(lambda: _cluster_state(addresses))


def delete_all_topics(bootstrap: str) -> None:
    """Delete every topic that is not Kafka's own, and with them what groups committed of them."""
    in_thread(lambda: _delete_all_topics(bootstrap))


def in_thread(task: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    """Run a coroutine to its end in a loop of its own, also where a loop runs already."""
    results: list[Found] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(task()))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)

    thread = threading.Thread(target=run, name="kafka probe")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


async def _cluster_state(addresses: Sequence[str]) -> ClusterState:
    answers = [each for each in await asyncio.gather(*map(_ask, addresses)) if each is not None]
    alike = [frozenset(broker["node_id"] for broker in one["brokers"]) for one in answers]
    # Ready is what all of those who answer agree on.
    brokers = frozenset.intersection(*alike) if alike else frozenset()
    lagging: set[tuple[str, int]] = set()
    leaders: dict[tuple[str, int], int] = {}
    for answer in answers:
        for topic in answer["topics"]:
            for part in topic["partitions"]:
                place = (topic["topic"], part["partition"])
                leaders[place] = part["leader"]
                if part["leader"] < 0 or len(part["isr"]) < len(part["replicas"]):
                    lagging.add(place)
    answering = frozenset(a["asked"] for a in answers if a["controller_id"] >= 0)
    return ClusterState(brokers, answering, frozenset(lagging), leaders)


async def _ask(address: str) -> dict[str, Any] | None:
    host, _, number = address.rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(number))
    except OSError:
        return None  # the client would say so in the log, every time
    writer.close()
    client = AIOKafkaClient(bootstrap_servers=address, request_timeout_ms=_REQUEST_TIMEOUT)
    try:
        await client.bootstrap()
        node = next((b.nodeId for b in client.cluster.brokers() if b.port == int(number)), None)
        if node is None:
            return None
        response = await client.send(node, MetadataRequest(None))
        return {**response.to_object(), "asked": node}
    except (KafkaError, OSError, TimeoutError):
        return None
    finally:
        await client.close()


async def _delete_all_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = [name for name in await admin.list_topics() if not name.startswith("__")]
        if topics:
            await admin.delete_topics(topics)
        while set(topics) & set(await admin.list_topics()):  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.02)
    finally:
        await admin.close()
