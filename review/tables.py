"""The store's tables.

What says something about a person (posts, handles, pseudonyms, notes, reasons) is in `bytes`
columns sealed with the case's own key; the rest is what the queue and the figures need. Times are
instants. A change here needs a migration: `tests/review/test_store.py` compares the two.
"""

from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from review.columns import Instant, Serial

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        int: BigInteger,
        list[str]: JSON,
    }


# -- who works here ---------------------------------------------------------------------------


class Staff(Base):
    """One user of the console. Credentials and sessions are the web side's tables."""

    __tablename__ = "staff"
    id: Mapped[str] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]


class StaffRole(Base):
    __tablename__ = "staff_roles"
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class StaffUnit(Base):
    """A keyed hash of a unit that this user belongs to, one for each election."""

    __tablename__ = "staff_units"
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    unit_hash: Mapped[str] = mapped_column(primary_key=True)


# -- cases and what they hold -------------------------------------------------------------------


class Case(Base):
    """The flags of one author in one contest, reviewed together.

    `ref` is random and the only name of a case outside the store. `group_key` is a keyed hash of
    election, contest, platform, author and kind of identity (`conclusive` or `unconfirmed`);
    `identity_settled` says that two named the same person for a lead. `ordinal` counts the cases
    of one group, for a case that is being decided takes no new flags. `version` rises with all
    that a reviewer would see change. `waiting` says that a seat is to be taken; `frozen` that an
    opinion was given, so that new flags of the group make another case.
    """

    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    group_key: Mapped[str]
    ordinal: Mapped[int]
    election_id: Mapped[str]
    contest_id: Mapped[str]
    platform: Mapped[str]
    identity: Mapped[str]
    identity_settled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    waiting: Mapped[bool]
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    flag_count: Mapped[int]
    rules: Mapped[list[str]]
    kinds: Mapped[list[str]]
    opened_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    resume_state: Mapped[str | None]
    flood_id: Mapped[int | None] = mapped_column(ForeignKey("floods.id"), index=True)
    unit_known: Mapped[bool] = mapped_column(default=True)
    frozen: Mapped[bool] = mapped_column(default=False)
    golden: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("group_key", "ordinal"),
        Index("ix_cases_queue", "waiting", "opened_at", "id"),
        Index("ix_cases_state", "state", "touched_at"),
        Index("ix_cases_contest", "contest_id", "state"),
        Index("ix_cases_held", "unit_known", "state"),
    )


class CaseKey(Base):
    """The case's content key, wrapped by the master key. Without this row nothing opens."""

    __tablename__ = "case_keys"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    wrapped: Mapped[bytes]


class Flag(Base):
    """One flagged event, sealed. `later_versions` counts judgements of the same event that came
    when its case took no more changes."""

    __tablename__ = "flags"
    flag_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    event_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source_partition: Mapped[int]
    source_offset: Mapped[int]
    body_digest: Mapped[str]
    sealed: Mapped[bytes]
    later_versions: Mapped[int] = mapped_column(default=0)
    suppressed_by: Mapped[int | None] = mapped_column(ForeignKey("suppressions.id"), index=True)


class CaseSide(Base):
    """A candidate whom the case's sufficient evidence is about."""

    __tablename__ = "case_sides"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    contest_id: Mapped[str] = mapped_column(primary_key=True)
    candidate_id: Mapped[str] = mapped_column(primary_key=True)


class CaseUnit(Base):
    """Keyed hash of a unit that the author, or a candidate for the author, belongs to."""

    __tablename__ = "case_units"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_hash: Mapped[str] = mapped_column(primary_key=True, index=True)


class Seat(Base):
    """One of the places from which a case is judged: its lease, its draft, its opinion.

    A golden case has a seat for everybody; others have two, and a third on disagreement.
    """

    __tablename__ = "seats"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    seat: Mapped[int] = mapped_column(primary_key=True)
    reviewer_id: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    choice: Mapped[str | None]
    reason: Mapped[str | None]
    sealed_detail: Mapped[bytes | None]
    drafted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("case_id", "stage", "reviewer_id"),
        Index("ix_seats_reviewer", "reviewer_id", "submitted_at"),
    )


