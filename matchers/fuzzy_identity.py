"""Leads: registered people who may be behind a handle that is almost theirs. Never attributions.

Only handles propose (invariant 05): candidates come from the register's blocking keys, then
:mod:`matchers.lead_scoring` weighs what handle, digits, name and bio say. rapidfuzz computes every
similarity.

A region is named in the bio as one of :mod:`matchers.region_names`; an agency by its code where the
code is a word of four letters or more (`BKPSDM`, `KEMENKEU`); numbers name nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from config.settings import JudgementSettings
from matchers.handle_keys import HandleKey, take_apart
from matchers.handles import normalise
from matchers.lead_scoring import (
    BEST_OF_AGENCY,
    BEST_OF_ANOTHER_HANDLE,
    BEST_OF_REGION,
    BEST_WITH_HANDLE,
    DIGITS,
    FREQUENT_BEARERS,
    RARE_BEARERS,
    AgencyLevel,
    DigitLevel,
    Evidence,
    HandleLevel,
    NameLevel,
    RegionLevel,
    least_weight,
    probabilities,
)
from matchers.names import canonical_name
from matchers.region_names import province_of, provinces_named
from matchers.types import (
    NO_ROW,
    Lead,
    LeadCandidate,
    RegisteredAccount,
    RegisteredPerson,
    RegisterIndex,
)
from streams.records import Actor, Platform, PublicPost

LEAD_ACTIONS: Final = frozenset({"post", "comment", "share", "quote"})
"""A like, follow or join needs a conclusive identity (invariant 06)."""
MOST_CANDIDATES: Final = 5
SIMILAR: Final = 90.0
"""rapidfuzz's ratio (0 to 100) from which two handles or two names are similar."""
EDIT_FROM: Final = 5
"""Letters a skeleton must have for one edit to mean anything."""

# Looked up once: this is asked for each of the ten or so accounts that a common handle meets.
_SAME, _SEPARATORS, _SKELETON, _ONE_EDIT, _SIMILAR = HandleLevel
_AGREE, _NO_DIGITS, _ONE_SIDED, _CONFLICT = DigitLevel
_edits, _ratio = OSA.distance, fuzz.ratio

_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """One candidate with the evidence; `probability` per 10,000."""

    row: int
    person: int
    probability: int
    evidence: Evidence

    @property
    def can_carry_a_lead(self) -> bool:
        """Conflicting digits are overcome by evidence beyond the name only."""
        return self.evidence.digits is not DigitLevel.CONFLICT or self.evidence.beyond_the_name


def find_lead(
    post: PublicPost, register: RegisterIndex, judgement: JudgementSettings, at: datetime
) -> Lead | None:
    """The lead for an event whose author is not identified; None for most.

    `at` is the event time. None unless the best candidate reaches `judgement.lead_threshold`.
    """
    if post.action not in LEAD_ACTIONS:
        return None
    handle = normalise(post.platform, post.actor.handle)
    if handle is None:
        return None
    bio = _Bio(post.actor.bio, register)
    needed = least_weight(judgement.base_rate, judgement.lead_threshold) - bio.most
    if needed > BEST_OF_ANOTHER_HANDLE and not _is_registered(post.platform, handle, register):
        # Only the very same handle could carry a lead, and nobody has it.
        return None
    proposed = _propose(post.platform, handle, register)
    if not any(
        BEST_WITH_HANDLE[level] + DIGITS[digits].tenths >= needed for _, level, digits in proposed
    ):
        return None
    scored = _weigh(proposed, post.actor, bio, register, judgement, at)
    if not any(
        one.probability >= judgement.lead_threshold and one.can_carry_a_lead for one in scored
    ):
        return None
    return Lead(
        tuple(
            LeadCandidate(one.row, one.person, one.probability, one.evidence.in_words())
            for one in scored[:MOST_CANDIDATES]
        )
    )


def rank_candidates(
    post: PublicPost, register: RegisterIndex, judgement: JudgementSettings, at: datetime
) -> list[ScoredCandidate]:
    """Every candidate the handle proposes, by falling probability, then row; no threshold."""
    handle = normalise(post.platform, post.actor.handle)
    proposed = [] if handle is None else _propose(post.platform, handle, register)
    bio = _Bio(post.actor.bio, register)
    return _weigh(proposed, post.actor, bio, register, judgement, at)


_Proposed = tuple[int, HandleLevel, DigitLevel]
"""Row of an account, and how its handle and digits compare; plain, for there are many."""


def _is_registered(platform: Platform, handle: str, register: RegisterIndex) -> bool:
    return register.rows_by_handle([(platform, handle)])[0] != NO_ROW


def _propose(platform: Platform, handle: str, register: RegisterIndex) -> list[_Proposed]:
    """The accounts with a handle that is alike; nothing but handles is looked at."""
    ours = take_apart(platform, handle)
    proposed = []
    for row in register.blocked_rows(platform, ours):
        theirs = register.handle_key(row)
        level = handle_level(ours, theirs)
        if level is _SAME:
            # The same digits of the very same handle are no evidence of their own.
            proposed.append((row, level, _NO_DIGITS))
        elif level is not None:
            proposed.append((row, level, digit_level(ours.digits, theirs.digits)))
    return proposed


