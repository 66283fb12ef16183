"""Rewriting a mention in its post keeps the rest, and says where it stands now."""

from random import Random

from evaluation import robustness
from evaluation.disguise import Undisguisable, dotted
from evaluation.labels import Mention
from evaluation.metrics import Place
from evaluation.robustness import names_in, rewritten
from tests.evaluation.build import finder, labelled

POST = labelled(
    "Bu Sekarwangi dan Bram: #Sekarwangi",
    Mention(3, 13, "luluk", "name"),
    Mention(18, 22, "khofifah", "name"),
    Mention(24, 35, "luluk", "name"),
)


def test_only_names_in_plain_words_are_disguised() -> None:
    assert [one.start for one in names_in(POST)] == [3, 18]


def test_places_follow_the_rewritten_text() -> None:
    case = rewritten(POST, names_in(POST), dotted, Random(1))
    assert case is not None
    sample, places = case
    assert sample.text == "Bu S.e.k.a.r.w.a.n.g.i dan B.r.a.m: #Sekarwangi"
    assert [sample.text[place.start : place.end] for place in places] == [
        "S.e.k.a.r.w.a.n.g.i",
        "B.r.a.m",
    ]
    assert sample.places["hashtags[0]"] == (36, 47)


def test_a_name_without_room_stays_and_is_not_counted() -> None:
    def only_long(name: str, rng: Random) -> str:
        if len(name) < 6:
            raise Undisguisable(name)
        return name.upper()

    case = rewritten(POST, names_in(POST), only_long, Random(1))
    assert case is not None
    assert case[0].text == "Bu SEKARWANGI dan Bram: #Sekarwangi"
    assert case[1] == [Place(3, 13, "luluk")]
    assert rewritten(POST, names_in(POST)[1:], only_long, Random(1)) is None


def test_undisguised_names_are_the_ceiling_and_typos_are_put_together() -> None:
    classes = {"typo: insert": dotted, "typo: delete": dotted}
    found = robustness.measure(finder(), [POST], classes, [1, 2])
    assert found[robustness.PLAIN].alone_any.whole == 2
    assert found["typo"].alone.whole == sum(found[name].alone.whole for name in classes) == 8
