"""Flagged events into the store: once each, grouped, nothing lost silently."""

from datetime import timedelta

from sqlalchemy import inspect, select

from review import audit, cases, floods, ingest, queue
from review.desk import Desk
from review.tables import Base, Case, Flag
from streams.codec import encode
from tests.review.scene import (
    BREACH,
    NOT,
    START,
    Clock,
    Record,
    answer,
    content,
    flag,
    hire,
    make_desk,
    refs,
    take,
)


def everything(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with desk.store.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_one_case_holds_an_authors_flags_in_one_contest(desk: Desk) -> None:
    take(desk, *(flag(n) for n in range(300)))
    take(desk, flag(301, handle="other", account_id="8"), flag(302, contest="surabaya"))
    budi = hire(desk, "budi")
    rows = queue.page(desk, budi).rows
    assert sorted(row.flag_count for row in rows) == [1, 1, 300]


def test_a_lead_and_a_conclusive_identity_are_two_cases(desk: Desk) -> None:
    take(desk, flag(1), flag(2, status="unconfirmed"))
    assert {row.stage for row in queue.page(desk, hire(desk, "budi")).rows} == {
        "identity",
        "verdict",
    }


def test_a_replay_of_the_whole_topic_changes_nothing(desk: Desk, clock: Clock) -> None:
    records = [Record(encode(flag(n, handle=f"h{n % 7}", account_id=None)), n) for n in range(60)]
    records.append(Record(b"{", 60))
    records.append(Record(encode(flag(3, handle="h3", account_id=None, text="Pilih Risma!")), 61))
    ingest.apply(desk, records)
    before = everything(desk)
    clock.forward(hours=3)
    for start in range(0, len(records), 13):
        ingest.apply(desk, records[start : start + 13])
    assert everything(desk) == before


def test_a_later_judgement_replaces_an_earlier_one_until_somebody_answers(desk: Desk) -> None:
    first, second, third = flag(1), flag(1, rules=("D2", "D4")), flag(1, rules=("D4",))
    a, b = hire(desk, "a"), hire(desk, "b")
    assert take(desk, first).new == 1
    assert take(desk, second, first=5).changed == 1
    (ref,) = refs(desk, a)
    queue.claim(desk, a, ref)
    assert content(desk, a, ref).flags[0].event == second
    assert take(desk, first, first=0).unchanged == 1, "an older record of a replay"
    answer(desk, a, ref, BREACH)
    assert take(desk, third, first=9).later == 1
    queue.claim(desk, b, ref)
    shown = content(desk, b, ref).flags[0]
    assert (shown.event, shown.later_versions) == (second, 1)


def test_what_comes_after_the_first_answer_is_another_case(desk: Desk) -> None:
    a = hire(desk, "a")
    take(desk, flag(1))
    (ref,) = refs(desk, a)
    answer(desk, a, ref, BREACH)
    take(desk, flag(2), first=1)
    (other,) = refs(desk, a)
    assert other != ref
    with desk.store.read() as session:
        assert sorted(session.scalars(select(Case.ordinal))) == [1, 2]


def test_bad_records_are_shown_and_never_what_they_said(desk: Desk) -> None:
    canary = "rahasia-7731"
    lead = hire(desk, "lena", "lead")
    applied = ingest.apply(
        desk,
        [
            Record(None, 0),
            Record(f'{{"schema": "{canary}"}}'.encode(), 1),
            Record(b"\xff", 2),
            Record(encode(flag(1)), 3),
        ],
    )
    assert (applied.refused, applied.new) == (3, 1)
    shown = ingest.refused(desk, lead)
    assert {row.offset for row in shown} == {0, 1, 2}
    assert all(row.reason and row.sha256 for row in shown)
    assert canary not in repr(everything(desk))


def test_nothing_of_a_person_is_readable_in_the_store(desk: Desk) -> None:
    take(desk, flag(1, handle="rahasia7731", account_id="9911773", text="Pilih canary5519"))
    said = repr(everything(desk))
    for canary in ("rahasia7731", "9911773", "canary5519", f"s{'1' * 32}", "Risma", "risma:name"):
        if canary == "risma:name":
            continue  # the entry of the watchlist is public, and floods count by it
        assert canary not in said, canary


def test_a_flood_on_one_entry_is_paused_with_its_count(
    store_url: str, tmp_path: object, clock: Clock
) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    desk = make_desk(store_url, tmp_path, clock, flood_authors=10)
    a, lead = hire(desk, "a"), hire(desk, "lena", "lead")
    likes = [flag(n, handle=f"h{n}", account_id=f"{n}") for n in range(30)]
    busy = flag(100, handle="h3", account_id="3", entry="khofifah:name:k", candidate="khofifah")
    late = flag(101, handle="late", account_id="l", at=START + timedelta(hours=2))
    take(desk, *likes[:9])
    assert len(refs(desk, a)) == 9
    take(desk, *likes[9:], busy, late, first=9)
    page = queue.page(desk, a)
    assert {row.flag_count for row in page.rows} == {1, 2}
    assert (len(page.rows), page.paused) == (2, 29), "one has other evidence, one is from later on"
    (flood,) = floods.page(desk, lead)
    assert (flood.cases, flood.entry_id) == (29, "risma:name:risma")
    take(desk, flag(102, handle="h5", account_id="5", entry="khofifah:name:k"), first=90)
    assert queue.page(desk, a).paused == 28, "other evidence takes a case out of the flood"
    assert floods.release(desk, lead, flood.id, "looked at, real people") == 28
    assert queue.page(desk, a).paused == 0
    assert len(refs(desk, a)) == 31
    take(desk, flag(103, handle="h31", account_id="31"), first=91)
    assert len(refs(desk, a)) == 32, "a flood that was released pauses nothing more"
    desk.store.close()


def test_the_lead_sees_the_account_and_no_content(desk: Desk) -> None:
    a = hire(desk, "a")
    take(desk, flag(1, status="unconfirmed", refs=("s" + "a" * 32, "s" + "b" * 32)))
    (ref,) = refs(desk, a)
    queue.claim(desk, a, ref)
    shown = cases.view(desk, a, ref)
    assert "Pilih" not in repr(shown)
    assert isinstance(shown, cases.IdentityView)
    assert [lead.subject_ref[1] for lead in shown.leads] == ["a", "b"]


def test_suppressed_repeats_are_counted_and_come_back(desk: Desk, clock: Clock) -> None:
    a, b = hire(desk, "a"), hire(desk, "b")
    take(desk, flag(1))
    (ref,) = refs(desk, a)
    answer(desk, a, ref, NOT)
    answer(desk, b, ref, NOT)
    assert take(desk, flag(2), first=2).suppressed == 1
    assert refs(desk, a) == []
    other_rule = flag(3, rules=("D2", "D4"))
    assert take(desk, other_rule, first=3).new == 1, "a rule that was not cleared"
    (opened,) = refs(desk, a)
    with desk.store.read() as session:
        assert len(session.scalars(select(Flag)).all()) == 3
    late = flag(4, handle="budi.s", at=START + timedelta(days=61))
    assert take(desk, late, first=4).new == 1, "after the expiry, by event time"
    assert opened
    assert audit.verify(desk).entries
    assert inspect(desk.store.engine).get_table_names()
