"""Leads: registered people who may be behind a handle that is almost theirs. Never attributions.

Only handles propose (invariant 05): candidates come from the register's blocking keys, then the
match model weighs what handle, digits, name, titles and bio say.

A common handle meets thousands of accounts. Those whose handle, with the best of names, speaks for
them at all (`LOUD`) are looked at one by one: all whose person has the author's very name, and the
`MOST_WEIGHED` others whose handles speak loudest. The rest is nobody's lead, but competes: it
counts with the weight of its handle and a name that differs (or none to compare).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.settings import JudgementSettings
from matchers.event_time import event_time
from matchers.evidence_levels import DIGIT_LEVELS, HANDLE_LEVELS
from matchers.handles import normalise
from matchers.lead_evidence import AuthorSide, Bio
from matchers.match_model import Evidence, MatchModel, odds
from matchers.name_levels import name_level
from matchers.run_table import Run, RunTable
from matchers.types import (
    NO_ROW,
    Lead,
    LeadCandidate,
    RegisteredAccount,
    RegisterIndex,
)
from streams.records import Actor, PublicPost

LEAD_ACTIONS: Final = frozenset({"post", "comment", "share", "quote"})
"""A like, follow or join needs a conclusive identity (invariant 06)."""
MOST_CANDIDATES: Final = 5
MOST_WEIGHED: Final = 8
MOST_NAMESAKES: Final = 32
"""Rows with the author's name that are looked at before all of them are weighed."""
LOUD: Final = 50
"""Tenths of a bit that a candidate could weigh at the most, to be looked at by itself."""


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """One candidate with the evidence; `probability` per 10,000, `weight` in tenths of a bit."""

    row: int
    person: int
    probability: int
    weight: int
    evidence: Evidence


class Ranked(NamedTuple):
    """An event's candidates in order, and the sum of everybody's odds."""

    total: int
    candidates: list[ScoredCandidate]


def find_leads(
    posts: Sequence[PublicPost],
    register: RegisterIndex,
    model: MatchModel,
    judgement: JudgementSettings,
) -> list[Lead | None]:
    """The leads for events whose authors are not identified, in order; None for most.

    None unless the best candidate reaches `judgement.lead_threshold` at event time.
    """
    leads: list[Lead | None] = [None] * len(posts)
    least = model.least_weight(judgement.base_rate, judgement.lead_threshold)
    asked: list[_Asked] = []
    for position, post in enumerate(posts):
        if post.action in LEAD_ACTIONS:
            handle = normalise(post.platform, post.actor.handle)
            if handle is not None:
                asked.append(
                    _Asked(position, (post.platform, handle), _sides(post, register, model))
                )
    # Where only the very same handle could carry a lead, one exact look-up decides.
    exact = [one for one in asked if not one.author.can_reach(least, model)]
    rows = register.rows_by_handle([one.key for one in exact])
    hopeless = {one.position for one, row in zip(exact, rows, strict=True) if row == NO_ROW}
    asked = [one for one in asked if one.position not in hopeless]
    table = register.run_table([one.key for one in asked])
    asked, table = _worth_a_name(asked, table, least, model)
    met = _Met(table, [one.author for one in asked], model)
    for place in met.that_can_reach(least, register):
        one = asked[place]
        ranked = _weigh(
            met.near(place), posts[one.position], one.author, register, model, judgement
        )
        leads[one.position] = lead_of(ranked.candidates, judgement)
    return leads


def rank_candidates(
    post: PublicPost, register: RegisterIndex, model: MatchModel, judgement: JudgementSettings
) -> list[ScoredCandidate]:
    """The candidates that a handle proposes, by falling probability, then row; no threshold.

    All of them, but of the hundreds that a common handle meets only those that are weighed.
    """
    (ranked,) = rank_batch([post], register, model, judgement)
    return ranked.candidates


