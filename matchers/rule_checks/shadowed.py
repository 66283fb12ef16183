"""A rule that asks for what another asks for: every act that is one would be the other too."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import combinations

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem, listed


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    observable = [draft for draft in drafts if draft.observable and draft.evidence]
    for one, other in combinations(observable, 2):
        shared = [phase for phase in dict.fromkeys(one.phases) if phase in other.phases]
        if shared and one.code != other.code and _asks(one) == _asks(other):
            yield Problem(
                other.place,
                "",
                f"in {listed(shared)} it asks for exactly what rule {one.code} asks for",
                "Make them differ, or remove one of them",
            )


def _asks(draft: Draft) -> Hashable:
    """All conditions but the phases, whatever order they are written in."""
    return (
        frozenset((action, draft.certainty(action)) for action in draft.actions),
        frozenset(draft.cues),
        frozenset(draft.media),
        frozenset(
            (
                reading,
                *(
                    frozenset(words)
                    for words in (c.target_account, c.sufficient, c.cues, c.cues_on)
                ),
            )
            for reading, c in draft.evidence.items()
        ),
    )
