"""What an actor may see of a case now. Every look is an entry of the audit chain.

Identity comes first: until two have settled it, a lead shows its evidence in words and nothing
that was posted (invariant 04). Others' opinions show once the viewer has given theirs, or the
stage is settled (invariant 13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotAllowedError, NotFoundError
from review import audit, eligible
from review.actors import Actor
from review.choices import Answer, IdentityOpinion, Verdict
from review.desk import Desk
from review.keys import CaseCipher
from review.states import STAGES, Stage, State, blind
from review.tables import Case, CaseNote, Flag, Seat
from streams.records import Author, FlaggedEvent, LeadCandidateRecord

_decode = msgspec.json.Decoder(FlaggedEvent).decode


@dataclass(frozen=True, slots=True)
class Opinion:
    """One reviewer's submitted answer. `reviewer` is for auditors only, None for others."""

    stage: str
    round: int
    seat: int
    answer: Answer
    submitted_at: datetime
    reviewer: str | None


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag's event as the topic had it. `edited`: the case shows the same post with other
    content too."""

    event: FlaggedEvent
    event_at: datetime
    received_at: datetime
    edited: bool
    later_versions: int
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Note:
    kind: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class IdentityView:
    """A lead, before its identity is settled: evidence in words, nothing that was posted."""

    case_ref: str
    version: int
    state: str
    election_id: str
    contest_id: str
    platform: str
    handle: str
    leads: Sequence[LeadCandidateRecord]
    flag_count: int
    opened_at: datetime
    draft: Answer | None
    opinions: Sequence[Opinion]


@dataclass(frozen=True, slots=True)
class ContentView:
    """A case whose identity is conclusive or settled. `subject_refs` are those that it is about;
    `flags` are a part of its `flag_count`, by time of the event."""

    case_ref: str
    version: int
    state: str
    stage: Stage | None
    election_id: str
    contest_id: str
    platform: str
    author: Author
    subject_refs: Sequence[str]
    flags: Sequence[FlagView]
    flag_count: int
    opened_at: datetime
    draft: Answer | None
    opinions: Sequence[Opinion]
    notes: Sequence[Note]


def view(
    desk: Desk, actor: Actor, case_ref: str, *, first: int = 0, limit: int = 20
) -> IdentityView | ContentView:
    """Look at a case: a reviewer with a seat in it, a lead once it is settled, an auditor.

    Raises NotFoundError, or NotAllowedError for everybody else and for one's own unit.
    """
    with desk.store.write() as session:
        case = known(session, case_ref)
        _may_look(session, actor, case)
        cipher = desk.cipher(session, case)
        shown = _identity(session, actor, case, cipher) or _content(
            session, actor, case, cipher, first, limit
        )
        audit.append(
            session,
            desk,
            actor.id,
            "viewed",
            case=case,
            cipher=cipher,
            body={"what": "identity" if isinstance(shown, IdentityView) else "content"},
        )
        return shown


def known(session: Session, case_ref: str, *, lock: bool = False) -> Case:
    """Raises NotFoundError."""
    wanted = select(Case).where(Case.ref == case_ref)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFoundError("no such case; it may have been deleted.")
    return found


def events(session: Session, case: Case, cipher: CaseCipher) -> list[FlaggedEvent]:
    """All of a case's events, by time."""
    return [_event(flag, cipher) for flag in _flags(session, case)]


def leads_of(found: Sequence[FlaggedEvent]) -> list[LeadCandidateRecord]:
    """Everybody whom these leads propose, each at their highest probability, highest first."""
    best: dict[str, LeadCandidateRecord] = {}
    for event in found:
        for candidate in event.identity.candidates:
            before = best.get(candidate.subject_ref)
            if before is None or candidate.probability > before.probability:
                best[candidate.subject_ref] = candidate
    return sorted(best.values(), key=lambda lead: (-lead.probability, lead.subject_ref))


def answer_of(seat: Seat, cipher: CaseCipher) -> Answer | None:
    """A seat's draft or opinion."""
    if seat.choice is None or seat.reason is None or seat.sealed_detail is None:
        return None
    detail = orjson.loads(cipher.open(seat.sealed_detail, detail_context(seat)))
    kind: type[Any] = IdentityOpinion if seat.stage == "identity" else Verdict
    answer: Answer = kind(choice=seat.choice, reason=seat.reason, **detail)
    return answer


def detail_context(seat: Seat) -> str:
    return f"seat:{seat.stage}:{seat.round}:{seat.seat}"


def is_about_identity(case: Case) -> bool:
    """True while nothing that was posted may be shown."""
    return case.identity == "unconfirmed" and not case.identity_settled


def _may_look(session: Session, actor: Actor, case: Case) -> None:
    if "auditor" in actor.roles:
        return
    if eligible.own_unit(session, actor, case):
        raise NotAllowedError("this case is about your own unit; colleagues elsewhere judge it.")
    if "lead" in actor.roles and case.state not in STAGES and not case.golden:
        return
    if "reviewer" in actor.roles:
        seat = select(Seat.case_id).where(
            Seat.case_id == case.id, Seat.reviewer_id == actor.id, Seat.round == case.round
        )
        stage = STAGES.get(state_of(case))
        if stage is not None:
            seat = seat.where(Seat.stage == stage)
        else:
            seat = seat.where(Seat.submitted_at.is_not(None))
        if session.scalar(seat.limit(1)) is not None:
            return
    raise NotAllowedError("take the case before you look at it.")


