"""Floods: many authors on one watchlist entry in one window of event time.

A flood is one thing for reviewers, not a thousand: its cases are paused together, with their count
shown, until a lead lets them go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session, aliased

from config.errors import InvalidInputError, NotFoundError, WrongStateError
from review import audit
from review.actors import Actor, need
from review.desk import Desk
from review.states import STAGES
from review.tables import Case, EntryHit, Flood
from review.upsert import insert_new

_Triple = tuple[str, str, datetime]


@dataclass(frozen=True, slots=True)
class FloodRow:
    id: int
    contest_id: str
    entry_id: str
    window_start: datetime
    cases: int
    opened_at: datetime
    released_at: datetime | None


def look(
    session: Session,
    desk: Desk,
    hits: Sequence[dict[str, Any]],
    touched: Sequence[Case],
    now: datetime,
) -> None:
    """After a batch: open floods where the hits are too many, pause what is in them only."""
    triples = {(hit["contest_id"], hit["entry_id"], hit["window_start"]) for hit in hits}
    known = {triple: flood for triple in triples if (flood := _find(session, triple)) is not None}
    new = [
        triple
        for triple in triples - known.keys()
        if _authors(session, triple) >= desk.settings.flood_authors
    ]
    insert_new(
        session,
        Flood,
        [
            {
                "contest_id": contest,
                "entry_id": entry,
                "window_start": start,
                "opened_at": now,
            }
            for contest, entry, start in new
        ],
    )
    for triple in new:
        flood = _find(session, triple)
        if flood is not None:
            known[triple] = flood
    for flood in known.values():
        if flood.released_at is None:
            _pause(session, flood)
    outside = [case for case in touched if case.flood_id is not None]
    for case in outside:
        session.refresh(case)
        if session.scalar(select(_hits_outside(case.id).exists())):
            case.flood_id = None
            case.waiting = case.state in STAGES and case.unit_known


def page(desk: Desk, actor: Actor) -> list[FloodRow]:
    """All floods, newest first, with how many cases each holds."""
    need(actor, "lead", "auditor")
    with desk.store.read() as session:
        rows = session.execute(
            select(Flood, func.count(Case.id))
            .outerjoin(Case, Case.flood_id == Flood.id)
            .group_by(Flood.id)
            .order_by(Flood.id.desc())
        )
        return [
            FloodRow(
                flood.id,
                flood.contest_id,
                flood.entry_id,
                flood.window_start,
                cases,
                flood.opened_at,
                flood.released_at,
            )
            for flood, cases in rows
        ]


def release(desk: Desk, actor: Actor, flood_id: int, reason: str) -> int:
    """Let a flood's cases go to the reviewers; returns how many. The reason is on the record."""
    need(actor, "lead")
    if not reason.strip():
        raise InvalidInputError("say why the flood's cases are to be reviewed.")
    with desk.store.write() as session:
        flood = session.get(Flood, flood_id, with_for_update=True)
        if flood is None:
            raise NotFoundError("no such flood.")
        if flood.released_at is not None:
            raise WrongStateError("this flood was released already.")
        flood.released_at, flood.released_by = desk.clock(), actor.id
        freed = session.execute(
            update(Case)
            .where(Case.flood_id == flood_id)
            .values(flood_id=None, waiting=and_(Case.state.in_(list(STAGES)), Case.unit_known))
            .execution_options(synchronize_session=False)
        )
        count: int = freed.rowcount  # type: ignore[attr-defined]
        audit.append(
            session,
            desk,
            actor.id,
            "flood_released",
            body={"flood": flood_id, "reason": reason, "cases": count},
        )
        return count


def _find(session: Session, triple: _Triple) -> Flood | None:
    contest, entry, start = triple
    return session.scalar(
        select(Flood).where(
            Flood.contest_id == contest, Flood.entry_id == entry, Flood.window_start == start
        )
    )


def _authors(session: Session, triple: _Triple) -> int:
    contest, entry, start = triple
    return (
        session.scalar(
            select(func.count())
            .select_from(EntryHit)
            .where(
                EntryHit.contest_id == contest,
                EntryHit.entry_id == entry,
                EntryHit.window_start == start,
            )
        )
        or 0
    )


def _pause(session: Session, flood: Flood) -> None:
    """Pause the flood's cases that nobody answered yet and that hold nothing outside floods."""
    inside = select(EntryHit.case_id).where(
        EntryHit.contest_id == flood.contest_id,
        EntryHit.entry_id == flood.entry_id,
        EntryHit.window_start == flood.window_start,
    )
    session.execute(
        update(Case)
        .where(
            Case.id.in_(inside),
            Case.flood_id.is_(None),
            Case.waiting,
            ~Case.frozen,
            ~Case.golden,
            ~_hits_outside(Case.id).exists(),
        )
        .values(flood_id=flood.id, waiting=False)
        .execution_options(synchronize_session=False)
    )


def _hits_outside(case_id: Any) -> Any:
    """Hits of a case that no paused flood covers."""
    hit = aliased(EntryHit)
    covering = (
        select(Flood.id)
        .where(
            Flood.contest_id == hit.contest_id,
            Flood.entry_id == hit.entry_id,
            Flood.window_start == hit.window_start,
            Flood.released_at.is_(None),
        )
        .exists()
    )
    return select(hit.case_id).where(hit.case_id == case_id, ~covering)
