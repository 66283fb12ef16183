"""Figures for leads and auditors: how good the flags are, how well reviewers agree, how fair it is.

Nothing here is about one person, and nothing ranks anybody: a reviewer sees their own agreement
with golden items, and nobody else's.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select

from review import audit
from review.actors import Actor, need
from review.desk import Desk
from review.intervals import Share, kappa, median, quantile, wilson
from review.states import STAGES
from review.tables import Case, CaseSide, Count, Finding, GoldenAnswer, Seat

Sides = Mapping[tuple[str, str], str]
"""(contest, candidate) → side of the contest, for instance a running-mate pair's number."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the cases settled since `since`. Precision: suspected breaches among verdicts.

    `kappa` is of the two blind verdicts, `kappa_binary` of breach or not, `kappa_identity` of the
    identity stage; None where undefined. Times are hours from arrival to decision.
    """

    settled: int
    precision: Share
    by_rule: Mapping[str, Share]
    by_kind: Mapping[str, Share]
    outcomes: Mapping[str, int]
    kappa: float | None
    kappa_binary: float | None
    kappa_identity: float | None
    pairs: int
    hours_median: float | None
    hours_p90: float | None
    suppressed: int
    golden: Share


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, by stage; the oldest of it; how many by days of age."""

    identity: int
    verdict: int
    paused: int
    held: int
    contested: int
    oldest: datetime | None
    by_days: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class SideFigures:
    """One side of a contest: its share of the contest's flagged cases, and of its own settled
    cases the share that was suspected."""

    side: str
    cases: Share
    suspected: Share


@dataclass(frozen=True, slots=True)
class ContestFairness:
    """`skew`: how far the largest side's share of the cases is above an even share, 0 to 1.

    `alert`: even the lower end of that share's interval is more than a tenth above it. It asks
    people to look at list, rules and words; it does not say that flags are wrong.
    """

    contest_id: str
    sides: Sequence[SideFigures]
    skew: float
    alert: bool


ALERT_ABOVE_EVEN = 0.1


def figures(desk: Desk, actor: Actor, *, since: datetime | None = None) -> Figures:
    """For leads and auditors."""
    need(actor, "lead", "auditor")
    wanted = select(
        Finding.stage,
        Finding.outcome,
        Finding.first,
        Finding.second,
        Finding.hours,
        Finding.rules,
        Finding.kinds,
    )
    if since is not None:
        wanted = wanted.where(Finding.day >= since.date().isoformat())
    with desk.store.read() as session:
        rows = session.execute(wanted).all()
        suppressed = session.scalar(select(Count.value).where(Count.name == "suppressed")) or 0
        golden = _golden(session.execute(_GOLDEN).all())
    verdicts = [row for row in rows if row.stage == "verdict" and row.outcome != "reopened"]
    pairs = [(row.first, row.second) for row in rows if row.stage == "verdict"]
    by_rule: dict[str, list[bool]] = defaultdict(list)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for row in verdicts:
        suspected = row.outcome == "breach_suspected"
        for rule in row.rules:
            by_rule[rule].append(suspected)
        for kind in row.kinds:
            by_kind[kind].append(suspected)
    hours = [row.hours for row in verdicts]
    with desk.store.write() as session:
        audit.append(session, desk, actor.id, "figures_viewed")
    return Figures(
        settled=len(verdicts),
        precision=_share([row.outcome == "breach_suspected" for row in verdicts]),
        by_rule={rule: _share(by_rule[rule]) for rule in sorted(by_rule)},
        by_kind={kind: _share(by_kind[kind]) for kind in sorted(by_kind)},
        outcomes=dict(Counter(row.outcome for row in verdicts)),
        kappa=kappa(pairs),
        kappa_binary=kappa([(_binary(first), _binary(second)) for first, second in pairs]),
        kappa_identity=kappa([(r.first, r.second) for r in rows if r.stage == "identity"]),
        pairs=len(pairs),
        hours_median=median(hours),
        hours_p90=quantile(hours, 0.9),
        suppressed=suppressed,
        golden=golden,
    )


