"""Runs as columns and as objects: the same, whichever way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchers.evidence_levels import DIGIT_LEVELS, HANDLE_LEVELS, DigitLevel, HandleLevel
from matchers.run_table import Run, RunTable, level_table

RUNS = st.builds(
    lambda handle, digits, first, size: Run(handle, digits, first, first + size),
    st.sampled_from(HandleLevel),
    st.sampled_from(DigitLevel),
    st.integers(0, 2**31),
    st.integers(1, 1_000),
)
LISTS = st.lists(st.lists(RUNS, max_size=4), max_size=5)


@given(LISTS)
def test_objects_and_columns(lists: list[list[Run]]) -> None:
    table = RunTable.of(lists)
    assert table.lists(len(lists)) == lists
    assert table.runs() == [run for runs in lists for run in runs]
    assert (np.diff(table.asked) >= 0).all()


@given(LISTS, LISTS)
def test_added_runs_stand_behind_those_of_the_same_handle(
    lists: list[list[Run]], more: list[list[Run]]
) -> None:
    added = {asked: runs for asked, runs in enumerate(more) if runs}
    together = RunTable.of(lists).with_added(added)
    handles = max(len(lists), len(more))
    expected = [
        [*(lists[asked] if asked < len(lists) else []), *added.get(asked, [])]
        for asked in range(handles)
    ]
    assert together.lists(handles) == expected
    assert (np.diff(together.asked) >= 0).all()


@given(LISTS, st.data())
def test_a_choice_of_runs_keeps_their_order(lists: list[list[Run]], data: st.DataObject) -> None:
    table = RunTable.of(lists)
    count = len(table.asked)
    kept = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    chosen = table.where(np.array(kept, dtype=bool))
    assert chosen.runs() == [run for run, keep in zip(table.runs(), kept, strict=True) if keep]


def test_an_empty_table() -> None:
    table = RunTable.of([])
    assert (table.runs(), table.lists(2)) == ([], [[], []])
    assert table.with_added({}) is table


def test_a_table_of_levels_is_looked_up_by_columns() -> None:
    values = {
        (handle, digits): 10 * place + other
        for place, handle in enumerate(HandleLevel)
        for other, digits in enumerate(DigitLevel)
    }
    table = level_table(values)
    for handle, digits in values:
        place = HANDLE_LEVELS.index(handle), DIGIT_LEVELS.index(digits)
        assert table[place] == values[handle, digits]
