"""Cleared findings: what two reviewers dismissed is not asked about again until it expires.

What repeats is kept, sealed and counted, so that everything comes back when a lead takes the
suppression back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config.errors import InvalidInputError, NotFoundError, WrongStateError
from review import audit
from review.actors import Actor, need
from review.desk import Desk
from review.material import Material, material_of
from review.states import moved
from review.tables import Case, Flag, Suppression
from streams.records import FlaggedEvent

_decode = msgspec.json.Decoder(FlaggedEvent).decode
_REINSTATED: Final = {"unconfirmed": "reinstate_identity", "conclusive": "reinstate_verdict"}


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """What one dismissed case cleared. `id` is that of any of its findings; `hits` counts the
    repeats that were kept away."""

    id: int
    contest_id: str
    rules: Sequence[str]
    origin_ref: str
    created_at: datetime
    expires_at: datetime
    hits: int
    revoked_at: datetime | None


def active(session: Session, items: Sequence[Material]) -> dict[str, list[Suppression]]:
    """Suppressions that may cover these flags, by finding."""
    found: dict[str, list[Suppression]] = {}
    findings = {finding for item in items for finding, _ in item.findings}
    for row in session.scalars(
        select(Suppression).where(
            Suppression.finding.in_(findings), Suppression.revoked_at.is_(None)
        )
    ):
        found.setdefault(row.finding, []).append(row)
    return found


def covering(item: Material, cleared: dict[str, list[Suppression]]) -> Suppression | None:
    """A suppression that covers a flag: all findings of it were cleared, by event time."""
    found = None
    for finding, _ in item.findings:
        found = next(
            (row for row in cleared.get(finding, ()) if item.event.created_at < row.expires_at),
            None,
        )
        if found is None:
            return None
    return found


def page(desk: Desk, actor: Actor, limit: int = 500) -> list[SuppressionRow]:
    """What was cleared, newest first, one row a dismissed case."""
    need(actor, "lead", "auditor")
    with desk.store.read() as session:
        newest = session.execute(
            select(
                Suppression.origin_ref,
                func.min(Suppression.id),
                func.min(Suppression.contest_id),
                func.min(Suppression.created_at),
                func.max(Suppression.expires_at),
                func.sum(Suppression.hits),
                func.min(Suppression.revoked_at),
            )
            .group_by(Suppression.origin_ref)
            .order_by(func.min(Suppression.id).desc())
            .limit(limit)
        ).all()
        rules: dict[str, set[str]] = {}
        for origin, rule in session.execute(
            select(Suppression.origin_ref, Suppression.rule).where(
                Suppression.origin_ref.in_([row[0] for row in newest])
            )
        ):
            rules.setdefault(origin, set()).add(rule)
        return [
            SuppressionRow(
                number, contest, sorted(rules[origin]), origin, made, until, int(hits), revoked
            )
            for origin, number, contest, made, until, hits, revoked in newest
        ]


def revoke(desk: Desk, actor: Actor, suppression_id: int, reason: str) -> int:
    """Take back what one dismissed case cleared; returns how many flags came back for review.

    A flag that other cleared findings still cover wholly stays away.
    """
    need(actor, "lead")
    if not reason.strip():
        raise InvalidInputError("say why these repeats are to be reviewed after all.")
    with desk.store.write() as session:
        named = session.get(Suppression, suppression_id, with_for_update=True)
        if named is None:
            raise NotFoundError("no such suppression.")
        if named.revoked_at is not None:
            raise WrongStateError("this suppression was taken back already.")
        for row in session.scalars(
            select(Suppression).where(Suppression.origin_ref == named.origin_ref)
        ):
            row.revoked_at, row.revoked_by = desk.clock(), actor.id
        session.flush()
        back = _bring_back(session, desk, named.contest_id)
        audit.append(
            session,
            desk,
            actor.id,
            "suppression_revoked",
            case_ref=named.origin_ref,
            body={"reason": reason, "flags": back},
        )
        return back


def forget_expired(session: Session, before: datetime) -> None:
    """Delete suppressions that expired before then and that no flag refers to."""
    held = select(Flag.suppressed_by).where(Flag.suppressed_by.is_not(None))
    session.execute(
        delete(Suppression).where(Suppression.expires_at < before, Suppression.id.not_in(held))
    )


def _bring_back(session: Session, desk: Desk, contest_id: str) -> int:
    kept_away = session.execute(
        select(Flag, Case)
        .join(Case, Case.id == Flag.case_id)
        .where(Case.contest_id == contest_id, Flag.suppressed_by.is_not(None))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    items = [
        material_of(
            _decode(desk.cipher(session, case).open(flag.sealed, f"flag:{flag.flag_id}")),
            desk.keys,
        )
        for flag, case in kept_away
    ]
    cleared = active(session, items)
    back = 0
    for (flag, case), item in zip(kept_away, items, strict=True):
        if covering(item, cleared) is not None:
            continue
        flag.suppressed_by = None
        case.version += 1
        back += 1
        if case.state == "suppressed":
            case.state = moved("suppressed", _REINSTATED[case.identity])
            case.touched_at = desk.clock()
            case.waiting = case.unit_known and case.flood_id is None
    return back
