"""A watchlist of two real contests, every pair of the ballot, from the evaluation data.

Candidates' names are read from the ballots of the election commission; accounts are the handles
of which the posts themselves speak, and invented campaign accounts on the other platforms.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from matchers.names import canonical_name
from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Phase,
    PhaseName,
    Watchlist,
)

WIB = timezone(timedelta(hours=7))

# What people call them, by a word of the canonical name; all verified in the press (public facts).
ALIASES: dict[str, tuple[str, ...]] = {
    "khofifah": ("Khofifah", "Bu Khofifah"),
    "emil": ("Emil Dardak", "Mas Emil"),
    "luluk": ("Luluk", "Bu Luluk"),
    "lukmanul": ("Lukman",),
    "risma": ("Risma", "Bu Risma"),
    "zahrul": ("Gus Hans",),
    "anies": ("Anies", "Anies Baswedan"),
    "muhaimin": ("Cak Imin", "Muhaimin"),
    "prabowo": ("Prabowo",),
    "gibran": ("Gibran",),
    "ganjar": ("Ganjar Pranowo",),
    "mahfud": ("Mahfud", "Mahfud MD"),
}
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "prabowo": ("gemoy",),
    "ganjar": ("Ganjar",),
    "anies": ("amin",),
    "emil": ("Emil",),
}

PARTIES: dict[str, dict[int, tuple[str, ...]]] = {
    "presiden": {
        1: ("NasDem", "PKB", "PKS"),
        2: ("Gerindra", "Golkar", "PAN", "Demokrat"),
        3: ("PDIP", "PDI Perjuangan", "PPP", "Hanura", "Perindo"),
    },
    "gub-jatim": {
        1: ("PKB",),
        2: ("Golkar", "Gerindra", "Demokrat", "PAN", "PPP", "PKS", "NasDem"),
        3: ("PDIP", "PDI Perjuangan"),
    },
}
"""Who nominated which pair, the larger ones; from the press (public facts)."""

Windows = tuple[tuple[PhaseName, str, str], ...]
NATIONAL: Windows = (
    ("before_determination", "2023-10-19", "2023-11-13"),
    ("after_determination", "2023-11-13", "2023-11-28"),
    ("campaign", "2023-11-28", "2024-02-11"),
    ("quiet", "2024-02-11", "2024-02-14"),
    ("polling_day", "2024-02-14", "2024-02-15"),
    ("after_polling", "2024-02-15", "2024-02-20"),
)
REGIONAL: Windows = (
    ("before_determination", "2024-08-27", "2024-09-22"),
    ("after_determination", "2024-09-22", "2024-09-25"),
    ("campaign", "2024-09-25", "2024-11-24"),
    ("quiet", "2024-11-24", "2024-11-27"),
    ("polling_day", "2024-11-27", "2024-11-28"),
    ("after_polling", "2024-11-28", "2024-12-03"),
)


def real_watchlist(data: Path) -> Watchlist:
    """Both contests: the president of 2024 and the governor of East Java of 2024."""
    mentions = _mentions(data)
    governor = [
        (int(row["ballot_no"]), (row["head"], row["deputy"]))
        for row in read_rows(data / "candidates/pilkada2024_pairs.csv")
        if row["level"] == "governor" and row["region_code"] == "35"
    ]
    pairs = json.loads((data / "candidates/pilpres2024_pairs.json").read_text(encoding="utf-8"))
    president = [
        (pair["nomor_urut"], _split(pair["nama"]))
        for pair in pairs.values()
        if isinstance(pair, dict)
    ]
    return Watchlist(
        schema=1,
        elections=(
            Election(
                id="pilpres-2024",
                name="Presidential election 2024",
                contests=(
                    _contest(
                        "presiden", "President", "00", ("Indonesia",), president, NATIONAL, mentions
                    ),
                ),
            ),
            Election(
                id="pilkada-2024",
                name="Regional elections 2024",
                contests=(
                    _contest(
                        "gub-jatim",
                        "Governor of East Java",
                        "35",
                        ("Jawa Timur", "Jatim"),
                        governor,
                        REGIONAL,
                        mentions,
                    ),
                ),
            ),
        ),
    )


def _contest(
    contest_id: str,
    name: str,
    region_code: str,
    region_names: tuple[str, ...],
    pairs: Sequence[tuple[int, tuple[str, ...]]],
    windows: Windows,
    mentions: Counter[str],
) -> Contest:
    return Contest(
        id=contest_id,
        name=name,
        region_code=region_code,
        region_names=region_names,
        ballot_status="determined",
        ballot_as_of=_instant(windows[1][1]),
        ballot_source="election commission, list of determined pairs",
        ballot=tuple(
            BallotPair(number=number, names=names, parties=PARTIES[contest_id][number])
            for number, names in pairs
        ),
        candidates=tuple(
            _candidate(contest_id, number, seat, printed, mentions)
            for number, names in pairs
            for seat, printed in enumerate(names)
        ),
        phases=tuple(
            Phase(name=phase, start=_instant(start), end=_instant(end))
            for phase, start, end in windows
        ),
    )


def _candidate(
    contest_id: str, number: int, seat: int, printed: str, mentions: Counter[str]
) -> Candidate:
    canonical = canonical_name(printed)
    key = next(word for word in ALIASES if word in canonical)
    candidate_id = f"{contest_id}-{number}-{'ab'[seat]}"
    known = sorted(
        (handle for handle in mentions if key in handle), key=lambda h: (-mentions[h], h)
    )[:2]
    for handle in known:  # a pair's common account is entered once
        del mentions[handle]
    invented = f"tim{key}{number}"
    return Candidate(
        id=candidate_id,
        ballot_name=printed,
        names=(canonical,),
        aliases=ALIASES[key],
        ambiguous_aliases=AMBIGUOUS.get(key, ()),
        accounts=(
            *(CandidateAccount(platform="x", handle=handle) for handle in known),
            CandidateAccount(platform="instagram", handle=invented, kind="campaign"),
            CandidateAccount(
                platform="facebook",
                handle=invented,
                account_id=f"fb-{candidate_id}",
                kind="campaign",
            ),
            CandidateAccount(platform="tiktok", handle=invented, kind="campaign"),
        ),
        hashtags=(f"{key}{number}menang", f"salam{number}{key}"),
        slogans=(f"bersama {key} maju",),
    )


def _mentions(data: Path) -> Counter[str]:
    """Handles that the posts mention and that fit the platform's alphabet."""
    return Counter(
        handle.lower()
        for row in read_rows(data / "posts/pilgub_jatim2024_relabel.csv")
        for handle in re.findall(r"@([A-Za-z0-9_]{4,15})\b", row["text"])
        if not handle.startswith("u_")
    )


def _split(pair_name: str) -> tuple[str, ...]:
    head, deputy = pair_name.split(" - ")
    return head, deputy


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _instant(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=WIB).astimezone(UTC)
