"""Which offset may be committed: a pure state machine, one instance for all partitions.

Batches of a partition start in offset order and finish in any order. The committable offset is
the end of the longest run of finished batches without a hole: whatever is committed, everything
below it has been dealt with. Each assignment of a partition is a generation of its own: a finish
that comes late, after the partition was revoked, changes nothing.

Offsets inside a batch may have gaps (compaction, transaction markers): a gap holds no record, so
only batches count, not the numbers between them.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

Partition = tuple[str, int]
"""Topic and partition number."""


@dataclass(slots=True, eq=False)
class BatchTicket:
    """One batch under way: offsets `first` to `last`, both inclusive, and its generation."""

    partition: Partition
    generation: int
    first: int
    last: int
    finished: bool = False


@dataclass(slots=True)
class _Progress:
    generation: int
    open: deque[BatchTicket] = field(default_factory=deque)
    """Started batches in offset order, from the first unfinished one on."""
    committable: int | None = None
    committed: int | None = None


class BatchAccounting:
    """Offsets of the partitions held now. Not thread-safe; no clock, no I/O."""

    def __init__(self) -> None:
        self._held: dict[Partition, _Progress] = {}
        self._generation = 0

    def assign(self, partitions: Iterable[Partition]) -> None:
        """Take these partitions anew; whatever was under way on them counts no more."""
        for partition in partitions:
            self._generation += 1
            self._held[partition] = _Progress(self._generation)

    def revoke(self, partitions: Iterable[Partition]) -> None:
        """Give these partitions up. Unknown ones are ignored."""
        for partition in partitions:
            self._held.pop(partition, None)

    def partitions(self) -> tuple[Partition, ...]:
        """The partitions held now, in the order in which they were assigned."""
        return tuple(self._held)

    def start(self, partition: Partition, first: int, last: int) -> BatchTicket:
        """Note that a batch is handed out. An unassigned partition is taken first.

        A batch that starts at or below offsets handed out before is a rewind: those offsets come
        again, so the earlier tickets stand only for what lies below `first`.

        Raises ValueError where `last` < `first`.
        """
        if last < first:
            raise ValueError(f"a batch ends at {last}, before its first offset {first}")
        progress = self._held.get(partition)
        if progress is None:
            self.assign((partition,))
            progress = self._held[partition]
        waiting = progress.open
        while waiting and waiting[-1].first >= first:
            waiting.pop().generation = -1
        if waiting and waiting[-1].last >= first:
            waiting[-1].last = first - 1
        ticket = BatchTicket(partition, progress.generation, first, last)
        waiting.append(ticket)
        return ticket

    def finish(self, ticket: BatchTicket) -> bool:
        """Note that a batch is dealt with. False: it belongs to an assignment that is over."""
        progress = self._held.get(ticket.partition)
        if progress is None or progress.generation != ticket.generation:
            return False
        ticket.finished = True
        waiting = progress.open
        while waiting and waiting[0].finished:
            end = waiting.popleft().last + 1
            if progress.committable is None or end > progress.committable:
                progress.committable = end
        return True

    def skip_to(self, partition: Partition, offset: int) -> None:
        """Note that nothing below `offset` is there any more.

        With no batch under way that is where reading goes on, and it may be committed; otherwise
        the batches that follow say so.
        """
        progress = self._held.get(partition)
        if progress is None or progress.open:
            return
        if progress.committable is None or progress.committable < offset:
            progress.committable = offset

    def is_under_way(self, partition: Partition) -> bool:
        """Whether a batch was started that is not finished, or one before it is not."""
        progress = self._held.get(partition)
        return progress is not None and bool(progress.open)

    def committable(self, partition: Partition) -> int | None:
        """The next offset to read were the worker to stop now; None: nothing is finished yet."""
        progress = self._held.get(partition)
        return None if progress is None else progress.committable

    def to_commit(self, partition: Partition) -> int | None:
        """The committable offset where it is not committed yet, else None."""
        progress = self._held.get(partition)
        if progress is None or progress.committable == progress.committed:
            return None
        return progress.committable

    def committed(self, partition: Partition, offset: int) -> None:
        """Note that the broker has stored `offset`; older news changes nothing."""
        progress = self._held.get(partition)
        if progress is not None and (progress.committed is None or offset > progress.committed):
            progress.committed = offset
