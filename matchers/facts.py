"""What the rules are asked about: one event, in one contest, with the author's own words."""

from collections.abc import Sequence

from matchers.fold import fold
from matchers.rules import AccountKind, Facts, Reading
from matchers.types import Identity, Lead
from matchers.watchlist_index import WatchlistIndex
from streams.records import Cue, EvidenceItem, Phase, PublicPost


def is_bare_share(post: PublicPost) -> bool:
    """Whether a post was passed on without a word of the sharer's own; signs and links are none."""
    return post.action == "share" and not (post.text and fold(post.text))


def own_words(post: PublicPost, cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues in what the author wrote; for a bare share those in what is shared."""
    shared = is_bare_share(post)
    return tuple(cue for cue in cues if cue.field.startswith("target.") == shared)


def facts_of(
    post: PublicPost,
    finding: Identity | Lead | None,
    evidence: Sequence[EvidenceItem],
    words: Sequence[Cue],
    phase: Phase,
    index: WatchlistIndex,
    reading: Reading,
) -> Facts:
    """`evidence` is one contest's, sufficient or not; `words` are :func:`own_words`."""
    sufficient = [item for item in evidence if item.sufficient]
    return Facts(
        action=post.action,
        phase=phase.name,
        conclusive=isinstance(finding, Identity),
        evidence=sufficient,
        targets=_targets(sufficient, index),
        cues=frozenset(cue.kind for cue in words),
        media=frozenset(media.kind for media in post.media),
        bare_share=is_bare_share(post),
        reading=reading,
    )


def _targets(evidence: Sequence[EvidenceItem], index: WatchlistIndex) -> frozenset[AccountKind]:
    accounts = (index.entry_of(item).account for item in evidence if item.kind == "target_account")
    return frozenset(account.kind for account in accounts if account is not None)
