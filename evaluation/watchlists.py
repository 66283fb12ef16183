"""The watchlists that are measured with, written as an operator would write them.

Names and numbers are those of the ballots (public facts). Aliases are what the press calls the
candidates; nothing was added because a labelled post needed it. Accounts are handles that the
posts themselves address and that are the candidate's or the campaign's own. An account belongs to
one candidate, so that of a pair is entered with the pair's first name.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from evaluation.posts import NATIONAL_AT, REGIONAL_AT
from matchers.names import canonical_name
from matchers.watchlist_check import is_empty_box
from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Phase,
    Watchlist,
)

PILKADA: Final = "candidates/pilkada2024_pairs.csv"
PRESIDENTIAL: Final = "candidates/pilpres2024_pairs.json"


@dataclass(frozen=True, slots=True)
class Known:
    """What an operator adds to a name on the ballot. `accounts` are handles on X."""

    id: str
    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


GOVERNOR: Final[dict[str, Known]] = {
    "luluk nur hamidah": Known(
        "luluk",
        ("Luluk Nur Hamidah",),
        ("Luluk Hamidah", "Bu Luluk", "Ning Luluk", "Mbak Luluk"),
        ("Luluk",),
        ("lulukhamidah",),
        ("#LulukLukman", "#Luman"),
    ),
    "lukmanul khakim": Known(
        "lukmanul",
        ("Lukmanul Khakim",),
        ("Lukmanul Hakim", "Gus Lukman"),
        ("Lukman",),
        ("lukmanulkhakim",),
        ("#LulukLukman", "#Luman"),
    ),
    "khofifah indar parawansa": Known(
        "khofifah",
        ("Khofifah Indar Parawansa",),
        ("Khofifah", "Bu Khofifah"),
        (),
        ("khofifahip", "khofifahemil02"),
        ("#KhofifahEmil", "#KhofifahEmil2024"),
    ),
    "emil elestianto dardak": Known(
        "emil",
        ("Emil Elestianto Dardak",),
        ("Emil Dardak", "Mas Emil"),
        ("Emil",),
        ("emildardak",),
        ("#KhofifahEmil", "#KhofifahEmil2024"),
    ),
    "tri rismaharini": Known(
        "risma",
        ("Tri Rismaharini",),
        ("Risma", "Bu Risma", "Rismaharini"),
        (),
        ("tri_rismaharini",),
        ("#RismaGusHans",),
    ),
    "zahrul azhar asumta gus hans": Known(
        "gus-hans",
        ("Zahrul Azhar Asumta",),
        ("Gus Hans",),
        (),
        (),
        ("#RismaGusHans",),
    ),
}
"""By the canonical name on the ballot."""

PRESIDENT: Final[dict[str, Known]] = {
    "anies rasyid baswedan": Known(
        "anies",
        ("Anies Rasyid Baswedan", "Anies Baswedan"),
        ("Anies", "Pak Anies"),
        ("Amin",),
        ("aniesbaswedan",),
        ("#AniesMuhaimin", "#AMIN2024"),
    ),
    "muhaimin iskandar": Known(
        "muhaimin",
        ("Muhaimin Iskandar",),
        ("Cak Imin", "Gus Imin", "Muhaimin"),
        (),
        ("cakiminow",),
        ("#AniesMuhaimin", "#AMIN2024"),
    ),
    "prabowo subianto": Known(
        "prabowo",
        ("Prabowo Subianto",),
        ("Prabowo", "Pak Prabowo"),
        ("Gemoy",),
        ("prabowo",),
        ("#PrabowoGibran", "#PrabowoGibran2024"),
    ),
    "gibran rakabuming raka": Known(
        "gibran",
        ("Gibran Rakabuming Raka", "Gibran Rakabuming"),
        ("Gibran", "Mas Gibran"),
        ("Samsul",),
        ("gibran_tweet",),
        ("#PrabowoGibran", "#PrabowoGibran2024"),
    ),
    "ganjar pranowo": Known(
        "ganjar",
        ("Ganjar Pranowo",),
        ("Pak Ganjar", "Mas Ganjar"),
        ("Ganjar",),
        ("ganjarpranowo",),
        ("#GanjarMahfud", "#GerakCepatGanjarMahfud"),
    ),
    "mahfud md": Known(
        "mahfud",
        ("Mahfud MD", "Mohammad Mahfud"),
        ("Mahfud", "Pak Mahfud"),
        (),
        ("mohmahfudmd",),
        ("#GanjarMahfud", "#GerakCepatGanjarMahfud"),
    ),
}

PARTIES: Final[dict[str, dict[int, tuple[str, ...]]]] = {
    "governor-35": {
        1: ("PKB",),
        2: ("Golkar", "Gerindra", "Demokrat", "PAN", "PPP", "PKS", "NasDem"),
        3: ("PDIP", "PDI Perjuangan"),
    },
    "president": {
        1: ("NasDem", "PKB", "PKS"),
        2: ("Gerindra", "Golkar", "PAN", "Demokrat"),
        3: ("PDIP", "PDI Perjuangan", "PPP", "Hanura", "Perindo"),
    },
}
"""Who nominated which pair, the parties in parliament; from the press (public facts)."""

Pairs = Sequence[tuple[int | None, tuple[str, ...]]]
"""(ballot number once drawn, names as printed) of each line of a ballot."""


def governor_watchlist(data: Path) -> Watchlist:
    """The governor's contest in East Java, 2024: three pairs."""
    pairs: Pairs = [
        (int(row["ballot_no"]), (row["head"], row["deputy"]))
        for row in rows(data / PILKADA)
        if row["level"] == "governor" and row["region_code"] == "35"
    ]
    ids = {canonical: known.id for canonical, known in GOVERNOR.items()}
    contest = make_contest(
        "governor-35", ("Jawa Timur", "Jatim"), "35", pairs, REGIONAL_AT, ids, GOVERNOR
    )
    return watchlist([("pilkada-2024", [contest])])


