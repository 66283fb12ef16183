"""Real names that no weight has seen: how the comparison of names judges them.

Indonesian names of one person in two lists, ballot names with their titles, and pairs that others
have judged. The files may be used to measure and not to learn or to ship (`INDEX.tsv`).
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any, Final

from matchers.evidence_levels import AGREEING_NAMES, NameLevel
from matchers.name_levels import name_level
from matchers.names import canonical_name

VARIANTS: Final = "matching/id_linked_name_variants.csv"
TITLES: Final = "matching/id_title_strip_dprdprov2019.csv"
JUDGED: Final = "matching/nomenklatura_name_bench_cases.csv"
ALIKE: Final = AGREEING_NAMES | {NameLevel.PART, NameLevel.INITIALS, NameLevel.SIMILAR}


def real_names(data: Path) -> dict[str, Any]:
    """Shares by level and file."""
    return {
        "variants": _variants(data / VARIANTS),
        "titles": _titles(data / TITLES),
        "judged": _judged(data / JUDGED),
    }


def _variants(path: Path) -> dict[str, float]:
    """Levels of two writings of one person's name; those equal but for case are left out."""
    levels: Counter[str] = Counter()
    for row in _rows(path):
        if row["identical_ignoring_case"].lower() in ("true", "1"):
            continue
        levels[str(_level(row["name_a"], row["name_b"]))] += 1
    total = sum(levels.values())
    return {"pairs": total} | {level: count / total for level, count in levels.most_common()}


def _titles(path: Path) -> dict[str, float]:
    """How often a ballot name becomes the name that the commission lists without titles."""
    total = right = 0
    for row in _rows(path):
        if row["title_front"] or row["title_back"]:
            total += 1
            right += canonical_name(row["ballot_name"]) == canonical_name(row["full_name"])
    return {"titled": total, "stripped": right / total}


def _judged(path: Path) -> dict[str, float]:
    """Pairs of persons' names that the project nomenklatura has judged."""
    found: Counter[tuple[bool, bool]] = Counter()
    for row in _rows(path):
        if row["schema"] == "Person":
            alike = _level(row["name1"], row["name2"]) in ALIKE
            found[alike, row["is_match"].lower() in ("true", "1")] += 1
    right = found[True, True]
    return {
        "pairs": sum(found.values()),
        "precision": right / (right + found[True, False]),
        "recall": right / (right + found[False, True]),
    }


def _level(ours: str, theirs: str) -> NameLevel:
    return name_level(canonical_name(ours), canonical_name(theirs), 1)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
