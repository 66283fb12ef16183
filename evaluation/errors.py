"""What went wrong, with its context, for reading on the terminal. No file keeps any of it.

Errors on labelled posts come from the half that may be looked at, never from the other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Final

from evaluation import cue_quality, ordinary, robustness
from evaluation.disguise import disguises
from evaluation.finder import Found, is_sufficient, span_of
from evaluation.labels import HALVES
from evaluation.mentions import held_against
from evaluation.metrics import match
from evaluation.run import STANCES, LabelledRun, labelled_run, ordinary_run
from matchers.cues import find_cues

VIEWS: Final = ("mentions", "cues", "disguises", "ordinary", "unlabelled")
AROUND: Final = 45
"""Characters of context on each side."""
SAMPLE: Final = 40
LOOKED_AT: Final = HALVES[0]


def lines(view: str, data: Path, names: int, seed: int) -> Iterator[str]:
    """The errors of one view, or a seeded sample of what there is no label for."""
    if view == "ordinary":
        yield from _ordinary(ordinary_run(data, names))
        return
    run = labelled_run(data)
    if view == "mentions":
        yield from _mentions(run)
    elif view == "cues":
        yield from _cues(run)
    elif view == "disguises":
        yield from _disguises(run, data, seed)
    else:
        yield from _unlabelled(run, Random(seed))


def context(text: str, start: int, end: int) -> str:
    """The span in double brackets with what stands around it, on one line."""
    before, behind = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return " ".join(f"{before}[[{text[start:end]}]]{behind}".split())


def _mentions(run: LabelledRun) -> Iterator[str]:
    for found, label in zip(*run.half(LOOKED_AT), strict=True):
        text, row = label.sample.text, label.sample.number
        kept, every = (held_against(found, label, keep) for keep in (is_sufficient, None))
        for place, right in zip(kept.found, kept.right, strict=True):
            if not right:
                yield f"false  {row} {place.candidate}: {context(text, place.start, place.end)}"
        for place, met, met_weakly in zip(kept.labelled, kept.met, every.met, strict=True):
            if not met:
                how = "weak  " if met_weakly else "unseen"
                yield f"{how} {row} {place.candidate}: {context(text, place.start, place.end)}"


def _cues(run: LabelledRun) -> Iterator[str]:
    for stance in STANCES:
        for found, label in zip(*run.half(LOOKED_AT), strict=True):
            said = cue_quality.predicted(found, stance)
            true = {pair for pair, side in label.stance.items() if side == stance}
            if label.unclear_stance or bool(said) == bool(true):
                continue
            cues = [
                f"{cue.kind} {cue.surface!r}" for cue in find_cues(found.sample.post, found.items)
            ]
            kind = "false " if said else "missed"
            text = " ".join(label.sample.text.split())
            yield f"{stance}, {kind} {label.sample.number} {label.stance} {cues}\n    {text}"


def _disguises(run: LabelledRun, data: Path, seed: int) -> Iterator[str]:
    _, labels = run.half(LOOKED_AT)
    for name, disguise in disguises(data).items():
        cases = list(robustness.cases(labels, name, disguise, [seed], everywhere=False))
        missed = []
        for found, (one, places) in zip(run.finder.find(c[0] for c in cases), cases, strict=True):
            if not all(match(found.places(is_sufficient), places).met):
                weak = all(match(found.places(None), places).met)
                shown = context(one.text, places[0].start, places[0].end)
                missed.append(f"    {'weak  ' if weak else 'unseen'} {shown}")
        yield f"{name}: {len(missed)} of {len(cases)} missed"
        yield from Random(seed).sample(missed, min(len(missed), SAMPLE // 2))


def _ordinary(founds: Iterable[Found]) -> Iterator[str]:
    judgements = ordinary.load_judgements()
    surfaces: Counter[str] = Counter()
    for found in founds:
        for spot, kind in ordinary.spots(found):
            judgement = ordinary.judge(found, spot, judgements)
            if judgement != "real":
                surfaces[found.sample.text[spot.start : spot.end].lower()] += 1
                shown = context(found.sample.text, spot.start, spot.end)
                where = f"{spot.source}:{spot.number}:{spot.start}-{spot.end}"
                yield f"{judgement:8} {kind}: {where}: {shown}"
    yield "most often: " + ", ".join(f"{name} {count}" for name, count in surfaces.most_common(40))


def _unlabelled(run: LabelledRun, rng: Random) -> Iterator[str]:
    labelled = {label.sample.number for label in run.labelled}
    founds = [one for one in run.finder.find(run.samples) if one.sample.number not in labelled]
    by_kind: dict[str, list[str]] = {}
    for found in founds:
        for item in found.items:
            kind = f"{item.kind}, {item.method}, {'' if item.sufficient else 'in'}sufficient"
            start, end = span_of(item, found.sample)
            shown = context(found.sample.text, start, end)
            by_kind.setdefault(kind, []).append(
                f"    {found.sample.number} {item.candidate_id}: {shown}"
            )
    for kind, several in sorted(by_kind.items()):
        yield f"{kind}: {len(several):,}"
        yield from rng.sample(several, min(len(several), SAMPLE // 2))
    silent = [" ".join(one.sample.text.split())[:160] for one in founds if not one.items]
    yield f"nothing found: {len(silent):,}"
    yield from (f"    {text}" for text in rng.sample(silent, min(len(silent), SAMPLE)))
