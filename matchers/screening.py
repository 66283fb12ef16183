"""The stages, joined: a batch of posts in, one outcome each out.

    admit → touch → exact_identity → fuzzy_identity → evidence → verdict

A flag needs both who and what. What comes first, because it ends nine events in ten
(`docs/decisions/0002`). Whole batches go through one stage before the next. Nothing here reads a
clock: who wants to time the stages passes a `tick`, called with a stage's name when it is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

from config.settings import JudgementSettings
from matchers.event_time import event_time
from matchers.evidence import gather
from matchers.exact_identity import resolve
from matchers.fuzzy_identity import find_leads
from matchers.match_model import MatchModel
from matchers.rules import Rulebook
from matchers.touch import touch_batch
from matchers.types import REUSED_HANDLE, ExactFinding, Hit, Identity, Lead, Outcome, RegisterIndex
from matchers.verdict import judge
from matchers.watchlist_index import WatchlistIndex
from streams.records import PublicPost, Versions

Stage = Literal["admit", "touch", "exact_identity", "fuzzy_identity", "evidence", "verdict"]
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
    model: MatchModel
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
            model=self.model.version,
            settings=self.judgement.digest(),
        )


class _Touched(NamedTuple):
    """An event that touches the watchlist, and where its outcome belongs."""

    position: int
    post: PublicPost
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class _Admitted:
    """The admitted events as columns: lists of one length, in order."""

    positions: list[int]
    posts: list[PublicPost]
    contests: list[int]


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
    touched = _touch(admitted, stages, outcomes)
    tick("touch")
    exact = resolve([event.post for event in touched], stages.register)
    tick("exact_identity")
    matched = _match(touched, exact, stages, outcomes)
    tick("fuzzy_identity")
    evidence = [gather(event.post, event.hits, stages.watchlist) for event, _ in matched]
    tick("evidence")
    for (event, finding), items in zip(matched, evidence, strict=True):
        flags = judge(
            event.post,
            finding,
            items,
            at=event_time(event.post),
            register=stages.register,
            index=stages.watchlist,
            rulebook=stages.rulebook,
            judgement=stages.judgement,
            versions=stages.versions,
        )
        outcomes[event.position] = Outcome("flagged", flags) if flags else NO_RULE
    tick("verdict")
    return outcomes


def _admit(
    batch: Sequence[PublicPost | None], stages: Stages, outcomes: list[Outcome]
) -> _Admitted:
    """Only public events (invariant 11), while not stopped, inside a window (invariant 07)."""
    admitted = _Admitted([], [], [])
    contests_at = stages.watchlist.contests_at
    for position, post in enumerate(batch):
        if post is None:
            continue
        if post.visibility != "public":
            outcomes[position] = NOT_PUBLIC
        elif stages.stopped:
            outcomes[position] = STOPPED
        elif contests := contests_at(event_time(post)):
            admitted.positions.append(position)
            admitted.posts.append(post)
            admitted.contests.append(contests)
        else:
            outcomes[position] = OUT_OF_WINDOW
    return admitted


def _touch(admitted: _Admitted, stages: Stages, outcomes: list[Outcome]) -> list[_Touched]:
    """Nine events in ten end here, so nothing dearer may come before."""
    touched = []
    found = touch_batch(admitted.posts, admitted.contests, stages.watchlist)
    for position, post, hits in zip(admitted.positions, admitted.posts, found, strict=True):
        if hits:
            touched.append(_Touched(position, post, hits))
        else:
            outcomes[position] = UNTOUCHED
    return touched


def _match(
    touched: Sequence[_Touched],
    findings: Sequence[ExactFinding],
    stages: Stages,
    outcomes: list[Outcome],
) -> list[tuple[_Touched, Identity | Lead]]:
    """Conclusive identities pass; for the rest the fuzzy look-up may yield a lead."""
    unknown = [event for event, exact in zip(touched, findings, strict=True) if exact is None]
    leads = iter(
        find_leads(
            [event.post for event in unknown], stages.register, stages.model, stages.judgement
        )
    )
    matched = []
    for event, exact in zip(touched, findings, strict=True):
        finding = next(leads) if exact is None else exact
        if finding is None or finding == REUSED_HANDLE:
            outcomes[event.position] = UNMATCHED
        else:
            matched.append((event, finding))
    return matched
