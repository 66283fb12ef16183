"""Observations for the tests: authors who met such entries."""

from learning.observations import Met, Observation
from matchers.evidence_levels import (
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import Evidence
from synth.actors import ActorTruth


def evidence(
    handle: HandleLevel = HandleLevel.SEPARATORS,
    name: NameLevel = NameLevel.ONE,
    digits: DigitLevel = DigitLevel.NONE,
    titles: TitleLevel = TitleLevel.SILENT,
    region: RegionLevel = RegionLevel.SILENT,
    agency: AgencyLevel = AgencyLevel.SILENT,
    bearers: int = 1,
) -> Evidence:
    return Evidence(handle, digits, name, titles, region, agency, bearers)


def met(shown: Evidence, times: float = 1.0, *, is_true: bool = True) -> Met:
    return Met(shown, times, is_true)


def observation(*entries: Met, handle: str = "budi.s") -> Observation:
    author = ActorTruth("kind", "x", handle, None, "Budi Santoso", None, 0)
    return Observation(author, entries, any(one.is_true for one in entries))
