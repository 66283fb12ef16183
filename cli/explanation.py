"""Why a post is flagged or not: every stage of the core, asked one by one.

The stages are the real ones; the disposition at the end is what `matchers.screening` itself says.
Later stages are shown also where an earlier one already decided, because the reader wants to know
what else would have been missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cli.flag_view import printable
from cli.rule_conditions import conditions
from matchers.cues import find_cues
from matchers.event_time import event_time
from matchers.evidence import STRENGTH, gather
from matchers.exact_identity import resolve
from matchers.facts import facts_of, own_words
from matchers.fuzzy_identity import LEAD_ACTIONS, every_candidate, find_leads
from matchers.handles import normalise
from matchers.rules import Facts
from matchers.screening import Stages, screen
from matchers.touch import every_hit
from matchers.types import NO_ROW, REUSED_HANDLE, TARGET_ONLY, Hit, Identity, Lead
from streams.codec import DecodeFailure, decode_post
from streams.records import Cue, EvidenceItem, PublicPost

SHOWN_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: its result in a few words, and the details line by line."""

    stage: str
    result: str
    lines: list[str] = field(default_factory=list)


def explain_value(value: bytes, stages: Stages) -> list[Step]:
    """Every stage in order for one raw record. Never raises on what the record holds."""
    post = decode_post(value)
    if isinstance(post, DecodeFailure):
        return [
            Step("decode", f"refused: {post.reason} at {post.path}"),
            Step("disposition", "invalid"),
        ]
    at = event_time(post)
    mask = stages.watchlist.contests_at(at)
    # Outside every window the later stages are shown as if all contests were open.
    hits = every_hit(post, mask or _all_contests(stages), stages.watchlist)
    evidence = gather(post, hits, stages.watchlist)
    cues = find_cues(post, evidence) if post.action not in TARGET_ONLY else ()
    [exact] = resolve([post], stages.register)
    finding: Identity | Lead | None = exact if isinstance(exact, Identity) else None
    if exact is None:
        [finding] = find_leads([post], stages.register, stages.model, stages.judgement)
    return [
        Step("decode", "read", [f"{post.platform} {post.action} {post.post_id}"]),
        Step("visibility", "public" if post.visibility == "public" else "not public"),
        _window(post, at, stages),
        _touch(hits, stages),
        _exact(post, at, exact if exact == REUSED_HANDLE else finding, stages),
        _fuzzy(post, exact, finding, stages),
        _evidence(evidence, stages),
        _cues(cues),
        *_rules(post, at, finding, evidence, cues, stages),
        _disposition(post, stages),
    ]


def _all_contests(stages: Stages) -> int:
    return (1 << len(stages.watchlist.contest_ids)) - 1


def _contest_ids(stages: Stages) -> list[str]:
    return sorted(stages.watchlist.contest_ids)


def _window(post: PublicPost, at: datetime, stages: Stages) -> Step:
    source = "created_at" if post.created_at is not None else "observed_at, created_at is missing"
    lines = [f"event time {at.isoformat()} ({source})"]
    within = 0
    for contest_id in _contest_ids(stages):
        phase = stages.watchlist.phase_at(contest_id, at)
        if phase is None:
            lines.append(f"{contest_id}: in none of its phases")
            continue
        within += 1
        lines.append(
            f"{contest_id}: {phase.name}, {at - phase.start} after its start and "
            f"{phase.end - at} before its end"
        )
    return Step("event window", f"in the windows of {within} contest(s)", lines)


def _touch(hits: Sequence[Hit], stages: Stages) -> Step:
    entry = stages.watchlist.entry
    lines = [
        f"{hit.field} {hit.start}-{hit.end} (folded): {entry(hit.entry).entry_id}, "
        f"{hit.method} {hit.score / 100:.1f} %"
        for hit in hits
    ]
    return Step("touch", f"{len(hits)} hit(s)" if hits else "nothing on the watchlist", lines)


def _exact(post: PublicPost, at: datetime, finding: object, stages: Stages) -> Step:
    handle = normalise(post.platform, post.actor.handle)
    lines = []
    account_id = post.actor.account_id
    if account_id is None:
        lines.append("account id: the post gives none")
    else:
        [row] = stages.register.rows_by_account_id([(post.platform, account_id)])
        lines.append(f"account id: {_row_in_words(row, at, stages)}")
    if handle is None:
        lines.append(f"handle: cannot be one on {post.platform}")
    else:
        [row] = stages.register.rows_by_handle([(post.platform, handle)])
        lines.append(f"handle {printable(handle)}: {_row_in_words(row, at, stages)}")
        if row != NO_ROW:
            bound = stages.register.account(row).account_id is not None
            lines.append(
                "the register holds an account id for it, so the handle alone proves nothing"
                if bound
                else "the register holds no account id for it, so the handle decides"
            )
    if finding == REUSED_HANDLE:
        return Step("exact identity", "reused handle: same handle, different known id", lines)
    if isinstance(finding, Identity):
        return Step("exact identity", f"{finding.status}, row {finding.row}", lines)
    return Step("exact identity", "none", lines)


def _row_in_words(row: int, at: datetime, stages: Stages) -> str:
    if row == NO_ROW:
        return "not in the register"
    account = stages.register.account(row)
    if account.active_at(at):
        return f"row {row}, declared from {account.declared_from.isoformat()}"
    if at < account.declared_from:
        return f"row {row}, but declared only {account.declared_from - at} after the event"
    return f"row {row}, but its declaration was withdrawn before the event"


