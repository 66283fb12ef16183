"""Circumstances that speak against a breach. They never unflag: the reviewer sees them first.

Each is in the flagged event with a code, its effect and a reason that says where it was found.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from config.settings import JudgementSettings
from matchers.facts import is_bare_share
from matchers.fold import OffsetMap, fold
from matchers.handles import normalise
from matchers.touch import texts
from matchers.types import TARGET_ONLY
from streams.records import (
    AccountRef,
    Actor,
    Cue,
    CueKind,
    EvidenceItem,
    EvidenceKind,
    Exemption,
    PublicPost,
)

ExemptionCode = Literal[
    "bare_share",
    "election_information",
    "official_author",
    "official_target",
    "policy_criticism",
    "question",
    "quotation",
    "symbols_only",
]
_BY_CUE: Final[tuple[tuple[CueKind, ExemptionCode, str], ...]] = (
    ("information", "election_information", "speaks of the election's bodies, dates or results"),
    ("question", "question", "asks a question"),
    ("quotation", "quotation", "quotes somebody or reports news"),
)

_SYMBOLS: Final[frozenset[EvidenceKind]] = frozenset({"ballot_number", "hashtag", "slogan"})
"""What stands for a candidate without a name; two of them lift each other, or a region one."""

_POLICY: Final = (
    r"(?:kebijakan|program|anggaran|apbd|perda|pergub|perbup|perwali|bansos|pelayanan|layanan"
    r"|pembangunan|infrastruktur|jalan|proyek|tarif|pajak|retribusi)(?:nya|e|ne)?"
)
_AIMED_AT: Final = (
    r"(?:(?:me)?nolak|tolak|(?:meng|nge|ng)?(?:kritik|kritisi)|keberatan|kecewa|protes"
    r"|(?:tidak|tdk|tak|gak|ga|nggak|ndak|kurang) (?:setuju|sepakat|puas))"
)
_FAILED: Final = (
    r"(?:gagal|mangkrak|molor|amburadul|semrawut|kacau|lambat|lelet|rusak|mahal|mubazir|merugikan"
    r"|memberatkan|(?:di)?evaluasi|(?:di)?perbaiki|(?:di)?tinjau"
    r"|(?:tidak|tdk|tak|gak|ga|nggak|ndak|belum|blm|kurang) "
    r"(?:jalan|beres|merata|tuntas|selesai|becus|jelas|tepat|adil|maksimal|memuaskan))"
)
_CRITICISM: Final = re.compile(
    # what is rejected must be the policy itself: `tolak kebijakan`, not `tolak Anu dan programnya`
    rf" {_AIMED_AT}(?: (?:soal|sama|karo|dengan|dgn|pada|atas|terhadap|rencana|semua|segala))?"
    rf" {_POLICY}(?= )"
    rf"| {_POLICY} (?:\w+ ){{0,5}}?{_FAILED}(?= )"
)
"""Over a folded text with a space at either end: `kritik pergub`, `programnya belum jalan`."""
_STANCE: Final[frozenset[CueKind]] = frozenset({"support", "appeal", "attendance", "together"})
"""For a candidate, whatever is said of the policy besides."""


def find_exemptions(
    post: PublicPost,
    cues: tuple[Cue, ...],
    evidence: Sequence[EvidenceItem],
    judgement: JudgementSettings,
) -> tuple[Exemption, ...]:
    """Every exemption, by code. `cues` and `evidence` are those that the rules were asked about."""
    return tuple(sorted(_of(post, cues, evidence, judgement), key=lambda one: one.code))


def _of(
    post: PublicPost,
    cues: tuple[Cue, ...],
    evidence: Sequence[EvidenceItem],
    judgement: JudgementSettings,
) -> Iterator[Exemption]:
    for kind, code, what in _BY_CUE:
        first = next((cue for cue in cues if cue.kind == kind), None)
        if first is not None:
            yield _lowers(code, f"{what} ({first.field}, {first.start} to {first.end})")
    if is_bare_share(post):
        yield _lowers("bare_share", "passed on without a word of the sharer's own: unrated")
    if (place := _policy_criticism(post, cues)) is not None:
        field, start, end = place
        yield _lowers(
            "policy_criticism",
            f"criticises a policy, for or against nobody ({field}, {start} to {end})",
        )
    if _SYMBOLS.issuperset(item.kind for item in evidence if item.sufficient):
        yield _lowers(
            "symbols_only",
            "no name and no account: rests on hashtags, ballot numbers, slogans and the region",
        )
    if judgement.official_accounts:
        if _is_official(post.platform, post.actor, judgement):
            yield _lowers("official_author", "written by an official account of an agency")
        target = post.target.account if post.target else None
        if target is not None and _is_official(post.platform, target, judgement):
            yield _lowers("official_target", "answers or repeats an official account of an agency")


def _policy_criticism(post: PublicPost, cues: Sequence[Cue]) -> tuple[str, int, int] | None:
    """(field, start, end) of the first criticism of a policy where no candidate is taken sides on.

    Sides are taken by any cue for a candidate, and by one against anything but the policy.
    """
    if post.action in TARGET_ONLY or not _STANCE.isdisjoint(cue.kind for cue in cues):
        return None
    shared = is_bare_share(post)
    places = [
        (field, start, end)
        for field, text in texts(post)
        if field.startswith("target.") == shared
        for start, end in _criticised(text)
    ]
    against_somebody = any(
        cue.kind == "opposition"
        and not any(
            field == cue.field and start <= cue.start and cue.end <= end
            for field, start, end in places
        )
        for cue in cues
    )
    return places[0] if places and not against_somebody else None


def _criticised(text: str) -> Iterator[tuple[int, int]]:
    """Where a text criticises a policy, in its own characters."""
    offsets: OffsetMap | None = None
    for match in _CRITICISM.finditer(f" {fold(text)} "):
        offsets = offsets or OffsetMap(text)
        # The match begins with a space, so what was said is the folded `[start, end - 1)`.
        yield offsets.span(match.start(), match.end() - 1)


def _lowers(code: ExemptionCode, reason: str) -> Exemption:
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
