"""Which cases may be given to whom: never of one's own unit, never one that one answered."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnExpressionArgument, String, and_, case, cast, or_, select
from sqlalchemy.orm import Session

from config.errors import InvalidInputError
from review.actors import Actor
from review.states import Stage
from review.tables import Case, CaseUnit, Seat

Condition = ColumnExpressionArgument[bool]
_CODE = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")
_IDENTITY = ("identity", "identity_split")
STAGE: Any = case((Case.state.in_(_IDENTITY), "identity"), else_="verdict")


@dataclass(frozen=True, slots=True)
class Query:
    """Filters; None is no filter."""

    election_id: str | None = None
    contest_id: str | None = None
    platform: str | None = None
    rule: str | None = None
    stage: Stage | None = None


ALL = Query()


def own_unit(session: Session, actor: Actor, item: Case) -> bool:
    """True where the author, or somebody who may be the author, is of the actor's unit."""
    return (
        session.scalar(
            select(CaseUnit.case_id)
            .where(CaseUnit.case_id == item.id, CaseUnit.unit_hash.in_(actor.units))
            .limit(1)
        )
        is not None
    )


def free_seats(actor: Actor, now: datetime) -> Any:
    """Cases with a seat that this actor could take now."""
    return (
        select(Case, Seat)
        .join(
            Seat,
            and_(Seat.case_id == Case.id, Seat.stage == STAGE, Seat.round == Case.round),
        )
        .where(
            Seat.submitted_at.is_(None),
            or_(
                Seat.leased_until.is_(None),
                Seat.leased_until <= now,
                Seat.reviewer_id == actor.id,
            ),
        )
    )


def may_judge(actor: Actor) -> list[Condition]:
    """What may be given to this actor."""
    answered = (
        select(Seat.case_id)
        .where(
            Seat.case_id == Case.id,
            Seat.stage == STAGE,
            Seat.reviewer_id == actor.id,
            Seat.submitted_at.is_not(None),
        )
        .correlate(Case)
        .exists()
    )
    wanted: list[Condition] = [Case.waiting, ~answered]
    if actor.units:
        colleague = (
            select(CaseUnit.case_id)
            .where(CaseUnit.case_id == Case.id, CaseUnit.unit_hash.in_(sorted(actor.units)))
            .correlate(Case)
            .exists()
        )
        wanted.append(~colleague)
    return wanted


def matching(query: Query) -> list[Condition]:
    wanted: list[Condition] = []
    if query.election_id is not None:
        wanted.append(Case.election_id == query.election_id)
    if query.contest_id is not None:
        wanted.append(Case.contest_id == query.contest_id)
    if query.platform is not None:
        wanted.append(Case.platform == query.platform)
    if query.stage is not None:
        wanted.append(query.stage == STAGE)
    if query.rule is not None:
        if not _CODE.match(query.rule):
            raise InvalidInputError("no such rule.")
        wanted.append(cast(Case.rules, String).contains(f'"{query.rule}"', autoescape=True))
    return wanted
