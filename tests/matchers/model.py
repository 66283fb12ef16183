"""A small invented match model with round weights, so that no test hangs on the learned one."""

from itertools import product

from config.settings import JudgementSettings
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.fuzzy_identity import find_leads
from matchers.match_model import FARTHEST, Calibration, MatchModel, Weight
from matchers.types import Lead, RegisterIndex
from streams.records import PublicPost

HANDLES = {
    HandleLevel.SAME: 160,
    HandleLevel.SEPARATORS: 40,
    HandleLevel.SKELETON: 30,
    HandleLevel.AFFIX: 20,
    HandleLevel.INSERTED: 20,
    HandleLevel.DELETED: 20,
    HandleLevel.SUBSTITUTED: 10,
    HandleLevel.SWAPPED: 10,
}
NAMES = {
    NameLevel.ONE_LONG: 50,
    NameLevel.ONE: 40,
    NameLevel.FEW_LONG: 40,
    NameLevel.FEW: 30,
    NameLevel.SOME: 20,
    NameLevel.MANY: 10,
    NameLevel.REORDERED: 10,
    NameLevel.INITIALS: 10,
    NameLevel.PART: 10,
    NameLevel.SIMILAR: 10,
    NameLevel.SILENT: 0,
    NameLevel.DIFFERS: -30,
}
DIGITS = {
    DigitLevel.AGREE: 10,
    DigitLevel.NONE: 0,
    DigitLevel.ONE_SIDED: -20,
    DigitLevel.CONFLICT: -30,
}
TITLES = {TitleLevel.AGREE: 10, TitleLevel.SILENT: 0, TitleLevel.OTHER: -10}
REGIONS = {RegionLevel.NAMED: 50, RegionLevel.SILENT: 0, RegionLevel.OTHER: -40}
AGENCIES = {AgencyLevel.NAMED: 60, AgencyLevel.SILENT: 0}
RAW = tuple(range(-FARTHEST, FARTHEST + 1))


def _weight(tenths: int) -> Weight:
    return Weight(tenths, "an example", "invented")


MODEL = MatchModel(
    handle_and_name={
        (handle, name): _weight(HANDLES[handle] + NAMES[name])
        for handle, name in product(HandleLevel, NameLevel)
    },
    handle_and_digits={
        (handle, digits): _weight(DIGITS[digits])
        for handle, digits in product(HandleLevel, DigitLevel)
    },
    titles={level: _weight(tenths) for level, tenths in TITLES.items()},
    region={level: _weight(tenths) for level, tenths in REGIONS.items()},
    agency={level: _weight(tenths) for level, tenths in AGENCIES.items()},
    calibration=Calibration(RAW, RAW),
    version="test-model",
)


def lead_for(
    post: PublicPost, register: RegisterIndex, judgement: JudgementSettings
) -> Lead | None:
    """The lead for one event, by the model above."""
    (lead,) = find_leads([post], register, MODEL, judgement)
    return lead
