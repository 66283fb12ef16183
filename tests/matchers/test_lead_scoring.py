"""The table of match weights and its arithmetic."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import JudgementSettings
from matchers.lead_scoring import (
    AGENCY,
    DIGITS,
    HANDLE_AND_NAME,
    MODEL_VERSION,
    REGION,
    AgencyLevel,
    DigitLevel,
    Evidence,
    HandleLevel,
    NameLevel,
    RegionLevel,
    least_weight,
    odds,
    probabilities,
)

BASE_RATE = JudgementSettings().base_rate
THRESHOLD = JudgementSettings().lead_threshold


def alone(evidence: Evidence) -> int:
    return probabilities([evidence.weight], BASE_RATE)[0]


def evidence(
    handle: HandleLevel,
    name: NameLevel = NameLevel.SILENT,
    digits: DigitLevel = DigitLevel.NONE,
    region: RegionLevel = RegionLevel.SILENT,
    agency: AgencyLevel = AgencyLevel.SILENT,
) -> Evidence:
    return Evidence(handle, name, digits, region, agency, bearers=1)


def test_every_level_has_a_weight_with_example_and_basis() -> None:
    assert set(HANDLE_AND_NAME) == set(product(HandleLevel, NameLevel))
    assert (set(DIGITS), set(REGION), set(AGENCY)) == (
        set(DigitLevel),
        set(RegionLevel),
        set(AgencyLevel),
    )
    for table in (HANDLE_AND_NAME, DIGITS, REGION, AGENCY):
        for weight in table.values():
            assert weight.example
            assert weight.basis


def test_weights_fall_with_the_levels() -> None:
    for name in NameLevel:
        weights = [HANDLE_AND_NAME[handle, name].tenths for handle in HandleLevel]
        assert weights == sorted(weights, reverse=True)
    for handle in HandleLevel:
        weights = [HANDLE_AND_NAME[handle, name].tenths for name in NameLevel]
        assert weights == sorted(weights, reverse=True)


def test_a_measured_weight_is_its_logarithm() -> None:
    """Same skeleton and a rare name: 0.22 % of outsiders, an estimated 30 % of the registered."""
    weight = HANDLE_AND_NAME[HandleLevel.SKELETON, NameLevel.RARE].tenths
    assert abs(2 ** (weight / 10) - 0.30 / 0.0022) < 5


@pytest.mark.parametrize("name", NameLevel)
def test_the_same_handle_under_an_unknown_id_is_a_lead(name: NameLevel) -> None:
    assert alone(evidence(HandleLevel.SAME, name)) >= THRESHOLD


@pytest.mark.parametrize(
    "lifted", [{"region": RegionLevel.NAMED}, {"agency": AgencyLevel.NAMED}], ids=str
)
def test_skeleton_rare_name_and_region_or_agency_are_a_lead(lifted: dict[str, RegionLevel]) -> None:
    weighed = evidence(HandleLevel.SKELETON, NameLevel.RARE)._replace(**lifted)  # type: ignore[arg-type]
    assert alone(weighed) >= THRESHOLD


def test_no_look_alike_is_a_lead_by_handle_and_name() -> None:
    for handle, name, digits in product(HandleLevel, NameLevel, DigitLevel):
        if handle is not HandleLevel.SAME:
            assert alone(evidence(handle, name, digits)) < THRESHOLD


def test_conflicting_digits_are_not_overcome_by_any_region() -> None:
    for handle, name in product(HandleLevel, NameLevel):
        if handle is not HandleLevel.SAME:
            against = evidence(handle, name, DigitLevel.CONFLICT, RegionLevel.NAMED)
            assert alone(against) < THRESHOLD


def test_two_equal_candidates_cannot_both_be_it() -> None:
    strong = evidence(HandleLevel.SKELETON, NameLevel.RARE, region=RegionLevel.NAMED).weight
    assert max(probabilities([strong, strong], BASE_RATE)) < 5_000


def test_words_for_the_reviewer() -> None:
    said = Evidence(
        HandleLevel.SEPARATORS,
        NameLevel.RARE,
        DigitLevel.AGREE,
        RegionLevel.NAMED,
        AgencyLevel.NAMED,
        bearers=2,
    ).in_words()
    assert said == (
        "same handle without separators",
        "digits agree",
        "name agrees, 2 bearers in the register",
        "region named in bio",
        "agency named in bio",
    )
    assert evidence(HandleLevel.SAME).in_words() == ("same handle",)


@given(st.integers(-300, 300))
def test_odds_are_powers_of_two_by_integers(tenths: int) -> None:
    exact = 2.0 ** (tenths / 10)
    assert abs(odds(tenths) / 2**32 - exact) <= exact * 1e-6 + 2**-31


@given(st.lists(st.integers(-100, 250), max_size=6), st.integers(1, 9_999))
def test_probabilities_against_the_formula(weights: list[int], base_rate: int) -> None:
    rate = Fraction(base_rate, 10_000)
    shares = [rate * Fraction(odds(weight), 2**32) for weight in weights]
    everybody = 1 - rate + sum(shares)
    expected = [int(10_000 * share / everybody) for share in shares]
    assert probabilities(weights, base_rate) == expected
    assert sum(expected) <= 10_000


@given(st.integers(1, 9_999), st.integers(1, 9_999))
def test_the_least_weight_just_reaches_the_threshold(base_rate: int, threshold: int) -> None:
    least = least_weight(base_rate, threshold)
    assert probabilities([least], base_rate)[0] >= threshold
    assert probabilities([least - 1], base_rate)[0] < threshold


def test_the_model_version_is_a_short_digest() -> None:
    assert len(MODEL_VERSION) == 16
    assert set(MODEL_VERSION) <= set("0123456789abcdef")
