"""Invariant 03: conclusive identity is the account id, or the handle while no id is held."""

from hypothesis import given
from hypothesis import strategies as st

from config.settings import JudgementSettings
from matchers.exact_identity import resolve
from matchers.types import REUSED_HANDLE, Identity
from tests.matchers.model import lead_for
from tests.matchers.people import Row, post_by, register_of

IDS = st.sampled_from([None, "7", "8"])
HANDLES = st.sampled_from(["budi.s", "@Budi.S", "budi_s", "buddi.s", "other"])


@given(held=IDS, handle=HANDLES, account_id=IDS)
def test_inv_03_nothing_else_is_ever_conclusive(
    held: str | None, handle: str, account_id: str | None
) -> None:
    (finding,) = resolve([post_by(handle, account_id)], register_of(Row("budi.s", held)))
    if isinstance(finding, Identity):
        by_id = held is not None and account_id == held
        by_handle = held is None and handle.lower().lstrip("@") == "budi.s"
        assert finding.status == ("bound" if by_id else "declared")
        assert by_id or by_handle


def test_inv_03_a_reused_handle_is_no_match_and_no_lead() -> None:
    register = register_of(Row("budi.s", "7"))
    post = post_by("budi.s", "8", name="Budi Sasmitho", bio="ASN di Surabaya")
    eager = JudgementSettings(base_rate=9_999, lead_threshold=1)
    assert resolve([post], register) == [REUSED_HANDLE]
    assert lead_for(post, register, eager) is None


def test_inv_03_once_an_id_is_bound_the_handle_alone_is_not_enough() -> None:
    assert resolve([post_by("budi.s")], register_of(Row("budi.s", "7"))) == [None]
