"""Many reviewers at once: no case decided twice by one, none starved, none lost.

`NETRAL_REVIEW_CROWD=50x10000` runs the whole size; otherwise a smaller crowd does.
"""

import os
from pathlib import Path

from sqlalchemy import func, select

from review import audit, outbox, queue
from review.tables import Case, Finding, Seat
from streams.codec import decode_decision
from streams.records import ReviewDecision
from tests.review.crowd import work
from tests.review.scene import Clock, flag, hire, make_desk, take

REVIEWERS, CASES = (int(part) for part in os.environ.get("NETRAL_REVIEW_CROWD", "10x60").split("x"))


def test_a_crowd_decides_every_case_once(store_url: str, tmp_path: Path, clock: Clock) -> None:
    desk = make_desk(store_url, tmp_path, clock, flood_authors=100_000)
    for start in range(0, CASES, 500):
        take(
            desk,
            *(
                flag(n, handle=f"h{n}", account_id=str(n))
                for n in range(start, min(start + 500, CASES))
            ),
            first=start,
        )
        clock.forward(seconds=1)
    reviewers = [hire(desk, f"r{n}") for n in range(REVIEWERS)]

    def settled() -> bool:
        with desk.store.read() as session:
            return not session.scalar(select(func.count()).where(Case.waiting))

    worked = work(desk, reviewers, done=settled)
    with desk.store.read() as session:
        states = set(session.scalars(select(Case.state)))
        findings = session.scalar(select(func.count()).select_from(Finding))
        seats = session.execute(
            select(Seat.case_id, Seat.reviewer_id).where(Seat.submitted_at.is_not(None))
        ).all()
    assert states <= {"dismissed", "suspected"}, "none is lost or left"
    assert findings == CASES
    assert len({tuple(seat) for seat in seats}) == len(seats), "nobody decided a case twice"
    assert all(len(set(who)) == len(who) in (2, 3) for who in worked.by_case.values())
    assert len(worked.by_case) == CASES
    assert sum(worked.opinions.values()) == len(seats)
    decisions = [decode_decision(row.value) for row in outbox.oldest(desk, 10 * CASES)]
    keys = {d.decision_id for d in decisions if isinstance(d, ReviewDecision)}
    assert len(keys) == len(decisions) == CASES, "one decision a case, none doubled"
    for actor in reviewers:
        assert queue.page(desk, actor).waiting == 0
        assert worked.opinions[actor.id] > 0, "no reviewer starved"
    assert audit.verify(desk).entries > 2 * len(seats)
    desk.store.close()
