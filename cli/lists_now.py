"""The lists that workers judge by now: the files of the settings and every update since."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import Final

from aiokafka import AIOKafkaConsumer
from prometheus_client import CollectorRegistry

from agents.list_updates import ListUpdates
from agents.stop_switch import StopSwitch
from cli.topic_reader import open_topic, read_to_end
from config.errors import StoppedError
from config.settings import Settings
from lists.in_force import ListsInForce
from matchers.screening import Stages
from streams.confirmation import Confirmation
from streams.connection import connection
from streams.metrics import LabelSets, WorkerMetrics
from streams.signature_order import SignatureOrder
from streams.signing_keys import load_verifier
from streams.topic_end import TopicEnd
from streams.topics import overlay_topics

ENGINE_VERSION: Final = version("netral")


class ListsNow:
    """Lists in force, brought up to date whenever :meth:`refresh` is called."""

    def __init__(
        self, settings: Settings, consumers: dict[str, AIOKafkaConsumer], end: TopicEnd
    ) -> None:
        """Load the files. Raises SettingsError or ListError where they are refused."""
        self._lists = ListsInForce(settings)
        self._consumers = consumers
        self._control = settings.topics.control
        self._end = end
        self._confirmation = Confirmation()
        self.switch = StopSwitch(self._lists, self._confirmation)
        # Counted for nobody: what applies the updates is the worker's own part.
        metrics = WorkerMetrics(
            CollectorRegistry(),
            LabelSets((), (), (), (), ()),
            version=ENGINE_VERSION,
            settings=settings.judgement.digest(),
        )
        order = SignatureOrder(load_verifier(settings))
        self._apply = ListUpdates(
            settings.topics, self._lists, metrics, settings.kafka.message_max_bytes, order
        )

    async def refresh(self) -> None:
        """Read what came to the list and control topics since. Raises KafkaError."""
        for topic in self._consumers:
            await self._read(topic)

    async def _read(self, topic: str) -> None:
        async for record in read_to_end(self._consumers[topic]):
            self._apply(record)

    @property
    def stages(self) -> Stages:
        """As a worker judges now; where flagging is stopped, it judges nothing."""
        return self._lists.stages

    @property
    def stages_on_request(self) -> Stages:
        """As a worker would judge were flagging not stopped (invariant 14: on request only)."""
        return replace(self._lists.stages, stopped=False)

    @property
    def stopped(self) -> bool:
        """Whether flagging is stopped, by what was read last."""
        return self._lists.stages.stopped

    async def confirm_not_stopped(self) -> None:
        """Read the control topic to its end just before flags go out, as workers do.

        From then on :attr:`switch` lets flags out, for some seconds. Raises StoppedError where
        flagging is stopped, KafkaError where the topic cannot be read: then it is not known, and
        nothing may go out.
        """
        asked = self._confirmation.ask()
        self._confirmation.answered(asked, await self._end.ask())
        await self._read(self._control)
        consumer = self._consumers[self._control]
        (partition,) = consumer.assignment()
        self._confirmation.read_to(
            await consumer.position(partition), consumer.highwater(partition)
        )
        if self.stopped:
            raise StoppedError(
                f"flagging is stopped by a record of topic {self._control}, so no flag is added. "
                "Resume it first; what was not added can be replayed then."
            )


@asynccontextmanager
async def lists_now(settings: Settings) -> AsyncIterator[ListsNow]:
    """Lists that are up to date when the block begins.

    Raises SettingsError or ListError where the files are refused, BrokerError where the topics
    cannot be read.
    """
    async with AsyncExitStack() as stack:
        consumers = {
            topic: await stack.enter_async_context(
                open_topic(settings.kafka, topic, from_start=True)
            )
            for topic in overlay_topics(settings)
        }
        end = TopicEnd(settings.topics.control, **connection(settings.kafka))
        stack.push_async_callback(end.close)
        lists = ListsNow(settings, consumers, end)
        await lists.refresh()
        yield lists