# -- floods and suppression ---------------------------------------------------------------------


class EntryHit(Base):
    """A case has evidence on a watchlist entry in a window of event time."""

    __tablename__ = "entry_hits"
    contest_id: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)


class Flood(Base):
    """Many authors on one entry in one window: paused together until a lead looks."""

    __tablename__ = "floods"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    contest_id: Mapped[str]
    entry_id: Mapped[str]
    window_start: Mapped[datetime]
    opened_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]

    __table_args__ = (UniqueConstraint("contest_id", "entry_id", "window_start"),)


class Suppression(Base):
    """A cleared finding: the same account, entry and rule is not asked about again until
    `expires_at`, by event time. `finding` is a keyed hash of the three."""

    __tablename__ = "suppressions"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    finding: Mapped[str] = mapped_column(index=True)
    contest_id: Mapped[str]
    rule: Mapped[str]
    origin_ref: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    hits: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


# -- after the verdict --------------------------------------------------------------------------


class CaseNote(Base):
    """What happened to a case after its verdict: notice, reply, contest, resolution, closing."""

    __tablename__ = "case_notes"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    sealed: Mapped[bytes]


class Export(Base):
    """A package that left. It stays when the case is deleted: hashes and random ids only."""

    __tablename__ = "exports"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_ref: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    recipient: Mapped[str]
    package_sha256: Mapped[str]


class Outbox(Base):
    """A record to be written to Kafka; deleted once the brokers have it."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    channel: Mapped[str]
    key: Mapped[bytes]
    value: Mapped[bytes]
    made_at: Mapped[datetime]


# -- figures ------------------------------------------------------------------------------------


class Finding(Base):
    """A settled case as the quality figures need it. Nothing in it leads to a person.

    `case_id` is forgotten with the case. `first` and `second` are the two blind verdicts;
    `day` is the date of the decision, `hours` from arrival to decision.
    """

    __tablename__ = "findings"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="SET NULL"), index=True
    )
    stage: Mapped[str]
    round: Mapped[int]
    day: Mapped[str]
    contest_id: Mapped[str] = mapped_column(index=True)
    outcome: Mapped[str]
    first: Mapped[str]
    second: Mapped[str]
    hours: Mapped[float]
    rules: Mapped[list[str]]
    kinds: Mapped[list[str]]
    sides: Mapped[list[str]]


class GoldenAnswer(Base):
    """What is right for a synthetic case."""

    __tablename__ = "golden_answers"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    stage: Mapped[str]
    choice: Mapped[str]


# -- the record ---------------------------------------------------------------------------------


class AuditEntry(Base):
    """One link of the chain; see `review.audit`. Never changed, never deleted."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    case_ref: Mapped[str] = mapped_column(index=True)
    body_digest: Mapped[str]
    previous: Mapped[str]
    link: Mapped[str]


class AuditBody(Base):
    """What an entry said. Deletable: the chain holds its digest only."""

    __tablename__ = "audit_bodies"
    seq: Mapped[int] = mapped_column(ForeignKey("audit.seq"), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(index=True)
    body: Mapped[bytes]


class AuditHead(Base):
    """The end of the chain, so that missing last rows are seen; one row."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    seq: Mapped[int]
    link: Mapped[str]
    mac: Mapped[str]


class Tombstone(Base):
    """A keyed hash of a deleted flag's id, so that a replay does not bring it back."""

    __tablename__ = "tombstones"
    digest: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class Certificate(Base):
    """That a case was deleted: when, by which policy, how many rows, and which key died."""

    __tablename__ = "certificates"
    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    case_ref: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    policy: Mapped[str]
    rows: Mapped[int]
    key_digest: Mapped[str]
    audit_seq: Mapped[int]
    mac: Mapped[str]


class RefusedRecord(Base):
    """A record of `flagged-events` that could not be read: where it lies, never what it said."""

    __tablename__ = "refused_records"
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    path: Mapped[str]
    sha256: Mapped[str]
    written_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Count(Base):
    """What is only counted, by name: `suppressed`, `tombstoned`, `later_versions`, …"""

    __tablename__ = "counts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Fact(Base):
    """Facts of the store itself: which master key it belongs to."""

    __tablename__ = "facts"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
