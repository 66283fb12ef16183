"""False mentions: what was read as a real politician is none, what nobody read is said so."""

import json
from pathlib import Path

import pytest

from evaluation import ordinary
from evaluation.labels import LabelsError, fingerprint
from evaluation.ordinary import HITS, Judgement, Judgements, Spot, judge, load_judgements, spots
from evaluation.posts import ordinary_posts
from tests.evaluation.build import finder, post

TEXT = "kata Sekarwangi kemarin"
SPOT = Spot("test", 1, 5, 15)


def test_each_sufficient_spot_is_seen_once() -> None:
    [found] = finder().find([post(TEXT)])
    assert list(spots(found)) == [(SPOT, "alias, exact")]


def test_a_judgement_holds_for_its_very_span_and_surface() -> None:
    [found] = finder().find([post(TEXT)])
    judged = Judgements({SPOT: ("real", fingerprint("sekarwangi"))})
    assert judge(found, SPOT, judged) == "real"
    assert judge(found, SPOT._replace(end=9), judged) == "unjudged"
    changed = Judgements({SPOT: ("real", fingerprint("lestari"))})
    with pytest.raises(LabelsError, match="test, line 1: the text has changed"):
        judge(found, SPOT, changed)


def test_a_surface_is_judged_where_its_place_is_not() -> None:
    [found] = finder().find([post(TEXT)])
    surfaces: dict[tuple[str, str], Judgement] = {("test", fingerprint("sekarwangi")): "false"}
    assert judge(found, SPOT, Judgements({}, surfaces)) == "false"
    spots: dict[Spot, tuple[Judgement, str]] = {SPOT: ("real", fingerprint("sekarwangi"))}
    assert judge(found, SPOT, Judgements(spots, surfaces)) == "real"


def test_unjudged_hits_count_as_false() -> None:
    one = ordinary.measure(
        2, finder().find([post(TEXT), post("tidak ada siapa-siapa")]), Judgements()
    )
    assert (one.false.part, one.false.whole, one.unjudged.part) == (1, 2, 1)
    assert one.by_judgement == {"real": 0, "false": 0, "unjudged": 1}
    assert one.by_kind == {"alias, exact": 1}


def test_a_judgement_is_real_or_false(tmp_path: Path) -> None:
    line = {"source": "test", "number": 1, "start": 0, "end": 3, "sha256": "0", "judgement": "?"}
    (tmp_path / "hits.jsonl").write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(LabelsError, match="neither real nor false"):
        load_judgements(tmp_path / "hits.jsonl")


@pytest.mark.shared
def test_what_was_read_still_stands_there(shared: Path) -> None:
    texts = {(one.source, one.number): one.text for one in ordinary_posts(shared)}
    judged = load_judgements(HITS).spots
    assert judged
    for spot, (_, surface) in judged.items():
        written = texts[spot.source, spot.number][spot.start : spot.end]
        assert fingerprint(written.lower()) == surface, spot
