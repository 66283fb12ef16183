"""What there is to do for one reviewer, and the leases that keep two from doing one task at once.

The queue is oldest first, so that no case starves. It never holds a case of the reviewer's own
unit, nor one that they answered, and it does not tell whether others have answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from config.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TakenError,
    WrongStateError,
)
from review import audit, golden
from review.actors import Actor, need
from review.desk import Desk
from review.eligible import ALL, STAGE, Condition, Query, free_seats, matching, may_judge, own_unit
from review.states import STAGES, Stage
from review.tables import Case, Seat

__all__ = [
    "ALL",
    "COUNTED_TO",
    "Page",
    "Progress",
    "Query",
    "Row",
    "Task",
    "claim",
    "claim_next",
    "clear",
    "held_seat",
    "let_go",
    "page",
    "progress",
    "release",
    "renew",
    "revision",
]


@dataclass(frozen=True, slots=True)
class Row:
    case_ref: str
    stage: Stage
    election_id: str
    contest_id: str
    platform: str
    rules: list[str]
    kinds: list[str]
    flag_count: int
    opened_at: datetime
    mine: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Page:
    """`waiting` counts what this actor could be given, to `COUNTED_TO`; `paused` and `held` are
    everybody's."""

    rows: list[Row]
    next: str | None
    waiting: int
    paused: int
    held: int


@dataclass(frozen=True, slots=True)
class Task:
    case_ref: str
    stage: Stage
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    submitted: int
    drafts: int
    waiting: int


COUNTED_TO: Final = 1_000
"""From here on the queue is long, and how long is for the figures of the backlog."""


def page(
    desk: Desk, actor: Actor, query: Query = ALL, *, after: str | None = None, limit: int = 50
) -> Page:
    """One page, oldest first. `after` is the `next` of the page before."""
    need(actor, "reviewer")
    now = desk.clock()
    with desk.store.read() as session:
        wanted = (
            select(Case)
            .where(*may_judge(actor), *matching(query))
            .order_by(Case.opened_at, Case.id)
            .limit(limit + 1)
        )
        if after is not None:
            opened_at, number = _cursor(session, after)
            wanted = wanted.where(
                or_(
                    Case.opened_at > opened_at,
                    and_(Case.opened_at == opened_at, Case.id > number),
                )
            )
        found = session.scalars(wanted).all()
        shown = found[:limit]
        leases = _leases(session, shown, now)
        return Page(
            rows=[_row(item, actor, leases.get(item.id, [])) for item in shown],
            next=shown[-1].ref if len(found) > limit else None,
            waiting=_waiting(session, actor, query),
            paused=_count(session, Case.flood_id.is_not(None)),
            held=_count(session, ~Case.unit_known, Case.state.in_(list(STAGES))),
        )


def claim_next(desk: Desk, actor: Actor, query: Query = ALL) -> Task | None:
    """Lease the oldest case that this reviewer may judge; None where there is none.

    What they hold already comes first. Now and then it is a synthetic case with a known answer.
    """
    need(actor, "reviewer")
    now = desk.clock()
    with desk.store.write() as session:
        held = session.execute(
            select(Case, Seat)
            .join(Seat, Seat.case_id == Case.id)
            .where(
                Seat.reviewer_id == actor.id,
                Seat.submitted_at.is_(None),
                Seat.leased_until > now,
                *matching(query),
            )
            .order_by(Case.opened_at)
            .limit(1)
        ).first()
        if held is not None:
            return _lease(session, desk, actor, held[0], held[1], now)
        surprise = golden.next_for(session, desk, actor)
        if surprise is not None:
            return _lease(session, desk, actor, surprise[0], surprise[1], now)
        found = session.execute(
            free_seats(actor, now)
            .where(*may_judge(actor), *matching(query))
            .order_by(
                Case.opened_at, Case.id, case((Seat.reviewer_id == actor.id, 0), else_=1), Seat.seat
            )
            .limit(1)
            .with_for_update(of=Seat, skip_locked=True)
        ).first()
        if found is None:
            return None
        return _lease(session, desk, actor, found[0], found[1], now)


def claim(desk: Desk, actor: Actor, case_ref: str) -> Task:
    """Lease this case, or renew the lease. Raises TakenError where others have all its seats."""
    need(actor, "reviewer")
    now = desk.clock()
    with desk.store.write() as session:
        item = _known(session, case_ref)
        _refuse_unfit(session, actor, item)
        found = session.execute(
            free_seats(actor, now)
            .where(Case.id == item.id)
            .order_by(case((Seat.reviewer_id == actor.id, 0), else_=1), Seat.seat)
            .limit(1)
            .with_for_update(of=Seat)
        ).first()
        if found is None:
            raise TakenError("somebody else took this case. Take the next one.")
        return _lease(session, desk, actor, item, found[1], now)


def renew(desk: Desk, actor: Actor, case_ref: str) -> Task:
    """Make the lease last from now. Raises TakenError where it ran out and somebody took it."""
    now = desk.clock()
    with desk.store.write() as session:
        item = _known(session, case_ref)
        seat = held_seat(session, actor, item)
        seat.leased_until = now + timedelta(minutes=desk.settings.lease_minutes)
        return Task(case_ref, _stage(item), seat.leased_until)


def release(desk: Desk, actor: Actor, case_ref: str) -> None:
    """Give the case back unanswered; a draft is dropped."""
    with desk.store.write() as session:
        seat = held_seat(session, actor, _known(session, case_ref))
        clear(seat)
        seat.reviewer_id = seat.leased_until = None


