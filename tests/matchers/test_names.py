"""Titles off, spelling made new; against the published split of names and titles where present."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.names import canonical_name


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Drs. H. Moch. Djoko Soesilo, S.Pd., M.Si.", "muhammad joko susilo"),
        ("Dr. (H.C.) Budi Santoso", "budi santoso"),
        ("KH. Ma'ruf Amin", "maruf amin"),
        ("Tgk. Abdullah", "abdullah"),
        ("Prof. Dr. Ir. Hj. Siti Noerbaya, M.Sc., Ph.D", "siti nurbaya"),
        ("Capt. Tjahjo Koemolo, M.Mar.", "cahjo kumolo"),
        ("Brigjen TNI (Purn) Sjahrir", "syahrir"),
        ("BUDI SANTOSO SE.MM", "budi santoso"),
        ("Budi Santoso S.Sos.M.Si", "budi santoso"),
        ("Budi Santoso, S. Pd. I", "budi santoso"),
        ("Budi Santoso,A.Ma.Pd", "budi santoso"),
        ("Mohamad Yusuf", "muhammad yusuf"),
        ("Moh. Yusuf", "muhammad yusuf"),
        ("Achmad Fauzi", "ahmad fauzi"),
        ("Suharto", "suharto"),
        ("Haji", "haji"),
        ("Dr. SH", "sh"),
        ("Mat Sani", "mat sani"),
        ("Muhammad Mus", "muhammad mus"),
        ("José Ramos", "jose ramos"),
        ("", ""),
        ("🙂 ...", ""),
    ],
)
def test_one_name_one_form(written: str, canonical: str) -> None:
    assert canonical_name(written) == canonical


@given(st.text(max_size=60))
def test_any_text_has_a_form_of_plain_words(name: str) -> None:
    canonical = canonical_name(name)
    assert canonical == " ".join(canonical.split())
    assert canonical == canonical.lower()


@given(
    st.sampled_from(["Drs.", "H.", "Ir. Hj.", "Prof. Dr."]), st.sampled_from(["SE", "S.Pd., M.Si"])
)
def test_titles_around_a_name_change_nothing(front: str, back: str) -> None:
    assert canonical_name(f"{front} Sri Wahyuni, {back}") == "sri wahyuni"


@pytest.mark.shared
def test_titles_are_stripped_from_nearly_all_ballot_names(shared: Path) -> None:
    """The source's own slips (a name spelt in two ways) are about 0.2 % of its rows."""
    with (shared / "matching/id_title_strip_dprdprov2019.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    titled = [row for row in rows if row["title_front"] or row["title_back"]]
    equal = sum(
        canonical_name(row["ballot_name"]) == canonical_name(row["full_name"]) for row in titled
    )
    assert equal >= 0.99 * len(titled)
