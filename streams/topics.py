"""The topics: what each is for, how many partitions, how long it keeps its records.

One table, :func:`declared_topics`, is the policy; :func:`ensure_topics` makes what is missing and
changes nothing that exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    InvalidConfigurationError,
    KafkaError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    UnsupportedVersionError,
    for_code,
)

from config.errors import BrokerError
from config.settings import Settings

FOREVER: Final = None
PUBLIC_POSTS_RETENTION: Final = timedelta(hours=72)
"""Invariant 02: the only topic with other people's posts keeps them no longer."""
FLAGGED_EVENTS_RETENTION: Final = timedelta(days=14)
DEAD_LETTERS_RETENTION: Final = timedelta(days=14)
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

    def config(self) -> dict[str, str]:
        """The topic's configuration as Kafka names it."""
        milliseconds = -1 if self.retention is None else round(self.retention.total_seconds() * 1e3)
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(milliseconds),
            "max.message.bytes": str(self.max_message_bytes),
        }


def declared_topics(settings: Settings) -> tuple[TopicSpec, ...]:
    """Every topic of the worker, in the order in which they are made.

    The list and control topics have one partition, because their records are in sequence, and
    are not compacted: an old "resume" must not outlive a newer "stop".
    """
    names = settings.topics
    limit = settings.kafka.message_max_bytes
    many = names.partitions
    return (
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
            names.control,
            1,
            FOREVER,
            "ControlRecord",
            "The stop switch of all flagging.",
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


def overlay_topics(settings: Settings) -> tuple[str, str, str]:
    """The topics that every worker reads whole: register updates, watchlist updates, control."""
    names = settings.topics
    return names.register_updates, names.watchlist_updates, names.control


async def ensure_topics(settings: Settings) -> tuple[str, ...]:
    """Make the declared topics that are missing; returns their names. Existing ones stay.

    A broker that refuses our configuration (the embedded one knows only some of it) gets the
    topic without it, and a warning says which topic has to be configured by hand. Raises
    BrokerError where a topic can be neither found nor made, KafkaError where the broker is away.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap)
    await admin.start()
    try:
        existing = frozenset(await admin.list_topics())
        missing = [spec for spec in declared_topics(settings) if spec.name not in existing]
        made = [
            spec.name for spec in missing if await _create(admin, spec, settings.topics.replication)
        ]
        if made:
            log.info("topics_created", topics=made)
        return tuple(made)
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, spec: TopicSpec, replication: int) -> bool:
    """True: made now. False: somebody else was faster."""
    error = await _request(admin, spec, replication, spec.config())
    if error is not None and error in _CONFIGURATION_REFUSED:
        log.warning(
            "topic_configuration_refused",
            topic=spec.name,
            error=error.__name__,
            configure_by_hand=spec.config(),
        )
        error = await _request(admin, spec, replication, {})
    if error is None:
        return True
    if error is TopicAlreadyExistsError:
        return False
    if error.retriable:
        raise error
    raise BrokerError(
        f"topic {spec.name} is missing and the broker refuses to make it ({error.__name__}). "
        f"Make it by hand: {spec.partitions} partition(s), {spec.config()}."
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