def backlog(desk: Desk, actor: Actor) -> Backlog:
    need(actor, "reviewer", "lead", "auditor")
    now = desk.clock()
    with desk.store.read() as session:
        states = dict(
            session.execute(
                select(Case.state, func.count()).where(~Case.golden).group_by(Case.state)
            ).all()
        )
        waiting = session.scalars(select(Case.opened_at).where(Case.waiting)).all()
        paused = session.scalar(select(func.count(Case.id)).where(Case.flood_id.is_not(None)))
        held = session.scalar(
            select(func.count(Case.id)).where(~Case.unit_known, Case.state.in_(list(STAGES)))
        )
    return Backlog(
        identity=states.get("identity", 0) + states.get("identity_split", 0),
        verdict=states.get("verdict", 0) + states.get("verdict_split", 0),
        paused=paused or 0,
        held=held or 0,
        contested=states.get("contested", 0),
        oldest=min(waiting, default=None),
        by_days=dict(sorted(Counter((now - opened).days for opened in waiting).items())),
    )


def fairness(desk: Desk, actor: Actor, sides: Sides) -> list[ContestFairness]:
    """Flagged cases and verdicts by side of every contest in `sides`, sides without any too."""
    need(actor, "lead", "auditor")
    return contest_fairness(desk, sides)


def contest_fairness(desk: Desk, sides: Sides) -> list[ContestFairness]:
    """As :func:`fairness`, for the metrics. A candidate who is not in `sides` is their own side."""
    with desk.store.read() as session:
        flagged = session.execute(
            select(CaseSide.contest_id, CaseSide.candidate_id, func.count(CaseSide.case_id))
            .join(Case, Case.id == CaseSide.case_id)
            .where(~Case.golden)
            .group_by(CaseSide.contest_id, CaseSide.candidate_id)
        ).all()
        settled = session.execute(
            select(Finding.outcome, Finding.sides).where(
                Finding.stage == "verdict", Finding.outcome != "reopened"
            )
        ).all()
    cases: dict[str, Counter[str]] = defaultdict(Counter)
    for contest, _ in sides:
        cases[contest].update({side: 0 for (c, _), side in sides.items() if c == contest})
    for contest, candidate, count in flagged:
        cases[contest][sides.get((contest, candidate), candidate)] += count
    verdicts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for outcome, about in settled:
        named = {
            (contest, sides.get((contest, candidate), candidate))
            for contest, _, candidate in (one.partition(":") for one in about)
        }
        for place in named:
            verdicts[place].append(outcome == "breach_suspected")
    return [
        _fairness(contest, cases[contest], {s: verdicts[contest, s] for s in cases[contest]})
        for contest in sorted(cases)
    ]


def own_golden_agreement(desk: Desk, actor: Actor) -> Share:
    """How many golden items this reviewer answered as they should be; shown to them alone."""
    need(actor, "reviewer")
    with desk.store.read() as session:
        return _golden(session.execute(_GOLDEN.where(Seat.reviewer_id == actor.id)).all())


_GOLDEN = (
    select(Seat.choice, GoldenAnswer.choice)
    .join(GoldenAnswer, GoldenAnswer.case_id == Seat.case_id)
    .where(Seat.submitted_at.is_not(None))
)


def _golden(answers: Sequence[Row[str | None, str]]) -> Share:
    return _share([row[0] == row[1] for row in answers])


def _fairness(
    contest: str, cases: Counter[str], verdicts: Mapping[str, Sequence[bool]]
) -> ContestFairness:
    total = sum(cases.values())
    shares = {side: wilson(count, total) for side, count in cases.items()}
    even = 1 / len(cases)
    largest = max(shares.values(), key=lambda share: share.hits)
    return ContestFairness(
        contest_id=contest,
        sides=[SideFigures(side, shares[side], _share(verdicts[side])) for side in sorted(shares)],
        skew=max(0.0, largest.hits / total - even) if total else 0.0,
        alert=bool(total) and len(cases) > 1 and largest.low > even + ALERT_ABOVE_EVEN,
    )


def _share(hits: Sequence[bool]) -> Share:
    return wilson(sum(hits), len(hits))


def _binary(verdict: str) -> str:
    return "breach" if verdict == "breach_suspected" else "none"
