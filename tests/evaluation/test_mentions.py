"""Counting right and missed mentions on posts whose answer is known."""

from evaluation import cue_quality, mentions
from evaluation.finder import is_sufficient
from evaluation.labels import Labelled, Mention
from tests.evaluation.build import finder, labelled

NAMED = labelled("Sekarwangi datang bersama orang lain", Mention(0, 10, "luluk", "name"))
MISSED = labelled("Kang Bram datang", Mention(5, 9, "khofifah", "name"))
TAGGED = labelled("Salam! #Sekarwangi @sekarwangi_p", Mention(7, 18, "luluk", "name"),
                  Mention(19, 32, "luluk", "name"))  # fmt: skip
FALSE = labelled("nama anak saya Sekarwangi")
UNCLEAR = labelled("Sekarwangi?", Mention(0, 10, "luluk", "unclear"))


def quality(*posts: Labelled, every: bool = False) -> mentions.Quality:
    found = list(finder().find(one.sample for one in posts))
    return mentions.measure(found, posts, None if every else is_sufficient)


def test_counts_add_up_over_posts() -> None:
    one = quality(NAMED, MISSED, TAGGED, FALSE, UNCLEAR)
    assert (one.precision.part, one.precision.whole) == (3, 4)
    assert (one.recall.part, one.recall.whole) == (3, 4)
    assert (one.candidate_precision.part, one.candidate_precision.whole) == (2, 3)
    assert (one.candidate_recall.part, one.candidate_recall.whole) == (2, 3)


def test_an_ambiguous_alias_alone_is_not_found() -> None:
    assert quality(MISSED).recall.part == 0
    assert quality(MISSED, every=True).recall.part == 0


def test_recall_is_told_apart_by_how_the_mention_is_written() -> None:
    forms = quality(NAMED, TAGGED).by_form
    assert {form: share.whole for form, share in forms.items()} == {
        "one word of it": 1, "hashtag": 1, "handle": 1,
    }  # fmt: skip


def test_stance_needs_a_cue_and_a_mention_that_counts() -> None:
    posts = [
        labelled("Ayo dukung Sekarwangi", luluk_lukmanul="support"),
        labelled("Ayo dukung kami", luluk_lukmanul="support"),
        labelled("Sekarwangi datang"),
    ]
    found = list(finder().find(one.sample for one in posts))
    one = cue_quality.measure(found, posts, "support")
    assert (one.precision.part, one.precision.whole) == (1, 1)
    assert (one.recall.part, one.recall.whole) == (1, 2)
    assert (one.pair_precision.part, one.pair_precision.whole) == (1, 1)
