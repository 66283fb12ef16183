"""Invariant 05: display names alone produce neither a match nor a candidate."""

from hypothesis import given
from hypothesis import strategies as st

from config.settings import JudgementSettings
from matchers.evidence_levels import NameLevel
from matchers.exact_identity import resolve
from matchers.fuzzy_identity import MOST_WEIGHED, rank_candidates
from tests.matchers.model import MODEL, lead_for
from tests.matchers.people import Row, post_by, register_of

EAGER = JudgementSettings(base_rate=9_999, lead_threshold=1)
REGISTER = register_of(Row("budi.sasmitho", None), Row("sri.wahyuni", "8", "p2", "Sri Wahyuni"))


@given(
    handle=st.sampled_from(["xqzt", "tokoberkah", "88", "budi", "sasmitho"]),
    name=st.sampled_from(["Budi Sasmitho", "Sri Wahyuni", "Drs. Budi Sasmitho, SH"]),
)
def test_inv_05_an_equal_name_under_an_unlike_handle_is_nothing(handle: str, name: str) -> None:
    post = post_by(handle, None, name=name, bio="staf BKPSDM Surabaya")
    assert resolve([post], REGISTER) == [None]
    assert rank_candidates(post, REGISTER, MODEL, EAGER) == []
    assert lead_for(post, REGISTER, EAGER) is None


@given(name=st.text(max_size=30))
def test_inv_05_no_name_changes_who_the_candidates_are(name: str) -> None:
    silent = rank_candidates(post_by("budisasmitho"), REGISTER, MODEL, EAGER)
    named = rank_candidates(post_by("budisasmitho", name=name), REGISTER, MODEL, EAGER)
    assert [one.row for one in named] == [one.row for one in silent] == [0]


def test_inv_05_a_single_word_never_corroborates() -> None:
    register = register_of(Row("suharto.88", "7", name="Suharto"))
    usual = JudgementSettings()
    silent = rank_candidates(post_by("suharto_88"), register, MODEL, usual)
    named = rank_candidates(post_by("suharto_88", name="Suharto"), register, MODEL, usual)
    assert [one.probability for one in named] == [one.probability for one in silent]


def test_inv_05_a_namesake_is_looked_for_among_the_proposed_only() -> None:
    """Even where a common handle meets more accounts than are looked at one by one."""
    common = [
        Row(f"budi.sasmitho{n}", None, f"c{n}", "Sri Wahyuni") for n in range(MOST_WEIGHED + 5)
    ]
    namesake = Row("xqzt", None, "n", "Budi Sasmitho")
    found = rank_candidates(
        post_by("budisasmitho", name="Budi Sasmitho"),
        register_of(*common, namesake),
        MODEL,
        EAGER,
    )
    assert len(found) == MOST_WEIGHED
    assert {one.evidence.name for one in found} == {NameLevel.DIFFERS}
