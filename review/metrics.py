"""What the console tells Prometheus. No label names a person, a candidate or a reviewer."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import func, select

from review import outbox
from review.desk import Desk
from review.quality import Sides, contest_fairness
from review.states import TRANSITIONS
from review.tables import Case, Count, RefusedRecord


class ReviewMetrics:
    """Gauges in one registry; `refresh` reads them from the store."""

    def __init__(self, registry: CollectorRegistry, desk: Desk, sides: Callable[[], Sides]) -> None:
        self._desk, self._sides = desk, sides
        self.cases = Gauge("netral_review_cases", "Cases by state.", ["state"], registry=registry)
        self.oldest = Gauge(
            "netral_review_oldest_seconds", "Age of the oldest waiting case.", registry=registry
        )
        self.outbox = Gauge(
            "netral_review_outbox_records", "Decisions not written yet.", registry=registry
        )
        self.refused = Gauge(
            "netral_review_refused_records",
            "Flagged events that were unreadable.",
            registry=registry,
        )
        self.suppressed = Gauge(
            "netral_review_suppressed_flags", "Repeats of cleared findings.", registry=registry
        )
        self.skew = Gauge(
            "contest_flag_skew",
            "How far the most flagged side's share of a contest's cases is above an even share.",
            ["contest_id"],
            registry=registry,
        )
        self.alert = Gauge(
            "contest_flag_skew_alert",
            "1 where that is more than chance would do.",
            ["contest_id"],
            registry=registry,
        )
        for state in sorted({state for state, _ in TRANSITIONS} | {"dismissed", "closed"}):
            self.cases.labels(state)

    def refresh(self) -> None:
        """Read the figures anew."""
        with self._desk.store.read() as session:
            states: dict[str, int] = dict(
                session.execute(
                    select(Case.state, func.count()).where(~Case.golden).group_by(Case.state)
                ).all()
            )
            oldest = session.scalar(select(func.min(Case.opened_at)).where(Case.waiting))
            refused = session.scalar(select(func.count()).select_from(RefusedRecord))
            suppressed = session.scalar(select(Count.value).where(Count.name == "suppressed"))
        for labels in list(self.cases._metrics):
            self.cases.labels(*labels).set(states.get(labels[0], 0))
        now = self._desk.clock()
        self.oldest.set(0 if oldest is None else (now - oldest).total_seconds())
        self.outbox.set(outbox.waiting(self._desk))
        self.refused.set(refused or 0)
        self.suppressed.set(suppressed or 0)
        for contest in contest_fairness(self._desk, self._sides()):
            self.skew.labels(contest.contest_id).set(contest.skew)
            self.alert.labels(contest.contest_id).set(contest.alert)
