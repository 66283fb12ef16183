"""What a cue is worth where it stands: negation, other people, questions, reports."""

import pytest

from matchers.cues import find_cues
from tests.matchers.build import a_post, naming

STANCES = {"support", "opposition", "appeal"}


def found(text: str) -> list[tuple[str, str]]:
    post = a_post(text)
    return [(cue.kind, cue.surface) for cue in find_cues(post, naming(post))]


def stances(text: str) -> set[str]:
    return {kind for kind, _ in found(text)} & STANCES


@pytest.mark.parametrize(
    "text",
    [
        "bukan dukung siapa-siapa",
        "saya tidak mendukung",
        "batal dukung Emil",
        "belum tentu saya pilih Risma",
        "tanpa mendukung siapa pun",
        "aku ora milih Khofifah",
        "salah pilih Khofifah dulu",
        "bingung mau pilih Risma",
        "daripada pilih Khofifah",
        "tidak tolak",
        "bukan kami bersama dia",
    ],
)
def test_a_negation_cancels(text: str) -> None:
    assert stances(text) == set()


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("jangan pilih dia", "jangan pilih"),
        ("jangan lagi coblos dia", "jangan lagi coblos"),
        ("saya tidak akan memilih Khofifah", "tidak akan memilih"),
        ("gak bakal coblos Khofifah", "gak bakal coblos"),
        ("gak usah pilih Khofifah", "gak usah pilih"),
        ("ogah dukung Khofifah", "ogah dukung"),
        ("stop dukung Khofifah", "stop dukung"),
        ("nyesel milih Khofifah", "nyesel milih"),
        ("ojo milih Khofifah", "ojo milih"),
        ("aja nyoblos Khofifah", "aja nyoblos"),
        ("emoh milih Khofifah", "emoh milih"),
        ("tidak layak jadi gubernur", "tidak layak jadi gubernur"),
        ("dudu pilihanku", "dudu pilihanku"),
    ],
)
def test_a_refusal_is_opposition_and_says_what_made_it_so(text: str, surface: str) -> None:
    assert found(text) == [("opposition", surface)]


@pytest.mark.parametrize(
    "text",
    [
        "bukan tidak mendukung Risma",
        "tidak mungkin saya tidak pilih Risma",
        "tak ragu dukung Bu Tika",
        "tak akan salah pilih Risma",
        "gak nyesel milih Risma",
        "jangan lupa pilih Bu Tika",
        "jangan ragu pilih Bu Tika",
        "ojok lali coblos nomer 1",
        "jangan sampai tidak pilih Risma",
        "tidak hanya mendukung, kami siap menangkan Risma",
        "jangan pilih yang lain",
        "tidak akan pilih selain Risma",
    ],
)
def test_two_negations_cancel_each_other(text: str) -> None:
    assert "support" in stances(text)
    assert "opposition" not in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "bukan karena apa-apa, saya dukung Risma",
        "bukan karena apa apa saya dukung Risma",
        "saya tidak suka debat tapi pilih Emil",
        "bukan Khofifah tapi dukung Risma",
        "tidak! Dukung Risma",
        "gak ngerti politik, pokoknya coblos nomor 3",
        "aku bukan orang partai namun kali ini saya pilih Risma",
        "cuma pilih Risma",
    ],
)
def test_a_negation_does_not_reach_over_its_clause(text: str) -> None:
    assert stances(text) == {"support"}


def test_contrast_supports_the_second() -> None:
    assert found("bukan dukung Khofifah tapi dukung Risma") == [("support", "dukung")]
    assert {kind for kind, _ in found("Jangan pilih Khofifah, pilih Risma")} == {
        "opposition",
        "support",
    }


@pytest.mark.parametrize(
    "text",
    [
        "heran orang pada pilih dia",
        "orang yang pilih Khofifah banyak",
        "banyak yang gak milih dia",
        "temen gw milih Khofifah",
        "disuruh milih Khofifah",
        "kalau kalian pilih Khofifah ya siap-siap",
        "terserah mau pilih Risma",
        "di kampung sini wong milih Khofifah",
        "mending pilih calon lain",
        "berita hari ini #pkb #dukung #luluk",
    ],
)
def test_the_vote_of_others_is_no_cue(text: str) -> None:
    assert "support" not in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "yang saya pilih Risma",
        "kalau saya pilih Risma",
        "kalau bisa pilih Risma",
        "kalian harus pilih Risma",
        "orang Jatim wajib pilih Risma",
    ],
)
def test_the_authors_own_vote_and_call_is(text: str) -> None:
    assert "support" in stances(text)


