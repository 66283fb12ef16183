"""A rule, or an action of it, that can never fire: the file would claim what nobody looks for.

A like, follow or join says nothing in words: it has no cues, shows no media, and touches the
watchlist by its exact target account only (invariant 06).
"""

from collections.abc import Iterator, Sequence

from matchers.rule_checks.draft import Draft, DraftCondition
from matchers.rule_checks.problem import Problem, listed
from matchers.rule_checks.vocabulary import EVIDENCE_KINDS
from matchers.types import TARGET_ONLY
from streams.records import ACTIONS

_ONLY_EVIDENCE = "target_account"


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        if draft.observable:
            yield from _empty(draft)
            yield from _dead_actions(draft)
            yield from _dead_kinds(draft)


def _empty(draft: Draft) -> Iterator[Problem]:
    for name, words in (("actions", draft.actions), ("phases", draft.phases)):
        if not words:
            yield Problem(
                draft.place,
                name,
                "it is empty, so the rule can never fire",
                f"Name the {name}, or write 'observable: false'",
            )


def _dead_actions(draft: Draft) -> Iterator[Problem]:
    known = [action for action in dict.fromkeys(draft.actions) if action in ACTIONS]
    why = {action: list(_obstacles(draft, action)) for action in known}
    dead = {action: obstacles for action, obstacles in why.items() if obstacles}
    if not dead:
        return
    if len(dead) == len(known):
        path, wrong = "", "the rule can never fire"
    else:
        path, wrong = "actions", "never fires here"
    for obstacle in dict.fromkeys(one for obstacles in dead.values() for one in obstacles):
        stopped = [action for action, obstacles in dead.items() if obstacle in obstacles]
        subject = f"{listed(stopped)} {wrong}" if path else wrong
        yield Problem(
            draft.place,
            path,
            f"{subject}: {obstacle}",
            "Remove that condition, or make the action a rule of its own",
        )


def _obstacles(draft: Draft, action: str) -> Iterator[str]:
    """Why this action cannot meet the rule's conditions in any reading."""
    if action not in TARGET_ONLY:
        return
    if draft.cues:
        yield "it asks for cues, and a like, follow or join says nothing in words"
    if draft.media:
        yield "it asks for media, and a like, follow or join shows none"
    if draft.evidence and all(_shuts_out(one, action) for one in draft.evidence.values()):
        yield (
            "it asks for evidence in words, and a like, follow or join has none but its "
            "target account"
        )


def _shuts_out(condition: DraftCondition, action: str) -> bool:
    kinds = [kind for kind in condition.sufficient if kind in EVIDENCE_KINDS]
    wants_words = bool(kinds) and _ONLY_EVIDENCE not in kinds
    return wants_words or action in condition.cues_on


def _dead_kinds(draft: Draft) -> Iterator[Problem]:
    """Kinds of evidence that none of the rule's actions can show, beside one that they can."""
    if not draft.actions or not TARGET_ONLY.issuperset(draft.actions):
        return
    for reading, condition in draft.evidence.items():
        dead = [k for k in condition.sufficient if k in EVIDENCE_KINDS and k != _ONLY_EVIDENCE]
        if dead and _ONLY_EVIDENCE in condition.sufficient:
            yield Problem(
                draft.place,
                f"evidence.{reading}.sufficient",
                f"{listed(dead)} cannot be found in a {' or '.join(draft.actions)}",
                f"Leave {_ONLY_EVIDENCE} alone there",
            )
