"""The calendar of an election: what a ballot does not print, one small YAML or JSON file."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from config.errors import WatchlistError
from lists.yaml_file import read_document
from matchers.watchlist_check import phase_problems
from streams.records import Phase
from streams.records.limits import MAX_LIST, Instant, Label, Note

ElectionId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.\-]{0,63}$")]
"""Lower-case letters, digits, dots and hyphens: other ids begin with it."""
RegionNames = Annotated[tuple[Label, ...], Meta(min_length=1, max_length=MAX_LIST)]


class Calendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One election, its phases, and where and when the ballot comes from.

    `regions` adds names that people use to those that a region's printed name gives, by its code;
    a ballot whose regions have no printed names (`--form dct`) needs them.
    """

    schema: Literal[1]
    election_id: ElectionId
    election_name: Annotated[str, Meta(min_length=1, max_length=256)]
    ballot_status: Literal["prospective", "determined"]
    ballot_as_of: Instant
    ballot_source: Annotated[Note, Meta(min_length=1)]
    phases: Annotated[tuple[Phase, ...], Meta(max_length=16)]
    regions: dict[str, RegionNames] = {}


def read_calendar(path: Path) -> Calendar:
    """Read a `.yaml` or `.json` calendar. Raises WatchlistError with every problem of its phases,
    or where it is unreadable or against the schema (a bare date is)."""
    document = read_document(path, "calendar", WatchlistError)
    try:
        calendar = msgspec.convert(document, Calendar)
    except msgspec.ValidationError as error:
        raise WatchlistError(
            f"calendar {path}: {error}. Times are written with date, time and zone, such as "
            "2024-09-25T00:00:00+07:00; ids, codes and names as text in quotes."
        ) from None
    if problems := "; ".join(phase_problems("phases", calendar.phases)):
        raise WatchlistError(f"calendar {path}: {problems}")
    return calendar
