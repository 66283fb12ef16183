"""The books with a bug planted in them, each one line that somebody could write."""

from collections.abc import Iterable
from typing import Final

from streams.accounting import BatchAccounting, BatchTicket, Partition


class InclusiveGap(BatchAccounting):
    """Stock Faust's gap: `_add_gap(tp, r_offset + 1, offset)` with an inclusive end, so that what
    has just been received counts as dealt with."""

    def __init__(self) -> None:
        super().__init__()
        self._read: dict[Partition, int] = {}

    def assign(self, partitions: Iterable[Partition]) -> None:
        partitions = list(partitions)
        super().assign(partitions)
        for partition in partitions:
            self._read.pop(partition, None)

    def start(self, partition: Partition, first: int, last: int) -> BatchTicket:
        ticket = super().start(partition, first, last)
        before = self._read.get(partition)
        if before is not None and first > before + 1:
            super().finish(ticket)
        self._read[partition] = last
        return ticket


class PastTheHead(BatchAccounting):
    """Stock Faust's `min(acked) - committed > 1`: one record at the head is not waited for."""

    def finish(self, ticket: BatchTicket) -> bool:
        counted = super().finish(ticket)
        progress = self._held.get(ticket.partition)
        if progress is not None and len(progress.open) > 1:
            head, second = progress.open[0], progress.open[1]
            if head.first == head.last and second.finished:
                progress.open.popleft()
                super().finish(second)
        return counted


class OldAssignment(BatchAccounting):
    """An acknowledgement goes by offset and not by assignment: one that comes late is counted for
    the batch that now holds its offset."""

    def finish(self, ticket: BatchTicket) -> bool:
        progress = self._held.get(ticket.partition)
        if progress is not None and progress.generation != ticket.generation:
            for waiting in progress.open:
                if waiting.first <= ticket.last <= waiting.last:
                    return super().finish(waiting)
        return super().finish(ticket)


class ForgottenCommit(BatchAccounting):
    """Stock Faust's `_new_offset`: what was asked for counts as committed, come what may."""

    def to_commit(self, partition: Partition) -> int | None:
        offset = super().to_commit(partition)
        if offset is not None:
            self.committed(partition, offset)
        return offset


class OneTooMany(BatchAccounting):
    """The end of a batch is taken for exclusive where it is inclusive."""

    def to_commit(self, partition: Partition) -> int | None:
        offset = super().to_commit(partition)
        return None if offset is None else offset + 1


MUTANTS: Final[tuple[tuple[type[BatchAccounting], str], ...]] = (
    (InclusiveGap, "lost"),
    (PastTheHead, "lost"),
    (OldAssignment, "lost"),
    (ForgottenCommit, "not to the end"),
    (OneTooMany, "lost"),
)
"""Each, and the promise that it breaks."""
