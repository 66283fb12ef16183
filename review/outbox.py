"""The transactional outbox: what leaves is written with what was decided, or not at all.

A record waits here until the brokers have it, and is deleted then. A crash between the two writes
it again, with the same key: whoever keys by it has it once.
"""

from hashlib import sha256
from typing import Final, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from review.desk import Desk
from review.tables import Outbox
from streams.codec import encode
from streams.records import RegisterUpdate, ReviewDecision

Channel = Literal["decisions", "register"]
DECISIONS: Final[Channel] = "decisions"
REGISTER: Final[Channel] = "register"


def put_decision(session: Session, desk: Desk, decision: ReviewDecision) -> None:
    """In the transaction that settles the case."""
    _put(session, desk, DECISIONS, decision.decision_id.encode(), encode(decision))


def put_bind(session: Session, desk: Desk, update: RegisterUpdate) -> None:
    """A `bind` without its sequence yet (0): the relay numbers and signs it when it leaves."""
    key = f"{update.platform}:{update.handle}".encode()
    _put(session, desk, REGISTER, key, encode(update))


def waiting(desk: Desk) -> int:
    """How many records have not left."""
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(Outbox)) or 0


def oldest(desk: Desk, limit: int, with_bindings: bool = True) -> list[Outbox]:
    """The next records to leave, in the order in which they were decided."""
    wanted = select(Outbox).order_by(Outbox.id).limit(limit)
    if not with_bindings:
        wanted = wanted.where(Outbox.channel == DECISIONS)
    with desk.store.read() as session:
        return list(session.scalars(wanted))


def bindings(desk: Desk) -> int:
    """How many bindings wait."""
    with desk.store.read() as session:
        return (
            session.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.channel == REGISTER)
            )
            or 0
        )


def acknowledged(desk: Desk, ids: list[int]) -> None:
    """The brokers have these."""
    with desk.store.write() as session:
        session.execute(delete(Outbox).where(Outbox.id.in_(ids)))


def decision_id(case_ref: str, stage: str, number: int) -> str:
    """The same whenever the same decision is made or written again."""
    return f"r{sha256(f'{case_ref}|{stage}|{number}'.encode()).hexdigest()[:32]}"


def _put(session: Session, desk: Desk, channel: Channel, key: bytes, value: bytes) -> None:
    session.add(Outbox(channel=channel, key=key, value=value, made_at=desk.clock()))
