"""The measured part of docs/evaluation.md: tables, each with what it does not show."""

from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Final

from evaluation.ablation import Coverage, Dropped
from evaluation.disguise import GOALS, LEET_MAP
from evaluation.labels import HALVES
from evaluation.mentions import Quality
from evaluation.metrics import Share
from evaluation.national import BALLOT_NAMES, REGENCIES
from evaluation.ordinary import FalseMentions
from evaluation.posts import GOVERNOR, IDNER, PRESIDENT, SMSA
from evaluation.robustness import PLAIN, Robustness
from evaluation.run import BOTH, STANCES, Results
from evaluation.watchlists import PILKADA, PRESIDENTIAL

USED: Final = (
    GOVERNOR,
    PRESIDENT,
    *SMSA,
    *IDNER,
    PILKADA,
    PRESIDENTIAL,
    BALLOT_NAMES,
    REGENCIES,
    LEET_MAP,
)
MENTION_GOALS: Final = {"precision": 0.97, "recall": 0.95}
CUE_GOAL: Final = 0.85
FALSE_GOAL: Final = 0.003


def page(found: Results, causes: str, licences: Mapping[str, str]) -> list[str]:
    """Every line below the marker. `licences` by path, as the data's index states them."""
    top = found.headline
    return [
        *_mentions(found),
        *_cues(found),
        *_disguises(top.disguises, len(top.scale.seeds)),
        *_ordinary(top.ordinary),
        *_coverage(found.coverage),
        *_dropped(found.dropped),
        "",
        causes.rstrip("\n"),
        "",
        *_data(licences),
    ]


def licences_of(index: Path) -> dict[str, str]:
    """Path → `licence (source)`, from the data's INDEX.tsv."""
    found = {}
    for line in index.read_text(encoding="utf-8").splitlines()[1:]:
        path, _, _, source, licence = line.split("\t")
        found[path] = f"{licence} | {source}"
    return found


def _mentions(found: Results) -> list[str]:
    top = found.headline
    head = ["", *(f"{half} ({top.labelled[half]} posts)" for half in (*HALVES, BOTH)), "goal"]
    kept = [top.mentions[half] for half in (*HALVES, BOTH)]
    every = [top.mentions_any[half] for half in (*HALVES, BOTH)]
    both = top.mentions[BOTH]
    return [
        "## Candidates named in posts",
        "",
        "A mention counts as found where a sufficient piece of evidence for the same candidate",
        "overlaps it; a hashtag is found by an item inside it, a handle or hashtag also by the",
        "post's own list of them. `unclear` labels count for neither side.",
        "",
        *table(
            head,
            [
                _quality_row("precision", kept, "precision", "≥ 0.97"),
                _quality_row("recall", kept, "recall", "≥ 0.95"),
                _quality_row("precision, candidates in posts", kept, "candidate_precision", "–"),
                _quality_row("recall, candidates in posts", kept, "candidate_recall", "–"),
                _quality_row("precision, insufficient items too", every, "precision", "–"),
                _quality_row("recall, insufficient items too", every, "recall", "–"),
            ],
        ),
        "",
        "Recall by how the mention is written, and precision by kind of evidence (both halves):",
        "",
        *table(["written as", "recall"], [[k, shown(v)] for k, v in both.by_form.items()]),
        "",
        *table(["kind", "precision"], [[k, shown(v)] for k, v in both.by_kind.items()]),
        "",
        "![mentions](evaluation/mentions.svg)",
        "",
        "Does not show: other contests and candidates with everyday names; posts that a search",
        "for the candidates would not return (all 5,950 were searched for); what people would",
        "have labelled (see above). The aliases were written by somebody who had seen",
        "how often which wording is labelled, in both halves; errors were read in one half alone.",
        "",
    ]


def _quality_row(name: str, several: Sequence[Quality], field: str, goal: str) -> list[str]:
    return [name, *(shown(getattr(one, field)) for one in several), goal]


def _cues(found: Results) -> list[str]:
    top = found.headline
    lines = [
        "## Support and opposition",
        "",
        "A post is predicted to support somebody where the author's own words hold a cue of",
        "support or appeal and anything in it counts as a mention; to oppose, with a cue of",
        "opposition. Right where the label holds that stance for any pair; by pair, for the pairs",
        "that count in the post. Posts whose stance is labelled unclear are left out.",
        "",
    ]
    rows = []
    for stance in STANCES:
        for name, field, goal in (
            ("precision", "precision", f"≥ {CUE_GOAL}"),
            ("recall", "recall", "–"),
            ("precision by pair", "pair_precision", "–"),
            ("recall by pair", "pair_recall", "–"),
        ):
            cells = [shown(getattr(top.cues[half][stance], field)) for half in (*HALVES, BOTH)]
            rows.append([f"{stance}: {name}", *cells, goal])
    return [
        *lines,
        *table(["", *HALVES, BOTH, "goal"], rows),
        "",
        "Does not show: what a reviewer would call a breach; irony; stance by picture. Most",
        "labelled support is praise without a word of voting, which no rule asks for.",
        "",
    ]


