"""What was deleted before the group read it: a pure state machine, one for all partitions.

Kafka deletes by age. A group that comes back late finds the log beginning above the offset it had
committed, and aiokafka goes on from there without a word. Here every partition's next offset is
kept, and a jump past it is compared with where the log begins: a jump alone proves nothing
(transaction markers take offsets too), a log that begins above the next offset does.
"""

from collections.abc import Iterable

from streams.accounting import Partition


class ReadPositions:
    """The next offset to read of the partitions held. No clock, no I/O."""

    def __init__(self) -> None:
        self._next: dict[Partition, int] = {}

    def seek(self, partition: Partition, offset: int | None) -> None:
        """Reading begins at `offset`, the committed one; None: the group never committed here.

        Without a committed offset nothing can be lost: whatever is there is read.
        """
        if offset is None:
            self._next.pop(partition, None)
        else:
            self._next[partition] = offset

    def forget(self, partitions: Iterable[Partition]) -> None:
        """These partitions are given up. Unknown ones are ignored."""
        for partition in partitions:
            self._next.pop(partition, None)

    def next(self, partition: Partition) -> int | None:
        """The next offset to read; None where nothing is known of it."""
        return self._next.get(partition)

    def jumps(self, partition: Partition, first: int) -> bool:
        """Whether going on at `first` would leave something out that may have been a record."""
        expected = self._next.get(partition)
        return expected is not None and first > expected

    def rewinds(self, partition: Partition, first: int) -> bool:
        """Whether `first` lies below what was read: the topic was made anew."""
        expected = self._next.get(partition)
        return expected is not None and first < expected

    def read(self, partition: Partition, last: int) -> None:
        """Records up to `last` have been read."""
        self._next[partition] = last + 1

    def deleted(self, partition: Partition, log_start: int, first: int | None = None) -> int:
        """How many offsets are gone unread, now that the log begins at `log_start`.

        `first` is the record that was read instead, where there is one: what lies above it is
        not lost, even if the log has been cut further since. They are counted once.
        """
        expected = self._next.get(partition)
        if expected is None:
            return 0
        gone_below = log_start if first is None else min(first, log_start)
        if gone_below <= expected:
            return 0
        self._next[partition] = gone_below
        return gone_below - expected