@pytest.mark.parametrize(
    "text",
    [
        "pilih siapa?",
        "milih yang mana",
        "siapa yang dukung Risma?",
        "kenapa dukung Risma?",
        "kok milih Khofifah",
        "lapo milih Khofifah",
        "masih mau pilih Khofifah?",
        "Saya dukung Emil?",
        "milih Bu Risma apa Bu Luluk ya",
    ],
)
def test_a_question_is_no_support(text: str) -> None:
    assert stances(text) == set()


def test_rhetorical_calls_and_polls_stand_and_are_marked() -> None:
    assert found("kapan lagi? pilih Risma!") == [
        ("question", "kapan"),
        ("question", "?"),
        ("support", "pilih"),
    ]
    for text in (
        "Kapan lagi kita dukung Risma?",
        "Apakah kalian dukung Risma?",
        "Dukung Risma?",
    ):
        assert {kind for kind, _ in found(text)} == {"question", "support"}
    assert {"appeal", "support"} <= stances("yuk pilih Risma, setuju?")


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("Relawan Santri Dukung Khofifah-Emil", "Relawan Santri Dukung"),
        ("Din Syamsuddin Dukung Luluk-Lukman", "Din Syamsuddin Dukung"),
        ("PKS dukung Luluk", "PKS dukung"),
        ("Ketua DPC: pilih Risma", "Ketua DPC: pilih"),
        ("Mereka menyatakan dukungan penuh kepada Risma", "menyatakan dukungan penuh kepada"),
        ("ribuan warga deklarasi dukung Risma", "ribuan warga deklarasi dukung"),
        ("sama seperti saat Anies dukung Luluk", "sama seperti saat Anies dukung"),
        (
            "konsolidasi digelar untuk memenangkan Risma",
            "konsolidasi digelar untuk memenangkan",
        ),
        ("55% pilih Khofifah", "55% pilih"),
        ("Dukung Penuh Khofifah-Emil Pengasuh Ponpes Al-Amien", "Dukung"),
        ("Ogah Dukung Risma Eks Banteng Ketaton Teriakkan Khofifah", "Ogah Dukung"),
        ("ujar Budi, jangan pilih Risma", "jangan pilih"),
    ],
)
def test_news_of_support_is_quotation_over_its_frame(text: str, frame: str) -> None:
    assert stances(text) == set()
    assert ("quotation", frame) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Kami siap dukung Risma, kata Budi",
        '"Saya akan pilih Risma karena jujur," ujar Budi',
        "“Ayo coblos nomor tiga, saudara”",
        "katanya Emil dukung Risma",
        "menurut Budi kami pilih Risma",
    ],
)
def test_quoted_words_are_not_the_authors(text: str) -> None:
    assert stances(text) == set()
    assert "quotation" in {kind for kind, _ in found(text)}


@pytest.mark.parametrize(
    "text",
    [
        "menurut saya pilih Risma",
        "kata saya sih pilih Risma",
        "Rakyat Jatim siap memenangkan Risma",
        "Alumni Unair kompak milih Risma",
        "Jatim pilih Bu Luluk",
        "Kami relawan menyatakan dukung Risma",
        "Partai boleh lain, saya dukung Risma",
        "PKB sudah usung. Pilih Luluk",
        "Ayo Dukung Risma",
        "Saya Dukung Risma",
        "Ketua RT ini ayo pilih Risma",
        "DUKUNG RISMA SAMPAI MENANG",
    ],
)
def test_own_words_beside_and_in_the_peoples_name_stand(text: str) -> None:
    assert "support" in stances(text)


def test_a_report_and_ones_own_word_are_both_found() -> None:
    cues = found("PKS dukung Luluk. Saya juga dukung Luluk!")
    assert cues == [("quotation", "PKS dukung"), ("support", "dukung")]
