"""Circumstances that speak against a breach. They never unflag: the reviewer sees them first."""

from collections.abc import Iterator
from typing import Final

from config.settings import JudgementSettings
from matchers.handles import normalise
from streams.records import AccountRef, Actor, Cue, CueKind, Exemption, PublicPost

_BY_CUE: Final[tuple[tuple[CueKind, str, str], ...]] = (
    ("information", "election_information", "speaks of the election's bodies, dates or results"),
    ("question", "question", "asks a question"),
    ("quotation", "quotation", "quotes somebody or reports news"),
)


def find_exemptions(
    post: PublicPost, cues: tuple[Cue, ...], judgement: JudgementSettings
) -> tuple[Exemption, ...]:
    """Every exemption, by code. `cues` are those that the rules were asked about."""
    return tuple(sorted(_of(post, cues, judgement), key=lambda one: one.code))


def _of(
    post: PublicPost, cues: tuple[Cue, ...], judgement: JudgementSettings
) -> Iterator[Exemption]:
    for kind, code, what in _BY_CUE:
        first = next((cue for cue in cues if cue.kind == kind), None)
        if first is not None:
            yield _lowers(code, f"{what} ({first.field}, {first.start} to {first.end})")
    if judgement.official_accounts:
        if _is_official(post.platform, post.actor, judgement):
            yield _lowers("official_author", "written by an official account of an agency")
        target = post.target.account if post.target else None
        if target is not None and _is_official(post.platform, target, judgement):
            yield _lowers("official_target", "answers or repeats an official account of an agency")


def _lowers(code: str, reason: str) -> Exemption:
    return Exemption(code=code, effect="lowers_priority", reason=reason)


def _is_official(platform: str, who: Actor | AccountRef, judgement: JudgementSettings) -> bool:
    handle = normalise(platform, who.handle) if who.handle else None
    if handle is None:
        return False
    for account in judgement.official_accounts:
        on, _, written = account.partition(":")
        if on == platform and normalise(platform, written) == handle:
            return True
    return False
