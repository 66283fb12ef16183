"""The register of declared accounts: look-ups over its arrays, in memory or mapped from files.

Nothing of it ever changes, so any number of processes can share one map. It costs no time to open
and next to no memory of its own.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from config.errors import RegisterError
from matchers.active_period import declared_from, withdrawn_from
from matchers.evidence_levels import DIGIT_LEVELS, HANDLE_LEVELS
from matchers.exact_table import ExactTable, Strings, look_up
from matchers.handle_pairs import blocking_keys, compare, keys_of_batch
from matchers.proposals import KnownHandles, propose
from matchers.register_arrays import (
    RegisterArrays,
    day_of,
    rows_with_words,
    string_at,
    words_hashes,
)
from matchers.run_table import Run, RunTable
from matchers.string_columns import columns_of, strings_of
from matchers.types import NO_ROW, RegisteredAccount, RegisteredPerson
from streams.records import PLATFORMS

NO_OFFSET: Final = -1
REF_BYTES: Final = 16
"""A pseudonym is `s` and these bytes in hexadecimal digits."""


class Pseudonyms(NamedTuple):
    """One election's pseudonyms: uint8 of shape (people, 16), and the people in their order."""

    refs: NDArray[np.uint8]
    order: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """What is known of a register beside its arrays. `size` counts accounts not withdrawn."""

    version: str
    overlay_offset: int
    size: int
    regions: Sequence[str]
    agencies: Sequence[str]
    """The code lists that the arrays' region and agency numbers point into; the first is empty."""
    overlay_sequence: int = NO_OFFSET
    pseudonyms: Mapping[str, Pseudonyms] = field(default_factory=dict)


class Register:
    """Implements :class:`matchers.types.RegisterIndex` over :class:`RegisterArrays`."""

    def __init__(self, arrays: RegisterArrays, facts: RegisterFacts) -> None:
        self.arrays = arrays
        self._facts = facts
        self._agencies = frozenset(code.upper() for code in facts.agencies if code)
        self._known = KnownHandles(
            *arrays.accounts.handles, arrays.accounts.row_starts, arrays.accounts.digit_keys
        )
        # Plain views: a mapped array's own class costs a microsecond a look.
        self._people = arrays.accounts.people
        self._platform_ends = arrays.accounts.row_starts.tolist()[1:]

    @property
    def version(self) -> str:
        return self._facts.version

    @property
    def overlay_offset(self) -> int:
        return self._facts.overlay_offset

    @property
    def overlay_sequence(self) -> int:
        """Sequence number of the newest update that it includes, -1 for none."""
        return self._facts.overlay_sequence

    @property
    def size(self) -> int:
        return self._facts.size

    @property
    def account_count(self) -> int:
        """Rows of the account table, withdrawn ones included."""
        return len(self._people)

    @property
    def person_count(self) -> int:
        return len(self.arrays.people.names)

    @property
    def agencies(self) -> frozenset[str]:
        return self._agencies

    def warm_up(self) -> None:
        """Compile what is not compiled yet, which would otherwise hold up the first batch."""
        self.rows_by_handle([("x", "a")])
        self.propose([("x", "a")])
        keys_of_batch([("x", "a")])
        blocking_keys("x", "a")
        compare("x", "a", "b")
        self.rows_with_names(RunTable.of([[Run(HANDLE_LEVELS[0], DIGIT_LEVELS[0], 0, 0)]]), ["a b"])

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return self._look_up(keys, self.arrays.by_account_id, self.arrays.accounts.account_ids)

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        return self._look_up(keys, self.arrays.by_handle, self.arrays.accounts.handles)

    def run_table(self, keys: Sequence[tuple[str, str]]) -> RunTable:
        if not keys:
            return RunTable.of([])
        found = propose(*columns_of(keys), self._known, self.arrays.blocks)
        table = RunTable(found.asked, found.level, found.digits, found.first, found.last)
        kept = _confirmed(found.pair, found.skeletons)
        return table if kept is None else table.where(kept)

    def propose(self, keys: Sequence[tuple[str, str]]) -> list[list[Run]]:
        """As :meth:`run_table`, as objects."""
        return self.run_table(keys).lists(len(keys))

    def rows_with_names(self, table: RunTable, names: Sequence[str]) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        if not len(table.asked):
            return rows
        asked, found = rows_with_words(
            table.asked,
            table.first,
            table.last,
            words_hashes(*strings_of(names)),
            self.arrays.accounts.name_words,
        )
        for place, row in zip(asked.tolist(), found.tolist(), strict=True):
            theirs = self.person(int(self._people[row])).canonical_name
            if sorted(theirs.split()) == sorted(names[place].split()):
                rows.setdefault(place, []).append(row)
        return rows

    def rows_of_people(self, table: RunTable, people: Collection[int]) -> list[tuple[int, int]]:
        """Those rows of the runs that belong to one of these people, each with who asked."""
        wanted = np.array(sorted(people), dtype=np.uint32)
        return [
            (asked, first + place)
            for asked, first, last in zip(
                table.asked.tolist(), table.first.tolist(), table.last.tolist(), strict=True
            )
            for place in np.flatnonzero(np.isin(self._people[first:last], wanted)).tolist()
        ]

    def account(self, row: int) -> RegisteredAccount:
        accounts = self.arrays.accounts
        account_id = string_at(accounts.account_ids, row)
        platform = bisect_right(self._platform_ends, row)
        return RegisteredAccount(
            platform=PLATFORMS[platform],
            handle=string_at(accounts.handles, row),
            account_id=account_id or None,
            person=int(self._people[row]),
            declared_from=_declaration(int(accounts.declared_on[row])),
            withdrawn_from=_withdrawal(int(accounts.withdrawn_on[row])),
        )

    def person(self, person: int) -> RegisteredPerson:
        people, names = self.arrays.people, self.arrays.names
        name = int(people.names[person])
        return RegisteredPerson(
            canonical_name=string_at(names.names, name),
            name_frequency=int(names.bearers[name]),
            titles=int(people.titles[person]),
            region_code=self._facts.regions[int(people.regions[person])] or None,
            agency_code=self._facts.agencies[int(people.agencies[person])] or None,
        )

    def name_frequency(self, canonical_name: str) -> int:
        """How many people in the register bear the name."""
        for place in range(*self._names_of_words(canonical_name)):
            if string_at(self.arrays.names.names, place) == canonical_name:
                return int(self.arrays.names.bearers[place])
        return 0

    def subject_ref(self, election_id: str, person: int) -> str:
        known = self._facts.pseudonyms.get(election_id)
        if known is None:
            raise RegisterError(
                f"the register has no pseudonyms for election {election_id}. Build them beside it: "
                f"netral register refs DIR --election {election_id} --key-file KEY "
                "--recipient REVIEW_KEY --vault OUT"
            )
        return f"s{known.refs[person].tobytes().hex()}"

    def elections(self) -> frozenset[str]:
        return frozenset(self._facts.pseudonyms)

    def person_by_ref(self, election_id: str, ref: str) -> int:
        """The person with this pseudonym, `NO_ROW` for none."""
        known = self._facts.pseudonyms.get(election_id)
        wanted = ref_bytes(ref)
        if known is None or wanted is None:
            return NO_ROW
        first, last = 0, len(known.order)
        while first < last:
            middle = (first + last) // 2
            if known.refs[known.order[middle]].tobytes() < wanted:
                first = middle + 1
            else:
                last = middle
        if first == len(known.order):
            return NO_ROW
        person = int(known.order[first])
        return person if known.refs[person].tobytes() == wanted else NO_ROW

    def _look_up(
        self, keys: Sequence[tuple[str, str]], table: ExactTable, known: Strings
    ) -> list[int]:
        if not keys:
            return []
        codes, asked = columns_of(keys)
        found: list[int] = look_up(
            codes, *asked, *table, self.arrays.accounts.row_starts, *known
        ).tolist()
        return found

    def _names_of_words(self, canonical_name: str) -> tuple[int, int]:
        """The places of all names of these words, whatever their order."""
        names = self.arrays.names.names
        wanted = sorted(canonical_name.split())
        bounds = []
        for after in (False, True):
            first, last = 0, len(names.ends) - 1
            while first < last:
                middle = (first + last) // 2
                words = sorted(string_at(names, middle).split())
                if words < wanted or (after and words == wanted):
                    first = middle + 1
                else:
                    last = middle
            bounds.append(first)
        return bounds[0], bounds[1]


def _confirmed(pairs: NDArray[np.int32], skeletons: list[str]) -> NDArray[np.bool_] | None:
    """Which runs rapidfuzz finds one edit apart too; None for all, as it should be."""
    if not skeletons:
        return None
    ours, theirs = skeletons[::2], skeletons[1::2]
    sizes = np.fromiter(map(len, skeletons), dtype=np.int64, count=len(skeletons))
    # One letter between two equal ones takes one of these with it, so that is two apart.
    most = np.maximum(1, np.abs(sizes[::2] - sizes[1::2]))
    edits = process.cpdist(ours, theirs, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)
    if not (edits > most).any():
        return None
    kept: NDArray[np.bool_] = (pairs < 0) | (edits <= most)[pairs]
    return kept


def ref_bytes(ref: str) -> bytes | None:
    """The bytes of a pseudonym, None where it is written in any other way."""
    try:
        found = bytes.fromhex(ref[1:])
    except ValueError:
        return None
    return found if len(found) == REF_BYTES and ref == f"s{found.hex()}" else None


@lru_cache(maxsize=16_384)
def _declaration(number: int) -> datetime:
    day = day_of(number)
    assert day is not None  # noqa: S101 - every row has a declaration
    return declared_from(day)


@lru_cache(maxsize=16_384)
def _withdrawal(number: int) -> datetime | None:
    day = day_of(number)
    return None if day is None else withdrawn_from(day)
