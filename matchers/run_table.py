"""What a batch of handles meets in the register, as columns: nothing is an object before it counts.

A common handle meets runs by the dozen, and next to none of them can become a lead. So they stay
columns, are compared with what they could weigh at the most all at once, and only the rest is
looked at one by one.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.evidence_levels import DIGIT_LEVELS, HANDLE_LEVELS, DigitLevel, HandleLevel


class Run(NamedTuple):
    """Registered rows [first, last) whose handles compare to an asked one at the same levels."""

    handle: HandleLevel
    digits: DigitLevel
    first: int
    last: int


class RunTable(NamedTuple):
    """Runs by asked handle: `asked` never falls, levels are places in their enumerations."""

    asked: NDArray[np.int32]
    handle: NDArray[np.uint8]
    digits: NDArray[np.uint8]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    @staticmethod
    def of(runs: Sequence[Sequence[Run]]) -> "RunTable":
        """The table of runs that are given as objects, one sequence a handle."""
        rows = [
            (asked, HANDLE_LEVELS.index(handle), DIGIT_LEVELS.index(digits), first, last)
            for asked, found in enumerate(runs)
            for handle, digits, first, last in found
        ]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 5)
        return RunTable(
            table[:, 0].astype(np.int32),
            table[:, 1].astype(np.uint8),
            table[:, 2].astype(np.uint8),
            table[:, 3],
            table[:, 4],
        )

    def with_added(self, added: Mapping[int, Sequence[Run]]) -> "RunTable":
        """The table with further runs behind those of the same handle."""
        if not added:
            return self
        more = RunTable.of([added.get(asked, ()) for asked in range(max(added) + 1)])
        together = RunTable(
            np.concatenate([self.asked, more.asked]),
            np.concatenate([self.handle, more.handle]),
            np.concatenate([self.digits, more.digits]),
            np.concatenate([self.first, more.first]),
            np.concatenate([self.last, more.last]),
        )
        return together.between(np.argsort(together.asked, kind="stable"))

    def where(self, mask: NDArray[np.bool_]) -> "RunTable":
        return self.between(np.flatnonzero(mask))

    def between(self, places: slice | NDArray[np.int64]) -> "RunTable":
        """The runs at these places, in their order."""
        return RunTable(
            self.asked[places],
            self.handle[places],
            self.digits[places],
            self.first[places],
            self.last[places],
        )

    def runs(self) -> list[Run]:
        """All runs as objects, whoever asked."""
        columns = (column.tolist() for column in self[1:])
        return [
            Run(HANDLE_LEVELS[handle], DIGIT_LEVELS[digits], first, last)
            for handle, digits, first, last in zip(*columns, strict=True)
        ]

    def lists(self, handles: int) -> list[list[Run]]:
        """The runs as objects, one list for each of so many asked handles."""
        found: list[list[Run]] = [[] for _ in range(handles)]
        for asked, handle, digits, first, last in zip(
            *(column.tolist() for column in self), strict=True
        ):
            found[asked].append(Run(HANDLE_LEVELS[handle], DIGIT_LEVELS[digits], first, last))
        return found


def level_table(values: Mapping[tuple[HandleLevel, DigitLevel], int]) -> NDArray[np.int64]:
    """A mapping over both levels as an array, to be looked up by a table's columns."""
    return np.array(
        [[values[handle, digits] for digits in DIGIT_LEVELS] for handle in HANDLE_LEVELS]
    )
