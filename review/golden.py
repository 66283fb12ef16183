"""Golden items: synthetic cases with known answers, mixed in among the real ones.

They are about nobody. Each reviewer answers each of them at most once, from a seat of their own; no
golden answer becomes a decision, leaves the store or enters a figure but the reviewer's own.
"""

from collections.abc import Sequence
from secrets import token_hex
from typing import Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.errors import InvalidInputError
from review.actors import Actor
from review.desk import Desk
from review.material import material_of
from review.states import VERDICT_CHOICES, VerdictChoice
from review.tables import Case, CaseKey, Flag, GoldenAnswer, Seat
from streams.records import FlaggedEvent

_CERTAIN: Final = 10_000


def add(desk: Desk, events: Sequence[FlaggedEvent], answer: VerdictChoice) -> str:
    """Add one synthetic case of conclusive identity whose right verdict is `answer`; its ref.

    Raises InvalidInputError where the events are not of one author, or of a lead.
    """
    if answer not in VERDICT_CHOICES:
        raise InvalidInputError(f"no such verdict. Choose one of {', '.join(VERDICT_CHOICES)}.")
    items = [material_of(event, desk.keys) for event in events]
    if len({item.group_key for item in items}) != 1 or items[0].identity != "conclusive":
        raise InvalidInputError("a golden case is of one author, in one contest, and no lead.")
    now, ref, first = desk.clock(), token_hex(16), items[0]
    cipher, wrapped = desk.keys.new_case(ref)
    with desk.store.write() as session:
        case = Case(
            ref=ref,
            group_key=f"golden:{ref}",
            ordinal=1,
            election_id=first.event.election.id,
            contest_id=first.contest_id,
            platform=first.event.platform,
            identity="conclusive",
            state="verdict",
            waiting=False,
            round=1,
            version=1,
            flag_count=len(items),
            rules=sorted({rule for item in items for rule in item.rules}),
            kinds=sorted({kind for item in items for kind in item.kinds}),
            opened_at=now,
            touched_at=now,
            unit_known=True,
            frozen=False,
            golden=True,
        )
        session.add(case)
        session.flush()
        session.execute(insert(CaseKey), [{"case_id": case.id, "wrapped": wrapped}])
        session.add(GoldenAnswer(case_id=case.id, stage="verdict", choice=answer))
        session.add_all(
            Flag(
                flag_id=f"golden:{ref}:{place}",
                case_id=case.id,
                event_at=item.event.created_at,
                received_at=now,
                source_partition=-1,
                source_offset=-1,
                body_digest=item.digest,
                sealed=cipher.seal(item.body, f"flag:golden:{ref}:{place}"),
                later_versions=0,
            )
            for place, item in enumerate(items)
        )
    return ref


def next_for(session: Session, desk: Desk, actor: Actor) -> tuple[Case, Seat] | None:
    """A golden case for this reviewer's next task, at the set rate, or None.

    Which tasks they are is a keyed hash of reviewer and task number, so that nobody can tell.
    """
    rate = desk.settings.golden_rate
    if not rate:
        return None
    answered = session.scalar(select(func.count()).where(Seat.reviewer_id == actor.id)) or 0
    drawn = int(desk.keys.hash("check", "golden", actor.id, str(answered)), 16) % _CERTAIN
    if drawn >= rate * _CERTAIN:
        return None
    case = session.scalar(
        select(Case)
        .where(
            Case.golden,
            ~select(Seat.case_id)
            .where(Seat.case_id == Case.id, Seat.reviewer_id == actor.id)
            .correlate(Case)
            .exists(),
        )
        .order_by(Case.id)
        .limit(1)
        .with_for_update()
    )
    if case is None:
        return None
    number = session.scalar(select(func.count()).where(Seat.case_id == case.id)) or 0
    seat = Seat(case_id=case.id, stage="verdict", round=1, seat=number + 1, reviewer_id=actor.id)
    session.add(seat)
    session.flush()
    return case, seat
