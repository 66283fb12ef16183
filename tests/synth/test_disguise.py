from random import Random

import pytest
from rapidfuzz.distance import OSA

from synth.disguise import DISGUISES

NAME = "Khofifah Indar Parawansa"


@pytest.mark.parametrize("kind", sorted(DISGUISES))
def test_a_disguise_changes_the_name(kind: str) -> None:
    for seed in range(20):
        assert DISGUISES[kind](NAME, Random(seed)) != NAME


def test_a_typo_is_one_edit() -> None:
    for seed in range(50):
        assert OSA.distance(DISGUISES["typo"](NAME, Random(seed)), NAME) == 1


def test_known_disguises() -> None:
    rng = Random(1)
    assert DISGUISES["leet"](NAME, rng) == "Khofifah Indar P4r4w4ns4"
    assert DISGUISES["spaced"]("Emil D", rng) == "E m i l  D"
    assert DISGUISES["capitals"](NAME, rng) == "KHOFIFAH INDAR PARAWANSA"
    assert DISGUISES["zero_width"]("Emil", rng) == "Em\u200dil"