def _disguises(robust: Mapping[str, Robustness], seeds: int) -> list[str]:
    rows = []
    for name, one in robust.items():
        goal = f"≥ {GOALS[name]}" if name in GOALS else "–"
        rows.append(
            [name, shown(one.alone), goal]
            + [f"{share.value:.3f}" for share in (one.alone_any, one.everywhere)]
            + [f"{one.everywhere_any.value:.3f}"]
        )
    return [
        "## Names in disguise",
        "",
        f"Every labelled mention that is a name in plain words, disguised in its post ({seeds}",
        "seed(s)): one mention at a time while the rest of the post stays, or every name in the",
        "post. Typos are made in names of six letters or more, never where a word begins.",
        "",
        *table(
            ["class", "recall", "goal", "any item", "every name: recall", "any item"],
            rows,
        ),
        "",
        "![disguises](evaluation/disguises.svg)",
        "",
        f"`{PLAIN}` is the ceiling: what is not found there cannot be found in disguise. Does not",
        "show how often people write so (of 5,950 real posts two hold leet) nor what readers can",
        "still read (`7u1uk` is in the class leet). Intervals are too narrow, because one mention",
        "is disguised once a seed.",
        "",
    ]


def _ordinary(one: FalseMentions) -> list[str]:
    judged = ", ".join(f"{name} {count:,}" for name, count in one.by_judgement.items())
    return [
        "## False mentions in ordinary text",
        "",
        f"All 545 regional contests of 2024 and {one.names:,} legislative names, over",
        f"{one.posts:,} texts that are about no election (reviews, comments, news).",
        "",
        *table(
            ["texts with", "share", "goal"],
            [
                ["a sufficient item", f"{one.hit.value:.2%} ({one.hit.part:,})", "–"],
                ["one that is no real politician's", _percent(one.false), f"≤ {FALSE_GOAL:.1%}"],
                ["one that nobody has judged", _percent(one.unjudged), "–"],
            ],
        ),
        "",
        f"Hits by judgement (`evaluation/labels/ordinary_hits.jsonl`): {judged}. Those that are",
        "not real, by kind and method:",
        "",
        *table(["kind, method", "hits"], [[k, f"{v:,}"] for k, v in one.by_kind.items()]),
        "",
        "Does not show: a real politician who is named counts as right also where the list means",
        "a namesake. Five names in six are invented from lists of usual words, so real lists may",
        "hold more or fewer everyday names. The texts are of 2010 to 2019, many in small letters.",
        "",
    ]


def _percent(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.2%} [{low:.2%}, {high:.2%}] ({share.part:,})"


def _coverage(by_name: Mapping[str, Coverage]) -> list[str]:
    rows = [
        [name, f"{one.posts:,}", f"{one.touched.value:.1%}", f"{one.counting.value:.1%}"]
        for name, one in by_name.items()
    ]
    pairs = sorted({pair for one in by_name.values() for pair in one.kinds})
    counts = [
        [
            f"{kind}, {method}",
            *(_two(one.kinds.get((kind, method), (0, 0))) for one in by_name.values()),
        ]
        for kind, method in pairs
    ]
    return [
        "## What is found in posts without labels",
        "",
        *table(["posts", "count", "touched", "with sufficient evidence"], rows),
        "",
        "Items by kind and method (of these sufficient):",
        "",
        *table(["kind, method", *by_name], counts),
        "",
        "![evidence](evaluation/evidence.svg)",
        "",
        "Does not show how many of them are right. Both collections were gathered by searching for",
        "the candidates, so nearly every post must touch; a stream of everything would not.",
        "",
    ]


def _two(pair: tuple[int, int]) -> str:
    return f"{pair[0]:,} ({pair[1]:,})" if pair[0] else "–"


def _dropped(lines: Sequence[Dropped]) -> list[str]:
    names = list(lines[0].touched)
    rows = [
        [
            line.name,
            shown(line.precision),
            shown(line.recall),
            *(
                f"{line.hits[name]:,} | {line.touched[name].part:,} | {line.counting[name].part:,}"
                for name in names
            ),
        ]
        for line in lines
    ]
    columns = [column for name in names for column in (f"{name}: hits", "touched", "sufficient")]
    return [
        "## What each kind and method adds",
        "",
        "Its hits are dropped, and the rest judged anew: precision and recall on the labelled",
        "posts, posts touched and posts with sufficient evidence in both collections.",
        "",
        *table(["without", "precision", "recall", *columns], rows),
        "",
        "Kinds without a line do not occur: no slogan is listed, no post is aimed at an account.",
        "Does not show what would be found instead: a hit that a longer one hid stays hidden.",
        "Disguises are rare in these posts, so their methods add little here; see above for what",
        "they find where they are needed.",
    ]


def _data(licences: Mapping[str, str]) -> list[str]:
    return [
        "## The data",
        "",
        "Not part of this repository, because most of it states no licence; ids, spans and figures",
        "only were taken from it. Labels: `evaluation/labels/` (`GUIDE.md`).",
        "",
        *table(
            ["file", "licence", "source"],
            [[f"`{path}`", licences.get(path, "– | –")] for path in USED],
        ),
    ]


def shown(share: Share) -> str:
    """A share with its interval and its counts."""
    if isnan(share.value):
        return "– (0 / 0)"
    low, high = share.interval
    return f"{share.value:.3f} [{low:.3f}, {high:.3f}] ({share.part:,} / {share.whole:,})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; a cell may hold ` | ` and then is several."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]
