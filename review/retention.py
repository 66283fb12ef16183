"""Deletion, as provable as we can make it (invariant 15).

A case's key goes first of all that is gone: its sealed content opens no more, wherever copies of
it lie. Its rows go with it and are written over. What stays says nothing about anybody: keyed
hashes of the flags' ids, so that a replay does not bring them back, and a certificate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from review import audit, suppression
from review.actors import Actor, need
from review.desk import Desk
from review.keys import MasterKey, fingerprint
from review.states import STAGES
from review.tables import (
    AuditBody,
    Case,
    CaseKey,
    CaseNote,
    CaseSide,
    CaseUnit,
    Certificate,
    EntryHit,
    Flag,
    Seat,
    Tombstone,
)
from review.upsert import insert_new

_CASES_A_STEP: Final = 200
HOLDING: Final[tuple[Any, ...]] = (
    CaseKey,
    Flag,
    Seat,
    CaseSide,
    CaseUnit,
    EntryHit,
    CaseNote,
    AuditBody,
)
"""Tables with rows of a case; its key is the first to go."""
_SUSPECTED: Final = ("suspected", "noticed")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many cases went by policy, and whether what was deleted is written over already."""

    cases: dict[str, int]
    written_over: bool


def policies(desk: Desk, now: datetime) -> dict[str, ColumnElement[bool]]:
    """Which cases are due, by policy. A contested case waits for its resolution."""
    kept = desk.settings
    aged = {
        "unreviewed": (Case.state.in_([*STAGES, "suppressed"]), kept.unreviewed_days),
        "dismissed": (Case.state == "dismissed", kept.dismissed_days),
        "undelivered": (Case.state.in_(_SUSPECTED), kept.undelivered_days),
        "closed": (Case.state == "closed", kept.closed_days),
    }
    return {
        policy: and_(~Case.golden, state, Case.touched_at <= now - timedelta(days=days))
        for policy, (state, days) in aged.items()
    }


def due(desk: Desk) -> dict[str, int]:
    """How many cases each policy would delete now."""
    with desk.store.read() as session:
        return {
            policy: len(session.scalars(select(Case.id).where(condition)).all())
            for policy, condition in policies(desk, desk.clock()).items()
        }


def sweep(desk: Desk) -> Swept:
    """Delete what is due, in steps, and tombstones that are no longer needed."""
    gone = {}
    for policy, condition in policies(desk, desk.clock()).items():
        gone[policy] = 0
        while True:
            with desk.store.write() as session:
                cases = session.scalars(
                    select(Case)
                    .where(condition)
                    .order_by(Case.id)
                    .limit(_CASES_A_STEP)
                    .with_for_update(skip_locked=True)
                ).all()
                for case in cases:
                    erase(session, desk, case, policy)
            gone[policy] += len(cases)
            if not cases:
                break
    with desk.store.write() as session:
        now = desk.clock()
        session.execute(delete(Tombstone).where(Tombstone.until <= now))
        suppression.forget_expired(session, now - timedelta(days=desk.settings.tombstone_days))
    return Swept(gone, desk.store.compact())


def erase(session: Session, desk: Desk, case: Case, policy: str) -> None:
    """Delete one case in the caller's transaction. Call `desk.store.compact` after it."""
    now = desk.clock()
    until = now + timedelta(days=desk.settings.tombstone_days)
    flag_ids = session.scalars(select(Flag.flag_id).where(Flag.case_id == case.id)).all()
    insert_new(
        session,
        Tombstone,
        [{"digest": desk.keys.hash("tombstone", name), "until": until} for name in flag_ids],
    )
    wrapped = session.scalars(select(CaseKey.wrapped).where(CaseKey.case_id == case.id)).one()
    ref, case_id, rows = case.ref, case.id, 1
    session.flush()
    for table in HOLDING:
        done: Any = session.execute(delete(table).where(table.case_id == case_id))
        rows += done.rowcount
    session.execute(delete(Case).where(Case.id == case_id))
    session.expunge(case)
    key_digest = fingerprint(wrapped)
    seq = audit.append(
        session,
        desk,
        "console",
        "erased",
        case_ref=ref,
        body={"policy": policy, "rows": rows, "key": key_digest},
    )
    certificate = Certificate(
        case_ref=ref,
        at=now,
        policy=policy,
        rows=rows,
        key_digest=key_digest,
        audit_seq=seq,
        mac="",
    )
    certificate.mac = certificate_mac(desk.keys, certificate)
    session.add(certificate)
    session.flush()


def certificates(desk: Desk, actor: Actor, limit: int = 500) -> list[Certificate]:
    """Newest first."""
    need(actor, "lead", "auditor")
    with desk.store.read() as session:
        return list(
            session.scalars(select(Certificate).order_by(Certificate.id.desc()).limit(limit))
        )


def certificate_mac(keys: MasterKey, certificate: Certificate) -> str:
    """What a certificate carries so that nobody can make one up."""
    return keys.hash(
        "certificate",
        certificate.case_ref,
        certificate.at.isoformat(),
        certificate.policy,
        str(certificate.rows),
        certificate.key_digest,
        str(certificate.audit_seq),
    )