def every_candidate(
    post: PublicPost,
    register: RegisterIndex,
    model: MatchModel,
    judgement: JudgementSettings,
    most: int,
) -> tuple[list[ScoredCandidate], int]:
    """All that a handle proposes, also those that :func:`rank_candidates` only counts.

    At most `most` of these are weighed; returns how many are left, too.
    """
    (ranked,) = rank_batch([post], register, model, judgement)
    found = list(ranked.candidates)
    seen = {one.person for one in found}
    handle = normalise(post.platform, post.actor.handle)
    (runs,) = register.propose([(post.platform, handle or "")])
    author, left = _sides(post, register, model), 0
    for run in runs:
        for row in range(run.first, run.last):
            account = register.account(row)
            if account.person in seen or _excluded(post.actor, account, event_time(post)):
                continue
            seen.add(account.person)
            if len(found) >= most:
                left += 1
                continue
            evidence = author.compare(run, register.person(account.person))
            weight = model.weight(evidence)
            chance = model.probability(weight, ranked.total, judgement.base_rate)
            found.append(ScoredCandidate(row, account.person, chance, weight, evidence))
    return sorted(found, key=_order), left


def _order(one: ScoredCandidate) -> tuple[int, int, int]:
    return -one.probability, -one.weight, one.row


def rank_batch(
    posts: Sequence[PublicPost],
    register: RegisterIndex,
    model: MatchModel,
    judgement: JudgementSettings,
) -> list[Ranked]:
    """As :func:`rank_candidates`, for many events, with the sum of the weights."""
    keys = [(post.platform, normalise(post.platform, post.actor.handle) or "") for post in posts]
    authors = [_sides(post, register, model) for post in posts]
    met = _Met(register.run_table(keys), authors, model)
    met.find_namesakes(range(len(posts)), register)
    return [
        _weigh(met.near(place), post, authors[place], register, model, judgement)
        for place, post in enumerate(posts)
    ]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One event that may have a lead."""

    position: int
    key: tuple[str, str]
    author: AuthorSide


def _worth_a_name(
    asked: Sequence[_Asked], table: RunTable, least: int, model: MatchModel
) -> tuple[list[_Asked], RunTable]:
    """Those whom the best of names could lift to `least`, and what they meet; nobody's name is
    taken apart for it."""
    most = np.array([one.author.bio.most for one in asked], dtype=np.int64)
    bounds = model.best.with_name[table.handle, table.digits] + most[table.asked]
    able = np.zeros(len(asked), dtype=bool)
    able[table.asked[bounds >= least]] = True
    kept = table.where(able[table.asked])
    places = (np.cumsum(able) - 1).astype(np.int32)
    return [asked[place] for place in np.flatnonzero(able).tolist()], kept._replace(
        asked=places[kept.asked]
    )


def _sides(post: PublicPost, register: RegisterIndex, model: MatchModel) -> AuthorSide:
    return AuthorSide(post.actor, Bio(post.actor.bio, register, model))


def lead_of(scored: Sequence[ScoredCandidate], judgement: JudgementSettings) -> Lead | None:
    """The lead that ranked candidates make, if one reaches the threshold and may carry it."""
    if not any(
        one.probability >= judgement.lead_threshold and one.evidence.can_carry_a_lead
        for one in scored
    ):
        return None
    return Lead(
        tuple(
            LeadCandidate(one.row, one.person, one.probability, one.evidence.in_words())
            for one in scored[:MOST_CANDIDATES]
        )
    )


class _Near(NamedTuple):
    """What a handle meets: the runs worth a look, those with the author's very name among their
    rows, and the odds of all other runs together."""

    loud: list[Run]
    namesakes: list[int]
    others: int


class _Met:
    """What the handles of a batch meet, held against what it could weigh at the most."""

    def __init__(self, table: RunTable, authors: Sequence[AuthorSide], model: MatchModel) -> None:
        self._table = table
        self._authors = authors
        self._model = model
        self._named = np.array([author.is_named for author in authors], dtype=bool)
        self._most = np.array([author.bio.most for author in authors], dtype=np.int64)
        self._loud = self._bounds(agreeing=True) >= LOUD
        self._starts = np.searchsorted(table.asked, np.arange(len(authors) + 1)).tolist()
        self._namesakes: dict[int, list[int]] = {}

    def that_can_reach(self, least: int, register: RegisterIndex) -> list[int]:
        """Places of the events with a row that could weigh `least`, ascending; finds namesakes."""
        asked = self._table.asked
        able = dict.fromkeys(asked[self._bounds(agreeing=True) >= least].tolist())
        if not able:
            return []
        self.find_namesakes(able, register)
        without = set(asked[self._bounds(agreeing=False) >= least].tolist())
        return [
            place
            for place in able
            if place in without or self._namesakes_can_reach(place, least, register)
        ]

    def _namesakes_can_reach(self, place: int, least: int, register: RegisterIndex) -> bool:
        """Whether the author's name, as often as it is borne, could lift anybody to `least`."""
        rows = self._namesakes.get(place, [])
        author, best = self._authors[place], self._model.best
        for row in rows[:MOST_NAMESAKES]:
            person = register.person(register.account(row).person)
            level = name_level(author.name, person.canonical_name, person.name_frequency)
            part = self._table.between(slice(self._starts[place], self._starts[place + 1]))
            bounds = best.by_name[level][part.handle, part.digits] + author.bio.most
            if (bounds >= least).any():
                return True
        return len(rows) > MOST_NAMESAKES

    def find_namesakes(self, places: Collection[int], register: RegisterIndex) -> None:
        """Look among the runs worth a look of these events for rows with the author's very name."""
        wanted = np.zeros(len(self._authors), dtype=bool)
        wanted[list(places)] = True
        mask = self._loud & (wanted & self._named)[self._table.asked]
        names = [author.name for author in self._authors]
        self._namesakes = register.rows_with_names(self._table.where(mask), names)

    def near(self, place: int) -> _Near:
        """The runs of one event, those worth a look apart."""
        here = slice(self._starts[place], self._starts[place + 1])
        part, loud = self._table.between(here), self._loud[here]
        author, best = self._authors[place], self._model.best
        bounds = best.with_name if author.is_named else best.without_name
        worth = part.where(loud)
        order = np.lexsort((worth.first, -bounds[worth.handle, worth.digits]))
        return _Near(
            worth.between(order).runs(),
            self._namesakes.get(place, []),
            self._others(part.where(~loud), author),
        )

    def _bounds(self, *, agreeing: bool) -> NDArray[np.int64]:
        """For each run of the table the most that a row of it could weigh, the bio included."""
        table, best = self._table, self._model.best
        named = best.with_name if agreeing else best.without_agreement
        bounds: NDArray[np.int64] = (
            np.where(
                self._named[table.asked],
                named[table.handle, table.digits],
                best.without_name[table.handle, table.digits],
            )
            + self._most[table.asked]
        )
        return bounds

    def _others(self, quiet: RunTable, author: AuthorSide) -> int:
        each = author.odds_of_others(self._model)
        return sum(
            size * each[handle][digits]
            for handle, digits, size in zip(
                quiet.handle.tolist(),
                quiet.digits.tolist(),
                (quiet.last - quiet.first).tolist(),
                strict=True,
            )
        )