def let_go(desk: Desk, actor: Actor, case_ref: str, reason: str) -> None:
    """Let a held case, whose unit nobody knows, go to the reviewers. On the record."""
    need(actor, "lead")
    if not reason.strip():
        raise InvalidInputError("say why this case may be reviewed though its unit is unknown.")
    with desk.store.write() as session:
        item = _known(session, case_ref)
        if item.unit_known:
            raise WrongStateError("this case is not held.")
        item.unit_known = True
        item.waiting = item.state in STAGES and item.flood_id is None
        audit.append(session, desk, actor.id, "held_released", case=item, body={"reason": reason})


def progress(desk: Desk, actor: Actor, since: datetime) -> Progress:
    """The actor's own day: what they submitted since then, what they hold, what waits."""
    need(actor, "reviewer")
    with desk.store.read() as session:
        mine = Seat.reviewer_id == actor.id
        return Progress(
            submitted=_seats(session, mine, Seat.submitted_at >= since),
            drafts=_seats(session, mine, Seat.submitted_at.is_(None), Seat.drafted_at.is_not(None)),
            waiting=_waiting(session, actor, ALL),
        )


def revision(desk: Desk) -> tuple[int, int]:
    """Changes whenever the queue does: compare it with the one before."""
    with desk.store.read() as session:
        newest, versions = session.execute(
            select(func.coalesce(func.max(Case.id), 0), func.count()).where(Case.waiting)
        ).one()
        return newest, versions


def held_seat(session: Session, actor: Actor, item: Case) -> Seat:
    """The actor's unanswered seat. Raises TakenError, WrongStateError or NotAllowedError."""
    stage = _stage(item)
    seat = session.scalar(
        select(Seat)
        .where(
            Seat.case_id == item.id,
            Seat.stage == stage,
            Seat.round == item.round,
            Seat.reviewer_id == actor.id,
        )
        .with_for_update()
    )
    if seat is None:
        raise TakenError("you do not hold this case: the lease ran out, and it is another's now.")
    if seat.submitted_at is not None:
        raise NotAllowedError("you answered this case already; nobody decides twice.")
    return seat


def _stage(item: Case) -> Stage:
    for state, stage in STAGES.items():
        if state == item.state:
            return stage
    raise WrongStateError("this case waits for no answer any more. Take the next one.")


def clear(seat: Seat) -> None:
    """Drop a draft."""
    seat.choice = seat.reason = seat.sealed_detail = seat.drafted_at = None


def _lease(
    session: Session, desk: Desk, actor: Actor, item: Case, seat: Seat, now: datetime
) -> Task:
    if seat.reviewer_id != actor.id:
        clear(seat)
        seat.reviewer_id = actor.id
    seat.leased_until = now + timedelta(minutes=desk.settings.lease_minutes)
    session.flush()
    return Task(item.ref, _stage(item), seat.leased_until)


def _refuse_unfit(session: Session, actor: Actor, item: Case) -> None:
    if not item.waiting:
        raise WrongStateError("this case waits for no answer. Take the next one.")
    if own_unit(session, actor, item):
        raise NotAllowedError("this case is about your own unit; colleagues elsewhere judge it.")
    answered = select(Seat.case_id).where(
        Seat.case_id == item.id,
        Seat.stage == _stage(item),
        Seat.reviewer_id == actor.id,
        Seat.submitted_at.is_not(None),
    )
    if session.scalar(answered) is not None:
        raise NotAllowedError("you answered this case already; nobody decides twice.")


def _known(session: Session, case_ref: str) -> Case:
    found = session.scalar(select(Case).where(Case.ref == case_ref))
    if found is None:
        raise NotFoundError("no such case; it may have been deleted.")
    return found


def _cursor(session: Session, after: str) -> tuple[datetime, int]:
    found = session.execute(select(Case.opened_at, Case.id).where(Case.ref == after)).first()
    if found is None:
        raise NotFoundError("the list has moved on. Begin again.")
    return found[0], found[1]


def _leases(session: Session, items: Sequence[Case], now: datetime) -> dict[int, list[Seat]]:
    """Unanswered seats of these cases."""
    found: dict[int, list[Seat]] = {}
    for seat in session.scalars(
        select(Seat)
        .join(Case, Case.id == Seat.case_id)
        .where(
            Seat.case_id.in_([item.id for item in items]),
            Seat.stage == STAGE,
            Seat.round == Case.round,
            Seat.submitted_at.is_(None),
        )
    ):
        if seat.leased_until is not None and seat.leased_until <= now:
            session.expunge(seat)
            seat.reviewer_id = None
        found.setdefault(seat.case_id, []).append(seat)
    return found


def _row(item: Case, actor: Actor, seats: Sequence[Seat]) -> Row:
    mine = any(seat.reviewer_id == actor.id for seat in seats)
    return Row(
        case_ref=item.ref,
        stage=_stage(item),
        election_id=item.election_id,
        contest_id=item.contest_id,
        platform=item.platform,
        rules=item.rules,
        kinds=item.kinds,
        flag_count=item.flag_count,
        opened_at=item.opened_at,
        mine=mine,
        taken=not mine and all(seat.reviewer_id is not None for seat in seats),
    )


def _waiting(session: Session, actor: Actor, query: Query) -> int:
    """How many of the queue are this actor's to judge, counted to `COUNTED_TO` and no further."""
    theirs = select(Case.id).where(*may_judge(actor), *matching(query)).limit(COUNTED_TO)
    return session.scalar(select(func.count()).select_from(theirs.subquery())) or 0


def _count(session: Session, *conditions: Condition) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0


def _seats(session: Session, *conditions: Condition) -> int:
    return session.scalar(select(func.count()).select_from(Seat).where(*conditions)) or 0
