"""The chain: whatever is changed, taken out or put elsewhere is found."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, text

from config.errors import AuditError, NotAllowedError
from review import audit, cases, queue, retention
from review.desk import Desk
from review.tables import AuditBody, AuditEntry
from tests.review.scene import BREACH, Clock, answer, flag, hire, refs, take


def some_day(desk: Desk) -> str:
    """A day's record: people, views, opinions."""
    take(desk, flag(1), flag(2, handle="other", account_id="9"))
    for name in "ab":
        who = hire(desk, name)
        ref = refs(desk, who)[0]
        answer(desk, who, ref, BREACH)
    return ref


def sql(desk: Desk, *statements: str) -> None:
    with desk.store.write() as session:
        for statement in statements:
            session.execute(text(statement))


def test_a_whole_chain_holds(desk: Desk) -> None:
    some_day(desk)
    verified = audit.verify(desk)
    assert verified.entries == verified.bodies == 7
    assert audit.verify(desk, expect=(verified.entries, verified.head)) == verified


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda d: sql(d, "UPDATE audit SET actor = 'x' WHERE seq = 3"), "entry 3 was changed"),
        (lambda d: sql(d, "UPDATE audit SET kind = 'viewed' WHERE seq = 1"), "entry 1 was changed"),
        (lambda d: sql(d, "UPDATE audit SET at = at + 1 WHERE seq = 4"), "entry 4 was changed"),
        (
            lambda d: sql(
                d, "DELETE FROM audit_bodies WHERE seq = 3", "DELETE FROM audit WHERE seq = 3"
            ),
            "entry 3 is missing",
        ),
        (
            lambda d: sql(
                d,
                "DELETE FROM audit_bodies",
                "UPDATE audit SET seq = -3 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 4",
                "UPDATE audit SET seq = 4 WHERE seq = -3",
            ),
            "entry 3 does not follow",
        ),
        (
            lambda d: sql(
                d,
                "UPDATE audit_bodies SET body = (SELECT body FROM audit_bodies WHERE seq = 1)"
                " WHERE seq = 2",
            ),
            "entry 2 has another body",
        ),
        (lambda d: sql(d, "UPDATE audit_head SET seq = seq - 1"), "head of the chain was changed"),
        (lambda d: sql(d, "DELETE FROM audit_head"), "head of the chain is missing"),
    ],
)
def test_tampering_is_found(desk: Desk, tamper: Callable[[Desk], None], said: str) -> None:
    some_day(desk)
    audit.verify(desk)
    tamper(desk)
    with pytest.raises(AuditError, match=said):
        audit.verify(desk)


def test_missing_last_entries_are_found(desk: Desk) -> None:
    some_day(desk)
    last = audit.verify(desk).entries
    for table in (AuditBody, AuditEntry):
        with desk.store.write() as session:
            session.execute(delete(table).where(table.seq == last))
    with pytest.raises(AuditError, match=f"entry {last} is missing"):
        audit.verify(desk)


def test_a_chain_cut_and_written_on_differs_from_the_head_that_was_kept(desk: Desk) -> None:
    some_day(desk)
    kept = audit.verify(desk)
    hire(desk, "later")
    audit.verify(desk, expect=(kept.entries, kept.head))
    with pytest.raises(AuditError, match="kept elsewhere"):
        audit.verify(desk, expect=(kept.entries, "0" * 32))


def test_bodies_go_with_their_case_and_the_chain_holds(desk: Desk, clock: Clock) -> None:
    some_day(desk)
    before = audit.verify(desk)
    clock.forward(days=500)
    retention.sweep(desk)
    after = audit.verify(desk)
    assert after.entries > before.entries
    assert after.bodies < before.bodies


def test_auditors_read_and_that_they_did_is_an_entry(desk: Desk) -> None:
    ref = some_day(desk)
    auditor, lead = hire(desk, "z", "auditor"), hire(desk, "lena", "lead")
    shown = audit.page(desk, auditor, case_ref=ref)
    assert {entry.kind for entry in shown} == {"viewed", "submitted", "settled"}
    assert all(entry.body is not None for entry in shown)
    assert audit.page(desk, auditor, limit=1)[0].kind == "audit_viewed"
    with pytest.raises(NotAllowedError):
        audit.page(desk, lead)


def test_every_look_is_an_entry(desk: Desk) -> None:
    take(desk, flag(1))
    a, auditor = hire(desk, "a"), hire(desk, "z", "auditor")
    (ref,) = refs(desk, a)
    queue.claim(desk, a, ref)
    for _ in range(3):
        cases.view(desk, a, ref)
    looks = [e for e in audit.page(desk, auditor) if e.kind == "viewed"]
    assert [(e.actor, e.case_ref, e.body) for e in looks] == [("a", ref, {"what": "content"})] * 3
