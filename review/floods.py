"""Floods: many authors on one watchlist entry in one window of event time.

A flood is one thing for reviewers, not a thousand: its cases are paused together, with their count
shown, until a lead lets them go.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from config.errors import InvalidInputError, NotFoundError, WrongStateError
from review import audit
from review.actors import Actor, need
from review.desk import Desk
from review.states import STAGES
from review.tables import Case, EntryHit, Flood
from review.upsert import insert_new

_Triple = tuple[str, str, datetime]
_TRIPLES_A_QUERY: Final = 500


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
    triples = sorted({(hit["contest_id"], hit["entry_id"], hit["window_start"]) for hit in hits})
    known = _floods(session, triples)
    new = _crowded(session, [t for t in triples if t not in known], desk.settings.flood_authors)
    if new:
        insert_new(
            session,
            Flood,
            [
                {"contest_id": contest, "entry_id": entry, "window_start": start, "opened_at": now}
                for contest, entry, start in new
            ],
        )
        known |= _floods(session, new)
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


def _floods(session: Session, triples: Sequence[_Triple]) -> dict[_Triple, Flood]:
    """The floods that there are of these."""
    place = tuple_(Flood.contest_id, Flood.entry_id, Flood.window_start)
    return {
        (flood.contest_id, flood.entry_id, flood.window_start): flood
        for some in _in_steps(triples)
        for flood in session.scalars(select(Flood).where(place.in_(some)))
    }


def _crowded(session: Session, triples: Sequence[_Triple], authors: int) -> list[_Triple]:
    """Those with so many authors or more."""
    columns = (EntryHit.contest_id, EntryHit.entry_id, EntryHit.window_start)
    return [
        (row[0], row[1], row[2])
        for some in _in_steps(triples)
        for row in session.execute(
            select(*columns)
            .where(tuple_(*columns).in_(some))
            .group_by(*columns)
            .having(func.count() >= authors)
        )
    ]


def _in_steps(triples: Sequence[_Triple]) -> Iterator[Sequence[_Triple]]:
    for start in range(0, len(triples), _TRIPLES_A_QUERY):
        yield triples[start : start + _TRIPLES_A_QUERY]


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
