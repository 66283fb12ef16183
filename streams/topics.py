"""The topics: what each is for, how many partitions, how long it keeps its records.

One table, :func:`declared_topics`, is the policy; :func:`ensure_topics` makes what is missing and
changes nothing that exists.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidConfigurationError,
    KafkaError,
    KafkaTimeoutError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnsupportedVersionError,
    for_code,
)

from config.errors import BrokerError
from config.settings import Settings
from streams.access import acls_command, rights
from streams.connection import connection

FOREVER: Final = None
PUBLIC_POSTS_RETENTION: Final = timedelta(hours=72)
"""Invariant 02: the only topic with other people's posts keeps them no longer."""
FLAGGED_EVENTS_RETENTION: Final = timedelta(days=14)
DEAD_LETTERS_RETENTION: Final = timedelta(days=14)
KNOWN_TIMEOUT: Final = 30.0
"""Seconds for the brokers to learn of a topic that was made."""
FLAG_MAX_AGE: Final = timedelta(seconds=4)
"""Invariant 14: a flag's time is when flagging was known not to be stopped; a broker (Kafka 3.6 or
newer) refuses an older flag, however it came to be late."""
FLAG_MAX_AHEAD: Final = timedelta(seconds=1)
"""How far a worker's clock may be ahead of the broker's: together, the five seconds."""
REVIEW_DECISIONS_RETENTION: Final = timedelta(days=14)

