"""Two rules of one code: a flagged event could not say which of them it means."""

from collections import Counter
from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem, rule_at


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for code, times in Counter(draft.code for draft in drafts).items():
        if times > 1:
            yield Problem(
                rule_at(code),
                "",
                f"written {times} times",
                "Give each rule once, or another code",
            )
