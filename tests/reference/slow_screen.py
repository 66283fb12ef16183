"""The pipeline one event at a time, as the design tells it, over the slow look-ups.

Scoring, cues, rules and verdict are the product's own: they have table tests of their own. What is
replaced is everything that was made fast: batches, indexes, the search, windows as bit masks.
"""

from dataclasses import dataclass

from config.settings import JudgementSettings
from matchers.evidence import gather
from matchers.fuzzy_identity import find_leads
from matchers.handles import normalise
from matchers.match_model import MatchModel
from matchers.rules import Rulebook
from matchers.types import NO_ROW, Identity, Lead, Outcome
from matchers.verdict import judge
from matchers.watchlist_index import WatchlistIndex
from streams.records import PublicPost, Versions, Watchlist
from tests.reference.slow_register import SlowRegister
from tests.reference.slow_touch import slow_touch


@dataclass(frozen=True)
class SlowStages:
    register: SlowRegister
    watchlist: Watchlist
    index: WatchlistIndex
    """For the entries' ids and phases only; nothing is searched with it."""
    rulebook: Rulebook
    model: MatchModel
    judgement: JudgementSettings


def slow_screen(post: PublicPost, stages: SlowStages) -> Outcome:
    """What should become of one readable event while nothing is stopped."""
    if post.visibility != "public":
        return Outcome("not_public")
    at = post.created_at or post.observed_at
    open_contests = {
        contest.id
        for election in stages.watchlist.elections
        for contest in election.contests
        if any(phase.start <= at < phase.end for phase in contest.phases)
    }
    if not open_contests:
        return Outcome("out_of_window")
    hits = slow_touch(post, open_contests, stages.index)
    if not hits:
        return Outcome("untouched")
    finding = _who(post, stages)
    if finding is None:
        return Outcome("unmatched")
    flags = judge(
        post,
        finding,
        gather(post, hits, stages.index),
        at=at,
        register=stages.register,
        index=stages.index,
        rulebook=stages.rulebook,
        judgement=stages.judgement,
        versions=Versions(
            register=stages.register.version,
            register_overlay_offset=-1,
            watchlist=stages.index.version,
            rules=stages.rulebook.version,
            model=stages.model.version,
            settings=stages.judgement.digest(),
        ),
    )
    return Outcome("flagged", flags) if flags else Outcome("no_rule")


def _who(post: PublicPost, stages: SlowStages) -> Identity | Lead | None:
    """Invariant 03, word by word."""
    register, actor = stages.register, post.actor
    at = post.created_at or post.observed_at
    if actor.account_id is not None:
        row = register.rows_by_account_id([(post.platform, actor.account_id)])[0]
        if row != NO_ROW:
            account = register.account(row)
            if account.active_at(at):
                return Identity("bound", row, account.person)
            return find_leads([post], register, stages.model, stages.judgement)[0]
    handle = normalise(post.platform, actor.handle)
    row = NO_ROW if handle is None else register.rows_by_handle([(post.platform, handle)])[0]
    if row != NO_ROW:
        account = register.account(row)
        if account.account_id is not None and actor.account_id is not None:
            return None  # the handle was taken over by somebody else
        if account.account_id is None and account.active_at(at):
            return Identity("declared", row, account.person)
    return find_leads([post], register, stages.model, stages.judgement)[0]