def _identity(
    session: Session, actor: Actor, case: Case, cipher: CaseCipher
) -> IdentityView | None:
    if not is_about_identity(case):
        return None
    found = events(session, case, cipher)
    return IdentityView(
        case_ref=case.ref,
        version=case.version,
        state=blind(state_of(case)),
        election_id=case.election_id,
        contest_id=case.contest_id,
        platform=case.platform,
        handle=found[-1].author.handle,
        leads=leads_of(found),
        flag_count=case.flag_count,
        opened_at=case.opened_at,
        draft=_draft(session, actor, case, cipher),
        opinions=_opinions(session, actor, case, cipher),
    )


def _content(
    session: Session, actor: Actor, case: Case, cipher: CaseCipher, first: int, limit: int
) -> ContentView:
    flags = _flags(session, case)
    found = [_event(flag, cipher) for flag in flags]
    contents: dict[str, set[str]] = {}
    for event in found:
        contents.setdefault(event.post_id, set()).add(event.content_sha256)
    return ContentView(
        case_ref=case.ref,
        version=case.version,
        state=blind(state_of(case)),
        stage=STAGES.get(state_of(case)),
        election_id=case.election_id,
        contest_id=case.contest_id,
        platform=case.platform,
        author=found[-1].author,
        subject_refs=subjects(session, case, cipher, found),
        flags=[
            FlagView(
                event,
                flag.event_at,
                flag.received_at,
                len(contents[event.post_id]) > 1,
                flag.later_versions,
                flag.suppressed_by is not None,
            )
            for flag, event in zip(flags, found, strict=True)
        ][first : first + limit],
        flag_count=case.flag_count,
        opened_at=case.opened_at,
        draft=_draft(session, actor, case, cipher),
        opinions=_opinions(session, actor, case, cipher),
        notes=notes_of(session, case, cipher),
    )


def subjects(
    session: Session, case: Case, cipher: CaseCipher, found: Sequence[FlaggedEvent]
) -> list[str]:
    """The pseudonyms that the case is about: those of a conclusive identity, or the one settled."""
    if case.identity == "conclusive":
        return sorted({e.identity.subject_ref for e in found if e.identity.subject_ref})
    settled = [
        answer.subject_ref
        for seat in _submitted(session, case)
        if isinstance(answer := answer_of(seat, cipher), IdentityOpinion) and answer.subject_ref
    ]
    return sorted(ref for ref in set(settled) if settled.count(ref) > 1)


def notes_of(session: Session, case: Case, cipher: CaseCipher) -> list[Note]:
    return [
        Note(row.kind, row.at, row.by, cipher.open(row.sealed, f"note:{row.kind}").decode())
        for row in session.scalars(
            select(CaseNote).where(CaseNote.case_id == case.id).order_by(CaseNote.id)
        )
    ]


def _flags(session: Session, case: Case) -> Sequence[Flag]:
    return session.scalars(
        select(Flag).where(Flag.case_id == case.id).order_by(Flag.event_at, Flag.flag_id)
    ).all()


def _event(flag: Flag, cipher: CaseCipher) -> FlaggedEvent:
    return _decode(cipher.open(flag.sealed, f"flag:{flag.flag_id}"))


def state_of(case: Case) -> State:
    """Its state; nothing else is ever written there."""
    state: Any = case.state
    found: State = state
    return found


def _draft(session: Session, actor: Actor, case: Case, cipher: CaseCipher) -> Answer | None:
    seat = session.scalar(
        select(Seat).where(
            Seat.case_id == case.id,
            Seat.stage == STAGES.get(state_of(case), ""),
            Seat.round == case.round,
            Seat.reviewer_id == actor.id,
            Seat.submitted_at.is_(None),
        )
    )
    return None if seat is None else answer_of(seat, cipher)


def _submitted(session: Session, case: Case) -> Sequence[Seat]:
    return session.scalars(
        select(Seat)
        .where(Seat.case_id == case.id, Seat.submitted_at.is_not(None))
        .order_by(Seat.round, Seat.stage, Seat.seat)
    ).all()


def _opinions(session: Session, actor: Actor, case: Case, cipher: CaseCipher) -> list[Opinion]:
    """Nobody sees another's opinion before giving theirs, unless the stage is settled."""
    stage = STAGES.get(state_of(case))
    seats = _submitted(session, case)
    open_now = [seat for seat in seats if seat.stage == stage and seat.round == case.round]
    if "auditor" not in actor.roles and (
        case.golden or all(seat.reviewer_id != actor.id for seat in open_now)
    ):
        hidden = {id(seat) for seat in open_now}
        # After a contest was upheld, what the first round said must not lead the second either.
        hidden |= {id(s) for s in seats if stage is not None and s.round < case.round}
        seats = [seat for seat in seats if id(seat) not in hidden]
    return [
        Opinion(
            seat.stage,
            seat.round,
            seat.seat,
            answer,
            seat.submitted_at,
            seat.reviewer_id if "auditor" in actor.roles else None,
        )
        for seat in seats
        if (answer := answer_of(seat, cipher)) is not None and seat.submitted_at is not None
    ]
