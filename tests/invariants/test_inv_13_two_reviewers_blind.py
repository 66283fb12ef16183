"""Invariant 13: two reviewers, blind to each other, third on disagreement, nothing automatic."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from config.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    TakenError,
    WrongStateError,
)
from review import after, cases, decide, export, outbox, queue
from review.actors import Role
from review.choices import Answer, Verdict
from review.desk import Desk
from review.states import VERDICT_CHOICES
from review.tables import Case, CaseUnit
from streams.codec import decode_decision
from streams.records import ReviewDecision
from tests.review.scene import (
    BREACH,
    CANNOT,
    EXEMPT,
    NONE,
    NOT,
    Clock,
    answer,
    content,
    flag,
    hire,
    identity,
    make_desk,
    refs,
    take,
    this_account,
)

OURS = "u" + "a" * 32


def decisions(desk: Desk) -> list[ReviewDecision]:
    found = [decode_decision(row.value) for row in outbox.oldest(desk, 100)]
    assert all(isinstance(decision, ReviewDecision) for decision in found)
    return found  # type: ignore[return-value]


def one_case(desk: Desk, **event: object) -> str:
    take(desk, flag(1, **event))  # type: ignore[arg-type]
    (ref,) = refs(desk, hire(desk, "looker"))
    return ref


def test_inv_13_one_verdict_decides_nothing(desk: Desk) -> None:
    ref = one_case(desk)
    assert answer(desk, hire(desk, "a"), ref, BREACH).settled is None
    assert decisions(desk) == []


def test_inv_13_two_that_agree_decide(desk: Desk) -> None:
    ref = one_case(desk)
    answer(desk, hire(desk, "a"), ref, BREACH)
    assert answer(desk, hire(desk, "b"), ref, BREACH).settled == "breach_suspected"
    (decision,) = decisions(desk)
    assert (decision.outcome, decision.agreement, decision.round) == ("breach_suspected", "two", 1)
    assert decision.flag_ids == (flag(1).flag_id,)


@pytest.mark.parametrize(
    ("third", "outcome", "agreement"),
    [
        (BREACH, "breach_suspected", "third"),
        (NOT, "not_breach", "third"),
        (EXEMPT, "insufficient", "none"),
    ],
)
def test_inv_13_a_third_on_disagreement(
    desk: Desk, third: Verdict, outcome: str, agreement: str
) -> None:
    ref = one_case(desk)
    a, b, c = (hire(desk, name) for name in "abc")
    answer(desk, a, ref, BREACH)
    assert answer(desk, b, ref, NOT).settled is None
    assert refs(desk, a) == refs(desk, b) == []
    assert refs(desk, c) == [ref]
    queue.claim(desk, c, ref)
    shown = content(desk, c, ref)
    assert (shown.state, list(shown.opinions)) == ("verdict", []), "the third is blind as well"
    assert answer(desk, c, ref, third).settled == outcome
    (decision,) = decisions(desk)
    assert (decision.outcome, decision.agreement) == (outcome, agreement)


def test_inv_13_nobody_sees_anothers_verdict_before_giving_theirs(desk: Desk) -> None:
    ref = one_case(desk)
    a, b, lead = hire(desk, "a"), hire(desk, "b"), hire(desk, "lena", "lead")
    before = queue.page(desk, b).rows
    queue.claim(desk, b, ref)
    unanswered = content(desk, b, ref)
    queue.release(desk, b, ref)
    answer(desk, a, ref, BREACH)
    assert queue.page(desk, b).rows == before, "the queue does not tell that somebody answered"
    queue.claim(desk, b, ref)
    assert content(desk, b, ref) == unanswered, "nor does the case"
    with pytest.raises(NotAllowedError):
        cases.view(desk, lead, ref)
    assert [o.answer for o in content(desk, a, ref).opinions] == [BREACH]
    answer(desk, b, ref, BREACH)
    assert len(content(desk, b, ref).opinions) == 2
    assert all(o.reviewer is None for o in content(desk, b, ref).opinions)


def test_inv_13_nobody_decides_twice(desk: Desk) -> None:
    ref = one_case(desk)
    a = hire(desk, "a")
    answer(desk, a, ref, BREACH)
    for attempt in (
        lambda: queue.claim(desk, a, ref),
        lambda: decide.draft(desk, a, ref, NOT),
        lambda: decide.undo(desk, a, ref),
        lambda: decide.submit(desk, a, ref, seen_version=1),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    assert queue.claim_next(desk, a) is None


def test_inv_13_nobody_decides_twice_over_rounds(desk: Desk) -> None:
    ref = one_case(desk)
    a, b, c, d = (hire(desk, name) for name in "abcd")
    lead = hire(desk, "lena", "lead")
    answer(desk, a, ref, BREACH)
    answer(desk, b, ref, BREACH)
    after.contest(desk, lead, ref, "That was not me.")
    after.resolve(desk, lead, ref, upheld=True, text="Judge again.")
    assert refs(desk, a) == refs(desk, b) == []
    queue.claim(desk, c, ref)
    assert list(content(desk, c, ref).opinions) == [], "the first round does not lead the second"
    answer(desk, c, ref, NOT)
    answer(desk, d, ref, NOT)
    said = [(x.stage, x.round, x.outcome) for x in decisions(desk)]
    assert said == [
        ("verdict", 1, "breach_suspected"),
        ("contest", 1, "reopened"),
        ("verdict", 2, "not_breach"),
    ]


def test_inv_13_nobody_judges_their_own_unit(
    store_url: str,
    tmp_path: Path,
    clock: Clock,
) -> None:
    desk = make_desk(store_url, tmp_path, clock)
    ref = one_case(desk)
    a = hire(desk, "a")
    colleague = hire(desk, "colleague", units=[OURS])
    boss = hire(desk, "boss", "lead", units=[OURS])
    queue.claim(desk, colleague, ref)
    decide.draft(desk, colleague, ref, NOT)
    with desk.store.write() as session:
        case = session.query(Case).one()
        session.add(CaseUnit(case_id=case.id, unit_hash=OURS))
    assert refs(desk, colleague) == []
    assert queue.page(desk, colleague).waiting == 0
    assert queue.page(desk, a).waiting == 1
    for attempt in (
        lambda: queue.claim(desk, colleague, ref),
        lambda: cases.view(desk, colleague, ref),
        lambda: decide.submit(desk, colleague, ref, seen_version=1),
    ):
        with pytest.raises(NotAllowedError, match="own unit"):
            attempt()
    answer(desk, a, ref, BREACH)
    clock.forward(minutes=16)
    answer(desk, hire(desk, "b"), ref, BREACH)
    for lead_attempt in (
        lambda: cases.view(desk, boss, ref),
        lambda: after.notice(desk, boss, ref, "x"),
        lambda: export.preview(desk, boss, ref),
    ):
        with pytest.raises(NotAllowedError, match="own unit"):
            lead_attempt()
    desk.store.close()


def test_inv_13_an_unknown_unit_is_held_back(
    store_url: str,
    tmp_path: Path,
    clock: Clock,
) -> None:
    (tmp_path / "units").mkdir()
    desk = make_desk(store_url, tmp_path, clock, compare_units=True, units_dir=tmp_path / "units")
    take(desk, flag(1))
    a, lead = hire(desk, "a"), hire(desk, "lena", "lead")
    assert refs(desk, a) == []
    assert queue.page(desk, a).held == 1
    with desk.store.read() as session:
        ref = session.query(Case).one().ref
    with pytest.raises(WrongStateError):
        queue.claim(desk, a, ref)
    queue.let_go(desk, lead, ref, "Asked the register's builder.")
    assert refs(desk, a) == [ref]
    desk.store.close()


def test_inv_13_a_lease_keeps_two_from_one_task(desk: Desk, clock: Clock) -> None:
    ref = one_case(desk)
    a, b, c = (hire(desk, name) for name in "abc")
    queue.claim(desk, a, ref)
    queue.claim(desk, b, ref)
    assert queue.page(desk, c).rows[0].taken
    with pytest.raises(TakenError):
        queue.claim(desk, c, ref)
    decide.draft(desk, a, ref, BREACH)
    clock.forward(minutes=14)
    queue.renew(desk, b, ref)
    clock.forward(minutes=1)
    queue.claim(desk, c, ref)
    with pytest.raises(TakenError):
        decide.submit(desk, a, ref, seen_version=1)
    with pytest.raises(TakenError):
        queue.renew(desk, a, ref)
    decide.draft(desk, b, ref, NOT)
    clock.forward(minutes=20)
    assert decide.submit(desk, b, ref, seen_version=1), "late, and nobody took it"
    assert content(desk, c, ref).draft is None, "a draft does not pass to the next"


def test_inv_13_a_draft_can_be_undone_until_it_is_submitted(desk: Desk) -> None:
    ref = one_case(desk)
    a = hire(desk, "a")
    queue.claim(desk, a, ref)
    decide.draft(desk, a, ref, BREACH)
    assert content(desk, a, ref).draft == BREACH
    decide.undo(desk, a, ref)
    assert content(desk, a, ref).draft is None
    with pytest.raises(WrongStateError):
        decide.submit(desk, a, ref, seen_version=1)


def test_inv_13_what_was_not_seen_is_not_decided(desk: Desk) -> None:
    ref = one_case(desk)
    a = hire(desk, "a")
    queue.claim(desk, a, ref)
    seen = content(desk, a, ref)
    decide.draft(desk, a, ref, NOT)
    take(desk, flag(2), first=5)
    with pytest.raises(StaleError):
        decide.submit(desk, a, ref, seen_version=seen.version)
    assert content(desk, a, ref).flag_count == 2


@pytest.mark.parametrize(
    ("opinions", "left"),
    [
        ([NONE, NONE], None),
        ([NONE, CANNOT, NONE], None),
        ([CANNOT, CANNOT], "dismissed"),
        ([this_account(), NONE, CANNOT], "dismissed"),
        ([this_account(), this_account()], "verdict"),
        ([this_account(), NONE, this_account()], "verdict"),
    ],
)
def test_inv_13_both_settle_identity_on_their_own(
    desk: Desk, opinions: list[Answer], left: str | None
) -> None:
    ref = one_case(desk, status="unconfirmed")
    for place, given in enumerate(opinions):
        who = hire(desk, f"r{place}")
        queue.claim(desk, who, ref)
        assert list(identity(desk, who, ref).opinions) == []
        answer(desk, who, ref, given)
    if left is None:
        with pytest.raises(NotFoundError):
            cases.view(desk, hire(desk, "z", "auditor"), ref)
        assert decisions(desk)[-1].flag_ids == ()
        return
    shown = cases.view(desk, hire(desk, "z", "auditor"), ref)
    assert shown.state == left
    assert isinstance(shown, cases.ContentView) is (left == "verdict")


def test_inv_13_two_leads_that_name_two_people_disagree(desk: Desk) -> None:
    one, other = "s" + "a" * 32, "s" + "b" * 32
    ref = one_case(desk, status="unconfirmed", refs=(one, other))
    answer(desk, hire(desk, "a"), ref, this_account(one))
    assert answer(desk, hire(desk, "b"), ref, this_account(other)).settled is None
    assert answer(desk, hire(desk, "c"), ref, this_account(other)).settled == "this_account"
    d = hire(desk, "d")
    queue.claim(desk, d, ref)
    assert list(content(desk, d, ref).subject_refs) == [other]


def test_inv_13_answers_must_fit(desk: Desk) -> None:
    ref = one_case(desk)
    a = hire(desk, "a")
    queue.claim(desk, a, ref)
    canary = "rahasia-551"
    for bad in (
        Verdict("guilty", "support"),  # type: ignore[arg-type]
        Verdict("not_breach", "support"),
        Verdict("not_breach", "other"),
        Verdict("not_breach", "policy", canary * 1_000),
        Verdict("wrong_identity", "taken_over", identity_confirmed=True),
        this_account(),
    ):
        with pytest.raises(InvalidInputError) as refused:
            decide.draft(desk, a, ref, bad)
        assert canary not in str(refused.value)
    assert all(choice for choice in VERDICT_CHOICES)


def test_inv_13_only_reviewers_judge(desk: Desk) -> None:
    ref = one_case(desk)
    roles: tuple[Role, ...] = ("lead", "auditor", "admin")
    for role in roles:
        who = hire(desk, f"x-{role}", role)
        attempts: tuple[Callable[[], object], ...] = (
            partial(queue.page, desk, who),
            partial(queue.claim_next, desk, who),
            partial(queue.claim, desk, who, ref),
            partial(decide.draft, desk, who, ref, NOT),
        )
        for attempt in attempts:
            with pytest.raises(NotAllowedError):
                attempt()


def test_inv_13_nothing_is_exported_without_two_and_a_lead(
    store_url: str,
    tmp_path: Path,
    clock: Clock,
) -> None:
    (tmp_path / "out").mkdir()
    desk = make_desk(store_url, tmp_path, clock, export_dir=tmp_path / "out")
    ref = one_case(desk)
    a, b = hire(desk, "a", "reviewer", "lead"), hire(desk, "b")
    lead = hire(desk, "lena", "lead")
    with pytest.raises(WrongStateError):
        export.preview(desk, lead, ref)
    answer(desk, a, ref, BREACH)
    with pytest.raises(WrongStateError):
        export.preview(desk, lead, ref)
    answer(desk, b, ref, BREACH)
    with pytest.raises(NotAllowedError):
        export.preview(desk, b, ref)
    after.contest(desk, lead, ref, "It was a quotation.")
    with pytest.raises(WrongStateError):
        export.preview(desk, lead, ref)
    after.reply(desk, lead, ref, "I quoted the news.")
    with pytest.raises(NotAllowedError, match="another lead"):
        after.resolve(desk, a, ref, upheld=False, text="x")
    after.resolve(desk, lead, ref, upheld=False, text="It was not.")
    assert list((tmp_path / "out").iterdir()) == []
    package = export.preview(desk, lead, ref)
    with pytest.raises(NotAllowedError, match="another lead"):
        export.release(desk, a, ref, package.sha256)
    with pytest.raises(StaleError):
        export.release(desk, lead, ref, "0" * 64)
    assert list((tmp_path / "out").iterdir()) == []
    released = export.release(desk, lead, ref, package.sha256)
    assert released.path.read_bytes() == package.archive
    assert released.path.stat().st_mode & 0o077 == 0
    with pytest.raises(WrongStateError):
        export.release(desk, lead, ref, package.sha256)
    desk.store.close()
