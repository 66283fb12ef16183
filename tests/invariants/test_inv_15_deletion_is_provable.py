"""Invariant 15: what is due is deleted, provably, and no replay brings it back."""

import os
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select, text

from config.errors import KeyFileError, NotFoundError
from review import after, audit, backup, cases, decide, export, outbox, queue, retention
from review.choices import Verdict
from review.desk import Desk
from review.retention import certificate_mac
from review.tables import Base, Case, CaseKey, Certificate, Flag, Tombstone
from tests.review.canaries import all_files, found_in, ways
from tests.review.scene import (
    BREACH,
    NONE,
    NOT,
    START,
    Clock,
    answer,
    flag,
    hire,
    make_desk,
    refs,
    take,
)

HANDLE, ACCOUNT, WORDS, NOTE = "rahasia.7731", "99117733551", "canary teks 5519", "catatan 8842"
REF = "s" + "e7" * 16
CANARIES = (HANDLE, ACCOUNT, WORDS, NOTE, REF)


def secret_flag(number: int = 1, **changes: Any) -> Any:
    return flag(number, handle=HANDLE, account_id=ACCOUNT, text=WORDS, refs=(REF,), **changes)


def noted(verdict: Verdict) -> Verdict:
    return Verdict(verdict.choice, verdict.reason, NOTE)


def cases_left(desk: Desk) -> int:
    with desk.store.read() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


@pytest.mark.parametrize(
    ("verdicts", "days", "policy"),
    [
        ([], 14, "unreviewed"),
        ([NOT], 14, "unreviewed"),
        ([NOT, NOT], 30, "dismissed"),
        ([BREACH, BREACH], 90, "undelivered"),
    ],
)
def test_inv_15_what_is_due_goes_and_not_before(
    desk: Desk, clock: Clock, verdicts: list[Verdict], days: int, policy: str
) -> None:
    take(desk, secret_flag())
    for place, verdict in enumerate(verdicts):
        who = hire(desk, f"r{place}")
        (ref,) = refs(desk, who)
        answer(desk, who, ref, verdict)
    clock.forward(days=days, seconds=-1)
    assert sum(retention.sweep(desk).cases.values()) == 0
    clock.forward(seconds=1)
    assert retention.due(desk)[policy] == 1
    assert retention.sweep(desk).cases[policy] == 1
    assert cases_left(desk) == 0


def test_inv_15_a_referred_case_stays_until_it_is_closed(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    desk = make_desk(store_url, tmp_path, clock, export_dir=tmp_path)
    lead = hire(desk, "lena", "lead")
    take(desk, secret_flag())
    for name in "ab":
        who = hire(desk, name)
        (ref,) = refs(desk, who)
        answer(desk, who, ref, BREACH)
    export.release(desk, lead, ref, export.preview(desk, lead, ref).sha256)
    clock.forward(days=1_000)
    retention.sweep(desk)
    assert cases_left(desk) == 1
    after.close(desk, lead, ref, "The commission closed it.")
    retention.sweep(desk)
    assert cases_left(desk) == 0
    desk.store.close()


def test_inv_15_a_contested_case_waits_for_its_resolution(desk: Desk, clock: Clock) -> None:
    lead = hire(desk, "lena", "lead")
    take(desk, secret_flag())
    for name in "ab":
        who = hire(desk, name)
        (ref,) = refs(desk, who)
        answer(desk, who, ref, BREACH)
    after.contest(desk, lead, ref, "No.")
    clock.forward(days=500)
    retention.sweep(desk)
    assert cases_left(desk) == 1


def test_inv_15_a_replay_does_not_bring_it_back(desk: Desk, clock: Clock) -> None:
    events = [secret_flag(n) for n in range(5)]
    take(desk, *events)
    clock.forward(days=14)
    retention.sweep(desk)
    assert take(desk, *events).tombstoned == 5
    assert cases_left(desk) == 0
    clock.forward(days=61)
    retention.sweep(desk)
    with desk.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Tombstone)) == 0


def test_inv_15_none_of_these_deletes_at_once(desk: Desk) -> None:
    event = secret_flag(status="unconfirmed")
    take(desk, event)
    a, b = hire(desk, "a"), hire(desk, "b")
    (ref,) = refs(desk, a)
    answer(desk, a, ref, NONE)
    answer(desk, b, ref, NONE)
    with pytest.raises(NotFoundError):
        cases.view(desk, a, ref)
    assert cases_left(desk) == 0
    assert take(desk, event).tombstoned == 1
    (decision,) = outbox.oldest(desk, 10)
    for canary in (*CANARIES, event.flag_id, event.post_id):
        assert canary.encode() not in decision.value


def test_inv_15_a_tombstone_leads_nowhere_without_the_key(desk: Desk, clock: Clock) -> None:
    event = secret_flag()
    take(desk, event)
    clock.forward(days=14)
    retention.sweep(desk)
    left = repr(everything(desk))
    for canary in (*CANARIES, event.flag_id, event.post_id, event.content_sha256):
        assert canary not in left


def test_inv_15_a_certificate_says_what_went_and_is_nobodys_invention(
    desk: Desk, clock: Clock
) -> None:
    take(desk, secret_flag(1), secret_flag(2))
    with desk.store.read() as session:
        ref = session.scalars(select(Case.ref)).one()
    clock.forward(days=14)
    retention.sweep(desk)
    (certificate,) = retention.certificates(desk, hire(desk, "z", "auditor"))
    assert (certificate.case_ref, certificate.policy, certificate.at) == (
        ref,
        "unreviewed",
        START + timedelta(days=14),
    )
    assert certificate.rows >= 1 + 1 + 2 + 2, "case, key, flags, seats"
    assert certificate.mac == certificate_mac(desk.keys, certificate)
    certificate.policy = "dismissed"
    assert certificate.mac != certificate_mac(desk.keys, certificate)
    assert audit.verify(desk).entries, "the chain stands, though bodies are gone"


