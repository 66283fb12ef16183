"""What passes from stage to stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, get_args

from matchers.run_table import Run, RunTable
from streams.records import Action, FlaggedEvent, Method, Platform

Disposition = Literal[
    "invalid",
    "not_public",
    "stopped",
    "out_of_window",
    "untouched",
    "unmatched",
    "no_rule",
    "flagged",
]
DISPOSITIONS: tuple[Disposition, ...] = get_args(Disposition)

TARGET_ONLY: frozenset[Action] = frozenset({"like", "follow", "join"})
"""They say nothing in words: only the exact account they are aimed at counts (invariant 06)."""

NO_ROW = -1
"""Stands for "no such account" in the batched look-ups, so that they can be integer arrays."""


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """One declared account. `person` is a row of the register, never a civil-service number.

    It can be matched at event times `declared_from` ≤ t < `withdrawn_from` (invariant 01).
    """

    platform: Platform
    handle: str
    account_id: str | None
    person: int
    declared_from: datetime
    withdrawn_from: datetime | None

    def active_at(self, at: datetime) -> bool:
        return self.declared_from <= at and (
            self.withdrawn_from is None or at < self.withdrawn_from
        )


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """What the register knows of a person that may speak for or against a lead.

    `canonical_name` is folded (titles stripped, old spelling modernised); `name_frequency` is the
    number of people in the register who bear it; `titles` are bits of `matchers.names.TITLES`.
    """

    canonical_name: str
    name_frequency: int
    titles: int
    region_code: str | None
    agency_code: str | None


class RegisterIndex(Protocol):
    """Look-ups in the register in force. Every row is a plain integer; `NO_ROW` means none.

    Implementations never raise on unknown keys. Handles are normalised (`matchers.handles`).
    """

    @property
    def version(self) -> str:
        """Content hash of the base artifact."""

    @property
    def overlay_offset(self) -> int:
        """Offset of the newest applied record of `register-updates`, -1 for none."""

    @property
    def size(self) -> int:
        """Number of accounts that are not withdrawn for good."""

    @property
    def agencies(self) -> frozenset[str]:
        """The agency codes of its people, in capitals; none of theirs is missing."""

    def rows_by_account_id(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        """Rows of the accounts with these (platform, account id), one a key."""

    def rows_by_handle(self, keys: Sequence[tuple[str, str]]) -> list[int]:
        """Rows of the accounts with these (platform, normalised handle), one a key."""

    def run_table(self, keys: Sequence[tuple[str, str]]) -> RunTable:
        """For each (platform, normalised handle) the accounts whose handle is almost the same.

        No row is in two runs of one key. Whether an account is active is not looked at.
        """

    def propose(self, keys: Sequence[tuple[str, str]]) -> list[list[Run]]:
        """As :meth:`run_table`, as objects."""
        return self.run_table(keys).lists(len(keys))

    def rows_with_names(self, table: RunTable, names: Sequence[str]) -> dict[int, list[int]]:
        """Those rows of the runs whose person has the name asked for, in any order of its words.

        `names` are canonical, one for each asked handle; only those with such rows are in it.
        """

    def account(self, row: int) -> RegisteredAccount: ...

    def person(self, person: int) -> RegisteredPerson: ...

    def subject_ref(self, election_id: str, person: int) -> str:
        """The person's pseudonym in this election. Raises RegisterError where there is none."""

    def elections(self) -> frozenset[str]:
        """The elections that have pseudonyms for every person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A conclusive identity (invariant 03)."""

    status: Literal["bound", "declared"]
    row: int
    person: int


REUSED_HANDLE: Literal["reused_handle"] = "reused_handle"
"""Same handle, different known id: somebody else. Neither identity nor lead (invariant 03)."""

ExactFinding = Identity | Literal["reused_handle"] | None


@dataclass(frozen=True, slots=True)
class LeadCandidate:
    """`probability` per 10,000; `levels` are evidence levels in words, strongest first."""

    row: int
    person: int
    probability: int
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """At most five candidates, by falling probability, then row. Never an attribution."""

    candidates: tuple[LeadCandidate, ...]


class Hit(NamedTuple):
    """A verified place where the watchlist is touched, before spans are known.

    `field` is a JSON path into the post; `start` and `end` are offsets in the *folded* text of
    that field (0 and 0 where the whole field is meant); `entry` is a row of the watchlist index;
    `score` per 10,000.
    """

    field: str
    start: int
    end: int
    entry: int
    method: Method
    score: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event. `flags` is empty but for the disposition `flagged`."""

    disposition: Disposition
    flags: tuple[FlaggedEvent, ...] = ()
