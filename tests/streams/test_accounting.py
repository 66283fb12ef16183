"""The books never say that unfinished work is done, whatever the order of events."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.accounting import BatchAccounting, BatchTicket

P = ("posts", 0)


def accounting() -> BatchAccounting:
    books = BatchAccounting()
    books.assign([P])
    return books


def test_nothing_finished_is_nothing_to_commit() -> None:
    books = accounting()
    books.start(P, 0, 9)
    assert books.committable(P) is None
    assert books.to_commit(P) is None


def test_a_head_under_way_holds_back_what_is_finished_behind_it() -> None:
    books = accounting()
    head, middle, tail = books.start(P, 0, 9), books.start(P, 10, 19), books.start(P, 20, 29)
    books.finish(tail)
    books.finish(middle)
    assert books.committable(P) is None
    books.finish(head)
    assert books.committable(P) == 30


def test_a_gap_in_the_offsets_holds_nothing_back() -> None:
    books = accounting()
    first, second = books.start(P, 5, 9), books.start(P, 40, 49)
    books.finish(first)
    assert books.committable(P) == 10
    books.finish(second)
    assert books.committable(P) == 50


def test_a_late_finish_of_an_old_assignment_changes_nothing() -> None:
    books = accounting()
    old = books.start(P, 0, 9)
    books.revoke([P])
    assert not books.finish(old)
    books.assign([P])
    assert not books.finish(old)
    new = books.start(P, 0, 9)
    assert not books.finish(old)
    assert books.committable(P) is None
    assert books.finish(new)
    assert books.committable(P) == 10


def test_what_is_committed_is_not_committed_again() -> None:
    books = accounting()
    books.finish(books.start(P, 0, 9))
    assert books.to_commit(P) == 10
    books.committed(P, 10)
    assert books.to_commit(P) is None
    assert books.committable(P) == 10


def test_a_failed_commit_is_tried_again() -> None:
    books = accounting()
    books.finish(books.start(P, 0, 9))
    assert books.to_commit(P) == 10
    assert books.to_commit(P) == 10


def test_a_rewind_waits_for_the_records_that_come_again() -> None:
    books = accounting()
    whole = books.start(P, 0, 9)
    again = books.start(P, 5, 9)
    books.finish(again)
    assert books.committable(P) is None
    books.finish(whole)
    assert books.committable(P) == 10


def test_a_batch_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends at 3, before its first offset 4"):
        accounting().start(P, 4, 3)


class AnyOrder(RuleBasedStateMachine):
    """Against a slow reference: sets of single offsets, delivered and dealt with."""

    def __init__(self) -> None:
        super().__init__()
        self.books = BatchAccounting()
        self.held: dict[int, _Reference] = {}
        self.stored: dict[int, int] = {}
        """What the broker has as committed."""
        self.under_way: list[tuple[BatchTicket, _Reference, set[int]]] = []

    @rule(number=st.integers(0, 2))
    def assign(self, number: int) -> None:
        """Also over a partition that is held. Reading resumes at what the broker has stored."""
        self.books.assign([("posts", number)])
        self.held[number] = _Reference(self.stored.get(number, 0))

    @rule(number=st.integers(0, 2))
    def revoke(self, number: int) -> None:
        self.books.revoke([("posts", number)])
        self.held.pop(number, None)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), gap=st.integers(0, 3), size=st.integers(1, 5))
    def start(self, data: st.DataObject, gap: int, size: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        self.deliver(number, self.held[number].position + gap, size)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), back=st.integers(1, 8), size=st.integers(1, 5))
    def rewind(self, data: st.DataObject, back: int, size: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        reference = self.held[number]
        # Nothing is read again from before where the assignment began: that much is stored.
        self.deliver(number, max(reference.begin, reference.position - back), size)

    def deliver(self, number: int, first: int, size: int) -> None:
        reference = self.held[number]
        offsets = set(range(first, first + size))
        # Nothing at or behind `first` that waits can be counted on: it is delivered again.
        behind = {offset for offset in reference.waiting if offset >= first}
        reference.waiting -= behind
        for _, owner, owned in self.under_way:
            if owner is reference:
                owned -= behind
        reference.waiting |= offsets - reference.settled
        reference.delivered = True
        reference.position = first + size
        ticket = self.books.start(("posts", number), first, first + size - 1)
        self.under_way.append((ticket, reference, offsets))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.under_way) - 1))
        ticket, reference, offsets = self.under_way.pop(index)
        reference.waiting -= offsets
        self.books.finish(ticket)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        offset = self.books.to_commit(("posts", number))
        if offset is not None:
            assert offset > self.stored.get(number, 0) or offset == self.stored.get(number)
            self.stored[number] = offset
            self.books.committed(("posts", number), offset)
            assert self.books.to_commit(("posts", number)) is None

    @invariant()
    def nothing_unfinished_is_committable(self) -> None:
        for number, reference in self.held.items():
            committable = self.books.committable(("posts", number))
            if committable is not None:
                reference.settled |= set(range(committable))
                unfinished = {o for o in reference.waiting if o < committable}
                assert not unfinished, f"committable {committable}, unfinished {unfinished}"
            # And it is the longest such run: with nothing under way, all of it may go.
            busy = any(owner is reference for _, owner, _ in self.under_way)
            if reference.delivered and not busy:
                assert committable is not None
                assert committable >= reference.position


class _Reference:
    """One assignment of a partition: single offsets still to be dealt with."""

    def __init__(self, position: int) -> None:
        self.begin = self.position = position
        self.waiting: set[int] = set()
        self.settled: set[int] = set()
        """Offsets below what was committable once: dealt with, even if delivered again."""
        self.delivered = False


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=150, stateful_step_count=30)
