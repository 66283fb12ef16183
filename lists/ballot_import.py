"""A watchlist from the ballots of the election commission: every pair of every contest on them.

Ids are made of the election's id, the region's code and the person's name, so the same ballot gives
the same ids however its lines are ordered; numbers and titles may change without changing them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import msgspec

from config.errors import WatchlistError
from lists.ballot_accounts import AccountLine, read_accounts
from lists.ballot_calendar import Calendar, read_calendar
from lists.ballot_csv import Problems
from lists.ballot_lines import BallotLine, Form, read_lines
from lists.ballot_names import ShortForms, parse_ballot_name
from lists.ballot_regions import parse_region
from matchers.ambiguity import STANDS_ALONE, OrdinaryText, kind_of_name, probability
from matchers.fold import fold
from matchers.names import canonical_name
from matchers.watchlist_check import watchlist_problems
from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Watchlist,
)

LONGEST_SLUG: Final = 96
_LEVELS: Final = {"governor": "gov", "regent_mayor": "reg", "legislative": "dapil"}

Stage = Callable[[str, int], None]
"""Called with the stage of the work and how many are done of it."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import, in numbers."""

    contests: int
    pairs: int
    empty_boxes: int
    people: int
    accounts: int
    short_forms: int
    nicknames: int
    one_word_names: int
    """People whose full name is one word."""
    ambiguous_names: int
    """People whose full name never counts alone: one word, everyday words, a frequent pair."""
    shared_names: int
    """People whose full name others on the ballots bear as well."""
    without_accounts: int
    """People without an account, neither their own nor their pair's."""
    unnamed_regions: int
    """Contests whose region has no name that people use."""

    def as_dict(self) -> dict[str, int]:
        """The numbers by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def import_ballot(
    ballot: Path,
    calendar: Path,
    accounts: Path | None,
    ordinary: OrdinaryText,
    *,
    form: Form = "pilkada",
    allow_gaps: bool = False,
    progress: Stage = lambda _stage, _done: None,
) -> tuple[Watchlist, ImportReport]:
    """Read the three files into a watchlist that passes every check.

    `allow_gaps`: numbers may be missing on a ballot, as after a pair was struck off. Raises
    WatchlistError with all problems of all files.
    """
    problems = Problems()
    dates = _calendar(calendar, problems)
    progress("ballot", 0)
    lines = read_lines(
        ballot,
        form,
        problems,
        determined=dates is not None and dates.ballot_status == "determined",
        allow_gaps=allow_gaps,
    )
    progress("ballot", len(lines))
    ballot_is_whole = bool(lines) and not any(one.startswith(str(ballot)) for one in problems.found)
    held: Sequence[AccountLine] = ()
    if accounts is not None:
        progress("accounts", 0)
        held = read_accounts(accounts, lines, problems, ballot_is_whole=ballot_is_whole)
        progress("accounts", len(held))
    if dates is not None and ballot_is_whole:
        _regions_are_known(calendar, dates, lines, problems)
    problems.raise_if_any()
    assert dates is not None  # noqa: S101 - otherwise there was a problem
    progress("contests", 0)
    watchlist, report = _Maker(dates, lines, held, ordinary).watchlist()
    progress("contests", report.contests)
    return _checked(watchlist), report


def _calendar(path: Path, problems: Problems) -> Calendar | None:
    try:
        return read_calendar(path)
    except WatchlistError as error:
        problems.found.append(str(error))
        return None


def _regions_are_known(
    path: Path, dates: Calendar, lines: Iterable[BallotLine], problems: Problems
) -> None:
    unknown = sorted(dates.regions.keys() - {line.region_code for line in lines})
    if unknown:
        problems.add(
            f"calendar {path}, regions",
            f"no contest has the code {', '.join(unknown[:10])}. Mend it or leave it out.",
        )


def _checked(watchlist: Watchlist) -> Watchlist:
    """The same as it will be read. Raises WatchlistError where it would be refused."""
    problems = Problems()
    try:
        watchlist = msgspec.json.decode(msgspec.json.encode(watchlist), type=Watchlist)
    except msgspec.ValidationError as error:
        problems.add("watchlist", f"it breaks a limit: {error}. Divide the ballot or shorten it.")
    else:
        problems.found += watchlist_problems(watchlist)
    problems.raise_if_any()
    return watchlist


class _Maker:
    """Makes the contests out of lines that have no problem."""

    def __init__(
        self,
        dates: Calendar,
        lines: Sequence[BallotLine],
        accounts: Sequence[AccountLine],
        ordinary: OrdinaryText,
    ) -> None:
        self._dates = dates
        self._ordinary = ordinary
        self._lines = lines
        self._names = {
            (line.row.line, place): parse_ballot_name(printed)
            for line in lines
            for place, printed in enumerate(line.people)
        }
        self._short_forms = ShortForms(tuple(self._names.values()), ordinary.everyday)
        self._accounts: dict[tuple[int, int], list[CandidateAccount]] = {}
        for one in accounts:
            key = one.ballot_line.row.line, one.place
            self._accounts.setdefault(key, []).append(one.account)

    def watchlist(self) -> tuple[Watchlist, ImportReport]:
        by_contest: dict[tuple[str, str], list[BallotLine]] = {}
        for line in self._lines:
            by_contest.setdefault(line.contest, []).append(line)
        contests = tuple(self._contest(lines) for lines in by_contest.values())
        election = Election(
            id=self._dates.election_id, name=self._dates.election_name, contests=contests
        )
        return Watchlist(schema=1, elections=(election,)), self._report(contests)

    def _contest(self, lines: Sequence[BallotLine]) -> Contest:
        first = lines[0]
        code = first.region_code.replace(".", "") if first.region_name else first.region_code
        contest_id = f"{self._dates.election_id}-{_LEVELS[first.level]}-{code}"
        name, region_names = self._region(first)
        dates = self._dates
        return Contest(
            id=contest_id,
            name=name,
            region_code=first.region_code,
            region_names=region_names,
            ballot_status=dates.ballot_status,
            ballot_as_of=dates.ballot_as_of,
            ballot_source=dates.ballot_source,
            ballot=tuple(
                BallotPair(
                    names=line.printed,
                    number=line.number,
                    list_place=line.list_place,
                    parties=line.parties,
                )
                for line in lines
            ),
            candidates=self._candidates(contest_id, lines),
            phases=dates.phases,
        )

    def _region(self, line: BallotLine) -> tuple[str, tuple[str, ...]]:
        """What the contest is called, and what people call its region."""
        added = self._dates.regions.get(line.region_code, ())
        if not line.region_name:
            shown = added[0] if added else line.region_code
            return (
                f"Pemilihan anggota legislatif, daerah pemilihan {shown}",
                added or (f"Dapil {line.region_code}",),
            )
        region = parse_region(line.level, line.region_code, line.region_name)
        names = (*region.names(self._ordinary.everyday), *added)
        return region.contest_name, tuple(dict.fromkeys(names))

    def _candidates(self, contest_id: str, lines: Sequence[BallotLine]) -> tuple[Candidate, ...]:
        people = [
            (line, place, printed) for line in lines for place, printed in enumerate(line.people)
        ]
        slugs = Counter(self._slug(line, place) for line, place, _ in people)
        taken: set[str] = set()
        candidates: list[Candidate] = []
        for line, place, printed in people:
            slug = self._slug(line, place)
            if slugs[slug] > 1:  # namesakes: the commission's id or the number tells them apart
                slug = f"{slug}-{line.line_id or line.number or 'x'}-{place}"
            while slug in taken:
                slug += "-x"
            taken.add(slug)
            candidates.append(self._candidate(f"{contest_id}-{slug}", line, place, printed))
        return tuple(candidates)

    def _slug(self, line: BallotLine, place: int) -> str:
        full = canonical_name(self._names[line.row.line, place].full)
        return full.replace(" ", "-")[:LONGEST_SLUG]

    def _candidate(
        self, candidate_id: str, line: BallotLine, place: int, printed: str
    ) -> Candidate:
        name = self._names[line.row.line, place]
        return Candidate(
            id=candidate_id,
            ballot_name=printed,
            names=(name.full, *self._short_forms.of(name)),
            ambiguous_aliases=name.nicknames,
            accounts=tuple(self._accounts.get((line.row.line, place), ())),
        )

    def _report(self, contests: Sequence[Contest]) -> ImportReport:
        full: list[str] = [fold(name.full) for name in self._names.values()]
        bearers = Counter(full)
        candidates = [one for contest in contests for one in contest.candidates]
        with_account = {line for line, _ in self._accounts}
        return ImportReport(
            contests=len(contests),
            pairs=sum(bool(line.people) for line in self._lines),
            empty_boxes=sum(not line.people for line in self._lines),
            people=len(candidates),
            accounts=sum(len(one.accounts) for one in candidates),
            short_forms=sum(len(one.names) - 1 for one in candidates),
            nicknames=sum(len(one.ambiguous_aliases) for one in candidates),
            one_word_names=sum(" " not in name for name in full),
            ambiguous_names=sum(map(self._is_ambiguous, full)),
            shared_names=sum(bearers[name] > 1 for name in full),
            without_accounts=sum(line not in with_account for line, _ in self._names),
            unnamed_regions=sum(
                not line.region_name and line.region_code not in self._dates.regions
                for line in {one.contest: one for one in self._lines}.values()
            ),
        )

    def _is_ambiguous(self, full: str) -> bool:
        return probability(kind_of_name(full), full, self._ordinary) < STANDS_ALONE
