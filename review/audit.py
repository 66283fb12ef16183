"""The record of every view, unlock, decision and export: append-only, hash-chained.

An entry's `link` is HMAC-SHA256, under the master key, over the link before it and everything the
entry says; what an entry says at length is in a body of its own, of which the chain holds a digest.
So a body can be deleted with its case, and the chain still shows that nothing was changed, left
out or put in another order. The last link is kept apart under a MAC, so that missing last entries
show. Whoever wants to be safe from the holder of both store and master key keeps the head that
`netral audit verify` prints.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, Final, Literal

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import AuditError, KeyFileError
from review.actors import Actor, need
from review.desk import Desk
from review.keys import CaseCipher, MasterKey
from review.tables import AuditBody, AuditEntry, AuditHead, Case

Kind = Literal[
    "viewed",
    "claimed",
    "submitted",
    "settled",
    "vault_opened",
    "notice",
    "reply",
    "contest",
    "resolve",
    "close",
    "export_previewed",
    "exported",
    "erased",
    "flood_released",
    "held_released",
    "suppression_revoked",
    "audit_viewed",
    "figures_viewed",
    "staff_added",
    "staff_roles",
    "staff_units",
    "staff_active",
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "credentials",
]
HEAD: Final = 1
_START: Final = "0" * 32
_VERIFY_STEP: Final = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """`body` is None where it was deleted with its case."""

    seq: int
    at: datetime
    actor: str
    kind: str
    case_ref: str
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A whole chain: how many entries, how many bodies are still there, and its last link."""

    entries: int
    bodies: int
    head: str


def append(
    session: Session,
    desk: Desk,
    actor: str,
    kind: Kind,
    *,
    case: Case | None = None,
    cipher: CaseCipher | None = None,
    case_ref: str = "",
    body: dict[str, Any] | None = None,
) -> int:
    """Add an entry in the caller's transaction; returns its number.

    Call it last: entries queue up for the head of the chain. The body of a case's entry is sealed
    with the case's key and dies with it; of a case that is gone only `case_ref` is named.
    """
    head = session.execute(
        select(AuditHead).where(AuditHead.id == HEAD).with_for_update()
    ).scalar_one_or_none()
    if head is None:
        head = AuditHead(id=HEAD, seq=0, link=_START, mac=_head_mac(desk.keys, 0, _START))
        session.add(head)
    seq = head.seq + 1
    plain = orjson.dumps({"salt": token_hex(16), **(body or {})}, option=orjson.OPT_SORT_KEYS)
    stored = plain
    if case is not None:
        key = cipher if cipher is not None else desk.cipher(session, case)
        stored = key.seal(plain, f"audit:{seq}")
    entry = AuditEntry(
        seq=seq,
        at=desk.clock(),
        actor=actor,
        kind=kind,
        case_ref=case_ref if case is None else case.ref,
        body_digest=desk.keys.hash("body", plain.decode()),
        previous=head.link,
        link="",
    )
    entry.link = _link(desk.keys, entry)
    session.add(entry)
    session.flush()
    session.add(AuditBody(seq=seq, case_id=None if case is None else case.id, body=stored))
    head.seq, head.link, head.mac = seq, entry.link, _head_mac(desk.keys, seq, entry.link)
    session.flush()
    return seq


def page(
    desk: Desk,
    actor: Actor,
    *,
    before: int | None = None,
    limit: int = 100,
    case_ref: str | None = None,
) -> list[Entry]:
    """Newest first, for auditors; that they looked is an entry too."""
    need(actor, "auditor")
    wanted = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(AuditEntry.seq < before)
    if case_ref is not None:
        wanted = wanted.where(AuditEntry.case_ref == case_ref)
    with desk.store.read() as session:
        found = [
            Entry(row.seq, row.at, row.actor, row.kind, row.case_ref, _said(session, desk, row))
            for row in session.scalars(wanted)
        ]
    with desk.store.write() as session:
        append(session, desk, actor.id, "audit_viewed", body={"before": before, "case": case_ref})
    return found


def verify(desk: Desk, *, expect: tuple[int, str] | None = None) -> Verified:
    """Walk the whole chain. `expect` is an entry's number and link that were kept elsewhere.

    Raises AuditError naming the first entry that was changed, is missing or out of order.
    """
    link, number, bodies, kept = _START, 0, 0, None
    with desk.store.read() as session:
        while True:
            rows = session.scalars(
                select(AuditEntry)
                .where(AuditEntry.seq > number)
                .order_by(AuditEntry.seq)
                .limit(_VERIFY_STEP)
            ).all()
            if not rows:
                break
            for row in rows:
                if row.seq != number + 1:
                    raise _broken(number + 1, "is missing")
                if row.previous != link:
                    raise _broken(row.seq, "does not follow the one before it")
                if row.link != _link(desk.keys, row):
                    raise _broken(row.seq, "was changed")
                bodies += _check_body(session, desk, row)
                number, link = row.seq, row.link
                if expect is not None and expect[0] == number:
                    kept = link
            session.expunge_all()
        head = session.get(AuditHead, HEAD)
        if head is None:
            if number:
                raise AuditError("audit: the head of the chain is missing. Restore the store.")
        elif head.mac != _head_mac(desk.keys, head.seq, head.link):
            raise AuditError("audit: the head of the chain was changed. Restore the store.")
        elif head.seq != number:
            raise _broken(min(head.seq, number) + 1, "is missing")
        elif head.link != link:
            raise _broken(number, "is not the last that was written")
    if expect is not None and kept != expect[1]:
        raise _broken(expect[0], "is not the one that was kept elsewhere")
    return Verified(number, bodies, link)


def _check_body(session: Session, desk: Desk, row: AuditEntry) -> int:
    stored = session.get(AuditBody, row.seq)
    if stored is None:
        return 0
    try:
        plain = _plain(session, desk, row, stored)
    except KeyFileError:
        raise _broken(row.seq, "has another body than it was written with") from None
    if plain is not None and desk.keys.hash("body", plain.decode()) != row.body_digest:
        raise _broken(row.seq, "has another body than it was written with")
    return 1


def _said(session: Session, desk: Desk, row: AuditEntry) -> dict[str, Any] | None:
    stored = session.get(AuditBody, row.seq)
    plain = None if stored is None else _plain(session, desk, row, stored)
    if plain is None:
        return None
    body: dict[str, Any] = orjson.loads(plain)
    del body["salt"]
    return body


def _plain(session: Session, desk: Desk, row: AuditEntry, stored: AuditBody) -> bytes | None:
    if stored.case_id is None:
        return stored.body
    case = session.get(Case, stored.case_id)
    if case is None:
        return None
    return desk.cipher(session, case).open(stored.body, f"audit:{row.seq}")


def _link(keys: MasterKey, row: AuditEntry) -> str:
    return keys.hash(
        "audit",
        row.previous,
        str(row.seq),
        row.at.isoformat(),
        row.actor,
        row.kind,
        row.case_ref,
        row.body_digest,
    )


def _head_mac(keys: MasterKey, seq: int, link: str) -> str:
    return keys.hash("audit", "head", str(seq), link)


def _broken(seq: int, what: str) -> AuditError:
    return AuditError(
        f"audit: entry {seq} {what}. The record was tampered with or damaged from there on; keep "
        "the store as it is and restore a backup beside it."
    )
