"""The package that leaves, at a lead's hand only: the evidence, its hashes, what was decided.

Minimal: the flagged account's own posts and interactions, the rules, the opinions without names,
notice and reply. Nothing of others' posts, no civil-service number, no name: who the pseudonym is
the recipient learns from the lead, on their own channel. Previewing gives the very bytes that are
released, so what was seen is what leaves.
"""

import csv
import html
import io
import os
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
import pyrage
from pyrage import x25519
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotAllowedError, SettingsError, StaleError, WrongStateError
from review import audit, eligible
from review.actors import Actor, need
from review.after import not_a_judge
from review.cases import answer_of, events, known, notes_of, state_of, subjects
from review.choices import REASONS
from review.desk import Desk
from review.keys import CaseCipher
from review.states import EXPORTABLE, moved
from review.tables import Case, Export, Seat
from review.visible import plain_cell, visible
from streams.codec import encode
from streams.records import FlaggedEvent

SCHEMA: Final = "netral-export-1"
_THEN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive, so that the same content is the same bytes."""


@dataclass(frozen=True, slots=True)
class Package:
    """`sha256` is of `archive`, a ZIP of the three others."""

    json: bytes
    html: str
    csv: str
    archive: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Released:
    path: Path
    sha256: str
    recipient: str


def preview(desk: Desk, actor: Actor, case_ref: str) -> Package:
    """What would leave now. Raises WrongStateError while anything is pending."""
    with desk.store.write() as session:
        case, cipher = _ready(session, desk, actor, case_ref)
        package = _package(session, case, cipher)
        audit.append(
            session,
            desk,
            actor.id,
            "export_previewed",
            case=case,
            cipher=cipher,
            body={"sha256": package.sha256},
        )
        return package


def release(desk: Desk, actor: Actor, case_ref: str, sha256: str) -> Released:
    """Write the package for the configured recipient; the case is referred then.

    `sha256` is the previewed package's. Raises StaleError where the package is another by now,
    NotAllowedError for a lead who gave one of the opinions, SettingsError without a recipient.
    The file is put in place when its release is on the record, never before.
    """
    folder = desk.settings.export_dir
    if folder is None:
        raise SettingsError("review.export_dir is not set: there is nowhere to release to.")
    name = desk.settings.export_recipient_name or "folder"
    with desk.store.write() as session:
        case, cipher = _ready(session, desk, actor, case_ref)
        not_a_judge(session, actor, case)
        package = _package(session, case, cipher)
        if package.sha256 != sha256:
            raise StaleError("the package changed since you previewed it. Look at it again.")
        path = folder / f"{case.ref}-{case.round}.zip"
        content = package.archive
        if desk.settings.export_recipient is not None:
            path = path.with_name(f"{path.name}.age")
            content = pyrage.encrypt(content, [_recipient(desk.settings.export_recipient)])
        case.state = moved(state_of(case), "export")
        case.version += 1
        case.touched_at = desk.clock()
        session.add(
            Export(
                case_ref=case.ref,
                at=desk.clock(),
                by=actor.id,
                recipient=name,
                package_sha256=package.sha256,
            )
        )
        audit.append(
            session,
            desk,
            actor.id,
            "exported",
            case=case,
            cipher=cipher,
            body={"sha256": package.sha256, "recipient": name},
        )
        beside = _write(path, content)
    beside.replace(path)
    return Released(path, package.sha256, name)


def _ready(session: Session, desk: Desk, actor: Actor, case_ref: str) -> tuple[Case, CaseCipher]:
    need(actor, "lead")
    case = known(session, case_ref, lock=True)
    if eligible.own_unit(session, actor, case):
        raise NotAllowedError("this case is about your own unit; another lead does this.")
    if state_of(case) not in EXPORTABLE:
        raise WrongStateError(
            f"this case is '{case.state}': only a breach that two agreed on leaves, and only "
            "while no contest is open."
        )
    agreeing = session.scalars(
        select(Seat.reviewer_id).where(
            Seat.case_id == case.id,
            Seat.stage == "verdict",
            Seat.round == case.round,
            Seat.choice == "breach_suspected",
            Seat.submitted_at.is_not(None),
        )
    ).all()
    if len(set(agreeing)) < 2:
        raise WrongStateError("fewer than two reviewers agree on this case.")
    return case, desk.cipher(session, case)


def _package(session: Session, case: Case, cipher: CaseCipher) -> Package:
    found = events(session, case, cipher)
    seats = session.scalars(
        select(Seat)
        .where(Seat.case_id == case.id, Seat.round == case.round, Seat.submitted_at.is_not(None))
        .order_by(Seat.stage, Seat.seat)
    )
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "case": case.ref,
        "round": case.round,
        "election": case.election_id,
        "contest": case.contest_id,
        "subject_refs": subjects(session, case, cipher, found),
        "account": {
            "platform": case.platform,
            "handle": found[-1].author.handle,
            "account_id": found[-1].author.account_id,
        },
        "evidence": [_evidence(event) for event in found],
        "opinions": [
            {
                "stage": seat.stage,
                "choice": answer.choice,
                "reason": REASONS[answer.choice][answer.reason],
                "note": answer.note,
            }
            for seat in seats
            if (answer := answer_of(seat, cipher)) is not None
        ],
        "since": [
            {"what": note.kind, "at": note.at.isoformat(), "text": note.text}
            for note in notes_of(session, case, cipher)
        ],
        "status": "suspected by two reviewers; no body has decided",
    }
    as_json = orjson.dumps(content, option=orjson.OPT_INDENT_2)
    page, table = _page(content), _table(content)
    archive = _archive(
        {"case.json": as_json, "case.html": page.encode(), "evidence.csv": table.encode()}
    )
    return Package(as_json, page, table, archive, sha256(archive).hexdigest())


def _evidence(event: FlaggedEvent) -> dict[str, Any]:
    return {
        "flag_id": event.flag_id,
        "action": event.action,
        "post_id": event.post_id,
        "url": event.url,
        "at": event.created_at.isoformat(),
        "text": event.text,
        "rules": [{"code": rule.code, "legal_basis": rule.legal_basis} for rule in event.rules],
        "matched": [
            {"field": item.field, "start": item.start, "end": item.end, "kind": item.kind}
            for item in event.evidence
            if item.sufficient
        ],
        "exemptions": [exemption.code for exemption in event.exemptions],
        "missing": list(event.missing),
        "content_sha256": event.content_sha256,
        "record_sha256": sha256(encode(event)).hexdigest(),
        "versions": {
            "register": event.versions.register,
            "watchlist": event.versions.watchlist,
            "rules": event.versions.rules,
        },
    }


def _page(content: dict[str, Any]) -> str:
    """A page to print: no script, no outside reference, every value escaped."""

    def cell(value: object) -> str:
        return html.escape(visible("" if value is None else str(value)))

    evidence = "".join(
        f"<section><h2>{cell(item['action'])} · {cell(item['at'])}</h2>"
        f"<p>{cell(', '.join(rule['code'] for rule in item['rules']))}: "
        f"{cell('; '.join(sorted({rule['legal_basis'] for rule in item['rules']})))}</p>"
        f"<blockquote>{cell(item['text'])}</blockquote>"
        f"<p>{cell(item['url'])}<br>content {cell(item['content_sha256'])}<br>"
        f"record {cell(item['record_sha256'])}</p></section>"
        for item in content["evidence"]
    )
    opinions = "".join(
        f"<li>{cell(item['stage'])}: {cell(item['choice'])}, {cell(item['reason'])}. "
        f"{cell(item['note'])}</li>"
        for item in content["opinions"]
    )
    since = "".join(
        f"<li>{cell(item['what'])}, {cell(item['at'])}: {cell(item['text'])}</li>"
        for item in content["since"]
    )
    account = content["account"]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Case {cell(content['case'])}</title></head><body>"
        f"<h1>Case {cell(content['case'])}</h1>"
        f"<p>{cell(content['status'])}</p>"
        f"<p>Election {cell(content['election'])}, contest {cell(content['contest'])}<br>"
        f"Account {cell(account['handle'])} on {cell(account['platform'])}, "
        f"id {cell(account['account_id'])}<br>"
        f"Pseudonym {cell(', '.join(content['subject_refs']))}</p>"
        f"{evidence}<h2>Opinions</h2><ul>{opinions}</ul>"
        f"<h2>Since then</h2><ul>{since}</ul></body></html>\n"
    )


def _table(content: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["at", "action", "rules", "url", "text", "content_sha256", "record_sha256"])
    for item in content["evidence"]:
        writer.writerow(
            plain_cell(value)
            for value in (
                item["at"],
                item["action"],
                " ".join(rule["code"] for rule in item["rules"]),
                item["url"],
                item["text"],
                item["content_sha256"],
                item["record_sha256"],
            )
        )
    return out.getvalue()


def _archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _THEN), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _recipient(text: str) -> Any:
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise SettingsError(
            "review.export_recipient: no age recipient. Write age1… as the recipient gave it."
        ) from None


def _write(path: Path, content: bytes) -> Path:
    """Write beside, mode 0600, to be renamed when the record of it stands."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside
