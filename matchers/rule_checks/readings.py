"""Every reading must ask for something: the exact account, or evidence that suffices."""

from collections.abc import Iterator, Sequence
from typing import Final

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem
from matchers.rule_checks.vocabulary import conditions_of

_BOTH: Final = {"narrow", "broad"}


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        if draft.observable:
            yield from _of(draft)


def _of(draft: Draft) -> Iterator[Problem]:
    readings = set(draft.evidence) & {"any", *_BOTH}  # others are no readings: unknown_words
    if readings not in ({"any"}, _BOTH):
        yield Problem(
            draft.place,
            "evidence",
            f"it has {', '.join(sorted(readings)) or 'no reading'}",
            "Write either 'any', or both 'narrow' and 'broad'",
        )
    elif readings == _BOTH and draft.evidence["narrow"] == draft.evidence["broad"]:
        yield Problem(
            draft.place,
            "evidence",
            "the narrow and the broad reading ask for the same",
            "Write it once, as 'any'",
        )
    for path, condition in conditions_of(draft):
        if not (condition.target_account or condition.sufficient):
            yield Problem(
                draft.place,
                path,
                "it asks for no evidence",
                "Ask for target_account or for sufficient evidence",
            )
