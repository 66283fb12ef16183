"""The state machine and settlement against slow, obvious definitions."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import WrongStateError
from review import states
from review.states import (
    DIFFER,
    IDENTITY_CHOICES,
    NO_MAJORITY,
    SEATS,
    STAGES,
    TRANSITIONS,
    VERDICT_CHOICES,
    blind,
    moved,
    settlement,
)


@pytest.mark.parametrize("stage", ["identity", "verdict"])
def test_settlement_is_what_two_share(stage: states.Stage) -> None:
    choices = IDENTITY_CHOICES if stage == "identity" else VERDICT_CHOICES
    for first, second in product(choices, repeat=2):
        expected = first if first == second else DIFFER
        assert settlement(stage, [first, second]) == expected
        for third in choices:
            shared = [c for c in choices if [first, second, third].count(c) >= 2]
            assert settlement(stage, [first, second, third]) == (
                shared[0] if shared else NO_MAJORITY[stage]
            )


@given(st.lists(st.sampled_from(VERDICT_CHOICES), min_size=4, max_size=6))
def test_there_is_no_fourth_opinion(opinions: list[str]) -> None:
    with pytest.raises(ValueError, match="at most three"):
        settlement("verdict", opinions)


def test_one_opinion_settles_nothing() -> None:
    assert settlement("verdict", []) is None
    for choice in VERDICT_CHOICES:
        assert settlement("verdict", [choice]) is None


def test_doubt_speaks_for_the_person() -> None:
    for stage, outcome in NO_MAJORITY.items():
        assert TRANSITIONS[f"{stage}_split", outcome] == "dismissed"  # type: ignore[index]


def test_only_verdicts_of_two_lead_to_suspicion() -> None:
    into = {state for (state, _), after in TRANSITIONS.items() if after == "suspected"}
    assert into == {"verdict", "verdict_split"}


def test_every_answer_is_possible_in_its_stage_and_nowhere_else() -> None:
    for state in states.STAGES:
        choices = IDENTITY_CHOICES if STAGES[state] == "identity" else VERDICT_CHOICES
        for choice in choices:
            assert moved(state, choice)
    for state in ("dismissed", "suspected", "contested", "referred", "closed", "suppressed"):
        for choice in (*IDENTITY_CHOICES, *VERDICT_CHOICES):
            with pytest.raises(WrongStateError):
                moved(state, choice)


def test_nothing_leaves_while_contested() -> None:
    with pytest.raises(WrongStateError):
        moved("contested", "export")
    with pytest.raises(WrongStateError):
        moved("contested", "close")


def test_a_split_does_not_show() -> None:
    assert blind("verdict_split") == blind("verdict") == "verdict"
    assert blind("identity_split") == blind("identity") == "identity"
    assert set(SEATS) == set(STAGES)
