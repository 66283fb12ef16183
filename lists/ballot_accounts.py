"""The campaign accounts registered with the election commission, and the candidates' own.

Columns: `level, region_code, ballot_no, seat, platform, handle, account_id, kind, effective_from,
effective_until`. `pair_id` may stand beside `ballot_no` or for it: it names the ballot's line by
the commission's id. `account_id`, `effective_from` and `effective_until` may be empty or absent.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from lists.ballot_csv import Problems, Row, read_table
from lists.ballot_lines import BallotLine
from matchers.handles import normalise
from streams.records import PLATFORMS, CandidateAccount, Platform
from streams.records.limits import Instant

REQUIRED: Final = frozenset({"level", "region_code", "seat", "platform", "handle", "kind"})
OPTIONAL: Final = frozenset(
    {"ballot_no", "pair_id", "account_id", "effective_from", "effective_until"}
)
SEATS: Final = ("head", "deputy", "pair")
KINDS: Final = ("own", "campaign")
MOST_CAMPAIGN_ACCOUNTS: Final = 20
"""Of one pair on one platform at a time: so many can be registered with the commission."""
_ROUNDED: Final = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account; `ballot_line` and `place` say whose it is (a pair's goes to its head)."""

    row: Row
    ballot_line: BallotLine
    place: int
    account: CandidateAccount


def read_accounts(
    path: Path, ballot: Sequence[BallotLine], problems: Problems, *, ballot_is_whole: bool
) -> list[AccountLine]:
    """Every account with the line of the ballot that it belongs to.

    What is wrong is added to `problems`. Where the ballot has problems of its own, accounts of
    unknown pairs are not: the pair may stand in a line that could not be read.
    """
    rows = read_table(path, REQUIRED, OPTIONAL, problems)
    if rows and not (rows[0].has("ballot_no") or rows[0].has("pair_id")):
        problems.add(f"{path}, line 1", "it lacks the column ballot_no (or pair_id). Add it.")
        return []
    find = _Finder(ballot)
    found: list[AccountLine] = []
    for row in rows:
        own = Problems()
        account = _account(row, own)
        line, place = find.line(row, own, ballot_is_whole), _place(row, own)
        if line is not None and place is not None:
            place = _seat(row, line, place, own)
        problems.found += own.found
        if account is not None and line is not None and place is not None:
            found.append(AccountLine(row, line, place, account))
    _each_once(found, problems)
    _not_too_many(found, problems)
    return found


class _Finder:
    """Finds the ballot's line of an account, by number or by the commission's id."""

    def __init__(self, ballot: Iterable[BallotLine]) -> None:
        self._by_key: dict[tuple[str, ...], BallotLine] = {}
        self._contests: set[tuple[str, str]] = set()
        for line in ballot:
            self._contests.add(line.contest)
            if line.number is not None:
                self._by_key[(*line.contest, "ballot_no", str(line.number))] = line
            if line.line_id:
                self._by_key[(*line.contest, "pair_id", line.line_id)] = line

    def line(self, row: Row, problems: Problems, ballot_is_whole: bool) -> BallotLine | None:
        contest = row["level"], row["region_code"]
        keys = [(name, row[name]) for name in ("pair_id", "ballot_no") if row[name]]
        if not keys:
            problems.add(row.where("ballot_no"), "it is empty. Write which pair's account it is.")
            return None
        lines = [
            self._by_key.get((*contest, name, value.lstrip("0") if name == "ballot_no" else value))
            for name, value in keys
        ]
        if None not in lines:
            if all(line is lines[0] for line in lines):
                return lines[0]
            problems.add(row.where("pair_id"), "it is another pair than ballot_no says. Mend one.")
        elif ballot_is_whole:
            if contest not in self._contests:
                problems.add(
                    row.where("region_code"),
                    f"the ballot has no contest {contest[0]} {contest[1]}. Mend level or code, or "
                    "leave the line out.",
                )
            else:
                name, value = keys[lines.index(None)]
                problems.add(
                    row.where(name),
                    f"{contest[0]} {contest[1]} has no {value!r} on its ballot. Mend it.",
                )
        return None


