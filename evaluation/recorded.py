"""The headline figures as they were recorded, and whether today's have fallen below them."""

from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Final

import orjson

from evaluation.labels import HALVES
from evaluation.metrics import Share
from evaluation.run import BOTH, STANCES, Headline

RECORDED: Final = Path(__file__).parent / "recorded.json"
TOLERANCE: Final = 0.01
"""One point: less is noise of a changed watchlist or a handful of posts."""
FALSE_TOLERANCE: Final = 0.001
"""For the share of ordinary posts with a false mention, whose goal is 0.003."""
FALSE: Final = "ordinary posts with a false mention"

Figures = dict[str, float | None]
"""By name; None where nothing was predicted, so that there is no precision."""


def figures(top: Headline) -> Figures:
    """What is recorded of a run."""
    found: Figures = {}
    for half in (BOTH, *HALVES):
        quality = top.mentions[half]
        found[f"mentions, {half}: precision"] = _plain(quality.precision)
        found[f"mentions, {half}: recall"] = _plain(quality.recall)
    quality = top.mentions[BOTH]
    found["candidates in posts: precision"] = _plain(quality.candidate_precision)
    found["candidates in posts: recall"] = _plain(quality.candidate_recall)
    for stance in STANCES:
        cues = top.cues[BOTH][stance]
        found[f"{stance}: precision"] = _plain(cues.precision)
        found[f"{stance}: recall"] = _plain(cues.recall)
    for name, robust in top.disguises.items():
        found[f"disguised, {name}: recall"] = _plain(robust.alone)
    found[FALSE] = _plain(top.ordinary.false)
    return found


def load(kind: str, path: Path = RECORDED) -> Figures:
    """The recorded figures of a kind of run, `quick` or `full`."""
    recorded: dict[str, Figures] = orjson.loads(path.read_bytes())
    return recorded[kind]


def write(by_kind: Mapping[str, Figures], path: Path = RECORDED) -> None:
    """Record these figures; kinds that are not given stay."""
    known: dict[str, Figures] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    path.write_bytes(
        orjson.dumps(known | dict(by_kind), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )


def falls(now: Figures, recorded: Figures) -> list[str]:
    """Every figure that is worse than recorded by more than the tolerance, in words."""
    problems = []
    for name, before in recorded.items():
        after = now.get(name)
        if before is None:
            continue
        if after is None:
            if before == 0:  # nothing was right, nothing is claimed any more
                continue
            problems.append(f"{name}: recorded {before:.4f}, now there is no such figure")
        elif name == FALSE:
            if after > before + FALSE_TOLERANCE:
                problems.append(f"{name}: recorded {before:.4f}, now {after:.4f}: more of them")
        elif after < before - TOLERANCE:
            problems.append(f"{name}: recorded {before:.4f}, now {after:.4f}")
    return problems


def _plain(share: Share) -> float | None:
    return None if isnan(share.value) else round(share.value, 4)
