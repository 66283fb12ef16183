"""Cues: the words that turn a candidate's name into support, attack, appeal, news or question.

They are evidence for a rule, never an opinion label on a person. One table, each row with an
example; negation is looked for in the words just before a cue. Word lists start from the cue
words in the public record of past cases and were tried on real election posts.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from matchers.fold import OffsetMap, fold
from matchers.touch import texts
from streams.records import Cue, CueKind, PublicPost
from streams.records.limits import MAX_LIST

MAX_SURFACE: Final = 256
_VOTE: Final = r"(?:dukung|pilih|coblos|nyoblos|menangkan|sukseskan|tusuk)"
_OFFICE: Final = r"(?:presiden|wapres|gubernur|wagub|bupati|wali ?kota)"
_CONTEST: Final = r"(?:pemilihan|pilgub|pilkada|pilpres|pilbup|pilwali|kontestasi)"
_NOT_OTHERS: Final = r"(?<!yg )(?<!yang )(?<!sing )(?<!seng )(?<!pada )"  # `yang pilih dia`: others
_NOT_DONE_TO: Final = rf"(?<!di ){_NOT_OTHERS}"  # passive, written apart: `di dukung koalisi`
_NOT_WHEN: Final = (
    rf"{_NOT_OTHERS}(?<!sebelum )(?<!saat )(?<!setelah )(?<!usai )"  # when somebody voted: news
)


class CueRule(NamedTuple):
    """A pattern over folded text; `negatable`: a negation before it cancels it."""

    kind: CueKind
    pattern: str
    example: str
    negatable: bool = False


CUE_RULES: Final = (
    CueRule("support", rf"{_NOT_DONE_TO}(?:men)?dukung(?:lah)?", "saya dukung Bu Risma", True),
    CueRule("support", rf"{_NOT_WHEN}(?:men|ny)?coblos(?:lah)?(?! di )", "coblos kumisnya", True),
    CueRule("support", r"tusuk(?:lah)?", "tusuk nomor satu", negatable=True),
    CueRule(
        "support",
        rf"{_NOT_OTHERS}(?<!hak )(?:pilih|milih|memilih)(?:lah)?",
        "pilih Emil saja",
        True,
    ),
    CueRule("support", rf"(?:me)?menangkan(?:lah)?(?! {_CONTEST})", "siap menangkan beliau", True),
    CueRule("support", r"sukseskan(?:lah)?", "sukseskan Luluk", negatable=True),
    CueRule("support", r"lanjutkan(?:lah)?", "lanjutkan, Bu!", negatable=True),
    CueRule("support", r"(?:semoga|pasti|harus|siap|insya ?allah) (?:\w+ )?menang", "pasti menang"),
    CueRule("support", r"gas ?pol+", "gaspol Gus Hans"),
    CueRule("support", r"satu putaran", "menang satu putaran"),
    CueRule("support", r"salam (?:\w+ )?jari", "salam dua jari"),
    CueRule("support", r"kami bersama", "kami bersama Khofifah", negatable=True),
    CueRule("opposition", rf"jangan (?:(?:lagi|pernah|sampai|mau) )?{_VOTE}", "jangan pilih dia"),
    CueRule("opposition", r"(?:me)?nolak|tolak", "tolak calon titipan", negatable=True),
    CueRule("opposition", rf"ganti {_OFFICE}", "saatnya ganti gubernur"),
    CueRule("opposition", r"asal(?:kan)? bukan", "asal bukan dia"),
    CueRule("opposition", r"bukan pilihan", "bukan pilihan rakyat"),
    CueRule(
        "appeal",
        rf"(?:ayo|yuk|mari|monggo|jangan lupa|jangan ragu) (?:\w+ ){{0,4}}?{_VOTE}",
        "ayo kita semua coblos nomor dua",
    ),
    CueRule("appeal", rf"(?:meng)?ajak (?:\w+ ){{0,4}}?{_VOTE}", "mengajak warga pilih Bu Luluk"),
    CueRule("appeal", r"(?:pilih|coblos|dukung|menangkan|sukseskan)lah", "pilihlah Bu Risma"),
    CueRule(
        "appeal",
        rf"(?:(?:meng)?h?imbau(?:an)?|seru(?:an|kan)|menyerukan) (?:\w+ ){{0,10}}?(?:men)?{_VOTE}",
        "seruan kepada warga untuk mendukung Bu Luluk",
    ),
    CueRule("attendance", r"(?:meng)?hadir(?:i)?", "hadir di deklarasi", negatable=True),
    CueRule("attendance", r"deklarasi|kampanye akbar", "ikut deklarasi"),
    CueRule("together", r"(?:ber)?(?:foto|selfie|swafoto) (?:bareng|bersama)", "foto bareng"),
    CueRule("attendance", r"(?:men)?dampingi|(?:me)?nyambut|sambut", "menyambut Gus Hans"),
    CueRule("information", r"kpu|kpud|bawaslu|dkpp", "info dari KPU"),
    CueRule("information", r"tps|dpt|surat suara|jadwal", "jadwal TPS"),
    CueRule("information", r"debat", "debat kedua malam ini"),
    CueRule("information", r"hasil|survei|quick count|real count|hitung cepat", "hasil survei"),
    CueRule("quotation", r"(?:kata|ujar|ungkap|tutur|tegas|ucap)(?:nya)?", "kata Khofifah"),
    CueRule("quotation", r"menurut|dilansir|dikutip", "menurut KPU"),
    CueRule(
        "quotation",
        r"men(?:gatakan|yatakan|egaskan|yebut|gklaim|yampaikan|ginstruksikan)|memastikan|instruksikan",
        "Sekjen menegaskan dukungan",
    ),
    CueRule("quotation", r"usung|(?:di|me)ngusung|diusung", "PKB usung Luluk"),
    CueRule(
        "question",
        r"apakah|sopo|piye|siapa(?:kah)?|kenapa|mengapa|bagaimana|gimana|kapan",
        "siapa dia",
    ),
)
"""What is looked for, between word boundaries of the folded text."""

NEGATIONS: Final = frozenset({
    "bukan", "tidak", "tak", "tdk", "gak", "ga", "gk", "nggak", "ngga", "enggak", "ndak", "gamau",
    "jangan", "jgn", "batal", "belum", "blm", "tanpa", "stop", "berhenti", "ogah", "anti",
})  # fmt: skip
LIFTS_NEGATION: Final = frozenset({"lupa", "ragu", "takut", "salah", "henti"})
"""`jangan lupa pilih` and `tak ragu dukung` are no negations of the vote."""
NEGATION_REACH: Final = 2
"""Words before a cue among which a negation counts."""

_RULES: Final = tuple((rule, re.compile(rf" (?:{rule.pattern})(?= )")) for rule in CUE_RULES)
"""For a text with a space put before and after it: a search from space to space is a quick one."""
_QUOTED: Final = re.compile(r"[\"“”„«]([^\"“”„«»\n]{12,240})[\"”“»]")
_QUESTION_MARK: Final = re.compile(r"[?？؟]+")
_FRAMES: Final[tuple[tuple[CueKind, re.Pattern[str]], ...]] = (
    ("quotation", _QUOTED),
    ("question", _QUESTION_MARK),
)


def find_cues(post: PublicPost) -> tuple[Cue, ...]:
    """Every cue in a post's texts, ordered by field, start, end, kind; at most 256.

    Spans are of the original text; a surface is cut at 256 characters.
    """
    cues = {cue for field, text in texts(post) for cue in _in_text(field, text)}
    return tuple(sorted(cues, key=lambda c: (c.field, c.start, c.end, c.kind))[:MAX_LIST])


def _in_text(field: str, text: str) -> Iterator[Cue]:
    for kind, pattern in _FRAMES:
        for frame in pattern.finditer(text):
            yield _cue(kind, field, text, frame.start(), frame.end())
    folded = fold(text)
    padded = f" {folded} "
    offsets: OffsetMap | None = None
    for rule, expression in _RULES:
        for match in expression.finditer(padded):
            # The match begins with a space, so the cue itself is `folded[start : end - 1]`.
            if rule.negatable and _is_negated(folded, match.start()):
                continue
            if offsets is None:
                offsets = OffsetMap(text)
            start, end = offsets.span(match.start(), match.end() - 1)
            yield _cue(rule.kind, field, text, start, end)


def _cue(kind: CueKind, field: str, text: str, start: int, end: int) -> Cue:
    return Cue(
        kind=kind,
        field=field,
        start=start,
        end=end,
        surface=text[start : min(end, start + MAX_SURFACE)],
    )


def _is_negated(folded: str, start: int) -> bool:
    """Whether one of the words just before `start` is a negation that nothing lifts."""
    before = folded[max(0, start - 40) : start].split()[-NEGATION_REACH:]
    return not NEGATIONS.isdisjoint(before) and LIFTS_NEGATION.isdisjoint(before)
