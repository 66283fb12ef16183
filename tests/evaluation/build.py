"""A contest of two invented pairs, and posts about it, for the tests."""

from evaluation.finder import Finder
from evaluation.labels import Labelled, Mention
from evaluation.posts import REGIONAL_AT, Sample, sample
from evaluation.watchlists import Known, make_contest, watchlist

KNOWN = {
    "sekarwangi puspitaningrum": Known(
        "luluk", ("Sekarwangi Puspitaningrum",), ("Sekarwangi",), (), ("sekarwangi_p",)
    ),
    "bramantyo hadiningrat": Known("khofifah", ("Bramantyo Hadiningrat",), (), ("Bram",)),
}
"""Two of the labels' candidate ids, for people who do not exist."""


def finder() -> Finder:
    pairs = [(1, ("Sekarwangi Puspitaningrum",)), (2, ("Bramantyo Hadiningrat",))]
    ids = {canonical: known.id for canonical, known in KNOWN.items()}
    contest = make_contest("uji", ("Negeri Dongeng",), "99", pairs, REGIONAL_AT, ids, KNOWN)
    return Finder(watchlist([("pemilu-uji", [contest])]))


def post(text: str, number: int = 1) -> Sample:
    return sample("test", number, text)


def labelled(text: str, *mentions: Mention, **stance: str) -> Labelled:
    """`stance` by pair, with `_` for the hyphen."""
    by_pair = {pair.replace("_", "-"): side for pair, side in stance.items()}
    return Labelled(post(text), mentions, by_pair, False, False)  # type: ignore[arg-type]