def _weigh(
    near: _Near,
    post: PublicPost,
    author: AuthorSide,
    register: RegisterIndex,
    model: MatchModel,
    judgement: JudgementSettings,
) -> Ranked:
    actor, at = post.actor, event_time(post)
    best: dict[int, tuple[int, int, Evidence]] = {}
    left = MOST_WEIGHED
    each = author.odds_of_others(model)
    others = near.others
    for run in near.loud:
        own = range(run.first, min(run.last, run.first + left))
        left -= len(own)
        more = [row for row in near.namesakes if own.stop <= row < run.last]
        if rest := run.last - own.stop - len(more):
            others += rest * each[HANDLE_LEVELS.index(run.handle)][DIGIT_LEVELS.index(run.digits)]
        for row in (*own, *more):
            account = register.account(row)
            if _excluded(actor, account, at):
                continue
            evidence = author.compare(run, register.person(account.person))
            weight = model.weight(evidence)
            # Someone with two accounts that are alike is one candidate, not two.
            known = best.get(account.person)
            if known is None or weight > known[1]:
                best[account.person] = row, weight, evidence
    weights = [weight for _, weight, _ in best.values()]
    chances = model.probabilities(weights, judgement.base_rate, others)
    scored = [
        ScoredCandidate(row, person, chance, weight, evidence)
        for (person, (row, weight, evidence)), chance in zip(best.items(), chances, strict=True)
    ]
    scored.sort(key=_order)
    return Ranked(others + sum(map(odds, weights)), scored)


def _excluded(actor: Actor, account: RegisteredAccount, at: datetime) -> bool:
    """Two known ids that differ are two accounts; a declaration not in force names nobody."""
    if actor.account_id is not None and account.account_id not in (None, actor.account_id):
        return True
    return not account.active_at(at)
