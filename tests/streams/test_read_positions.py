"""What was deleted unread is counted exactly, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from streams.accounting import BatchAccounting, Partition
from streams.read_positions import ReadPositions

P: Partition = ("public-posts", 0)


def at(offset: int | None) -> ReadPositions:
    positions = ReadPositions()
    positions.seek(P, offset)
    return positions


def test_a_log_that_begins_above_the_committed_offset_has_lost_what_lies_between() -> None:
    positions = at(100)
    assert positions.deleted(P, 140) == 40
    assert positions.next(P) == 140
    assert positions.deleted(P, 140) == 0  # counted once


def test_a_log_that_begins_below_it_has_lost_nothing() -> None:
    assert at(100).deleted(P, 0) == 0
    assert at(100).deleted(P, 100) == 0


def test_a_group_that_never_committed_has_lost_nothing() -> None:
    positions = at(None)
    assert not positions.jumps(P, 5_000)
    assert positions.deleted(P, 5_000) == 0


def test_a_jump_over_transaction_markers_is_no_loss() -> None:
    positions = at(100)
    positions.read(P, 119)
    assert positions.jumps(P, 121)
    assert positions.deleted(P, 0, first=121) == 0


def test_what_was_still_read_is_not_lost_though_the_log_was_cut_past_it_since() -> None:
    positions = at(100)
    assert positions.deleted(P, 500, first=130) == 30


def test_a_topic_made_anew_rewinds() -> None:
    positions = at(100)
    assert positions.rewinds(P, 0)
    assert not positions.jumps(P, 0)


def test_a_partition_given_up_is_forgotten() -> None:
    positions = at(100)
    positions.forget([P, ("other", 1)])
    assert positions.deleted(P, 140) == 0


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), max_size=30))
def test_lost_and_read_are_everything_there_ever_was(steps: list[tuple[int, int]]) -> None:
    """Some records come in, some of the oldest are deleted, the rest is read; again and again."""
    positions = at(0)
    start = end = position = 0
    read = lost = 0
    for written, deleted in steps:
        end += written
        start = min(end, start + deleted)
        first = max(position, start)
        if positions.jumps(P, first):
            lost += positions.deleted(P, start, first)
        if first < end:
            read += end - first
            positions.read(P, end - 1)
        position = end
    assert read + lost == end


def test_reading_goes_on_above_what_is_gone_and_that_is_committed() -> None:
    accounting = BatchAccounting()
    accounting.assign([P])
    accounting.skip_to(P, 140)
    assert accounting.to_commit(P) == 140
    accounting.skip_to(P, 120)  # older news
    assert accounting.committable(P) == 140


def test_with_a_batch_under_way_it_waits_for_that_batch() -> None:
    accounting = BatchAccounting()
    accounting.assign([P])
    ticket = accounting.start(P, 100, 109)
    accounting.skip_to(P, 140)
    assert accounting.to_commit(P) is None
    accounting.finish(ticket)
    assert accounting.to_commit(P) == 110
