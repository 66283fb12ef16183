"""A case's way as a table. Pure: states, what moves a case between them, and how opinions settle.

Two reviewers answer a stage blind to each other; where they differ a third does. Where no two of
three agree, doubt speaks for the person.
"""

from collections.abc import Sequence
from typing import Final, Literal, get_args

from config.errors import WrongStateError

State = Literal[
    "identity",
    "identity_split",
    "verdict",
    "verdict_split",
    "dismissed",
    "suspected",
    "noticed",
    "contested",
    "referred",
    "closed",
    "suppressed",
    "erased",
]
Stage = Literal["identity", "verdict"]
IdentityChoice = Literal["this_account", "none_of_these", "cannot_tell"]
VerdictChoice = Literal[
    "breach_suspected",
    "not_breach",
    "wrong_identity",
    "wrong_candidate",
    "exempt",
    "insufficient",
]
IDENTITY_CHOICES: Final[tuple[IdentityChoice, ...]] = get_args(IdentityChoice)
VERDICT_CHOICES: Final[tuple[VerdictChoice, ...]] = get_args(VerdictChoice)

DIFFER: Final = "differ"
"""What the first two opinions are when they are not the same."""
NO_MAJORITY: Final[dict[Stage, str]] = {"identity": "cannot_tell", "verdict": "insufficient"}
"""What three different opinions come to."""

TRANSITIONS: Final[dict[tuple[State, str], State]] = {
    # state, what happens → state
    ("identity", "this_account"): "verdict",
    ("identity", "none_of_these"): "erased",
    ("identity", "cannot_tell"): "dismissed",
    ("identity", DIFFER): "identity_split",
    ("identity_split", "this_account"): "verdict",
    ("identity_split", "none_of_these"): "erased",
    ("identity_split", "cannot_tell"): "dismissed",
    ("verdict", "breach_suspected"): "suspected",
    ("verdict", "not_breach"): "dismissed",
    ("verdict", "wrong_identity"): "dismissed",
    ("verdict", "wrong_candidate"): "dismissed",
    ("verdict", "exempt"): "dismissed",
    ("verdict", "insufficient"): "dismissed",
    ("verdict", DIFFER): "verdict_split",
    ("verdict_split", "breach_suspected"): "suspected",
    ("verdict_split", "not_breach"): "dismissed",
    ("verdict_split", "wrong_identity"): "dismissed",
    ("verdict_split", "wrong_candidate"): "dismissed",
    ("verdict_split", "exempt"): "dismissed",
    ("verdict_split", "insufficient"): "dismissed",
    ("suspected", "notice"): "noticed",
    ("suspected", "contest"): "contested",
    ("suspected", "export"): "referred",
    ("noticed", "reply"): "noticed",
    ("noticed", "contest"): "contested",
    ("noticed", "export"): "referred",
    ("referred", "reply"): "referred",
    ("referred", "contest"): "contested",
    ("referred", "close"): "closed",
    ("contested", "reply"): "contested",
    ("contested", "uphold"): "verdict",
    ("suppressed", "reinstate_identity"): "identity",
    ("suppressed", "reinstate_verdict"): "verdict",
}
"""`contested` goes back to where it came from when the contest is not upheld: see `resumed`."""

STAGES: Final[dict[State, Stage]] = {
    "identity": "identity",
    "identity_split": "identity",
    "verdict": "verdict",
    "verdict_split": "verdict",
}
"""The states in which opinions are given, and on what."""
SEATS: Final[dict[State, int]] = {
    "identity": 2,
    "identity_split": 3,
    "verdict": 2,
    "verdict_split": 3,
}
RESUMABLE: Final[frozenset[State]] = frozenset({"suspected", "noticed", "referred"})
EXPORTABLE: Final[frozenset[State]] = frozenset({"suspected", "noticed"})
CLEARS: Final[frozenset[str]] = frozenset({"not_breach", "exempt", "wrong_candidate"})
"""Verdicts that say of the finding itself that it is none; repeats of it are suppressed."""


def moved(state: State, happening: str) -> State:
    """Where a case goes. Raises WrongStateError where that cannot happen in this state."""
    try:
        return TRANSITIONS[state, happening]
    except KeyError:
        raise WrongStateError(
            f"'{happening}' is not possible for a case that is '{state}'. Look at it again."
        ) from None


def resumed(resume_state: str | None) -> State:
    """Where a case goes whose contest was not upheld."""
    for state in RESUMABLE:
        if state == resume_state:
            return state
    raise WrongStateError("this case's contest has no state to go back to.")


def settlement(stage: Stage, opinions: Sequence[str]) -> str | None:
    """What one stage's submitted opinions come to, in the order of their seats.

    None: more are needed. `DIFFER`: a third is needed. Otherwise the opinion that two share, or
    `NO_MAJORITY`.
    """
    match list(opinions):
        case [] | [_]:
            return None
        case [first, second]:
            return first if first == second else DIFFER
        case [first, second, third]:
            if third in (first, second):
                return third
            return first if first == second else NO_MAJORITY[stage]
    raise ValueError(f"a stage has at most three opinions, not {len(opinions)}")


def blind(state: State) -> str:
    """The state as somebody may see it who may still answer: a split does not show."""
    return STAGES.get(state, state)
