"""Flagged events into the store, a batch in one transaction.

What a batch does is decided by what is stored already, so that a replay of the whole topic changes
nothing: an event that its case holds in this or a later version is passed over, and so is one
whose case was deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from review import floods, suppression
from review.actors import Actor, need
from review.desk import Desk
from review.keys import CaseCipher
from review.material import Material, material_of, window_start
from review.states import STAGES, State
from review.tables import (
    Case,
    CaseKey,
    CaseSide,
    CaseUnit,
    EntryHit,
    Flag,
    RefusedRecord,
    Seat,
    Suppression,
    Tombstone,
)
from review.upsert import count, insert_new
from streams.codec import DecodeFailure, decode_flag
from streams.dead_letters import ReceivedRecord, dead_letter

ATTEMPTS: Final = 5
"""Two services that open the same group's case at once: one of them tries again."""
T = TypeVar("T")


@dataclass(slots=True)
class Applied:
    """What became of a batch's records; they add up to it."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    later: int = 0
    suppressed: int = 0
    tombstoned: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Open:
    """A case that takes flags, and what a batch adds to it. `wrapped` is its key where the case
    is new."""

    row: Case
    cipher: CaseCipher
    wrapped: bytes | None
    rules: set[str]
    kinds: set[str]
    taken: list[tuple[ReceivedRecord, Material, Suppression | None]] = field(default_factory=list)
    units: set[str] = field(default_factory=set)
    units_known: bool = True


def apply(desk: Desk, records: Sequence[ReceivedRecord]) -> Applied:
    """Take a batch, all of it or nothing. Records of one partition are in the order of offsets."""
    now = desk.clock()
    good: dict[str, tuple[ReceivedRecord, Material]] = {}
    refused = []
    repeated = 0
    for record in records:
        event = decode_flag(record.value)
        if isinstance(event, DecodeFailure):
            refused.append((record, event))
            continue
        repeated += event.flag_id in good
        good[event.flag_id] = (record, material_of(event, desk.keys))
    applied = _retrying(lambda: _apply(desk, good, refused, now))
    applied.unchanged += repeated
    return applied


def refused(desk: Desk, actor: Actor, limit: int = 500) -> list[RefusedRecord]:
    """Records that could not be read, newest first: where they lie and why."""
    need(actor, "lead", "auditor", "admin")
    with desk.store.read() as session:
        return list(
            session.scalars(
                select(RefusedRecord).order_by(RefusedRecord.seen_at.desc()).limit(limit)
            )
        )


def _retrying(work: Callable[[], T]) -> T:
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except (IntegrityError, OperationalError):
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _apply(
    desk: Desk,
    good: dict[str, tuple[ReceivedRecord, Material]],
    refused: Iterable[tuple[ReceivedRecord, DecodeFailure]],
    now: datetime,
) -> Applied:
    applied = Applied()
    with desk.store.write() as session:
        for record, failure in refused:
            applied.refused += _refuse(session, record, failure, now)
        stored = {
            flag.flag_id: flag
            for flag in session.scalars(select(Flag).where(Flag.flag_id.in_(good)))
        }
        dead = set(
            session.scalars(
                select(Tombstone.digest).where(
                    Tombstone.digest.in_([item.tombstone for _, item in good.values()])
                )
            )
        )
        fresh = []
        for flag_id, (record, item) in good.items():
            if item.tombstone in dead:
                applied.tombstoned += 1
            elif flag_id in stored:
                _again(session, desk, stored[flag_id], record, item, applied)
            else:
                fresh.append((record, item))
        if fresh:
            _take(session, desk, fresh, now, applied)
        for name in ("suppressed", "tombstoned", "later"):
            count(session, name, getattr(applied, name))
    return applied


def _refuse(session: Session, record: ReceivedRecord, failure: DecodeFailure, now: datetime) -> int:
    letter = dead_letter(record, failure)
    insert_new(
        session,
        RefusedRecord,
        [
            {
                "topic": letter.topic,
                "partition": letter.partition,
                "offset": letter.offset,
                "reason": letter.reason,
                "path": letter.path,
                "sha256": letter.sha256,
                "written_at": letter.at,
                "seen_at": now,
            }
        ],
    )
    return 1


def _again(
    session: Session,
    desk: Desk,
    flag: Flag,
    record: ReceivedRecord,
    item: Material,
    applied: Applied,
) -> None:
    """An event that is here already: keep the later version, unless somebody answered on it."""
    is_later = record.partition == flag.source_partition and record.offset > flag.source_offset
    if not is_later or item.digest == flag.body_digest:
        applied.unchanged += 1
        return
    flag.source_offset = record.offset
    case = session.get_one(Case, flag.case_id, with_for_update=True)
    if not _takes_flags(case) or item.group_key != case.group_key:
        flag.later_versions += 1
        applied.later += 1
        return
    flag.sealed = desk.cipher(session, case).seal(item.body, f"flag:{item.event.flag_id}")
    flag.body_digest = item.digest
    case.version += 1
    case.rules = sorted({*case.rules, *item.rules})
    case.kinds = sorted({*case.kinds, *item.kinds})
    applied.changed += 1


def _takes_flags(case: Case) -> bool:
    return not case.frozen and not case.golden and case.state in {*STAGES, "suppressed"}


def _take(
    session: Session,
    desk: Desk,
    fresh: Sequence[tuple[ReceivedRecord, Material]],
    now: datetime,
    applied: Applied,
) -> None:
    cleared = suppression.active(session, [item for _, item in fresh])
    groups = _open_cases(session, desk, [item for _, item in fresh], now)
    for record, item in fresh:
        case = groups[item.group_key]
        by = suppression.covering(item, cleared)
        if by is not None:
            by.hits += 1
            applied.suppressed += 1
        else:
            applied.new += 1
        units, known = desk.units.of(item.event.election.id, list(item.refs))
        case.units |= units
        case.units_known &= known
        case.rules.update(item.rules)
        case.kinds.update(item.kinds)
        case.taken.append((record, item, by))
    for case in groups.values():
        _refresh(case, now)
    _write_cases(session, list(groups.values()))
    _write_flags(session, desk, list(groups.values()), now)


def _write_cases(session: Session, cases: Sequence[_Open]) -> None:
    """The cases themselves, and what a new one needs: its key and its seats."""
    made = [case for case in cases if case.wrapped is not None]
    session.add_all(case.row for case in made)
    session.flush()
    if made:
        session.execute(
            insert(CaseKey),
            [{"case_id": case.row.id, "wrapped": case.wrapped} for case in made],
        )
        session.execute(
            insert(Seat),
            [
                seat
                for case in made
                for seat in new_seats(
                    case.row, "identity" if case.row.identity == "unconfirmed" else "verdict"
                )
            ],
        )


def _write_flags(session: Session, desk: Desk, cases: Sequence[_Open], now: datetime) -> None:
    """The flags, and what is known of them without opening them."""
    width = timedelta(minutes=desk.settings.flood_window_minutes)
    flags: list[dict[str, Any]] = []
    sides: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    hits: list[dict[str, Any]] = []
    for case in cases:
        case_id = case.row.id
        units += [{"case_id": case_id, "unit_hash": unit} for unit in sorted(case.units)]
        for record, item, by in case.taken:
            name = item.event.flag_id
            flags.append(
                {
                    "flag_id": name,
                    "case_id": case_id,
                    "event_at": item.event.created_at,
                    "received_at": now,
                    "source_partition": record.partition,
                    "source_offset": record.offset,
                    "body_digest": item.digest,
                    "sealed": case.cipher.seal(item.body, f"flag:{name}"),
                    "later_versions": 0,
                    "suppressed_by": None if by is None else by.id,
                }
            )
            sides += [
                {"case_id": case_id, "contest_id": contest, "candidate_id": candidate}
                for contest, candidate in item.sides
            ]
            if by is None:
                start = window_start(item.event.created_at, width)
                hits += [
                    {
                        "contest_id": contest,
                        "entry_id": entry,
                        "window_start": start,
                        "case_id": case_id,
                    }
                    for contest, entry in item.hits
                ]
    session.execute(insert(Flag), flags)
    insert_new(session, CaseSide, sides)
    insert_new(session, CaseUnit, units)
    insert_new(session, EntryHit, hits)
    floods.look(session, desk, hits, [case.row for case in cases if case.wrapped is None], now)


def _refresh(case: _Open, now: datetime) -> None:
    """What a case is after this batch: open as soon as it holds a flag that is not suppressed."""
    row = case.row
    is_first = case.wrapped is not None
    wanted: State = "identity" if row.identity == "unconfirmed" else "verdict"
    if any(by is None for _, _, by in case.taken):
        if row.state == "suppressed":
            row.state = wanted
    elif is_first:
        row.state = "suppressed"
    row.flag_count += len(case.taken)
    row.rules, row.kinds = sorted(case.rules), sorted(case.kinds)
    row.touched_at = now
    row.version += not is_first
    row.unit_known = row.unit_known and case.units_known
    row.waiting = row.state in STAGES and row.flood_id is None and row.unit_known


def _open_cases(
    session: Session, desk: Desk, items: Sequence[Material], now: datetime
) -> dict[str, _Open]:
    """The case of each group that takes flags: the latest, or a new one where it does not."""
    by_group = {item.group_key: item for item in items}
    latest: dict[str, Case] = {}
    for row in session.scalars(
        select(Case)
        .where(Case.group_key.in_(by_group))
        .order_by(Case.group_key, Case.ordinal)
        .with_for_update()
    ):
        latest[row.group_key] = row
    groups = {}
    for group, item in by_group.items():
        before = latest.get(group)
        if before is not None and _takes_flags(before):
            cipher = desk.cipher(session, before)
            groups[group] = _Open(before, cipher, None, set(before.rules), set(before.kinds))
            continue
        ref = token_hex(16)
        cipher, wrapped = desk.keys.new_case(ref)
        new = _new_case(ref, item, 1 if before is None else before.ordinal + 1, now)
        groups[group] = _Open(new, cipher, wrapped, set(), set())
    return groups


def _new_case(ref: str, item: Material, ordinal: int, now: datetime) -> Case:
    return Case(
        ref=ref,
        group_key=item.group_key,
        ordinal=ordinal,
        election_id=item.event.election.id,
        contest_id=item.contest_id,
        platform=item.event.platform,
        identity=item.identity,
        state="identity" if item.identity == "unconfirmed" else "verdict",
        waiting=True,
        round=1,
        version=1,
        flag_count=0,
        rules=[],
        kinds=[],
        opened_at=now,
        touched_at=now,
        unit_known=True,
        frozen=False,
        golden=False,
    )


def new_seats(case: Case, stage: str, numbers: Sequence[int] = (1, 2)) -> list[dict[str, Any]]:
    """Rows of free seats."""
    return [
        {"case_id": case.id, "stage": stage, "round": case.round, "seat": number}
        for number in numbers
    ]
