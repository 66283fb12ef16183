"""Are the candidates found where a person says they are named? Counts on the labelled posts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluation.finder import Found, Keep, is_sufficient, span_of
from evaluation.labels import Labelled, Mention
from evaluation.metrics import Matching, Place, Share, match, same

FORMS: Final = (
    "full name",
    "several words of it",
    "one word of it",
    "hashtag",
    "handle",
    "ballot number",
)
"""How a labelled mention is written."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of one way to predict, on one set of posts."""

    precision: Share
    recall: Share
    candidate_precision: Share
    """Of the pairs (post, candidate) that are found."""
    candidate_recall: Share
    by_form: dict[str, Share] = field(default_factory=dict)
    """Recall by how the mention is written."""
    by_kind: dict[str, Share] = field(default_factory=dict)
    """Precision by kind of evidence."""


def places(mentions: Iterable[Mention]) -> tuple[list[Place], list[Place]]:
    """(clear, unclear) labelled places."""
    clear: list[Place] = []
    unclear: list[Place] = []
    for one in mentions:
        place = Place(one.start, one.end, one.candidate)
        (unclear if one.kind == "unclear" else clear).append(place)
    return clear, unclear


def held_against(found: Found, labelled: Labelled, keep: Keep | None) -> Matching:
    """What was found in one post, against its labels."""
    return match(found.places(keep), *places(labelled.mentions))


def measure(
    found: Sequence[Found], labelled: Sequence[Labelled], keep: Keep | None = is_sufficient
) -> Quality:
    """Quality of the kept items as predictions, over posts in the same order."""
    right = met = candidates_right = candidates_met = 0
    found_count = labelled_count = candidates_found = candidates_labelled = 0
    forms: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one, label in zip(found, labelled, strict=True):
        result = held_against(one, label, keep)
        right += sum(result.right)
        found_count += len(result.found)
        met += sum(result.met)
        labelled_count += len(result.labelled)
        named = {place.candidate for place in result.labelled}
        seen = {place.candidate for place in result.found}
        candidates_right += len(seen & named)
        candidates_found += len(seen)
        candidates_met += len(named & {place.candidate for place in one.places(keep)})
        candidates_labelled += len(named)
        clear = [mention for mention in label.mentions if mention.kind != "unclear"]
        for mention, is_met in zip(clear, result.met, strict=True):
            forms[form_of(mention, label)].append(is_met)
        for kind, is_right in _kinds(one, result, keep):
            kinds[kind].append(is_right)
    return Quality(
        precision=Share(right, found_count),
        recall=Share(met, labelled_count),
        candidate_precision=Share(candidates_right, candidates_found),
        candidate_recall=Share(candidates_met, candidates_labelled),
        by_form={form: _share(forms[form]) for form in FORMS if forms[form]},
        by_kind={kind: _share(flags) for kind, flags in sorted(kinds.items())},
    )


def form_of(mention: Mention, labelled: Labelled) -> str:
    """How the mention is written, from its first character and its words."""
    surface = labelled.sample.text[mention.start : mention.end]
    if mention.kind == "number":
        return "ballot number"
    if surface[0] in "#@":
        return "hashtag" if surface[0] == "#" else "handle"
    words = len(surface.split())
    if words == 1:
        return "one word of it"
    return "full name" if words >= FULL_WORDS[mention.candidate] else "several words of it"


FULL_WORDS: Final = {
    "luluk": 3,
    "lukmanul": 2,
    "khofifah": 3,
    "emil": 3,
    "risma": 2,
    "gus-hans": 3,
}
"""Words of each candidate's name on the ballot."""


def _kinds(found: Found, result: Matching, keep: Keep | None) -> Iterable[tuple[str, bool]]:
    """(kind, right) of every kept item that is judged."""
    for item in found.items:
        if keep is not None and not keep(item):
            continue
        place = Place(*span_of(item, found.sample), item.candidate_id)
        if any(same(place, other) for other in result.ignored):
            continue
        yield item.kind, any(same(place, other) for other in result.labelled)


def _share(flags: Sequence[bool]) -> Share:
    counts = Counter(flags)
    return Share(counts[True], len(flags))