def test_inv_15_without_its_key_a_case_opens_no_more(desk: Desk) -> None:
    """What a copy of the rows alone is worth once the key is destroyed."""
    take(desk, secret_flag())
    with desk.store.read() as session:
        case = session.scalars(select(Case)).one()
        sealed = session.scalars(select(Flag.sealed)).one()
        assert WORDS.encode() in desk.cipher(session, case).open(
            sealed, f"flag:{secret_flag().flag_id}"
        )
    other, _ = desk.keys.new_case(case.ref)
    with pytest.raises(KeyFileError):
        other.open(sealed, f"flag:{secret_flag().flag_id}")


def test_inv_15_no_canary_in_raw_files_wal_logs_and_backups(
    tmp_path: Path, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    """While the case lives nothing is readable, and when it is gone its very bytes are."""
    url = f"sqlite:///{tmp_path / 'review.db'}"
    desk = make_desk(url, tmp_path, clock, vault_dir=tmp_path)
    take(desk, *(secret_flag(n) for n in range(20)))
    a, b = hire(desk, "a"), hire(desk, "b")
    with desk.store.read() as session:
        ref = session.scalars(select(Case.ref).order_by(Case.id)).first()
        wrapped = session.scalars(select(CaseKey.wrapped).order_by(CaseKey.case_id)).first()
        sealed = session.scalars(select(Flag.sealed).where(Flag.case_id == 1)).all()
    assert ref is not None
    assert wrapped is not None
    for who in (a, b):
        answer(desk, who, ref, noted(NOT))
    backup.backup(desk, tmp_path / "living.backup")
    wal = tmp_path / "review.db-wal"
    assert wal.stat().st_size > 0, "the search below looks at a WAL with content"
    files = all_files(tmp_path)
    assert found_in(files, CANARIES) == []
    assert _any_in([tmp_path / "review.db", wal], sealed), "the search sees what is there"
    assert not _any_in([tmp_path / "living.backup"], [wrapped]), "a backup holds no key"
    clock.forward(days=31)
    take(desk, flag(100, handle="somebody", account_id="1"), first=50)
    outbox.acknowledged(desk, [row.id for row in outbox.oldest(desk, 10)])
    swept = retention.sweep(desk)
    assert swept.cases["dismissed"] == 1
    assert swept.written_over
    backup.backup(desk, tmp_path / "later.backup")
    raw = [path for path in all_files(tmp_path) if path.name != "living.backup"]
    assert found_in(raw, [*CANARIES, secret_flag().flag_id]) == []
    assert not _any_in(raw, [*sealed, wrapped]), "not even what was sealed is left"
    said = capfd.readouterr()
    for canary in CANARIES:
        assert all(way.decode("latin1") not in said.out + said.err for way in ways(canary))
    assert cases_left(desk) == 1, "the other case is untouched"
    desk.store.close()
    assert not _any_in(all_files(tmp_path), [wrapped])


def test_inv_15_the_canaries_are_found_where_they_are(tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / "plain.db")
    plain.execute("CREATE TABLE t (v)")
    plain.execute("INSERT INTO t VALUES (?)", (f"x{WORDS}y",))
    plain.commit()
    plain.close()
    assert found_in(all_files(tmp_path), CANARIES) == [("plain.db", WORDS)]


def test_inv_15_nothing_readable_in_the_files_of_a_postgresql_server(
    postgres: str, tmp_path: Path, clock: Clock
) -> None:
    name = f"t{uuid4().hex}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    desk = make_desk(postgres.rsplit("/", 1)[0] + f"/{name}", tmp_path, clock)
    take(desk, *(secret_flag(n) for n in range(20)))
    a = hire(desk, "a")
    (ref,) = refs(desk, a)
    queue.claim(desk, a, ref)
    decide.draft(desk, a, ref, noted(NOT))
    with desk.store.read() as session:
        wrapped = session.scalars(select(CaseKey.wrapped)).one()
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
    files = all_files(folder)
    assert _any_in(files, [wrapped]), "the search sees what is there"
    assert found_in(files, CANARIES) == []
    clock.forward(days=14)
    assert retention.sweep(desk).cases["unreviewed"] == 1
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
    tables = [path for path in all_files(folder / "base") if os.access(path, os.R_OK)]
    assert not _any_in(tables, [wrapped]), "vacuum and checkpoint wrote over the key"
    engine.dispose()
    desk.store.close()


def everything(desk: Desk) -> list[object]:
    with desk.store.read() as session:
        return [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]


def _any_in(files: Sequence[Path], values: Sequence[bytes]) -> bool:
    contents = [path.read_bytes() for path in files if path.is_file()]
    return any(value in content for value in values for content in contents)


def test_inv_15_every_table_with_rows_of_a_case_is_emptied() -> None:
    """A table that refers to a case, made later, must be in the list or forget the case."""
    holding = {table.__tablename__ for table in retention.HOLDING}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column.table.name == "cases" and key.ondelete != "SET NULL":
                    assert table.name in holding | {"golden_answers"}, table.name
    assert Certificate.__tablename__ not in holding