def _fuzzy(post: PublicPost, exact: object, finding: object, stages: Stages) -> Step:
    if isinstance(exact, Identity):
        return Step("fuzzy identity", "not asked: the identity is conclusive")
    if exact == REUSED_HANDLE:
        return Step("fuzzy identity", "not asked: a reused handle is somebody else")
    if post.action not in LEAD_ACTIONS:
        return Step("fuzzy identity", f"not asked: a {post.action} needs a conclusive identity")
    threshold = stages.judgement.lead_threshold
    scored, left = every_candidate(
        post, stages.register, stages.model, stages.judgement, SHOWN_CANDIDATES
    )
    lines = []
    for one in scored:
        gap = one.probability - threshold
        standing = f"{abs(gap) / 100:.2f} points {'above' if gap >= 0 else 'below'} the threshold"
        lines.append(
            f"row {one.row}: {one.probability / 100:.2f} %, {standing}, match weight "
            f"{one.weight / 10:+.1f} bits"
        )
        lines.extend(
            f"  {level}: {weight.tenths / 10:+.1f} bits"
            for level, weight in stages.model.parts(one.evidence)
        )
        if not one.evidence.can_carry_a_lead:
            lines.append("  conflicting digits, and nothing beyond the name: carries no lead")
    if left:
        lines.append(f"and {left:,} more, whose handles say less")
    result = "lead" if isinstance(finding, Lead) else "no lead"
    return Step(
        "fuzzy identity",
        f"{result}: {len(scored) + left:,} candidate(s), threshold {threshold / 100:.2f} %",
        lines,
    )


def _evidence(evidence: Sequence[EvidenceItem], stages: Stages) -> Step:
    lines = [
        f"{item.kind} “{printable(item.surface)}” in {item.field} {item.start}-{item.end}: "
        f"{item.entry_id}, {item.method} {item.score / 100:.1f} %: {_why(item, stages)}"
        for item in evidence
    ]
    sufficient = sum(item.sufficient for item in evidence)
    return Step("evidence", f"{len(evidence)} item(s), {sufficient} sufficient", lines)


def _why(item: EvidenceItem, stages: Stages) -> str:
    strength = STRENGTH[item.kind]
    ambiguous = stages.watchlist.entry_of(item).ambiguous
    character = f"a {item.kind} stands alone: {strength}"
    if ambiguous and strength != "always":
        character += "; this one is an everyday word or shared"
    if item.sufficient:
        return f"sufficient ({character})"
    return f"not sufficient ({character}; no second, independent piece was found)"


def _cues(cues: Sequence[Cue]) -> Step:
    lines = [
        f"{cue.kind} “{printable(cue.surface)}” in {cue.field} {cue.start}-{cue.end}"
        for cue in cues
    ]
    return Step("cues", f"{len(cues)} cue(s)" if cues else "none", lines)


def _rules(
    post: PublicPost,
    at: datetime,
    finding: Identity | Lead | None,
    evidence: Sequence[EvidenceItem],
    cues: Sequence[Cue],
    stages: Stages,
) -> list[Step]:
    """One step a contest that is touched; without one, one step that says so."""
    touched = sorted({item.contest_id for item in evidence})
    if not touched:
        return [Step("rules", "not asked: there is no evidence")]
    steps = []
    for contest_id in touched:
        phase = stages.watchlist.phase_at(contest_id, at)
        if phase is None:
            steps.append(Step(f"rules for {contest_id}", "not asked: outside its windows"))
            continue
        items = [item for item in evidence if item.contest_id == contest_id]
        facts = facts_of(
            post,
            finding,
            items,
            own_words(post, cues),
            phase,
            stages.watchlist,
            stages.judgement.e4_reading,
        )
        steps.append(_rules_of(contest_id, facts, finding, stages))
    return steps


def _rules_of(
    contest_id: str, facts: Facts, finding: Identity | Lead | None, stages: Stages
) -> Step:
    lines = [] if finding is not None else ["the author is not matched: whatever holds, no flag"]
    offline = [rule.code for rule in stages.rulebook.rules if not rule.observable]
    lines.append(f"cannot be observed in posts: {', '.join(offline) or 'none'}")
    fired = []
    for rule in stages.rulebook.rules:
        if not rule.observable:
            continue
        asked = conditions(rule, facts)
        failed = [one for one in asked if not one.held]
        if not failed:
            fired.append(rule.code)
        lines.append(
            f"{rule.code} {'fires' if not failed else f'fails on {len(failed)} of {len(asked)}'}"
        )
        lines.extend(f"  {'+' if one.held else '-'} {one.text}" for one in asked)
    return Step(f"rules for {contest_id}", ", ".join(fired) if fired else "none fires", lines)


def _disposition(post: PublicPost, stages: Stages) -> Step:
    [outcome] = screen([post], stages)
    lines = [
        f"flag {flag.flag_id}: {flag.election.id}, {flag.election.phase}, "
        f"{', '.join(f'{rule.code} ({rule.severity_class})' for rule in flag.rules)}, "
        f"identity {flag.identity.status}"
        for flag in outcome.flags
    ]
    lines.extend(
        f"speaks against: {exemption.code}: {printable(exemption.reason)}"
        for flag in outcome.flags
        for exemption in flag.exemptions
    )
    return Step("disposition", outcome.disposition, lines)
