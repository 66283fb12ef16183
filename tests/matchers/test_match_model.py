"""The arithmetic of the match model, against fractions; and that its quick bound is a bound."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matchers.evidence_levels import (
    AGREEING_NAMES,
    DIGIT_LEVELS,
    HANDLE_LEVELS,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import FARTHEST, Calibration, Evidence, MatchModel, odds, tenths_of
from tests.matchers.model import AGENCIES, DIGITS, HANDLES, MODEL, NAMES, RAW, REGIONS, TITLES

ONE = 1 << 32
TENTHS = st.integers(-FARTHEST, FARTHEST)


def evidence(
    handle: HandleLevel = HandleLevel.SAME,
    digits: DigitLevel = DigitLevel.NONE,
    name: NameLevel = NameLevel.SILENT,
    titles: TitleLevel = TitleLevel.SILENT,
    region: RegionLevel = RegionLevel.SILENT,
    agency: AgencyLevel = AgencyLevel.SILENT,
    bearers: int = 1,
) -> Evidence:
    return Evidence(handle, digits, name, titles, region, agency, bearers)


EVIDENCE = st.builds(
    evidence,
    *(st.sampled_from(level) for level in (HandleLevel, DigitLevel, NameLevel, TitleLevel)),
    st.sampled_from(RegionLevel),
    st.sampled_from(AgencyLevel),
)


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    """Steps that never fall, some of them far from what any table gives."""
    raw = sorted(draw(st.lists(TENTHS, min_size=1, max_size=6)))
    worth = sorted(draw(st.lists(TENTHS, min_size=len(raw), max_size=len(raw))))
    return Calibration(tuple(raw), tuple(worth))


def with_calibration(calibration: Calibration) -> MatchModel:
    return MatchModel(
        MODEL.handle_and_name,
        MODEL.handle_and_digits,
        MODEL.titles,
        MODEL.region,
        MODEL.agency,
        calibration,
        "test-model",
    )


# Odds


@given(TENTHS)
def test_odds_are_powers_of_two_by_integers(tenths: int) -> None:
    """2 ** (tenths / 10): its tenth power is known exactly."""
    found = Fraction(odds(tenths), ONE)
    # The table of tenths is right to 2 ** -32; what is shifted out is less than one.
    slack = Fraction(1, ONE)
    assert (found * (1 - 3 * slack)) ** 10 <= Fraction(2) ** tenths
    assert ((found + slack) * (1 + 3 * slack)) ** 10 >= Fraction(2) ** tenths


@given(TENTHS)
def test_more_tenths_are_never_less_odds(tenths: int) -> None:
    assert odds(tenths) <= odds(tenths + 1)
    if odds(tenths) > 1_000:
        assert odds(tenths) < odds(tenths + 1)


@given(TENTHS)
@example(-FARTHEST)
@example(FARTHEST)
def test_tenths_are_the_inverse_of_odds(tenths: int) -> None:
    found = tenths_of(odds(tenths))
    assert odds(found) == odds(tenths)
    if odds(tenths) > 1_000:
        assert found == tenths
        assert tenths_of(odds(tenths) - 1) == tenths - 1


@given(st.integers(0, 1 << 170))
def test_tenths_are_the_most_that_do_not_exceed(scaled: int) -> None:
    found = tenths_of(scaled)
    assert odds(found) <= scaled
    assert found == FARTHEST or odds(found + 1) > scaled


# Calibration


@given(calibrations(), TENTHS)
def test_a_step_holds_until_the_next(calibration: Calibration, tenths: int) -> None:
    reached = [
        worth
        for raw, worth in zip(calibration.raw, calibration.worth, strict=True)
        if raw <= tenths
    ]
    assert calibration.apply(tenths) == (reached[-1] if reached else -FARTHEST)


# Weights


@given(EVIDENCE)
def test_the_weight_is_the_sum_of_the_parts(one: Evidence) -> None:
    parts = MODEL.parts(one)
    assert MODEL.weight(one) == sum(weight.tenths for _, weight in parts)
    assert [weight.tenths for _, weight in parts] == [
        HANDLES[one.handle] + NAMES[one.name],
        DIGITS[one.digits],
        TITLES[one.titles],
        REGIONS[one.region],
        AGENCIES[one.agency],
    ]
    assert parts[0][0] == f"{one.handle}; {one.name_in_words()}"
    assert [words for words, _ in parts[1:]] == [
        str(level) for level in (one.digits, one.titles, one.region, one.agency)
    ]


def place_of(handle: HandleLevel, digits: DigitLevel) -> tuple[int, int]:
    """Where a bound stands in its table."""
    return HANDLE_LEVELS.index(handle), DIGIT_LEVELS.index(digits)


@given(EVIDENCE)
def test_the_bounds_are_never_exceeded(one: Evidence) -> None:
    best, alike = MODEL.best, place_of(one.handle, one.digits)
    weight = MODEL.weight(one._replace(region=RegionLevel.SILENT, agency=AgencyLevel.SILENT))
    assert weight <= best.by_name[one.name][alike] <= best.with_name[alike]
    most = weight + best.region_beyond_silence + best.agency_beyond_silence
    assert MODEL.weight(one) <= most
    if one.name not in AGREEING_NAMES:
        assert weight <= best.without_agreement[alike]
    if one.name is NameLevel.SILENT:
        assert weight <= best.without_name[alike]
    if one.handle is not HandleLevel.SAME:
        assert best.with_name[alike] <= best.of_another_handle
        assert best.without_name[alike] <= best.of_another_handle_without_name


def test_the_bounds_are_reached() -> None:
    best, alike = MODEL.best, (HandleLevel.SEPARATORS, DigitLevel.AGREE)
    place = place_of(*alike)
    weights = {name: MODEL.weight(evidence(*alike, name, TitleLevel.AGREE)) for name in NameLevel}
    assert best.with_name[place] == best.of_another_handle == max(weights.values())
    assert {name: best.by_name[name][place] for name in NameLevel} == weights
    assert best.without_agreement[place] == max(
        weight for name, weight in weights.items() if name not in AGREEING_NAMES
    )
    assert best.without_name[place] == weights[NameLevel.SILENT]
    assert best.of_another_handle_without_name == weights[NameLevel.SILENT]
    assert best.silent_bio == MODEL.region[RegionLevel.SILENT].tenths + (
        MODEL.agency[AgencyLevel.SILENT].tenths
    )
    assert best.silent_bio + best.region_beyond_silence + best.agency_beyond_silence == 50 + 60


@pytest.mark.parametrize("region", RegionLevel)
@pytest.mark.parametrize("agency", AgencyLevel)
@pytest.mark.parametrize("digits", DigitLevel)
def test_what_can_carry_a_lead(
    region: RegionLevel, agency: AgencyLevel, digits: DigitLevel
) -> None:
    one = evidence(digits=digits, name=NameLevel.ONE_LONG, region=region, agency=agency)
    beyond = region is RegionLevel.NAMED or agency is AgencyLevel.NAMED
    assert one.beyond_the_name == beyond
    assert one.can_carry_a_lead == (digits is not DigitLevel.CONFLICT or beyond)


def test_words_for_the_reviewer() -> None:
    said = evidence(
        HandleLevel.SEPARATORS,
        DigitLevel.AGREE,
        NameLevel.FEW,
        TitleLevel.AGREE,
        RegionLevel.NAMED,
        AgencyLevel.NAMED,
        bearers=2,
    ).in_words()
    assert said == (
        "same handle without separators",
        "digits agree",
        "name agrees, 2 bearers in the register",
        "a title agrees",
        "region named in bio",
        "agency named in bio",
    )
    assert evidence(HandleLevel.SAME).in_words() == ("same handle",)
    many = evidence(name=NameLevel.MANY, bearers=1_234)
    assert many.in_words()[1] == "name agrees, 1,234 bearers in the register"
    reordered = evidence(name=NameLevel.REORDERED, bearers=7)
    assert reordered.in_words()[1] == "name agrees in another order"


# Probabilities

WEIGHTS = st.lists(st.integers(-300, 400), max_size=6)
OTHERS = st.sampled_from([0, 1, odds(-40), 1_000 * odds(-30), 10**6 * odds(20)])


@given(WEIGHTS, st.integers(1, 9_999), OTHERS, calibrations() | st.just(Calibration(RAW, RAW)))
def test_probabilities_against_the_formula(
    weights: list[int], base_rate: int, others: int, calibration: Calibration
) -> None:
    rate = Fraction(base_rate, 10_000)
    each = [Fraction(odds(weight)) for weight in weights]
    total = sum(each) + others
    likelier = Fraction(odds(calibration.apply(tenths_of(int(total)))), ONE)
    registered = rate * likelier / (1 - rate + rate * likelier)
    expected = [int(10_000 * registered * one / total) if total else 0 for one in each]
    found = with_calibration(calibration).probabilities(weights, base_rate, others)
    assert found == expected
    assert sum(found) <= 10_000


def test_a_single_candidate_by_hand() -> None:
    """12 bits against a base rate of one in a thousand: 4,096 to 999."""
    assert MODEL.probabilities([120], 10) == [10_000 * 4_096 // (4_096 + 999 * 1)]


def test_two_equal_candidates_cannot_both_be_it() -> None:
    assert MODEL.probabilities([300, 300], 10) == [4_999, 4_999]
    assert MODEL.probabilities([300], 10, others=odds(300)) == [4_999]


def test_nobody_is_no_error() -> None:
    assert MODEL.probabilities([], 10) == []
    assert MODEL.probabilities([-FARTHEST], 10) == [0]


@given(WEIGHTS.filter(bool), st.integers(1, 9_999), OTHERS)
def test_company_never_makes_a_candidate_likelier(
    weights: list[int], base_rate: int, others: int
) -> None:
    """Under a calibration that says what is measured and no more."""
    alone = MODEL.probabilities(weights[:1], base_rate)[0]
    # What the sum gains by rounding down to a tenth of a bit.
    assert MODEL.probabilities(weights, base_rate, others)[0] <= alone + 250


# The quick way out


@settings(max_examples=400)
@given(
    calibrations() | st.just(Calibration(RAW, RAW)),
    st.integers(1, 9_999),
    st.integers(1, 10_000),
    st.lists(TENTHS, min_size=1, max_size=4),
    OTHERS | st.integers(0, 1 << 40),
)
@example(Calibration((-FARTHEST,), (FARTHEST,)), 5_000, 1, [-315], 0)
def test_no_candidate_below_the_least_weight_reaches_the_threshold(
    calibration: Calibration, base_rate: int, threshold: int, weights: list[int], others: int
) -> None:
    model = with_calibration(calibration)
    least = model.least_weight(base_rate, threshold)
    for company in (0, others):
        chances = model.probabilities(weights, base_rate, company)
        for weight, chance in zip(weights, chances, strict=True):
            if chance >= threshold:
                assert weight >= least


@settings(max_examples=25)
@given(calibrations(), st.integers(1, 9_999), st.integers(1, 10_000))
def test_the_least_weight_against_every_weight_alone(
    calibration: Calibration, base_rate: int, threshold: int
) -> None:
    model = with_calibration(calibration)
    least = model.least_weight(base_rate, threshold)
    reaching = [
        weight
        for weight in range(-FARTHEST, FARTHEST + 1)
        if model.probabilities([weight], base_rate)[0] >= threshold
    ]
    assert not reaching or min(reaching) >= least


@given(st.integers(1, 9_999), st.integers(1, 9_999))
def test_the_least_weight_is_no_empty_promise(base_rate: int, threshold: int) -> None:
    """Under a smooth calibration it shuts out all that is far below."""
    least = MODEL.least_weight(base_rate, threshold)
    alone = next(
        weight
        for weight in range(-FARTHEST, FARTHEST + 1)
        if MODEL.probabilities([weight], base_rate)[0] >= threshold
    )
    # A share of the threshold, and two roundings down.
    share = tenths_of(ONE * 10_000 // threshold)
    assert alone - share - 2 <= least <= alone
