"""Register source rows: invented people, their declared accounts, and the declarations."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from streams.records import Platform
from synth.names import draw_name, with_titles

Value = TypeVar("Value")

SOURCE_COLUMNS = (
    "person_id",
    "name",
    "agency_code",
    "region_code",
    "platform",
    "account_id",
    "handle",
    "display_name",
    "declared_on",
    "declaration_ref",
    "withdrawn_on",
)

REGIONS: dict[str, str] = {
    "35.78": "Surabaya",
    "35.73": "Malang",
    "35.15": "Sidoarjo",
    "35.25": "Gresik",
    "35.09": "Jember",
    "35.10": "Banyuwangi",
    "35.71": "Kediri",
    "35.77": "Madiun",
    "35.29": "Sumenep",
    "35.22": "Bojonegoro",
}
"""Region codes of the home ministry (public facts) and the name that a post would use."""
AGENCIES = ("DISDIK", "DINKES", "DISHUB", "DUKCAPIL", "BAPENDA", "SATPOLPP", "KEC")
PLATFORM_WEIGHTS: tuple[tuple[Platform, int], ...] = (
    ("instagram", 30),
    ("facebook", 25),
    ("x", 15),
    ("tiktok", 15),
    ("threads", 6),
    ("youtube", 5),
    ("bluesky", 2),
    ("mastodon", 2),
)
_ACCOUNT_COUNTS = ((1, 50), (2, 30), (3, 20))
FIRST_DECLARATION = date(2022, 1, 3)
LAST_DECLARATION = date(2023, 3, 31)
FIRST_WITHDRAWAL = date(2023, 4, 3)
LAST_WITHDRAWAL = date(2023, 12, 29)
SHARE_WITHOUT_ID = 0.35
SHARE_WITHDRAWN = 0.06


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One declared account as the register's source file holds it; None is an empty cell."""

    person_id: str
    name: str
    agency_code: str
    region_code: str
    platform: Platform
    account_id: str | None
    handle: str
    display_name: str | None
    declared_on: date
    declaration_ref: str
    withdrawn_on: date | None


def draw_register(people: int, seed: int) -> list[SourceRow]:
    """Rows of `people` invented persons with one to three accounts each; same seed, same rows.

    All are declared by March 2023; about one account in sixteen is withdrawn between April and
    December 2023, so that an account's standing is the same throughout 2024.
    """
    rng = Random(f"register:{seed}")
    taken: set[tuple[str, str]] = set()
    rows: list[SourceRow] = []
    for number in range(people):
        rows.extend(_person(rng, f"P{number:07d}", taken))
    return rows


def _person(rng: Random, person_id: str, taken: set[tuple[str, str]]) -> list[SourceRow]:
    name = draw_name(rng)
    official_name = with_titles(rng, name)
    agency, region = rng.choice(AGENCIES), rng.choice(tuple(REGIONS))
    count = _weighted(rng, _ACCOUNT_COUNTS)
    platforms: list[Platform] = []
    while len(platforms) < count:
        platform = _weighted(rng, PLATFORM_WEIGHTS)
        if platform not in platforms:
            platforms.append(platform)
    declared = _day_between(rng, FIRST_DECLARATION, LAST_DECLARATION)
    rows = []
    for platform in platforms:
        withdrawn = (
            _day_between(rng, FIRST_WITHDRAWAL, LAST_WITHDRAWAL)
            if rng.random() < SHARE_WITHDRAWN
            else None
        )
        rows.append(
            SourceRow(
                person_id=person_id,
                name=official_name,
                agency_code=agency,
                region_code=region,
                platform=platform,
                account_id=None
                if rng.random() < SHARE_WITHOUT_ID
                else str(rng.randrange(10**9, 10**15)),
                handle=_free_handle(rng, platform, name, taken),
                display_name=name if rng.random() < 0.7 else None,
                declared_on=declared,
                declaration_ref=f"SPMS/{declared.year}/{rng.randrange(10**5):05d}",
                withdrawn_on=withdrawn,
            )
        )
    return rows


def _free_handle(rng: Random, platform: Platform, name: str, taken: set[tuple[str, str]]) -> str:
    """A handle nobody has, also when separators are left out: Facebook ignores full stops."""
    while True:
        local = draw_handle(rng, platform, name)
        key = (platform, local.replace(".", "").replace("_", ""))
        if key not in taken:
            taken.add(key)
            return full_handle(platform, local)


def draw_handle(rng: Random, platform: Platform, name: str) -> str:
    """A handle as people make them from their names; the part before any domain.

    Letters, digits and, where the platform has them, full stops or underscores; five to fifteen
    characters, which every platform allows.
    """
    words = name.lower().replace(".", "").split()
    separator = {"x": "_", "facebook": ".", "bluesky": "", "mastodon": "_"}.get(
        platform, rng.choice((".", "_", ""))
    )
    first, last = words[0], words[-1]
    year = f"{rng.randrange(65, 100)}"
    base = rng.choice(
        (
            separator.join((first, last)) if len(words) > 1 else first,
            separator.join(words),
            f"{first}{separator}{last[0]}",
            f"{first[0]}{separator}{last}",
            f"{last}{separator}{first}",
        )
    )[:12].strip("._")
    if rng.random() < 0.6 or len(base) < 5:
        base = f"{base}{year}"
    while len(base) < 5:
        base += str(rng.randrange(10))
    return base


def full_handle(platform: Platform, local: str) -> str:
    """The handle with its server, where the platform has servers."""
    if platform == "bluesky":
        return f"{local}.bsky.social"
    if platform == "mastodon":
        return f"{local}@mastodon.social"
    return local


def write_source(rows: Iterable[SourceRow], path: Path) -> int:
    """Write the rows as the CSV that `netral register build` reads; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(SOURCE_COLUMNS)
        for row in rows:
            writer.writerow(
                "" if (value := getattr(row, column)) is None else str(value)
                for column in SOURCE_COLUMNS
            )
            count += 1
    return count


def _day_between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def _weighted(rng: Random, choices: Iterable[tuple[Value, int]]) -> Value:
    values, weights = zip(*choices, strict=True)
    drawn: Value = rng.choices(values, weights=weights)[0]
    return drawn
