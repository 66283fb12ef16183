"""`FlaggedEvent`: one possible breach with its evidence, for human review. It decides nothing."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.records.limits import (
    MAX_LIST,
    Basis,
    Code,
    Handle,
    Ident,
    Instant,
    Label,
    Note,
    Sha256,
    Text,
    Url,
)
from streams.records.lists import PhaseName
from streams.records.post import Action, Platform, Target

EvidenceKind = Literal[
    "target_account",
    "mention",
    "hashtag",
    "full_name",
    "alias",
    "ballot_number",
    "slogan",
    "fuzzy_name",
]
Method = Literal["exact", "leet", "elongation", "homoglyph", "spaced_letters", "typo"]
CueKind = Literal[
    "support",
    "opposition",
    "appeal",
    "attendance",
    "together",
    "information",
    "quotation",
    "question",
]
SeverityClass = Literal["moral", "sedang", "berat", "unrated"]
Items = Meta(max_length=MAX_LIST)


class FiredRule(Struct, frozen=True, kw_only=True):
    code: Code
    wording_version: Label
    legal_basis: Note
    severity_class: SeverityClass


class ElectionContext(Struct, frozen=True, kw_only=True):
    """The election and the phase in force at event time; `phase_from` ≤ event time < `phase_to`."""

    id: Ident
    phase: PhaseName
    phase_from: Instant
    phase_to: Instant
    contest_ids: Annotated[tuple[Ident, ...], Items]


class LeadCandidateRecord(Struct, frozen=True, kw_only=True):
    """One register entry that a lead may be about; `levels` are evidence levels in words."""

    subject_ref: Ident
    probability: Basis
    levels: Annotated[tuple[Label, ...], Items]


class IdentityFinding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`bound` and `declared` carry `subject_ref`; `unconfirmed` carries `candidates` only."""

    status: Literal["bound", "declared", "unconfirmed"]
    subject_ref: Ident | None = None
    candidates: Annotated[tuple[LeadCandidateRecord, ...], Meta(max_length=5)] = ()


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    handle: Handle
    account_id: Ident | None = None


class EvidenceItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What touched the watchlist, and where.

    `field` is a JSON path into the post (`text`, `target.text`, `mentions[2]`, …); `start` and
    `end` are code-point offsets into that field's original text, end exclusive. `sufficient`
    says that the item counts for a rule: strong by its kind, or weak and backed by a second,
    independent piece of evidence.
    """

    kind: EvidenceKind
    field: Label
    start: int
    end: int
    surface: Text
    entry_id: Ident
    candidate_id: Ident
    contest_id: Ident
    score: Basis
    method: Method
    sufficient: bool


class Cue(Struct, frozen=True, kw_only=True):
    """Words that a rule asks for; evidence for the rule, never an opinion label on a person."""

    kind: CueKind
    field: Label
    start: int
    end: int
    surface: Label


class Exemption(Struct, frozen=True, kw_only=True):
    """A circumstance that speaks against a breach; the reviewer sees it first."""

    code: Code
    effect: Literal["lowers_priority"]
    reason: Note


class Versions(Struct, frozen=True, kw_only=True):
    """Under what the event was judged: content hashes, and the overlay's offset (-1: none)."""

    register: Ident
    register_overlay_offset: int
    watchlist: Ident
    rules: Ident
    model: Ident
    settings: Ident


class FlaggedEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of the topic `flagged-events` (key: `flag_id`).

    Lists have a stated order: rules by code; contests by id; evidence and cues by field, start,
    end, kind, entry, but of a name that several candidates bear those of the author's registered
    province come first where the identity is conclusive; candidates by falling probability, then
    `subject_ref`.
    """

    schema: Literal[1]
    flag_id: Ident
    rules: Annotated[tuple[FiredRule, ...], Items]
    election: ElectionContext
    identity: IdentityFinding
    author: Author
    evidence: Annotated[tuple[EvidenceItem, ...], Items]
    cues: Annotated[tuple[Cue, ...], Items]
    exemptions: Annotated[tuple[Exemption, ...], Items]
    missing: Annotated[tuple[Code, ...], Items]
    platform: Platform
    post_id: Ident
    action: Action
    created_at: Instant
    content_sha256: Sha256
    versions: Versions
    status: Literal["needs_review"]
    text: Text | None = None
    parent_text: Text | None = None
    target: Target | None = None
    url: Url | None = None