def _place(row: Row, problems: Problems) -> int | None:
    seat = row["seat"]
    if seat not in SEATS:
        problems.add(row.where("seat"), f"{seat!r} is no seat. Write {', '.join(SEATS)}.")
        return None
    return int(seat == "deputy")


def _seat(row: Row, line: BallotLine, place: int, problems: Problems) -> int | None:
    if not line.people:
        problems.add(row.where("ballot_no"), "the empty box has no account. Mend the number.")
        return None
    if place >= len(line.people):
        problems.add(row.where("seat"), "this line of the ballot has no deputy. Write head.")
        return None
    return place


def _account(row: Row, problems: Problems) -> CandidateAccount | None:
    count = len(problems.found)
    platform, handle, kind = row["platform"], row["handle"], row["kind"]
    normal = None
    if platform not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        problems.add(row.where("platform"), f"{platform!r} is no platform. Write one of {known}.")
    else:
        normal = normalise(platform, handle)
        if normal is None:
            problems.add(
                row.where("handle"),
                f"{handle!r} cannot be a handle on {platform}. Write it as the platform shows it.",
            )
    if kind not in KINDS:
        problems.add(row.where("kind"), f"{kind!r} is no kind. Write own or campaign.")
    elif kind == "own" and row["seat"] == "pair":
        problems.add(row.where("kind"), "a pair has no account of its own. Write campaign.")
    if _ROUNDED.fullmatch(row["account_id"]):
        problems.add(
            row.where("account_id"),
            f"{row['account_id']!r} was rounded by a spreadsheet. Export the column as text.",
        )
    start, end = (_instant(row, name, problems) for name in ("effective_from", "effective_until"))
    if start is not None and end is not None and end <= start:
        problems.add(row.where("effective_until"), "it is not after effective_from. Mend one.")
    if normal is None or len(problems.found) > count:
        return None
    return CandidateAccount(
        platform=cast(Platform, platform),
        handle=normal,
        account_id=row["account_id"] or None,
        kind=cast(Any, kind),
        effective_from=start,
        effective_until=end,
    )


def _instant(row: Row, column: str, problems: Problems) -> datetime | None:
    if not row[column]:
        return None
    try:
        return msgspec.convert(row[column], Instant)
    except msgspec.ValidationError:
        problems.add(
            row.where(column),
            f"{row[column]!r} is no instant with its zone. Write 2024-09-25T00:00:00+07:00.",
        )
        return None


def _each_once(lines: Iterable[AccountLine], problems: Problems) -> None:
    first: dict[tuple[str, str, str], int] = {}
    for line in lines:
        account = line.account
        for column, value in (("handle", account.handle), ("account_id", account.account_id)):
            if value is None:
                continue
            known = first.setdefault((account.platform, column, value), line.row.line)
            if known != line.row.line:
                problems.add(
                    line.row.where(column),
                    f"{value} on {account.platform} stands in line {known} already. An account "
                    "is one person's; a pair's has the seat pair.",
                )
                break


def _not_too_many(lines: Iterable[AccountLine], problems: Problems) -> None:
    registered: dict[tuple[int, str], list[AccountLine]] = {}
    for line in lines:
        if line.account.kind == "campaign":
            key = line.ballot_line.row.line, line.account.platform
            registered.setdefault(key, []).append(line)
    for several in registered.values():
        if len(several) <= MOST_CAMPAIGN_ACCOUNTS:
            continue
        for line in several:
            at_once = sum(_is_effective(other.account, line.account) for other in several)
            if at_once > MOST_CAMPAIGN_ACCOUNTS:
                problems.add(
                    line.row.where("kind"),
                    f"the pair has {at_once} campaign accounts on {line.account.platform} at a "
                    f"time; {MOST_CAMPAIGN_ACCOUNTS} can be registered. Leave the others out.",
                )
                break


def _is_effective(other: CandidateAccount, account: CandidateAccount) -> bool:
    """Whether `other` counts at the moment from which `account` does."""
    at = account.effective_from
    start, end = other.effective_from, other.effective_until
    if at is None:
        return start is None
    return (start is None or start <= at) and (end is None or at < end)
