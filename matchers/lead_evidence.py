"""The event's side of what speaks for a lead: name, titles, and what the bio names.

A region is named in the bio as one of :mod:`matchers.region_names`; an agency by its code where the
code is a word of four letters or more (`BKPSDM`, `KEMENKEU`); numbers name nobody.
"""

import re
from collections.abc import Sequence
from functools import cached_property

from matchers.evidence_levels import AgencyLevel, RegionLevel
from matchers.match_model import Evidence, MatchModel
from matchers.name_levels import name_level, title_level
from matchers.names import ParsedName, parse_name
from matchers.region_names import province_of, provinces_named
from matchers.run_table import Run
from matchers.types import RegisteredPerson, RegisterIndex
from streams.records import Actor

_WORD = re.compile(r"[^\W\d_]{4,}")


class Bio:
    """What a bio names: provinces, and agencies that somebody in the register belongs to."""

    __slots__ = ("agencies", "most", "provinces")

    def __init__(self, bio: str | None, register: RegisterIndex, model: MatchModel) -> None:
        self.provinces: frozenset[str] = frozenset()
        self.agencies: frozenset[str] = frozenset()
        self.most = model.best.silent_bio
        """The most, in tenths of a bit, that it can add to a candidate's weight."""
        if bio:
            self.provinces = provinces_named(bio)
            self.agencies = register.agencies.intersection(_WORD.findall(bio.upper()))
            if self.provinces:
                self.most += model.best.region_beyond_silence
            if self.agencies:
                self.most += model.best.agency_beyond_silence


class AuthorSide:
    """The event's side of what is weighed beside the handle, worked out once for all candidates."""

    def __init__(self, actor: Actor, bio: Bio) -> None:
        self._shown = actor.display_name or ""
        self.bio = bio

    @cached_property
    def _parsed(self) -> ParsedName:
        # Most authors are out of the question before anybody asks for their name.
        return parse_name(self._shown)

    @property
    def name(self) -> str:
        """The canonical name; empty where none is shown."""
        return self._parsed.canonical

    @property
    def is_named(self) -> bool:
        """Whether a name is shown that can be compared: one of two words at least."""
        return " " in self.name

    def can_reach(self, least: int, model: MatchModel) -> bool:
        """Whether another handle, with the best of names if one is shown, can weigh `least`."""
        best = model.best
        most = best.of_another_handle if self._shown else best.of_another_handle_without_name
        return most + self.bio.most >= least

    def compare(self, run: Run, person: RegisteredPerson) -> Evidence:
        return Evidence(
            handle=run.handle,
            digits=run.digits,
            name=name_level(self.name, person.canonical_name, person.name_frequency),
            titles=title_level(self._parsed.titles, person.titles),
            region=self._region(person.region_code),
            agency=self._agency(person.agency_code),
            bearers=person.name_frequency,
        )

    def odds_of_others(self, model: MatchModel) -> Sequence[Sequence[int]]:
        """The odds of a candidate who is not looked at, by the places of handle and digit level."""
        return model.best.odds_of_others[self.is_named]

    def _region(self, region_code: str | None) -> RegionLevel:
        province = province_of(region_code) if region_code else None
        if not self.bio.provinces or province is None:
            return RegionLevel.SILENT
        return RegionLevel.NAMED if province in self.bio.provinces else RegionLevel.OTHER

    def _agency(self, agency_code: str | None) -> AgencyLevel:
        named = agency_code is not None and agency_code.upper() in self.bio.agencies
        return AgencyLevel.NAMED if named else AgencyLevel.SILENT
