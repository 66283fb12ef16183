"""A warning: a rule is used whose wording nobody has checked against a source."""

from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        if draft.observable and draft.verified == "unverified":
            yield Problem(
                draft.place,
                "verified",
                "it is unverified, and yet posts are flagged under this wording",
                "Check the wording against a source before it is used in a proceeding",
            )
