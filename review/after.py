"""What follows a suspected breach: notice, the person's reply, a contest and its resolution.

A contest pauses everything: nothing is exported or closed while one is open. One that is upheld
sends the case to two new reviewers.
"""

from typing import Final, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.errors import InvalidInputError, NotAllowedError
from review import audit, eligible, outbox
from review.actors import Actor, need
from review.cases import Note, events, known, notes_of, state_of
from review.desk import Desk
from review.ingest import new_seats
from review.states import moved, resumed
from review.tables import Case, CaseNote, Finding, Seat
from streams.records import ReviewDecision

Happening = Literal["notice", "reply", "contest", "resolve", "close"]
TEXT_MAX: Final = 20_000


def notice(desk: Desk, actor: Actor, case_ref: str, text: str) -> None:
    """That the person was told, and what."""
    _happened(desk, actor, case_ref, "notice", text)


def reply(desk: Desk, actor: Actor, case_ref: str, text: str) -> None:
    """Attach what the person answered."""
    _happened(desk, actor, case_ref, "reply", text)


def contest(desk: Desk, actor: Actor, case_ref: str, text: str) -> None:
    """The person contests it: everything about the case is paused."""
    _happened(desk, actor, case_ref, "contest", text)


def close(desk: Desk, actor: Actor, case_ref: str, text: str) -> None:
    """The body that the case was referred to has closed it."""
    _happened(desk, actor, case_ref, "close", text)


def resolve(desk: Desk, actor: Actor, case_ref: str, *, upheld: bool, text: str) -> None:
    """Upheld: two new reviewers judge it again. Not upheld: it goes on where it was.

    Raises NotAllowedError for a lead who gave one of its opinions.
    """
    with desk.store.write() as session:
        case = _for_lead(session, actor, case_ref)
        not_a_judge(session, actor, case)
        case.state = moved(state_of(case), "uphold") if upheld else resumed(case.resume_state)
        case.resume_state = None
        if upheld:
            _judge_again(session, desk, case)
        word = "upheld" if upheld else "not upheld"
        _note(session, desk, actor, case, "resolve", f"{word}\n{text}")


def notes(desk: Desk, actor: Actor, case_ref: str) -> list[Note]:
    """For leads and auditors; reviewers see them with the case."""
    need(actor, "lead", "auditor")
    with desk.store.read() as session:
        case = known(session, case_ref)
        return notes_of(session, case, desk.cipher(session, case))


def not_a_judge(session: Session, actor: Actor, case: Case) -> None:
    """Raises NotAllowedError where the actor gave an opinion on this case."""
    judged = select(Seat.case_id).where(
        Seat.case_id == case.id,
        Seat.reviewer_id == actor.id,
        Seat.submitted_at.is_not(None),
    )
    if session.scalar(judged.limit(1)) is not None:
        raise NotAllowedError("you gave an opinion on this case; another lead does this.")


def _happened(desk: Desk, actor: Actor, case_ref: str, what: Happening, text: str) -> None:
    with desk.store.write() as session:
        case = _for_lead(session, actor, case_ref)
        before = case.state
        case.state = moved(state_of(case), what)
        if what == "contest":
            case.resume_state = before
        _note(session, desk, actor, case, what, text)


def _for_lead(session: Session, actor: Actor, case_ref: str) -> Case:
    need(actor, "lead")
    case = known(session, case_ref, lock=True)
    if eligible.own_unit(session, actor, case):
        raise NotAllowedError("this case is about your own unit; another lead does this.")
    return case


def _note(
    session: Session, desk: Desk, actor: Actor, case: Case, kind: Happening, text: str
) -> None:
    if not text.strip():
        raise InvalidInputError("write what happened.")
    if len(text) > TEXT_MAX:
        raise InvalidInputError(f"at most {TEXT_MAX:,} characters, not {len(text):,}.")
    now = desk.clock()
    cipher = desk.cipher(session, case)
    case.version += 1
    case.touched_at = now
    session.add(
        CaseNote(
            case_id=case.id,
            kind=kind,
            at=now,
            by=actor.id,
            sealed=cipher.seal(text.encode(), f"note:{kind}"),
        )
    )
    audit.append(session, desk, actor.id, kind, case=case, cipher=cipher)


def _judge_again(session: Session, desk: Desk, case: Case) -> None:
    """The verdict before is void: whoever keys decisions by id learns so."""
    session.execute(
        update(Finding)
        .where(Finding.case_id == case.id, Finding.stage == "verdict")
        .values(outcome="reopened")
    )
    outbox.put_decision(
        session,
        desk,
        ReviewDecision(
            schema=1,
            decision_id=outbox.decision_id(case.ref, "contest", case.round),
            case_ref=case.ref,
            stage="contest",
            round=case.round,
            outcome="reopened",
            agreement="none",
            reasons=(),
            election_id=case.election_id,
            contest_id=case.contest_id,
            rules=tuple(case.rules),
            flag_ids=tuple(
                sorted(e.flag_id for e in events(session, case, desk.cipher(session, case)))
            ),
            decided_at=desk.clock(),
        ),
    )
    case.round += 1
    case.waiting = case.unit_known
    case.decided_at = case.outcome = None
    session.add_all(Seat(**row) for row in new_seats(case, "verdict"))
