import pytest

from matchers.cues import CUE_RULES, CueRule, find_cues
from streams.records import Target
from tests.matchers.build import a_post


def kinds(text: str) -> set[str]:
    return {cue.kind for cue in find_cues(a_post(text))}


@pytest.mark.parametrize("rule", CUE_RULES, ids=lambda rule: f"{rule.kind}: {rule.example}")
def test_every_row_of_the_table_finds_its_example(rule: CueRule) -> None:
    assert rule.kind in kinds(rule.example)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jangan pilih dia", {"opposition"}),
        ("jangan lagi coblos dia", {"opposition"}),
        ("bukan dukung siapa-siapa", {"question"}),
        ("saya tidak mendukung", set()),
        ("gak akan pilih dia", set()),
        ("tak ragu dukung Bu Tika", {"support"}),
        ("jangan lupa pilih Bu Tika", {"support", "appeal"}),
        ("tidak tolak", set()),
        ("gunakan hak pilih", set()),
        ("di dukung koalisi", set()),
        ("heran sama yang milih dia", set()),
        ("usai mencoblos, ia pulang", set()),
        ("ia mencoblos di TPS 16", {"information"}),
        ("berpeluang memenangkan pilgub", set()),
        ("pilihan makanan", set()),
        ("memilihkan baju", set()),
        ("", set()),
        ("makan enak hari ini", set()),
        ('ia bilang "kami semua akan datang"', {"quotation"}),
        ("benar?", {"question"}),
    ],
)
def test_scope_and_negation(text: str, expected: set[str]) -> None:
    assert kinds(text) == expected


def test_spans_are_of_the_original_and_name_their_field() -> None:
    text = "Ayo, ❤️ DUKUNǴ Bu Tika"
    post = a_post(text, target=Target(text="siapa dia?"))
    cues = find_cues(post)
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
    cues = find_cues(a_post("dukung " * 9_000 + '"' + "x" * 300 + '"' + "?" * 1_000))
    assert len(cues) == 256
    assert all(len(cue.surface) <= 256 for cue in cues)
