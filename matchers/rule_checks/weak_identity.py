"""Invariant 06 in the file: a like, follow or join needs a conclusive identity.

The engine holds it whatever the file says (`matchers.rules.evaluate`); the file must not promise
less, because people read it to learn what is flagged.
"""

from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem, listed
from matchers.types import TARGET_ONLY
from streams.records import ACTIONS


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        weak = [a for a in draft.actions if a in TARGET_ONLY and draft.certainty(a) == "any"]
        if weak:
            yield Problem(
                draft.place,
                "identity",
                f"it is any for {listed(weak)}, weaker than invariant 06",
                "Write conclusive, or a table of actions with conclusive for these",
            )
        if isinstance(draft.identity, str):
            continue
        for action in draft.actions:
            if action in ACTIONS and action not in draft.identity:
                yield Problem(
                    draft.place,
                    "identity",
                    f"its table leaves out {action}",
                    "Give every action of the rule its certainty",
                )
        for action in draft.identity:
            if action in ACTIONS and action not in draft.actions:
                yield Problem(
                    draft.place,
                    f"identity.{action}",
                    f"{action} is not among the rule's actions",
                    "Add it to actions, or remove it here",
                )
