"""`cues` under a reading are asked for on the actions in `cues_on`, so one needs the other."""

from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem
from matchers.rule_checks.vocabulary import conditions_of
from streams.records import ACTIONS


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for path, condition in conditions_of(draft):
            if condition.cues and not condition.cues_on:
                yield Problem(
                    draft.place,
                    f"{path}.cues",
                    "no action is asked for them",
                    "Name the actions in cues_on, or remove the cues",
                )
            if condition.cues_on and not condition.cues:
                yield Problem(
                    draft.place,
                    f"{path}.cues_on",
                    "there are no cues to ask these actions for",
                    "Name the cues, or remove cues_on",
                )
            for place, action in enumerate(condition.cues_on):
                if action in ACTIONS and action not in draft.actions:
                    yield Problem(
                        draft.place,
                        f"{path}.cues_on[{place}]",
                        f"{action} is not among the rule's actions",
                        "Add it to actions, or remove it here",
                    )
