"""A rule that cannot be seen in posts must not look as if it could."""

from collections.abc import Iterator, Sequence
from typing import Final

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem, listed

_CONDITIONS: Final = ("actions", "phases", "evidence", "cues", "media")


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        given = [name for name in _CONDITIONS if getattr(draft, name)]
        if draft.identity != "any":
            given.append("identity")
        if given and not draft.observable:
            yield Problem(
                draft.place,
                "observable",
                f"it is false, and yet the rule has {listed(given)}",
                "Remove them, or make it observable",
            )
