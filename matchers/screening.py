"""The stages, joined: a batch of posts in, one outcome each out.

    admit → exact_identity → touch → fuzzy_identity → evidence → verdict

A flag needs both who and what, so the cheap tests run first and whole batches go through one
stage before the next. Nothing here reads a clock: who wants to time the stages passes a `tick`,
which is called with a stage's name when the stage is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final, Literal, get_args

from config.settings import JudgementSettings
from matchers import lead_scoring
from matchers.event_time import event_time
from matchers.evidence import gather
from matchers.exact_identity import resolve
from matchers.fuzzy_identity import find_lead
from matchers.rules import Rulebook
from matchers.touch import touch
from matchers.types import REUSED_HANDLE, ExactFinding, Hit, Identity, Lead, Outcome, RegisterIndex
from matchers.verdict import judge
from matchers.watchlist_index import WatchlistIndex
from streams.records import PublicPost, Versions

Stage = Literal["admit", "exact_identity", "touch", "fuzzy_identity", "evidence", "verdict"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)

INVALID: Final = Outcome("invalid")
NOT_PUBLIC: Final = Outcome("not_public")
STOPPED: Final = Outcome("stopped")
OUT_OF_WINDOW: Final = Outcome("out_of_window")
UNTOUCHED: Final = Outcome("untouched")
UNMATCHED: Final = Outcome("unmatched")
NO_RULE: Final = Outcome("no_rule")


@dataclass(frozen=True)
class Stages:
    """Everything one judgement depends on: a snapshot that never changes."""

    register: RegisterIndex
    watchlist: WatchlistIndex
    rulebook: Rulebook
    judgement: JudgementSettings
    stopped: bool = False

    @cached_property
    def versions(self) -> Versions:
        """What every flagged event says it was judged under (invariant 12)."""
        return Versions(
            register=self.register.version,
            register_overlay_offset=self.register.overlay_offset,
            watchlist=self.watchlist.version,
            rules=self.rulebook.version,
            model=lead_scoring.MODEL_VERSION,
            settings=self.judgement.digest(),
        )


@dataclass(frozen=True, slots=True)
class _Admitted:
    position: int
    post: PublicPost
    at: datetime
    contests: int


@dataclass(frozen=True, slots=True)
class _Matched:
    admitted: _Admitted
    finding: Identity | Lead
    hits: tuple[Hit, ...]


def _no_tick(stage: Stage) -> None:
    """Time nothing."""


def screen(
    batch: Sequence[PublicPost | None],
    stages: Stages,
    tick: Callable[[Stage], None] = _no_tick,
) -> list[Outcome]:
    """Judge a batch: one outcome an event, in order. None stands for an undecodable record."""
    outcomes: list[Outcome] = [INVALID] * len(batch)
    admitted = _admit(batch, stages, outcomes)
    tick("admit")
    findings = resolve([event.post for event in admitted], stages.register)
    tick("exact_identity")
    touched = _touch(admitted, findings, stages, outcomes)
    tick("touch")
    matched = _match(touched, stages, outcomes)
    tick("fuzzy_identity")
    evidence = [gather(one.admitted.post, one.hits, stages.watchlist) for one in matched]
    tick("evidence")
    for one, items in zip(matched, evidence, strict=True):
        flags = judge(
            one.admitted.post,
            one.finding,
            items,
            at=one.admitted.at,
            register=stages.register,
            index=stages.watchlist,
            rulebook=stages.rulebook,
            judgement=stages.judgement,
            versions=stages.versions,
        )
        outcomes[one.admitted.position] = Outcome("flagged", flags) if flags else NO_RULE
    tick("verdict")
    return outcomes


def _admit(
    batch: Sequence[PublicPost | None], stages: Stages, outcomes: list[Outcome]
) -> list[_Admitted]:
    """Only public events (invariant 11), while not stopped, inside a window (invariant 07)."""
    admitted: list[_Admitted] = []
    contests_at = stages.watchlist.contests_at
    for position, post in enumerate(batch):
        if post is None:
            continue
        if post.visibility != "public":
            outcomes[position] = NOT_PUBLIC
        elif stages.stopped:
            outcomes[position] = STOPPED
        else:
            at = event_time(post)
            contests = contests_at(at)
            if contests:
                admitted.append(_Admitted(position, post, at, contests))
            else:
                outcomes[position] = OUT_OF_WINDOW
    return admitted


def _touch(
    admitted: Sequence[_Admitted],
    findings: Sequence[ExactFinding],
    stages: Stages,
    outcomes: list[Outcome],
) -> list[tuple[_Admitted, ExactFinding, tuple[Hit, ...]]]:
    touched = []
    index = stages.watchlist
    for event, finding in zip(admitted, findings, strict=True):
        hits = touch(event.post, event.contests, index)
        if hits:
            touched.append((event, finding, hits))
        else:
            outcomes[event.position] = UNTOUCHED
    return touched


def _match(
    touched: Sequence[tuple[_Admitted, ExactFinding, tuple[Hit, ...]]],
    stages: Stages,
    outcomes: list[Outcome],
) -> list[_Matched]:
    """Conclusive identities pass; for the rest the fuzzy look-up may yield a lead."""
    matched = []
    for event, exact, hits in touched:
        finding: Identity | Lead | None = None
        if isinstance(exact, Identity):
            finding = exact
        elif exact != REUSED_HANDLE:
            finding = find_lead(event.post, stages.register, stages.judgement, event.at)
        if finding is None:
            outcomes[event.position] = UNMATCHED
        else:
            matched.append(_Matched(event, finding, hits))
    return matched
