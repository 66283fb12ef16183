"""Which flags are on the topic of flagged events already."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings


async def known_flag_ids(settings: "Settings") -> set[bytes]:
    """The key of every flagged event that the topic still has. Raises BrokerError."""
    from cli.topic_reader import open_topic, read_to_end

    async with open_topic(
        settings.kafka, settings.topics.flagged_events, from_start=True
    ) as consumer:
        return {record.key async for record in read_to_end(consumer) if record.key is not None}
