"""One act, one breach at a time: prospective candidates and determined ones share no phase.

The ethics list ends where the discipline list begins. The rules of one act (`item`) that name the
same phase would make one post a breach of ethics and of discipline at once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem, listed


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    observable = [draft for draft in drafts if draft.observable]
    for draft in observable:
        yield from (
            Problem(draft.place, "phases", f"{phase} is named {times} times", "Name it once")
            for phase, times in Counter(draft.phases).items()
            if times > 1
        )
        if not draft.item:
            yield Problem(
                draft.place,
                "item",
                "it is missing, so the rule of the other list about the same act is not known",
                "Name the act, and the same in both lists",
            )
    for one, other in combinations(observable, 2):
        shared = [phase for phase in dict.fromkeys(one.phases) if phase in other.phases]
        if one.item and one.item == other.item and one.code != other.code and shared:
            yield Problem(
                one.place,
                "phases",
                f"{listed(shared)} also named by rule {other.code}, which is about the same act "
                f"({one.item}): it would be both breaches at once",
                "Leave each phase to one of them",
            )
