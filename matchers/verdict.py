"""The last stage: which rules fire for a matched event, put together for human reviewers.

Deterministic: the same event and versions give the same bytes (invariant 12).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
import orjson

from config.settings import JudgementSettings
from matchers.cues import find_cues
from matchers.exemptions import find_exemptions
from matchers.facts import facts_of, own_words
from matchers.handles import normalise
from matchers.region_names import province_of
from matchers.rules import Rulebook, evaluate
from matchers.types import TARGET_ONLY, Identity, Lead, RegisterIndex
from matchers.watchlist_index import WatchlistIndex
from streams.records import (
    Author,
    ElectionContext,
    EvidenceItem,
    FiredRule,
    FlaggedEvent,
    IdentityFinding,
    LeadCandidateRecord,
    Phase,
    PublicPost,
    Target,
    Versions,
)


def judge(
    post: PublicPost,
    finding: Identity | Lead,
    evidence: Sequence[EvidenceItem],
    *,
    at: datetime,
    register: RegisterIndex,
    index: WatchlistIndex,
    rulebook: Rulebook,
    judgement: JudgementSettings,
    versions: Versions,
) -> tuple[FlaggedEvent, ...]:
    """At most one flag an election, by election id; none where no rule fires.

    `evidence` is what `matchers.evidence.gather` found, `at` the event time. Phases are each
    contest's own; the flag names the phase of the first contest (by id) in which a rule fired.
    Raises RegisterError where the register has no pseudonym for the person in that election.
    """
    by_contest: dict[str, list[EvidenceItem]] = {}
    for item in evidence:
        by_contest.setdefault(item.contest_id, []).append(item)
    if not any(item.sufficient for item in evidence):
        return ()

    cues = find_cues(post, evidence) if post.action not in TARGET_ONLY else ()
    words = own_words(post, cues)
    fired: dict[str, list[tuple[str, Phase, tuple[FiredRule, ...]]]] = {}
    for contest_id, items in sorted(by_contest.items()):
        phase = index.phase_at(contest_id, at)
        if phase is None:  # invariant 07
            continue
        facts = facts_of(post, finding, items, words, phase, index, judgement.e4_reading)
        rules = evaluate(rulebook, facts)
        if rules:
            election_id = index.election_of(contest_id)
            fired.setdefault(election_id, []).append((contest_id, phase, rules))
    if not fired:
        return ()

    near = _contests_near(finding, by_contest, register, index)
    content = content_sha256(post)
    judged = [
        item
        for contests in fired.values()
        for contest_id, _, _ in contests
        for item in by_contest[contest_id]
    ]
    exemptions = find_exemptions(post, words, judged, judgement)
    return tuple(
        FlaggedEvent(
            schema=1,
            flag_id=_flag_id(election_id, post, content),
            rules=_union(rules for _, _, rules in contests),
            election=ElectionContext(
                id=election_id,
                phase=contests[0][1].name,
                phase_from=contests[0][1].start,
                phase_to=contests[0][1].end,
                contest_ids=tuple(contest_id for contest_id, _, _ in contests),
            ),
            identity=_identity(finding, election_id, register),
            author=Author(handle=post.actor.handle, account_id=post.actor.account_id),
            evidence=_in_order(
                (item for contest_id, _, _ in contests for item in by_contest[contest_id]),
                near,
            ),
            cues=cues,
            exemptions=exemptions,
            missing=_missing(post),
            platform=post.platform,
            post_id=post.post_id,
            action=post.action,
            created_at=at,
            content_sha256=content,
            versions=versions,
            status="needs_review",
            text=post.text,
            parent_text=post.target.text if post.target else None,
            target=_without_text(post.target),
            url=post.url,
        )
        for election_id, contests in sorted(fired.items())
    )


def content_sha256(post: PublicPost) -> str:
    """Hash of what the event says and is aimed at; not of when or how it was collected."""
    target = post.target
    account = target.account if target else None
    content = [
        post.text,
        target and [target.post_id, target.text],
        account and [account.account_id, account.handle],
        [[mention.account_id, mention.handle] for mention in post.mentions],
        list(post.hashtags),
        list(post.urls),
        [[media.kind, media.alt_text] for media in post.media],
    ]
    return sha256(orjson.dumps(content)).hexdigest()


def _flag_id(election_id: str, post: PublicPost, content: str) -> str:
    """32 hexadecimal digits; not of candidates or rules, which may change with the versions."""
    actor = post.actor
    author = (
        ["id", actor.account_id]
        if actor.account_id is not None
        else ["handle", normalise(post.platform, actor.handle) or actor.handle]
    )
    of = _target_key(post) if post.action in TARGET_ONLY else ["post", post.post_id]
    key = [election_id, post.platform, post.action, of, author, content]
    return sha256(orjson.dumps(key)).hexdigest()[:32]


def _target_key(post: PublicPost) -> list[str | None]:
    """A like has no id of its own on most platforms; what is liked stands for it."""
    target = post.target
    account = target.account if target else None
    who = account.account_id if account else None
    if who is None and account and account.handle:
        who = normalise(post.platform, account.handle) or account.handle
    return ["target", who, target.post_id if target else None]


def _identity(
    finding: Identity | Lead, election_id: str, register: RegisterIndex
) -> IdentityFinding:
    if isinstance(finding, Identity):
        return IdentityFinding(
            status=finding.status, subject_ref=register.subject_ref(election_id, finding.person)
        )
    candidates = [
        LeadCandidateRecord(
            subject_ref=register.subject_ref(election_id, candidate.person),
            probability=candidate.probability,
            levels=candidate.levels,
        )
        for candidate in finding.candidates
    ]
    candidates.sort(key=lambda candidate: (-candidate.probability, candidate.subject_ref))
    return IdentityFinding(status="unconfirmed", candidates=tuple(candidates))


def _missing(post: PublicPost) -> tuple[str, ...]:
    """What the reviewer cannot see because the source did not give it, by name."""
    missing = []
    if post.created_at is None:
        missing.append("created_at")
    if post.action in ("comment", "share", "quote") and not (post.target and post.target.text):
        missing.append("parent")
    return tuple(missing)


def _without_text(target: Target | None) -> Target | None:
    """The target without its text, which stands in `parent_text` already."""
    return target and msgspec.structs.replace(target, text=None)


def _union(several: Iterable[tuple[FiredRule, ...]]) -> tuple[FiredRule, ...]:
    """Every rule once, in the rulebook's order of codes."""
    by_code = {rule.code: rule for rules in several for rule in rules}
    return tuple(by_code[code] for code in sorted(by_code))


def _in_order(items: Iterable[EvidenceItem], near: frozenset[str]) -> tuple[EvidenceItem, ...]:
    """By place; of a name that several candidates bear, those of the contests in `near` first."""
    return tuple(
        sorted(
            items,
            key=lambda i: (
                i.field, i.start, i.end, i.kind, i.contest_id not in near, i.entry_id,
            ),
        )
    )  # fmt: skip


def _contests_near(
    finding: Identity | Lead,
    contests: Iterable[str],
    register: RegisterIndex,
    index: WatchlistIndex,
) -> frozenset[str]:
    """The contests of the province that the author is registered in; none for a mere lead.

    A region tells namesakes apart, it is never a gate: the duty holds everywhere.
    """
    if not isinstance(finding, Identity):
        return frozenset()
    code = register.person(finding.person).region_code
    home = province_of(code) if code else None
    return frozenset(
        one for one in contests if home and province_of(index.region_code(one)) == home
    )
