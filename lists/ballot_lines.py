"""The lines of a ballot, from the two tables that the election commission publishes.

`pilkada`: regional elections, one pair a line (level, region_code, region_name, ballot_no, head,
deputy; pair_id, pair_name, is_empty_box and parties may be there). `dct`: a legislative list, one
person a line (id, party, ballot_no, name, dapil_id; sex and province_id are read over).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from lists.ballot_csv import Problems, Row, read_table
from lists.ballot_names import parse_ballot_name
from lists.ballot_parties import party_names
from matchers.names import canonical_name
from matchers.watchlist_check import is_empty_box

Form = Literal["pilkada", "dct"]

_PILKADA: Final = frozenset({"level", "region_code", "region_name", "ballot_no", "head", "deputy"})
_PILKADA_ALSO: Final = frozenset({"pair_id", "is_empty_box", "parties"})
_PILKADA_UNREAD: Final = frozenset({"pair_name"})
_DCT: Final = frozenset({"id", "party", "ballot_no", "name", "dapil_id"})
_DCT_UNREAD: Final = frozenset({"sex", "province_id"})
LEGISLATIVE: Final = "legislative"
"""The level of every line of a legislative list."""
_CODES: Final = {
    "governor": (re.compile(r"[0-9]{2}"), "the province's two digits, 35"),
    "regent_mayor": (re.compile(r"[0-9]{2}\.?[0-9]{2}"), "the region's four digits, 3578"),
}
_DAPIL: Final = re.compile(r"[A-Za-z0-9.]{1,32}")
MOST_LINES: Final = 99
MOST_NAME: Final = 256
"""Characters of a name on the watchlist."""


@dataclass(frozen=True, slots=True)
class BallotLine:
    """One line of a ballot. `people` are the printed names, head first; empty for the empty box.

    `printed` is what the ballot shows, the empty box too. `line_id` is the commission's own id of
    the line, '' where the table has none.
    """

    row: Row
    level: str
    region_code: str
    region_name: str
    line_id: str
    number: int | None
    list_place: str | None
    printed: tuple[str, ...]
    people: tuple[str, ...]
    parties: tuple[str, ...]
    """Names and abbreviations of who nominates the line."""

    @property
    def contest(self) -> tuple[str, str]:
        """Level and region: the lines of one contest share them."""
        return self.level, self.region_code


def read_lines(
    path: Path, form: Form, problems: Problems, *, determined: bool, allow_gaps: bool
) -> list[BallotLine]:
    """Every line of the ballots, those left out that are added to `problems`.

    On a `determined` ballot each line has its number, and the numbers of a contest run from 1
    without a gap, which would be a missing pair, unless `allow_gaps`.
    """
    count = len(problems.found)
    if form == "pilkada":
        rows = read_table(path, _PILKADA, _PILKADA_ALSO, problems, unread=_PILKADA_UNREAD)
    else:
        rows = read_table(path, _DCT, frozenset(), problems, unread=_DCT_UNREAD)
    if not rows and len(problems.found) == count:
        problems.add(str(path), "it has no line. Give the whole ballot.")
    read = _pilkada_line if form == "pilkada" else _dct_line
    lines = [line for row in rows if (line := read(row, problems, determined)) is not None]
    for check in (_one_name_a_region, _each_place_once, _each_id_once):
        check(lines, problems)
    # A line that could not be read would look like a gap.
    if form == "pilkada" and len(problems.found) == count:
        _complete(lines, problems, no_gaps=determined and not allow_gaps)
    return lines


def _pilkada_line(row: Row, problems: Problems, determined: bool) -> BallotLine | None:
    found = Problems()
    level, code, region = row["level"], row["region_code"], row["region_name"]
    pattern, example = _CODES.get(level, (None, ""))
    if pattern is None:
        found.add(row.where("level"), f"{level!r} is no level. Write governor or regent_mayor.")
    elif not pattern.fullmatch(code):
        found.add(row.where("region_code"), f"{code!r} is no code of a {level}. Write {example}.")
    if not any(map(str.isalpha, region)):
        found.add(row.where("region_name"), f"{region!r} is no region. Write its name.")
    number = _number(row, found, needed=determined)
    people = _pair(row, found)
    if people is None or found.found:
        problems.found += found.found
        return None
    return BallotLine(
        row=row,
        level=level,
        region_code=code,
        region_name=region,
        line_id=row["pair_id"],
        number=number,
        list_place=None,
        printed=people or (row["head"],),
        people=people,
        parties=party_names(row["parties"]) if people else (),
    )


def _pair(row: Row, problems: Problems) -> tuple[str, ...] | None:
    """The two names, none for the empty box, None where they cannot be read."""
    head, deputy, mark = row["head"], row["deputy"], row["is_empty_box"]
    box = is_empty_box(head)
    if mark not in ("0", "1", ""):
        problems.add(row.where("is_empty_box"), f"{mark!r} is neither 0 nor 1. Write one of them.")
    elif mark and (mark == "1") != box:
        problems.add(
            row.where("is_empty_box"), f"{mark} does not agree with head {head!r}. Mend one."
        )
    if box:
        if deputy and not is_empty_box(deputy):
            problems.add(row.where("deputy"), "the empty box has no deputy. Leave the cell empty.")
        return ()
    good = [_is_name(row, column, problems) for column in ("head", "deputy")]
    if all(good) and canonical_name(head) == canonical_name(deputy):
        problems.add(
            row.where("deputy"), f"{deputy!r} is the head as well. Write who the deputy is."
        )
        return None
    return (head, deputy) if all(good) else None


def _dct_line(row: Row, problems: Problems, determined: bool) -> BallotLine | None:
    found = Problems()
    if not _DAPIL.fullmatch(row["dapil_id"]):
        found.add(
            row.where("dapil_id"),
            f"{row['dapil_id']!r} is no id. Write letters, digits and dots, 32 at the most.",
        )
    if not row["party"]:
        found.add(row.where("party"), "it is empty. Write the party's name.")
    number = _number(row, found, needed=determined)
    if not row["id"]:
        found.add(row.where("id"), "it is empty. Write the commission's id of the person.")
    named = _is_name(row, "name", found)
    if named and is_empty_box(row["name"]):
        found.add(row.where("name"), "a legislative list has no empty box. Leave the line out.")
    if found.found:
        problems.found += found.found
        return None
    return BallotLine(
        row=row,
        level=LEGISLATIVE,
        region_code=row["dapil_id"],
        region_name="",
        line_id=row["id"],
        number=None,
        list_place=f"{row['party']} {number}" if number else row["party"],
        printed=(row["name"],),
        people=(row["name"],),
        parties=party_names(row["party"]),
    )


def _number(row: Row, problems: Problems, *, needed: bool) -> int | None:
    text = row["ballot_no"]
    if not text and not needed:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_LINES:
        return int(text)
    problems.add(
        row.where("ballot_no"),
        f"{text!r} is no number from 1 to {MOST_LINES}. Write the number that was drawn.",
    )
    return None


def _is_name(row: Row, column: str, problems: Problems) -> bool:
    name = row[column]
    if is_empty_box(name):
        if column == "name":
            return True
        problems.add(row.where(column), "KOLOM KOSONG is nobody. Write the name.")
        return False
    if not any(map(str.isalpha, name)) or not (words := parse_ballot_name(name).words):
        problems.add(row.where(column), f"{name!r} is no name. Write it as the ballot prints it.")
        return False
    if sum(map(len, words)) + len(words) > MOST_NAME:
        problems.add(row.where(column), f"it is longer than {MOST_NAME} letters. Shorten it.")
        return False
    return True


def _one_name_a_region(lines: Sequence[BallotLine], problems: Problems) -> None:
    first: dict[tuple[str, str], BallotLine] = {}
    for line in lines:
        known = first.setdefault(line.contest, line)
        if known.region_name != line.region_name:
            problems.add(
                line.row.where("region_name"),
                f"{line.region_name!r} is {known.region_name!r} in line {known.row.line}, with the "
                "same code. Mend one of them.",
            )


def _each_place_once(lines: Sequence[BallotLine], problems: Problems) -> None:
    first: dict[tuple[tuple[str, str], int | str], int] = {}
    for line in lines:
        place = line.number if line.list_place is None else line.list_place
        if place is None or (line.list_place and not line.row["ballot_no"]):
            continue
        known = first.setdefault((line.contest, place), line.row.line)
        if known != line.row.line:
            problems.add(
                line.row.where("ballot_no"),
                f"{line.row['ballot_no']} stands in line {known} already, in the same contest. "
                "Each number is drawn once.",
            )


def _each_id_once(lines: Sequence[BallotLine], problems: Problems) -> None:
    first: dict[str, int] = {}
    for line in lines:
        if not line.line_id:
            continue
        known = first.setdefault(line.line_id, line.row.line)
        if known != line.row.line:
            column = "id" if line.level == LEGISLATIVE else "pair_id"
            problems.add(
                line.row.where(column),
                f"{line.line_id} stands in line {known} already. Leave one of the lines out.",
            )


def _complete(lines: Sequence[BallotLine], problems: Problems, *, no_gaps: bool) -> None:
    contests: dict[tuple[str, str], list[BallotLine]] = {}
    for line in lines:
        contests.setdefault(line.contest, []).append(line)
    for several in contests.values():
        last = several[-1]
        where, region = last.row.where("ballot_no"), last.region_name
        if not any(line.people for line in several):
            problems.add(
                where,
                f"{region}: the ballot holds nobody but the empty box. Add the pair that stands "
                "against it.",
            )
        for message in _gaps(several) if no_gaps else ():
            problems.add(where, f"{region}: {message}")


def _gaps(several: Sequence[BallotLine]) -> Iterator[str]:
    numbers = [0, *sorted(line.number or 0 for line in several)]
    missing = [str(n) for one, other in pairwise(numbers) for n in range(one + 1, other)]
    if missing:
        yield (
            f"the ballot has no number {', '.join(missing)}. Add the pair; if it was struck off "
            "after the draw, say --allow-gaps."
        )
    elif len(several) == 1 and several[0].people:
        yield (
            "a single pair, and no empty box against it. Add the missing line; if it is so, say "
            "--allow-gaps."
        )
