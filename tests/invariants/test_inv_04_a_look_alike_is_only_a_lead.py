"""Invariant 04: a fuzzy match is a lead with ranked candidates, never an identity."""

import pytest

from config.settings import JudgementSettings
from matchers.exact_identity import resolve
from matchers.types import Identity, Lead
from tests.matchers.model import lead_for
from tests.matchers.people import Row, post_by, register_of

EAGER = JudgementSettings(base_rate=9_999, lead_threshold=1)
REGISTER = register_of(Row("budi.sasmitho", None), Row("budi_sasmitho", "8", "p2", "Sri Wahyuni"))


@pytest.mark.parametrize("handle", ["budisasmitho", "bud1.sasmitho", "budi.sasmith0"])
def test_inv_04_a_look_alike_is_never_an_identity(handle: str) -> None:
    post = post_by(handle, None, name="Budi Sasmitho", bio="staf BKPSDM Surabaya")
    assert resolve([post], REGISTER) == [None]
    assert resolve([post], register_of(Row("budi.sasmitho", None))) == [None]
    found = lead_for(post, REGISTER, EAGER)
    assert isinstance(found, Lead)
    assert not isinstance(found, Identity)


def test_inv_04_candidates_are_ranked_with_probabilities_that_share_one_event() -> None:
    found = lead_for(post_by("budisasmitho", None, name="Budi Sasmitho"), REGISTER, EAGER)
    assert found is not None
    chances = [one.probability for one in found.candidates]
    assert chances == sorted(chances, reverse=True)
    assert len(chances) == 2
    assert sum(chances) <= 10_000


def test_inv_04_below_the_threshold_there_is_no_lead() -> None:
    post = post_by("budisasmitho", None, name="Budi Sasmitho", bio="suka kopi")
    assert lead_for(post, REGISTER, JudgementSettings()) is None
    sure = JudgementSettings(lead_threshold=10_000)
    assert lead_for(post_by("budi_sasmitho", None), REGISTER, sure) is None
