"""Everything that is measured, in one run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evaluation import ablation, cue_quality, mentions, ordinary, robustness
from evaluation.ablation import Collection, Coverage, Dropped
from evaluation.cue_quality import StanceQuality
from evaluation.disguise import disguises
from evaluation.finder import Finder, Found, is_sufficient
from evaluation.labels import HALVES, Labelled, Stance, load_labels
from evaluation.mentions import Quality
from evaluation.national import NATIONAL_NAMES, national_watchlist
from evaluation.ordinary import FalseMentions
from evaluation.posts import Sample, governor_posts, ordinary_posts, president_posts
from evaluation.robustness import Robustness
from evaluation.watchlists import governor_watchlist, president_watchlist

STANCES: Final[tuple[Stance, ...]] = ("support", "opposition")
BOTH: Final = "both"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: seeds of the disguises, names on the national watchlist."""

    seeds: tuple[int, ...]
    names: int


FULL: Final = Scale(seeds=(1, 2, 3, 4, 5), names=NATIONAL_NAMES)
QUICK: Final = Scale(seeds=(1,), names=20_000)
"""For continuous integration: under a minute."""


@dataclass(frozen=True)
class Headline:
    """What is recorded and checked. Mentions and cues by half of the labelled posts, and both."""

    scale: Scale
    labelled: dict[str, int]
    mentions: dict[str, Quality]
    mentions_any: dict[str, Quality]
    """With items that do not count alone as predictions too."""
    cues: dict[str, dict[Stance, StanceQuality]]
    disguises: dict[str, Robustness]
    ordinary: FalseMentions


@dataclass(frozen=True)
class Results:
    """The headline figures, and what explains them."""

    headline: Headline
    coverage: dict[str, Coverage]
    dropped: list[Dropped]


@dataclass(frozen=True, slots=True)
class LabelledRun:
    """The governor's watchlist over all posts of that contest, and over the labelled ones."""

    finder: Finder
    samples: list[Sample]
    labelled: list[Labelled]
    found: list[Found]

    def half(self, half: str) -> tuple[list[Found], list[Labelled]]:
        """One half of the labelled posts, or both."""
        pairs = [
            (found, label)
            for found, label in zip(self.found, self.labelled, strict=True)
            if half in (BOTH, label.half)
        ]
        return [found for found, _ in pairs], [label for _, label in pairs]


def labelled_run(data: Path) -> LabelledRun:
    """Find what the governor's watchlist finds in the labelled posts."""
    samples = list(governor_posts(data))
    labelled = load_labels(samples)
    finder = Finder(governor_watchlist(data))
    return LabelledRun(finder, samples, labelled, list(finder.find(x.sample for x in labelled)))


def ordinary_run(data: Path, names: int) -> Iterator[Found]:
    """What a national watchlist finds in ordinary text."""
    return Finder(national_watchlist(data, names)).find(ordinary_posts(data))


def _silent(what: str) -> None:
    """Nobody waits."""


def headline(
    data: Path, scale: Scale, run: LabelledRun, say: Callable[[str], None] = _silent
) -> Headline:
    """The figures that are recorded."""
    halves = {half: run.half(half) for half in (*HALVES, BOTH)}
    say("names in disguise")
    robust = robustness.measure(run.finder, run.labelled, disguises(data), scale.seeds)
    say(f"ordinary text, {scale.names:,} names")
    false = ordinary.measure(
        scale.names, ordinary_run(data, scale.names), ordinary.load_judgements()
    )
    return Headline(
        scale=scale,
        labelled={half: len(labels) for half, (_, labels) in halves.items()},
        mentions={half: mentions.measure(*pair, is_sufficient) for half, pair in halves.items()},
        mentions_any={half: mentions.measure(*pair, None) for half, pair in halves.items()},
        cues={
            half: {stance: cue_quality.measure(*pair, stance) for stance in STANCES}
            for half, pair in halves.items()
        },
        disguises=robust,
        ordinary=false,
    )


def results(data: Path, scale: Scale, say: Callable[[str], None] = _silent) -> Results:
    """Everything."""
    say("labelled posts")
    run = labelled_run(data)
    top = headline(data, scale, run, say)
    say("35,950 posts without labels")
    president = Finder(president_watchlist(data))
    collections: Sequence[Collection] = (
        Collection("governor", run.finder, list(run.finder.find(run.samples))),
        Collection("president", president, list(president.find(president_posts(data)))),
    )
    say("what each kind of evidence adds")
    return Results(
        headline=top,
        coverage={one.name: ablation.coverage(one.founds) for one in collections},
        dropped=ablation.measure(collections, run.labelled),
    )
