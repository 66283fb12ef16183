"""A kind of evidence that nobody gathers would make a rule that never fires."""

from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem
from matchers.rule_checks.vocabulary import EVIDENCE_KINDS, conditions_of


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for path, condition in conditions_of(draft):
            for place, kind in enumerate(condition.sufficient):
                if kind not in EVIDENCE_KINDS:
                    yield Problem(
                        draft.place,
                        f"{path}.sufficient[{place}]",
                        f"{kind!r} is no kind of evidence",
                        f"Correct or remove it; known are {', '.join(EVIDENCE_KINDS)}",
                    )
