"""The shipped match model: what holds of any that was learned well, whatever its numbers are."""

from itertools import product

import pytest

from config.settings import CONFIG_DIR, JudgementSettings
from lists.model_file import load_model
from matchers.evidence_levels import (
    AGREEING_NAMES,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import Evidence

MODEL = load_model(CONFIG_DIR / "match_model.yaml")
DEFAULTS = JudgementSettings()
ANOTHER_HANDLE = [handle for handle in HandleLevel if handle is not HandleLevel.SAME]
SAMPLING = 10
"""Tenths by which two cells may be the wrong way round because few pairs are in one of them."""


def alone(
    handle: HandleLevel,
    digits: DigitLevel,
    name: NameLevel,
    titles: TitleLevel,
    region: RegionLevel = RegionLevel.SILENT,
    agency: AgencyLevel = AgencyLevel.SILENT,
) -> tuple[Evidence, int]:
    """The evidence, and how likely the only candidate is the author at the default base rate."""
    evidence = Evidence(handle, digits, name, titles, region, agency, bearers=1)
    (chance,) = MODEL.probabilities([MODEL.weight(evidence)], DEFAULTS.base_rate)
    return evidence, chance


def test_every_cell_says_what_it_looks_like_and_what_it_rests_on() -> None:
    assert set(MODEL.handle_and_name) == set(product(HandleLevel, NameLevel))
    assert set(MODEL.handle_and_digits) == set(product(HandleLevel, DigitLevel))
    assert (set(MODEL.titles), set(MODEL.region), set(MODEL.agency)) == (
        set(TitleLevel),
        set(RegionLevel),
        set(AgencyLevel),
    )
    for table in (
        MODEL.handle_and_name,
        MODEL.handle_and_digits,
        MODEL.titles,
        MODEL.region,
        MODEL.agency,
    ):
        for cell, weight in table.items():
            assert len(weight.example) > 3, cell
            assert len(weight.basis) > 3, cell


@pytest.mark.parametrize("handle", HandleLevel)
def test_no_name_is_no_better_than_one_that_agrees(handle: HandleLevel) -> None:
    """A single word says as little as none: it must never be the better thing to show."""
    silent = MODEL.handle_and_name[handle, NameLevel.SILENT].tenths
    for name in AGREEING_NAMES:
        slack = SAMPLING if name is NameLevel.MANY else 0
        assert silent <= MODEL.handle_and_name[handle, name].tenths + slack, name


@pytest.mark.parametrize("handle", HandleLevel)
def test_another_name_speaks_against_it(handle: HandleLevel) -> None:
    differs = MODEL.handle_and_name[handle, NameLevel.DIFFERS].tenths
    for name in NameLevel:
        assert differs <= MODEL.handle_and_name[handle, name].tenths, name


@pytest.mark.parametrize(
    "handle", [one for one in ANOTHER_HANDLE if one is not HandleLevel.SEPARATORS]
)
def test_conflicting_digits_are_the_worst(handle: HandleLevel) -> None:
    conflict = MODEL.handle_and_digits[handle, DigitLevel.CONFLICT].tenths
    for digits in DigitLevel:
        assert conflict <= MODEL.handle_and_digits[handle, digits].tenths


def test_what_a_bio_names_speaks_for_it_and_another_region_against() -> None:
    regions = [MODEL.region[level].tenths for level in RegionLevel]
    assert regions == sorted(regions, reverse=True)
    assert MODEL.agency[AgencyLevel.NAMED].tenths > MODEL.agency[AgencyLevel.SILENT].tenths
    titles = [MODEL.titles[level].tenths for level in TitleLevel]
    assert titles == sorted(titles, reverse=True)


@pytest.mark.parametrize(("name", "titles"), list(product(NameLevel, TitleLevel)))
def test_conflicting_digits_make_no_lead_without_the_bio(
    name: NameLevel, titles: TitleLevel
) -> None:
    """By the rule, and by the numbers too."""
    for handle in ANOTHER_HANDLE:
        evidence, chance = alone(handle, DigitLevel.CONFLICT, name, titles)
        assert not evidence.can_carry_a_lead
        if handle is not HandleLevel.SEPARATORS:  # the same letters have the same digits
            assert chance < DEFAULTS.lead_threshold


@pytest.mark.parametrize("name", [NameLevel.SILENT, NameLevel.DIFFERS])
def test_a_handle_that_is_almost_the_same_is_no_lead_by_itself(name: NameLevel) -> None:
    for handle, digits in product(ANOTHER_HANDLE, DigitLevel):
        _, chance = alone(handle, digits, name, TitleLevel.SILENT)
        assert chance < DEFAULTS.lead_threshold, (handle, digits)


@pytest.mark.parametrize("name", sorted(AGREEING_NAMES))
def test_the_very_same_handle_and_name_are_a_lead(name: NameLevel) -> None:
    _, chance = alone(HandleLevel.SAME, DigitLevel.NONE, name, TitleLevel.SILENT)
    assert chance >= DEFAULTS.lead_threshold


def test_two_who_are_equally_alike_are_no_lead() -> None:
    strongest = max(weight.tenths for weight in MODEL.handle_and_name.values())
    for chance in MODEL.probabilities([strongest, strongest], DEFAULTS.base_rate):
        assert chance <= 5_000 < DEFAULTS.lead_threshold