_CONFIGURATION_REFUSED: Final = frozenset(
    {InvalidConfigurationError, UnsupportedVersionError, PolicyViolationError}
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic. `retention` None keeps records for ever; `record` names the struct it carries."""

    name: str
    partitions: int
    retention: timedelta | None
    record: str
    purpose: str
    max_message_bytes: int
    more_config: Mapping[str, str] = field(default_factory=dict)
    """What older brokers may not know, and do without."""

    def config(self) -> dict[str, str]:
        """The topic's configuration as Kafka names it."""
        return {
            "cleanup.policy": "delete",
            "retention.ms": "-1" if self.retention is None else _milliseconds(self.retention),
            "max.message.bytes": str(self.max_message_bytes),
        }


def _milliseconds(time: timedelta) -> str:
    return str(round(time.total_seconds() * 1_000))


def declared_topics(settings: Settings) -> tuple[TopicSpec, ...]:
    """Every topic of the worker, in the order in which they are made.

    The control topic is the first: where others are there and it is not, it was lost. The list and
    control topics have one partition, because their records are in sequence, and are not compacted:
    an old "resume" must not outlive a newer "stop".
    """
    names = settings.topics
    limit = settings.kafka.message_max_bytes
    many = names.partitions
    return (
        TopicSpec(
            names.control,
            1,
            FOREVER,
            "ControlRecord",
            "The stop switch of all flagging.",
            limit,
            {
                "message.timestamp.type": "LogAppendTime",
                # More than half of the replicas: see streams.topic_end.
                "min.insync.replicas": str(settings.topics.replication // 2 + 1),
            },
        ),
        TopicSpec(
            names.public_posts,
            many,
            PUBLIC_POSTS_RETENTION,
            "PublicPost",
            "Public posts and interactions, as they come in.",
            limit,
        ),
        TopicSpec(
            names.flagged_events,
            many,
            FLAGGED_EVENTS_RETENTION,
            "FlaggedEvent",
            "Possible breaches with their evidence, for human review.",
            limit,
            {
                "message.timestamp.before.max.ms": _milliseconds(FLAG_MAX_AGE),
                "message.timestamp.after.max.ms": _milliseconds(FLAG_MAX_AHEAD),
            },
        ),
        TopicSpec(
            names.dead_letters,
            many,
            DEAD_LETTERS_RETENTION,
            "DeadLetter",
            "Where bad records lie and why they were refused; never what they said.",
            limit,
        ),
        TopicSpec(
            names.register_updates,
            1,
            FOREVER,
            "RegisterUpdate",
            "Changes of the register of declared accounts.",
            limit,
        ),
        TopicSpec(
            names.watchlist_updates,
            1,
            FOREVER,
            "WatchlistUpdate",
            "Changes of the watchlist, one whole contest each.",
            limit,
        ),
        TopicSpec(
            names.review_decisions,
            1,
            REVIEW_DECISIONS_RETENTION,
            "ReviewDecision",
            "What reviewers came to, once for each key.",
            limit,
        ),
    )


def list_topics(settings: Settings) -> tuple[str, str]:
    """The topics of list updates, which every worker reads whole: register, watchlist."""
    return settings.topics.register_updates, settings.topics.watchlist_updates


def overlay_topics(settings: Settings) -> tuple[str, str, str]:
    """All that every worker reads whole: register updates, watchlist updates, control."""
    return *list_topics(settings), settings.topics.control


def worker_topics(settings: Settings) -> tuple[TopicSpec, ...]:
    """What a worker reads and writes: all but the decisions, which the review side makes."""
    decisions = settings.topics.review_decisions
    return tuple(spec for spec in declared_topics(settings) if spec.name != decisions)


async def ensure_review_topics(settings: Settings) -> None:
    """Make the topic of decisions where it is missing.

    Raises BrokerError where it cannot be made, or where no worker has made `flagged-events` yet;
    KafkaError where the broker is away.
    """
    names = settings.topics
    async with _admin(settings) as admin:
        existing = frozenset(await admin.list_topics())
        if names.flagged_events not in existing:
            raise BrokerError(
                f"topic {names.flagged_events} is missing, or the broker does not show it to us. "
                "Start a worker first, it makes the topics; or grant what 'netral kafka acls "
                "--role reviewer' prints."
            )
        if names.review_decisions not in existing:
            (spec,) = [
                spec for spec in declared_topics(settings) if spec.name == names.review_decisions
            ]
            if await _create(admin, spec, settings):
                await _until_known(admin, [spec.name])


async def ensure_topics(settings: Settings) -> tuple[str, ...]:
    """Make a worker's topics that are missing; returns their names. Existing ones stay.

    A broker that refuses our configuration (the embedded one knows only some of it) gets the
    topic without it, and a warning says which topic has to be configured by hand. Raises
    BrokerError where a topic can be neither found nor made, or where the control topic was lost;
    KafkaError where the broker is away.
    """
    specs = worker_topics(settings)
    async with _admin(settings) as admin:
        existing = frozenset(await admin.list_topics())
        names = settings.topics
        if names.control not in existing and names.flagged_events in existing:
            raise BrokerError(
                f"topic {names.control} is missing, but {names.flagged_events} is there: whether "
                "flagging was stopped cannot be known. Where the broker does not show it, it takes "
                f"Read on topic {names.control}; '{acls_command('worker')}' prints what grants it. "
                "Where it is lost, 'netral stop' and 'netral resume' make it anew and say which it "
                "shall be."
            )
        missing = [spec for spec in specs if spec.name not in existing]
        made = [spec.name for spec in missing if await _create(admin, spec, settings)]
        if made:
            await _until_known(admin, made)
    if made:
        log.info("topics_created", topics=made)
    return tuple(made)


async def ensure_control_topic(settings: Settings) -> None:
    """Make the control topic where it is missing. Raises as :func:`ensure_topics`."""
    async with _admin(settings) as admin:
        if settings.topics.control not in await admin.list_topics():
            spec = declared_topics(settings)[0]
            await _create(admin, spec, settings)
            await _until_known(admin, [spec.name])


@contextlib.asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**connection(settings.kafka))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _until_known(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> None:
    """Wait until every partition has a leader. Apache Kafka answers before its brokers know.

    Raises KafkaTimeoutError where they do not learn of it.
    """
    deadline = monotonic() + KNOWN_TIMEOUT
    while True:
        described = await admin.describe_topics(list(topics))
        partitions = [topic["partitions"] for topic in described if not topic["error_code"]]
        if len(partitions) == len(topics) and all(
            part["leader"] >= 0 for parts in partitions for part in parts
        ):
            return
        if monotonic() > deadline:
            raise KafkaTimeoutError(f"no leader for {', '.join(topics)} in {KNOWN_TIMEOUT:.0f} s")
        await asyncio.sleep(0.02)


async def _create(admin: AIOKafkaAdminClient, spec: TopicSpec, settings: Settings) -> bool:
    """True: made now. False: somebody else was faster."""
    replication = settings.topics.replication
    wanted = {**spec.config(), **spec.more_config}
    error = None
    for config in (wanted, spec.config(), {}):
        error = await _request(admin, spec, replication, config)
        if error is None or error not in _CONFIGURATION_REFUSED:
            if config != wanted:
                log.warning(
                    "topic_configuration_refused", topic=spec.name, configure_by_hand=wanted
                )
            break
    if error is None:
        return True
    if error is TopicAlreadyExistsError:
        return False
    if error.retriable:
        raise error
    if error is TopicAuthorizationFailedError:
        raise _hidden(spec, settings)
    raise BrokerError(
        f"topic {spec.name} is missing and the broker refuses to make it ({error.__name__}). "
        f"Make it by hand: {spec.partitions} partition(s), {wanted}."
    )


def _hidden(spec: TopicSpec, settings: Settings) -> BrokerError:
    """Kafka shows a topic only to those who may do something with it."""
    needed = [str(each) for each in rights(settings, "worker") if each.resource == spec.name]
    return BrokerError(
        f"topic {spec.name} is missing, or the broker does not show it to us; a worker needs "
        f"{' and '.join(needed)}, and it may not make the topic either "
        f"(TopicAuthorizationFailedError). '{acls_command('worker')}' prints the commands that "
        f"grant it; '{acls_command('topics')}' those for whoever makes the topics."
    )


async def _request(
    admin: AIOKafkaAdminClient, spec: TopicSpec, replication: int, config: dict[str, str]
) -> type[KafkaError] | None:
    topic = NewTopic(spec.name, spec.partitions, replication, topic_configs=config)
    response = await admin.create_topics([topic])
    return _first_error(response.topic_errors)


def _first_error(topic_errors: Sequence[Sequence[Any]]) -> type[KafkaError] | None:
    """The error of the one topic asked for; each entry is (name, code, message …)."""
    for entry in topic_errors:
        if entry[1] != 0:
            error: type[KafkaError] = for_code(entry[1])
            return error
    return None