def president_watchlist(data: Path) -> Watchlist:
    """The president's contest, 2024: three pairs."""
    document = json.loads((data / PRESIDENTIAL).read_text(encoding="utf-8"))
    pairs = []
    for pair in document.values():
        if isinstance(pair, dict):
            head, deputy = pair["nama"].split(" - ")
            pairs.append((pair["nomor_urut"], (head, deputy)))
    ids = {canonical: known.id for canonical, known in PRESIDENT.items()}
    contest = make_contest("president", ("Indonesia",), "00", pairs, NATIONAL_AT, ids, PRESIDENT)
    return watchlist([("pilpres-2024", [contest])])


def watchlist(elections: Iterable[tuple[str, Sequence[Contest]]]) -> Watchlist:
    """A whole watchlist of elections, each (id, contests)."""
    return Watchlist(
        schema=1,
        elections=tuple(
            Election(id=name, name=name, contests=tuple(contests)) for name, contests in elections
        ),
    )


def make_contest(
    contest_id: str,
    region_names: tuple[str, ...],
    region_code: str,
    pairs: Pairs,
    at: datetime,
    ids: dict[str, str] | None = None,
    known: dict[str, Known] | None = None,
) -> Contest:
    """A contest whose campaign is the month around `at`; without `known`, ballot names alone."""
    candidates = []
    for line, (_, names) in enumerate(pairs, start=1):
        for seat, printed in enumerate(names):
            if is_empty_box(printed):
                continue
            canonical = canonical_name(printed)
            extra = (known or {}).get(canonical)
            default = f"{contest_id}-{line}{'ab'[seat]}"
            candidate_id = (ids or {}).get(canonical, default)
            candidates.append(_candidate(candidate_id, printed, canonical, extra))
    return Contest(
        id=contest_id,
        name=contest_id,
        region_code=region_code,
        region_names=region_names,
        ballot_status="prospective" if any(one[0] is None for one in pairs) else "determined",
        ballot_as_of=at,
        ballot_source="election commission, list of determined pairs",
        ballot=tuple(
            BallotPair(
                number=number,
                names=names,
                parties=PARTIES.get(contest_id, {}).get(number or 0, ()),
            )
            for number, names in pairs
        ),
        candidates=tuple(candidates),
        phases=(
            Phase(
                name="campaign",
                start=(at - timedelta(days=15)).astimezone(UTC),
                end=(at + timedelta(days=15)).astimezone(UTC),
            ),
        ),
    )


def _candidate(candidate_id: str, printed: str, canonical: str, known: Known | None) -> Candidate:
    if known is None:
        return Candidate(id=candidate_id, ballot_name=printed, names=(canonical,))
    return Candidate(
        id=candidate_id,
        ballot_name=printed,
        names=known.names,
        aliases=known.aliases,
        ambiguous_aliases=known.ambiguous,
        accounts=tuple(CandidateAccount(platform="x", handle=one) for one in known.accounts),
        hashtags=known.hashtags,
    )


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a head."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
