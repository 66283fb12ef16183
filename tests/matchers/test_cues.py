"""The table of cues row by row, the shape of what is found, and what a verb is worth by itself."""

import pytest

from matchers.cues import CUE_RULES, CueRule, find_cues
from streams.records import Target
from tests.matchers.build import a_post, naming

ROWS = pytest.mark.parametrize(
    "rule", CUE_RULES, ids=[f"{rule.kind}: {rule.example}" for rule in CUE_RULES]
)


def kinds(text: str) -> set[str]:
    post = a_post(text)
    return {cue.kind for cue in find_cues(post, naming(post))}


@ROWS
def test_every_row_of_the_table_finds_its_example(rule: CueRule) -> None:
    assert rule.kind in kinds(rule.example)


@ROWS
def test_no_row_of_the_table_finds_its_counter_example(rule: CueRule) -> None:
    assert rule.kind not in kinds(rule.counter)


def test_no_example_stands_twice() -> None:
    examples = [rule.example for rule in CUE_RULES]
    assert len(set(examples)) == len(examples)


@pytest.mark.parametrize(
    "text",
    [
        "Dukunggg Risma",
        "dukuuung Risma",
        "piliiih Risma",
        "coblosss no 3",
        "ngedukung Risma terus",
        "ndukung Risma",
        "dukungin Risma",
        "milihin Risma",
        "coblosin aja no 3",
        "nyoblos Risma",
        "aku njago Risma",
        "Sore cerah #DukungRisma",
        "#KhofifahEmilLanjutkan",
        "#CoblosNomor2",
        "GASSS POLLL Bu Luluk",
        "Smoga Bu Risma terpilih jadi gubernur",
        "semoga dengan seizin Tuhan Yang Maha Esa pasangan Bu Khofifah dan Mas Emil menang",
        "Jatim cocok dipimpin Bu Risma, paling pas jadi gubernur",
        "Daripada Khofifah mending Risma",
        "Siapa lagi kalau bukan Bu Risma",
        "Arek Suroboyo kompak bersatu bareng Bu Risma",
        "Mas Anies for presiden",
        "lanjut pimpin Jatim",
        "tetep Pak Ganjar presiden",
    ],
)
def test_support_in_the_words_people_use(text: str) -> None:
    assert kinds(text) & {"support", "appeal"}


@pytest.mark.parametrize(
    "text",
    [
        "asal bukan Khofifah",
        "pokoke ojo Khofifah",
        "#TolakKhofifah",
        "#2019GantiPresiden",
        "tolak Khofifah, sudah cukup",
        "tenggelamkan Khofifah",
        "jangan sampai Khofifah menang lagi",
        "semoga yang menang bukan Khofifah",
        "tidaklah pantas jadi gubernur",
        "goblok banget yang milih Khofifah",
        "Khofifah pasien KPK",
    ],
)
def test_opposition_in_the_words_people_use(text: str) -> None:
    assert "opposition" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Jatim korupsi terus zaman Khofifah",  # criticism of what was done
        "Khofifah gagal, kemiskinan naik",
        "harga naik, jalan rusak, Khofifah diam saja",
        "tolak kenaikan tarif",
        "minum tolakangin",
        "Khofifah menolak tawaran investasi",
    ],
)
def test_criticism_is_no_opposition_by_itself(text: str) -> None:
    assert "opposition" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "gunakan hak pilih",
        "jangan tebang pilih",
        "di dukung koalisi",
        "pilihan makanan",
        "memilihkan baju",
        "daftar pemilih",
        "terpilih jadi ketua kelas",
        "berpeluang memenangkan pilgub",
        "sukseskan pilkada damai",
        "usai mencoblos, ia pulang",
        "ia mencoblos di TPS 16",
        "selamat memilih",
        "saya mendukung kebijakan baru",
        "bajunya kendor",
        "semangat Bunda",  # encouragement, of anybody
        "makan enak hari ini",
        "",
    ],
)
def test_everyday_and_official_words_are_no_support(text: str) -> None:
    assert not kinds(text) & {"support", "appeal", "opposition"}


def test_what_is_found_besides_stances() -> None:
    assert kinds("KPU: jadwal debat kedua") == {"information"}
    assert kinds("benar?") == {"question"}
    assert kinds('ia bilang "kami semua akan datang"') == {"quotation"}
    assert kinds("foto bareng") == {"together"}
    assert kinds("menyambut Bu Risma") == {"attendance"}
    assert kinds("hasil kerja nyata") == set()


def test_spans_are_of_the_original_and_name_their_field() -> None:
    text = "Ayo, ❤️ DUKUNǴ Bu Tika"
    post = a_post(text, target=Target(text="siapa dia?"))
    cues = find_cues(post, ())
    assert [(cue.field, cue.kind) for cue in cues] == [
        ("target.text", "question"),
        ("target.text", "question"),
        ("text", "appeal"),
        ("text", "support"),
    ]
    for cue in cues:
        source = text if cue.field == "text" else "siapa dia?"
        assert source[cue.start : cue.end] == cue.surface


def test_cues_are_bounded() -> None:
    cues = find_cues(a_post("dukung dia, " * 5_000 + '"' + "x" * 300 + '"' + "?" * 1_000), ())
    assert len(cues) == 256
    assert all(len(cue.surface) <= 256 for cue in cues)