def _weigh(
    proposed: Sequence[_Proposed],
    actor: Actor,
    bio: "_Bio",
    register: RegisterIndex,
    judgement: JudgementSettings,
    at: datetime,
) -> list[ScoredCandidate]:
    author = _Author(actor, bio)
    best: dict[int, tuple[int, Evidence]] = {}
    for row, level, digits in proposed:
        account = register.account(row)
        if _excluded(actor, account, at):
            continue
        evidence = author.weigh(level, digits, register.person(account.person))
        # Someone with two accounts that are alike is one candidate, not two.
        known = best.get(account.person)
        if known is None or evidence.weight > known[1].weight:
            best[account.person] = row, evidence
    chances = probabilities([one.weight for _, one in best.values()], judgement.base_rate)
    scored = [
        ScoredCandidate(row, person, chance, evidence)
        for (person, (row, evidence)), chance in zip(best.items(), chances, strict=True)
    ]
    return sorted(scored, key=lambda one: (-one.probability, one.row))


def handle_level(ours: HandleKey, theirs: HandleKey) -> HandleLevel | None:
    """How alike two handles of one platform are; None where they are not alike at all."""
    if ours.host != theirs.host:
        return None
    if ours.skeleton == theirs.skeleton:
        if ours.local == theirs.local:
            return _SAME
        return _SEPARATORS if ours.letters == theirs.letters else _SKELETON
    if (
        len(ours.skeleton) >= EDIT_FROM
        and len(theirs.skeleton) >= EDIT_FROM
        and _edits(ours.skeleton, theirs.skeleton, score_cutoff=1) <= 1
    ):
        return _ONE_EDIT
    return _SIMILAR if _ratio(ours.local, theirs.local, score_cutoff=SIMILAR) else None


def digit_level(ours: str, theirs: str) -> DigitLevel:
    if ours == theirs:
        return _AGREE if ours else _NO_DIGITS
    return _CONFLICT if ours and theirs else _ONE_SIDED


def name_level(ours: str, person: RegisteredPerson) -> NameLevel:
    """How alike two canonical names are. Names of a single word never say anything."""
    theirs = person.canonical_name
    if " " not in ours or " " not in theirs:
        return NameLevel.SILENT
    alike = fuzz.token_sort_ratio(ours, theirs)
    if alike == 100.0:
        if person.name_frequency <= RARE_BEARERS:
            return NameLevel.RARE
        return NameLevel.FREQUENT if person.name_frequency > FREQUENT_BEARERS else NameLevel.KNOWN
    if alike >= SIMILAR or _one_within_the_other(ours.split(), theirs.split()):
        return NameLevel.SIMILAR
    return NameLevel.DIFFERS


def _one_within_the_other(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """`Budi Santoso` and `Muhammad Budi Santoso`: one name, written shorter."""
    shared = set(ours) & set(theirs)
    return len(shared) >= 2 and len(shared) in (len(set(ours)), len(set(theirs)))


def _excluded(actor: Actor, account: RegisteredAccount, at: datetime) -> bool:
    """Two known ids that differ are two accounts; a declaration not in force names nobody."""
    if actor.account_id is not None and account.account_id not in (None, actor.account_id):
        return True
    return not account.active_at(at)


class _Bio:
    """What a bio names: provinces, and agencies that somebody in the register belongs to."""

    __slots__ = ("agencies", "most", "provinces")

    def __init__(self, bio: str | None, register: RegisterIndex) -> None:
        self.provinces: frozenset[str] = frozenset()
        self.agencies: frozenset[str] = frozenset()
        self.most = 0
        """The most, in tenths of a bit, that it can add to a candidate's weight."""
        if bio:
            self.provinces = provinces_named(bio)
            self.agencies = register.agencies.intersection(_WORD.findall(bio.upper()))
            self.most = (BEST_OF_REGION if self.provinces else 0) + (
                BEST_OF_AGENCY if self.agencies else 0
            )


class _Author:
    """The event's side of what is weighed beside the handle, worked out once for all candidates."""

    def __init__(self, actor: Actor, bio: _Bio) -> None:
        self._name = canonical_name(actor.display_name or "")
        self._bio = bio

    def weigh(self, handle: HandleLevel, digits: DigitLevel, person: RegisteredPerson) -> Evidence:
        return Evidence(
            handle=handle,
            name=name_level(self._name, person),
            digits=digits,
            region=self._region(person.region_code),
            agency=self._agency(person.agency_code),
            bearers=person.name_frequency,
        )

    def _region(self, region_code: str | None) -> RegionLevel:
        province = province_of(region_code) if region_code else None
        if not self._bio.provinces or province is None:
            return RegionLevel.SILENT
        return RegionLevel.NAMED if province in self._bio.provinces else RegionLevel.OTHER

    def _agency(self, agency_code: str | None) -> AgencyLevel:
        named = agency_code is not None and agency_code.upper() in self._bio.agencies
        return AgencyLevel.NAMED if named else AgencyLevel.SILENT
