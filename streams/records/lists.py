"""The two lists that every event is judged by, and the records that change them while it runs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.records.limits import (
    MAX_LIST,
    Code,
    Handle,
    Hashtag,
    Ident,
    Instant,
    Label,
    Note,
    Sequence,
)
from streams.records.post import Platform

PhaseName = Literal[
    "before_determination",
    "after_determination",
    "campaign",
    "quiet",
    "polling_day",
    "after_polling",
]
Names = Annotated[tuple[Label, ...], Meta(max_length=MAX_LIST)]


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One window of a contest: `start` (inclusive) to `end` (exclusive), instants with zone."""

    name: PhaseName
    start: Instant
    end: Instant


class CandidateAccount(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A candidate's own account, or a campaign account registered with the election commission.

    It counts only for events from `effective_from` (inclusive) to `effective_until` (exclusive),
    instants with zone; None is without limit on that side.
    """

    platform: Platform
    handle: Handle
    account_id: Ident | None = None
    kind: Literal["own", "campaign"] = "own"
    effective_from: Instant | None = None
    effective_until: Instant | None = None


class Candidate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One person on the ballot and what people call them.

    `ballot_name` is the name as printed. `names` are full names to look for (`ballot_name` is
    not searched unless it stands there too); `ambiguous_aliases` are everyday words that never
    count without a second, independent piece of evidence.
    """

    id: Ident
    ballot_name: Label
    names: Names = ()
    aliases: Names = ()
    ambiguous_aliases: Names = ()
    accounts: Annotated[tuple[CandidateAccount, ...], Meta(max_length=MAX_LIST)] = ()
    hashtags: Annotated[tuple[Hashtag, ...], Meta(max_length=MAX_LIST)] = ()
    slogans: Names = ()


class BallotPair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the ballot: its number (once drawn) and every name on it, as printed.

    A legislative ballot counts anew in every party's list: such a line has a `list_place`, the
    list's name and the place on it, instead of a number. `parties` are names and abbreviations of
    the parties that nominate the line: never looked for by themselves, a second piece of evidence
    for its candidates' names.
    """

    names: Annotated[tuple[Label, ...], Meta(min_length=1, max_length=8)]
    number: Annotated[int, Meta(ge=1, le=99)] | None = None
    list_place: Label | None = None
    parties: Names = ()


class Contest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One race. It is monitored only if every name of `ballot` has a complete candidate."""

    id: Ident
    name: Label
    region_code: Code
    region_names: Names
    ballot_status: Literal["prospective", "determined"]
    ballot_as_of: Instant
    ballot_source: Note
    ballot: Annotated[tuple[BallotPair, ...], Meta(max_length=MAX_LIST)]
    candidates: Annotated[tuple[Candidate, ...], Meta(max_length=1_024)]
    phases: Annotated[tuple[Phase, ...], Meta(max_length=16)]


class Election(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Ident
    name: Label
    contests: Annotated[tuple[Contest, ...], Meta(max_length=4_096)]


class Watchlist(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole watchlist file. Elections are defined here and nowhere else."""

    schema: Literal[1]
    elections: Annotated[tuple[Election, ...], Meta(max_length=64)]


class WatchlistUpdate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of `watchlist-updates`: one whole contest, so no half-applied state exists.

    `put` adds or replaces the contest (the election is made where it is new); `remove` takes it
    out. `sequence` rises by record; an older or repeated one is refused. `publication` is the
    sequence of the first record that was sent together with this one, so that all of them can be
    undone together. `may_shrink`: the sender means the contest to lose more than a worker's
    `lists.max_shrink`.
    """

    schema: Literal[1]
    sequence: Sequence
    op: Literal["put", "remove"]
    election_id: Ident
    election_name: Label
    contest_id: Ident
    contest: Contest | None = None
    publication: Sequence | None = None
    may_shrink: bool = False


class SubjectRef(Struct, frozen=True, kw_only=True):
    election_id: Ident
    ref: Ident


class RegisterUpdate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of `register-updates` (key: platform + handle).

    `add` and `change` carry the whole account, `withdraw` its `withdrawn_on`, `bind` the
    `account_id` that a reviewer confirmed. Pseudonyms are computed where the key is, beside the
    register, and travel in `subject_refs`: workers hold no key.
    """

    schema: Literal[1]
    sequence: Sequence
    op: Literal["add", "change", "withdraw", "bind"]
    platform: Platform
    handle: Handle
    account_id: Ident | None = None
    name: Label | None = None
    display_name: Label | None = None
    agency_code: Code | None = None
    region_code: Code | None = None
    declared_on: Code | None = None
    declaration_ref: Label | None = None
    withdrawn_on: Code | None = None
    subject_refs: Annotated[tuple[SubjectRef, ...], Meta(max_length=64)] = ()
