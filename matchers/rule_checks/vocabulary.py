"""The words that may stand in a rules file, from the records' own types."""

from collections.abc import Iterator
from typing import Final, get_args

from matchers.rule_checks.draft import Draft, DraftCondition
from matchers.rules import AccountKind, Certainty, MediaKind, Verified
from streams.records import ACTIONS, CueKind, EvidenceKind, PhaseName, SeverityClass

EVIDENCE_KINDS: Final[tuple[str, ...]] = get_args(EvidenceKind)
PHASES: Final[tuple[str, ...]] = get_args(PhaseName)
CERTAINTIES: Final[tuple[str, ...]] = get_args(Certainty)

OF_A_RULE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "severity_class": ("severity class", get_args(SeverityClass)),
    "verified": ("way to be verified", get_args(Verified)),
    "actions": ("action", ACTIONS),
    "phases": ("phase", PHASES),
    "cues": ("kind of cue", get_args(CueKind)),
    "media": ("kind of media", get_args(MediaKind)),
}
"""Field of a rule → what its words are called, and which there are."""
OF_A_CONDITION: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "target_account": ("kind of account", get_args(AccountKind)),
    "cues": OF_A_RULE["cues"],
    "cues_on": OF_A_RULE["actions"],
}
"""The same for a condition under `evidence`, but for its kinds of evidence."""


def conditions_of(draft: Draft) -> Iterator[tuple[str, DraftCondition]]:
    """(path, condition) of every reading a rule has, in the file's order."""
    for reading, condition in draft.evidence.items():
        yield f"evidence.{reading}", condition
