"""An action, phase, cue or the like that there is not; kinds of evidence have their own check."""

from collections.abc import Iterable, Iterator, Sequence

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem
from matchers.rule_checks.vocabulary import (
    CERTAINTIES,
    OF_A_CONDITION,
    OF_A_RULE,
    conditions_of,
)
from streams.records import ACTIONS

_READINGS = ("any", "narrow", "broad")


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for path, word, what, known in _words(draft):
            if word not in known:
                yield Problem(
                    draft.place,
                    path,
                    f"{word!r} is no {what}",
                    f"Correct or remove it; known are {', '.join(known)}",
                )


def _words(draft: Draft) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """(path, word, what it should be, the known ones) of every word from a closed set."""
    for name, (what, known) in OF_A_RULE.items():
        written = getattr(draft, name)
        if isinstance(written, str):
            if written:
                yield name, written, what, known
        else:
            yield from _numbered(name, written, what, known)
    if isinstance(draft.identity, str):
        yield "identity", draft.identity, "certainty of an identity", CERTAINTIES
    else:
        for action, certainty in draft.identity.items():
            yield "identity", action, "action", ACTIONS
            yield f"identity.{action}", certainty, "certainty of an identity", CERTAINTIES
    for reading in draft.evidence:
        yield "evidence", reading, "reading", _READINGS
    for path, condition in conditions_of(draft):
        for name, (what, known) in OF_A_CONDITION.items():
            yield from _numbered(f"{path}.{name}", getattr(condition, name), what, known)


def _numbered(
    path: str, words: Iterable[str], what: str, known: tuple[str, ...]
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for place, word in enumerate(words):
        yield f"{path}[{place}]", word, what, known
