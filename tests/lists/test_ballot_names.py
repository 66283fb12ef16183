"""Printed names and regions taken apart: what people call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists.ballot_names import ShortForms, parse_ballot_name
from lists.ballot_regions import parse_region
from matchers.fold import fold

NAMES = [
    ("WIRASAKTI TANUHARJO", "Wirasakti Tanuharjo", ()),
    ("Drs. H. MOCH. DJOKO SOESILO, S.Pd., M.Si.", "Moch Djoko Soesilo", ()),
    ("Tgk. H. M. GALANG RAHMI, Lc., M.Ag.", "M Galang Rahmi", ()),
    ("H. RUDY MAS'UD, S.E., M.E.", "Rudy Masud", ()),
    ("Dr. (H.C) Ir. SARASWATI, M.T.", "Saraswati", ()),
    ("Letjen. (Purn.) SURYANATA A. PRABU", "Suryanata A Prabu", ()),
    ("dr. BASKARA, Sp.OG (K), M.H.", "Baskara", ()),
    ("GALANG, B.Sc. (Hons)., M.T.", "Galang", ()),
    ("H. LESMANA KARNO, S.IP. (SI DUL)", "Lesmana Karno", ("Si Dul",)),
    ("ZAINAL (CHEK ZAINAL), M.Si.", "Zainal", ("Chek Zainal",)),
    ("H. A. S. SUKAWIJAYA ALIAS YOYOK SUKAWI, S.E.", "A S Sukawijaya", ("Yoyok Sukawi",)),
    ("H. ALIAS WELLO, S.I.P.", "Alias Wello", ()),
    ("H. SURYA, M.M., Datuk Bilang", "Surya", ()),
    ("H. ASEP AL-AYUBI", "Asep Al Ayubi", ()),
    ("RESKI (Hoji", "Reski", ("Hoji",)),
    ("(SENDIRI)", "Sendiri", ("Sendiri",)),
    (", S.E.", "S E", ()),
    ("Haji", "Haji", ()),
    ("ÉLODIE, S.H.", "Elodie", ()),
]


@pytest.mark.parametrize(("printed", "full", "nicknames"), NAMES, ids=[name for name, *_ in NAMES])
def test_a_name_without_titles(printed: str, full: str, nicknames: tuple[str, ...]) -> None:
    parsed = parse_ballot_name(printed)
    assert (parsed.full, parsed.nicknames) == (full, nicknames)


@given(st.text(max_size=60))
def test_any_text_gives_words_that_can_be_searched(text: str) -> None:
    parsed = parse_ballot_name(text)
    assert all(fold(name) for name in (*parsed.words, *parsed.nicknames))


def short_forms(*printed: str) -> list[list[str]]:
    people = [parse_ballot_name(one) for one in printed]
    forms = ShortForms(people, frozenset(["indah"]))
    return [forms.of(one) for one in people]


def test_the_first_two_words_and_the_first_with_the_last() -> None:
    assert short_forms("KERTARAJASA GALANG MAHESWARI") == [
        ["Kertarajasa Galang", "Kertarajasa Maheswari"]
    ]
    assert short_forms("KERTARAJASA GALANG") == [[]]
    assert short_forms("KERTARAJASA") == [[]]


def test_initials_and_muhammad_in_front_fall_away() -> None:
    assert short_forms("M. GALANG KERTARAJASA") == [["Galang Kertarajasa"]]
    assert short_forms("MOH. GALANG KERTARAJASA LESMANA") == [
        ["Galang Kertarajasa Lesmana", "Galang Kertarajasa", "Galang Lesmana"]
    ]


def test_no_form_that_somebody_else_is_called() -> None:
    first, second, third = short_forms(
        "KERTARAJASA GALANG MAHESWARI", "KERTARAJASA GALANG LESMANA", "PRABU KERTARAJASA MAHESWARI"
    )
    assert first == []  # the other two hold both of its short forms
    assert second == ["Kertarajasa Lesmana"]
    assert third == ["Prabu Kertarajasa", "Prabu Maheswari"]


def test_no_form_of_usual_words_particles_and_initials() -> None:
    assert short_forms("ABDUL RAHMAN KERTARAJASA") == [["Abdul Kertarajasa"]]
    assert short_forms("SITI INDAH LESTARI") == [[]]
    assert short_forms("GALANG BIN KERTARAJASA") == [["Galang Kertarajasa"]]
    assert short_forms("LESMANA A KERTARAJASA") == [["Lesmana Kertarajasa"]]


BUPATI = "Bupati dan Wakil Bupati"
WALI_KOTA = "Wali Kota dan Wakil Wali Kota"
GUBERNUR = "Gubernur dan Wakil Gubernur"
REGIONS = [
    ("governor", "35", "JAWA TIMUR", GUBERNUR, ("Jawa Timur", "Jatim")),
    ("governor", "31", "DKI JAKARTA", GUBERNUR, ("DKI Jakarta", "Jakarta", "DKI")),
    ("governor", "99", "PROVINSI CONTOH", GUBERNUR, ("Contoh",)),
    ("regent_mayor", "9901", "KABUPATEN X RAYA", BUPATI,
     ("X Raya", "Kabupaten X Raya", "Kab X Raya")),
    ("regent_mayor", "9901", "KAB. SATU", BUPATI, ("Satu", "Kabupaten Satu", "Kab Satu")),
    ("regent_mayor", "9901", "KOTA BARU", BUPATI,
     ("Kota Baru", "Kabupaten Kota Baru", "Kab Kota Baru")),
    ("regent_mayor", "9901", "KEP. SATU", BUPATI,
     ("Kepulauan Satu", "Kabupaten Kepulauan Satu", "Kab Kepulauan Satu")),
    ("regent_mayor", "99.71", "KOTA BAU-BAU", WALI_KOTA, ("Bau-Bau", "Kota Bau-Bau")),
    ("regent_mayor", "9971", "BANDA SATU", WALI_KOTA, ("Banda Satu", "Kota Banda Satu")),
    ("regent_mayor", "9971", "KOTA", WALI_KOTA, ("Kota", "Kota Kota")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "code", "printed", "office", "names"), REGIONS, ids=[one[2] for one in REGIONS]
)
def test_a_region(level: str, code: str, printed: str, office: str, names: tuple[str, ...]) -> None:
    region = parse_region(level, code, printed)
    assert region.contest_name == f"Pemilihan {office} {names[0]}"
    assert set(region.names(frozenset())) == set(names)


def test_a_region_is_not_called_by_an_everyday_word() -> None:
    everyday = frozenset(["batu", "riau", "jaya", "raya"])
    assert parse_region("regent_mayor", "3579", "KOTA BATU").names(everyday) == ("Kota Batu",)
    assert "Jaya Raya" in parse_region("regent_mayor", "9901", "JAYA RAYA").names(everyday)
    assert parse_region("governor", "14", "RIAU").names(everyday) == ("Riau",)
