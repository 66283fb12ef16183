"""The page's plots, as SVG without a date, so that the same figures give the same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from evaluation.disguise import GOALS
from evaluation.metrics import Share
from evaluation.report import MENTION_GOALS
from evaluation.run import BOTH, Results


def plots(found: Results, folder: Path) -> None:
    """Write mentions, disguises and evidence into `folder`."""
    mpl.rcParams["svg.hashsalt"] = "netral"
    mpl.rcParams["svg.fonttype"] = "none"
    folder.mkdir(parents=True, exist_ok=True)
    _mentions(found, folder / "mentions.svg")
    _disguises(found, folder / "disguises.svg")
    _evidence(found, folder / "evidence.svg")


def _mentions(found: Results, path: Path) -> None:
    quality = found.headline.mentions[BOTH]
    shares = {"all mentions": quality.recall, **quality.by_form}
    figure, axes = plt.subplots(figsize=(7, 3.2))
    _bars(axes, list(shares), list(shares.values()))
    axes.axvline(MENTION_GOALS["recall"], color="grey", linewidth=0.8, linestyle="--")
    axes.set(xlabel="recall, with 95 % interval; dashed: the goal", xlim=(0, 1.02))
    _save(figure, path)


def _disguises(found: Results, path: Path) -> None:
    robust = found.headline.disguises
    figure, axes = plt.subplots(figsize=(7, 4.6))
    names = list(robust)
    _bars(axes, names, [robust[name].alone for name in names])
    for place, name in enumerate(names):
        axes.plot(robust[name].alone_any.value, place, "o", color="black", markersize=3)
        if name in GOALS:
            axes.plot([GOALS[name]] * 2, [place - 0.4, place + 0.4], color="firebrick")
    axes.set(
        xlabel="recall, with 95 % interval; dot: insufficient items too; red: the goal",
        xlim=(0, 1.02),
    )
    _save(figure, path)


def _evidence(found: Results, path: Path) -> None:
    figure, panels = plt.subplots(1, len(found.coverage), figsize=(8, 3.4), sharey=True)
    kinds = sorted({kind for one in found.coverage.values() for kind, _ in one.kinds})
    for axes, (name, one) in zip(panels, found.coverage.items(), strict=True):
        every = [_of_kind(one.kinds, kind, 0) for kind in kinds]
        counted = [_of_kind(one.kinds, kind, 1) for kind in kinds]
        axes.barh(kinds, every, color="lightgrey", label="all")
        axes.barh(kinds, counted, color="steelblue", height=0.5, label="sufficient")
        axes.set(title=f"{name}, {one.posts:,} posts", xlabel="items")
    panels[0].legend()
    _save(figure, path)


def _of_kind(counts: dict[tuple[str, str], tuple[int, int]], kind: str, place: int) -> int:
    return sum(pair[place] for (one, _), pair in counts.items() if one == kind)


def _bars(axes: Any, names: Sequence[str], shares: Sequence[Share]) -> None:
    """Horizontal bars from the top, each with its interval."""
    values = [share.value for share in shares]
    low = [share.value - share.interval[0] for share in shares]
    high = [share.interval[1] - share.value for share in shares]
    axes.barh(range(len(names)), values, xerr=[low, high], color="steelblue", ecolor="black")
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
