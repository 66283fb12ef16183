"""How a flag and a dead letter travel: topic, key, headers and time around the value.

The worker and whoever judges a record again use the same, so that a reader cannot tell and need
not care which of them wrote it.
"""

from collections.abc import Sequence

from config.settings import TopicSettings
from streams.codec import DecodeFailure, encode
from streams.dead_letters import ReceivedRecord, dead_letter, dead_letter_key
from streams.producer import Outgoing
from streams.records import FlaggedEvent

SKIP_REASON = "skip-reason"
"""Header of a dead letter `skipped`: why somebody let that record go."""


class Envelopes:
    """Puts records of ours into envelopes; no I/O, no clock."""

    def __init__(self, topics: TopicSettings, engine_version: str) -> None:
        self._topics = topics
        self._version = ("engine-version", engine_version.encode())

    def flag(self, record: ReceivedRecord, flag: FlaggedEvent, at: float) -> Outgoing:
        """Provenance travels in headers and the record's time, not in the value (invariant 12).

        `record` is the event that was judged, `at` the time of flagging, seconds since 1970.
        """
        return Outgoing(
            self._topics.flagged_events,
            flag.flag_id.encode(),
            encode(flag),
            (
                ("source-topic", record.topic.encode()),
                ("source-partition", str(record.partition).encode()),
                ("source-offset", str(record.offset).encode()),
                self._version,
            ),
            int(at * 1_000),
        )

    def letter(
        self,
        record: ReceivedRecord,
        failure: DecodeFailure,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Outgoing:
        """A dead letter about `record`."""
        letter = dead_letter(record, failure)
        return Outgoing(
            self._topics.dead_letters,
            dead_letter_key(letter),
            encode(letter),
            (self._version, *headers),
        )
