"""Answering: drafts, submission, and what follows from the last opinion of a stage.

Everything that a settled stage sets off (the case's next state, its decision in the outbox,
suppressions, a binding, deletion) happens in the transaction of the opinion that settled it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotAllowedError, StaleError, WrongStateError
from review import audit, binding, eligible, outbox, queue, retention
from review.actors import Actor, need
from review.cases import answer_of, detail_context, events, known, leads_of, state_of
from review.choices import Answer, IdentityOpinion, Verdict, check
from review.desk import Desk
from review.ingest import new_seats
from review.keys import CaseCipher
from review.material import material_of
from review.states import CLEARS, DIFFER, STAGES, Stage, moved, settlement
from review.tables import Case, CaseSide, Finding, Seat, Suppression
from streams.records import FlaggedEvent, ReviewDecision

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Submitted:
    """`settled` is what the stage came to with this opinion, None where more are needed."""

    stage: Stage
    settled: str | None


def draft(desk: Desk, actor: Actor, case_ref: str, answer: Answer) -> None:
    """Save an answer that can still be changed. Raises TakenError, InvalidInputError, …"""
    need(actor, "reviewer")
    with desk.store.write() as session:
        case = known(session, case_ref, lock=True)
        seat = queue.held_seat(session, actor, case)
        cipher = desk.cipher(session, case)
        leads = frozenset[str]()
        if seat.stage == "identity":
            leads = frozenset(lead.subject_ref for lead in leads_of(events(session, case, cipher)))
        check(answer, _stage(case), leads)
        detail: dict[str, Any] = {"note": answer.note}
        if isinstance(answer, IdentityOpinion):
            detail["subject_ref"] = answer.subject_ref
        else:
            detail["identity_confirmed"] = answer.identity_confirmed
        seat.choice, seat.reason = answer.choice, answer.reason
        seat.sealed_detail = cipher.seal(orjson.dumps(detail), detail_context(seat))
        seat.drafted_at = desk.clock()


def undo(desk: Desk, actor: Actor, case_ref: str) -> None:
    """Take a draft back. What is submitted stays."""
    with desk.store.write() as session:
        queue.clear(queue.held_seat(session, actor, known(session, case_ref, lock=True)))


def submit(desk: Desk, actor: Actor, case_ref: str, *, seen_version: int) -> Submitted:
    """Give the drafted answer for good. `seen_version` is the version that the reviewer saw.

    Raises StaleError where flags came since, TakenError where the seat is another's by now,
    NotAllowedError where they answered before or are of the author's unit.
    """
    need(actor, "reviewer")
    with desk.store.write() as session:
        case = known(session, case_ref, lock=True)
        if eligible.own_unit(session, actor, case):
            raise NotAllowedError("this case is about your own unit; colleagues judge it.")
        seat = queue.held_seat(session, actor, case)
        if case.flood_id is not None or not (case.waiting or case.golden):
            raise WrongStateError("this case is paused. Take the next one.")
        if case.version != seen_version:
            raise StaleError("the case changed since you looked at it. Look again.")
        if seat.choice is None:
            raise WrongStateError("there is no draft to submit. Choose an answer first.")
        now = desk.clock()
        seat.submitted_at = now
        stage = _stage(case)
        if case.golden:
            audit.append(session, desk, actor.id, "submitted", case=case, body={"stage": stage})
            return Submitted(stage, None)
        case.frozen = True
        case.touched_at = now
        session.flush()
        cipher = desk.cipher(session, case)
        settled = _settle(session, desk, case, cipher, stage, now)
        erased = case.state == "erased"
        audit.append(
            session, desk, actor.id, "submitted", case=case, cipher=cipher, body={"stage": stage}
        )
        if settled is not None:
            audit.append(
                session,
                desk,
                "console",
                "settled",
                case=case,
                cipher=cipher,
                body={"stage": stage, "outcome": settled},
            )
        if erased:
            retention.erase(session, desk, case, "none_of_these")
    if erased:
        desk.store.compact()
    return Submitted(stage, settled)


def _settle(
    session: Session, desk: Desk, case: Case, cipher: CaseCipher, stage: Stage, now: datetime
) -> str | None:
    seats = session.scalars(
        select(Seat)
        .where(
            Seat.case_id == case.id,
            Seat.stage == stage,
            Seat.round == case.round,
            Seat.submitted_at.is_not(None),
        )
        .order_by(Seat.seat)
    ).all()
    answers = [answer for seat in seats if (answer := answer_of(seat, cipher)) is not None]
    came_to = settlement(stage, [_as_one(answer) for answer in answers])
    if came_to is None:
        return None
    outcome = came_to.partition(":")[0]
    case.state = moved(state_of(case), outcome)
    if came_to == DIFFER:
        session.add_all(Seat(**row) for row in new_seats(case, stage, [3]))
        return None
    case.version += 1
    case.waiting = False
    if case.state == "verdict":
        case.identity_settled = True
        case.frozen = False
        case.waiting = True
        session.add_all(Seat(**row) for row in new_seats(case, "verdict"))
    else:
        case.decided_at, case.outcome = now, outcome
    found = events(session, case, cipher)
    agreeing = [answer for answer in answers if _as_one(answer) == came_to]
    _record(session, case, stage, outcome, answers, now)
    outbox.put_decision(
        session, desk, _decision(case, stage, outcome, answers, agreeing, found, now)
    )
    if stage == "verdict":
        if outcome in CLEARS:
            _suppress(session, desk, case, found, now)
        confirming = [a for a in agreeing if isinstance(a, Verdict) and a.identity_confirmed]
        if len(confirming) >= 2:
            binding.bind(session, desk, found)
    return outcome


def _as_one(answer: Answer) -> str:
    """What two opinions are compared by: the choice, and whom it names."""
    if isinstance(answer, IdentityOpinion) and answer.subject_ref is not None:
        return f"{answer.choice}:{answer.subject_ref}"
    return answer.choice


def _record(
    session: Session,
    case: Case,
    stage: Stage,
    outcome: str,
    answers: Sequence[Answer],
    now: datetime,
) -> None:
    """What the quality figures need, with nothing that leads to a person."""
    sides = session.execute(
        select(CaseSide.contest_id, CaseSide.candidate_id).where(CaseSide.case_id == case.id)
    )
    session.add(
        Finding(
            case_id=case.id,
            stage=stage,
            round=case.round,
            day=now.date().isoformat(),
            contest_id=case.contest_id,
            outcome=outcome,
            first=answers[0].choice,
            second=answers[1].choice,
            hours=round((now - case.opened_at) / _HOUR, 2),
            rules=case.rules,
            kinds=case.kinds,
            sides=sorted(f"{contest}:{candidate}" for contest, candidate in sides),
        )
    )


def _decision(
    case: Case,
    stage: Stage,
    outcome: str,
    answers: Sequence[Answer],
    agreeing: Sequence[Answer],
    found: Sequence[FlaggedEvent],
    now: datetime,
) -> ReviewDecision:
    agreement = "two" if len(answers) == 2 else "third" if len(agreeing) >= 2 else "none"
    chosen: Any = outcome
    return ReviewDecision(
        schema=1,
        decision_id=outbox.decision_id(case.ref, stage, case.round),
        case_ref=case.ref,
        stage=stage,
        round=case.round,
        outcome=chosen,
        agreement=agreement,  # type: ignore[arg-type]
        reasons=tuple(sorted({answer.reason for answer in agreeing})),
        election_id=case.election_id,
        contest_id=case.contest_id,
        rules=tuple(case.rules),
        flag_ids=()
        if outcome == "none_of_these"
        else tuple(sorted(event.flag_id for event in found)),
        decided_at=now,
    )


def _suppress(
    session: Session, desk: Desk, case: Case, found: Sequence[FlaggedEvent], now: datetime
) -> None:
    """The same account, entry and rule is not asked about again until the expiry."""
    findings = {pair for event in found for pair in material_of(event, desk.keys).findings}
    session.add_all(
        Suppression(
            finding=finding,
            contest_id=case.contest_id,
            rule=rule,
            origin_ref=case.ref,
            created_at=now,
            expires_at=now + timedelta(days=desk.settings.suppression_days),
            hits=0,
        )
        for finding, rule in sorted(findings)
    )


def _stage(case: Case) -> Stage:
    return STAGES[state_of(case)]
