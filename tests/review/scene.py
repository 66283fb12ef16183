"""Flagged events, people and a desk for tests of the console; everybody is invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.settings import ReviewSettings
from review import cases, decide, ingest, people, queue
from review.actors import Actor, Role
from review.cases import ContentView, IdentityView
from review.choices import Answer, IdentityOpinion, Verdict
from review.desk import Desk, open_desk
from review.ingest import Applied
from review.keys import make_master_key
from review.tables import StaffUnit
from streams.codec import encode
from streams.records import (
    Author,
    ElectionContext,
    EvidenceItem,
    FiredRule,
    FlaggedEvent,
    IdentityFinding,
    LeadCandidateRecord,
    Versions,
)

START = datetime(2024, 10, 1, 9, tzinfo=UTC)
ELECTION = "pilkada-2024"
CONTEST = "jatim"


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Record:
    """What ingest reads of a record from a broker."""

    value: bytes | None
    offset: int = 0
    partition: int = 0
    topic: str = "flagged-events"
    timestamp: int = 1_727_773_200_000


@dataclass(slots=True)
class Topic:
    """A topic of one partition, as it grows."""

    records: list[Record] = field(default_factory=list)

    def add(self, *events: FlaggedEvent) -> list[Record]:
        new = [Record(encode(e), len(self.records) + n) for n, e in enumerate(events)]
        self.records += new
        return new


def make_desk(url: str, folder: Path, clock: Clock, **settings: Any) -> Desk:
    key = folder / "master.key"
    if not key.exists():
        make_master_key(key)
    given = {"store": url, "master_key_file": key, "compare_units": False, "golden_rate": 0}
    return open_desk(ReviewSettings.model_validate(given | settings), clock)


def flag(
    number: int = 1,
    *,
    handle: str = "budi.s",
    account_id: str | None = "7",
    status: str = "bound",
    refs: Sequence[str] = (f"s{'1' * 32}",),
    entry: str = "risma:name:risma",
    candidate: str = "risma",
    contest: str = CONTEST,
    rules: Iterable[str] = ("D2",),
    at: datetime = START,
    text: str | None = "Pilih Risma!",
    post_id: str | None = None,
    kind: Any = "full_name",
) -> FlaggedEvent:
    """A flagged event; the same arguments give the same bytes."""
    content = sha256((text or "").encode()).hexdigest()
    post = post_id if post_id is not None else f"p{number}"
    flag_id = sha256(f"{handle}|{account_id}|{post}|{content}|{number}".encode()).hexdigest()[:32]
    identity = (
        IdentityFinding(
            status="unconfirmed",
            candidates=tuple(
                LeadCandidateRecord(
                    subject_ref=ref, probability=9_000 - place, levels=("same handle",)
                )
                for place, ref in enumerate(refs)
            ),
        )
        if status == "unconfirmed"
        else IdentityFinding(status=status, subject_ref=refs[0])  # type: ignore[arg-type]
    )
    return FlaggedEvent(
        schema=1,
        flag_id=flag_id,
        rules=tuple(
            FiredRule(
                code=code,
                wording_version="skb-2022.1",
                legal_basis="PP 94/2021",
                severity_class="sedang",
            )
            for code in rules
        ),
        election=ElectionContext(
            id=ELECTION,
            phase="campaign",
            phase_from=START - timedelta(days=20),
            phase_to=START + timedelta(days=50),
            contest_ids=(contest,),
        ),
        identity=identity,
        author=Author(handle=handle, account_id=account_id),
        evidence=(
            EvidenceItem(
                kind=kind,
                field="text",
                start=6,
                end=11,
                surface="Risma",
                entry_id=entry,
                candidate_id=candidate,
                contest_id=contest,
                score=10_000,
                method="exact",
                sufficient=True,
            ),
        ),
        cues=(),
        exemptions=(),
        missing=(),
        platform="x",
        post_id=post,
        action="post",
        created_at=at,
        content_sha256=content,
        versions=Versions(
            register="r1",
            register_overlay_offset=-1,
            watchlist="w1",
            rules="u1",
            model="m1",
            settings="s1",
        ),
        status="needs_review",
        text=text,
        url="https://example.invalid/p",
    )


def take(desk: Desk, *events: FlaggedEvent, first: int = 0) -> Applied:
    return ingest.apply(desk, [Record(encode(e), first + n) for n, e in enumerate(events)])


def hire(desk: Desk, name: str, *roles: Role, units: Iterable[str] = ()) -> Actor:
    people.add_first(desk, name, name.title(), roles or ("reviewer",))
    if units:
        with desk.store.write() as session:
            session.add_all(StaffUnit(staff_id=name, unit_hash=unit) for unit in units)
    return people.actor(desk, name)


def answer(desk: Desk, actor: Actor, ref: str, given: Answer) -> decide.Submitted:
    """Take the case, look, answer and submit."""
    queue.claim(desk, actor, ref)
    seen = cases.view(desk, actor, ref)
    decide.draft(desk, actor, ref, given)
    return decide.submit(desk, actor, ref, seen_version=seen.version)


def this_account(ref: str = f"s{'1' * 32}") -> IdentityOpinion:
    return IdentityOpinion("this_account", "handle_and_profile", subject_ref=ref)


NONE = IdentityOpinion("none_of_these", "different_person")
CANNOT = IdentityOpinion("cannot_tell", "profile_empty")
BREACH = Verdict("breach_suspected", "support")
NOT = Verdict("not_breach", "policy")
EXEMPT = Verdict("exempt", "news")


def refs(desk: Desk, actor: Actor) -> list[str]:
    """The cases in an actor's queue."""
    return [row.case_ref for row in queue.page(desk, actor).rows]


def content(desk: Desk, actor: Actor, ref: str) -> ContentView:
    shown = cases.view(desk, actor, ref)
    assert isinstance(shown, ContentView)
    return shown


def identity(desk: Desk, actor: Actor, ref: str) -> IdentityView:
    shown = cases.view(desk, actor, ref)
    assert isinstance(shown, IdentityView)
    return shown
