"""Emoji, right-to-left marks, joiners, combining marks: matched on what a reader sees."""

import pytest

from matchers.screening import Stages
from tests.invariants.live import LiveRun
from tests.invariants.scene import BOUND, BOUND_ID, in_force, outcome


@pytest.fixture(scope="module")
def stages(live: LiveRun) -> Stages:
    return in_force(live.lists).stages


@pytest.mark.parametrize(
    "surface",
    [
        "Khofifah Indar Parawansa",
        "Khofifah\u200d Indar Parawansa",
        "Kho\u200bfifah Indar Para\u2060wansa",
        "\u202eKhofifah Indar\u202c Parawansa",
        "Khofi\u0301fah Indar Parawansa\u0301",
        "Khofífah Indar Párawansa",
        "𝗞𝗵𝗼𝗳𝗶𝗳𝗮𝗵 𝗜𝗻𝗱𝗮𝗿 𝗣𝗮𝗿𝗮𝘄𝗮𝗻𝘀𝗮",
        "KHOFIFAH INDAR PARAWANSA",
        "Kh\u043ef\u0456f\u0430h Indar Parawansa",
    ],
    ids=ascii,
)
@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("ayo dukung ", "!"),
        ("👨‍👩‍👧 👍🏽 dukung ", " 🇮🇩🔥"),
        ("\u200fشكرا dukung ", " \u200f:)"),
    ],
    ids=["plain", "emoji", "right-to-left"],
)
def test_the_span_points_at_the_original_characters(
    stages: Stages, before: str, surface: str, behind: str
) -> None:
    text = before + surface + behind
    (flag,) = outcome(stages, BOUND, BOUND_ID, text=text).flags
    names = [item for item in flag.evidence if item.kind in ("full_name", "fuzzy_name")]
    assert names
    for item in names:
        assert text[item.start : item.end] == item.surface
        assert item.field == "text"
    # What lies around the name is invisible: marks and joiners, never a letter of its neighbours.
    (longest,) = sorted(names, key=lambda item: item.start - item.end)[:1]
    assert longest.surface.strip("\u200d\u200f\u202c\u202e") in surface
    assert longest.surface.endswith(surface[-3:])
    assert "dukung" in [cue.surface for cue in flag.cues]
