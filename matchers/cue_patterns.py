"""Pieces that the patterns of cues are made of; all of folded text."""

from typing import Final

# The verbs of voting. Letters may be held: `dukunggg`, `piliiih`.
DUKUNG: Final = r"(?:me?n|nge|ng|n)?d(?:u+)?ku+ng+(?:lah|in|i|o)?"
COBLOS: Final = r"(?:(?:men|ng|nge)?c|ny?)o+blo+s+(?:lah|in|o|no)?"
PILIH: Final = r"(?:mem|m|p)i+li+h+(?:lah|in|en|o)?"
MENANGKAN: Final = r"(?:me)?mena+ng(?:kan|in|ke|no)(?:lah)?"
SUKSESKAN: Final = r"(?:men)?s?ukseskan(?:lah)?"
VOTE: Final = rf"(?:{DUKUNG}|{COBLOS}|{PILIH}|{MENANGKAN}|{SUKSESKAN}|tusuk(?:lah)?)"

OFFICE: Final = r"(?:presiden|wapres|gubernur|wagub|bupati|wabup|wali ?kota|walkot)"
CONTEST: Final = (
    r"(?:pemilihan|pemilu|pilgub|pilkada|pilpres|pilbup|pilwali|kontestasi|hati|suara|pertarungan)"
)
POLICY: Final = (
    r"(?:kebijakan|putusan|keputusan|demo|aksi|pertanian|petani|peternak|umkm|industri|ekonomi|"
    r"pengembangan|penataan|pembangunan|upaya|proses|demokrasi|kabinet|pemerintah|ruu|uu|hak|"
    r"timnas|palestina|bakat|anak|korban|atlet|suksesnya|pelaksanaan|kelancaran|usulan|dewan|kepentingan)"
)
"""What candidates and everybody else support besides candidates."""

SELF: Final = r"(?:saya|sy|aku|aq|gue|gua|gw|kami|kita)"
HONORIFIC: Final = (
    r"(?:bu|ibu|buk|bunda|mbak|mba|mb|mak|emak|pak|bapak|bpk|mas|gus|cak|kang|bang|ning)"
)
NUMBER: Final = (
    r"(?:(?:no|nomor|nomer|nmr|paslon)(?: urut)? ?)0?(?:[1-9]|satu|dua|tiga|siji|loro|telu)"
)
GOD_WILLING: Final = r"(?:insya ?all?[ao]h|in sya all?[ao]h|bismillah)"
WISH: Final = (
    r"(?:semoga|smoga|smg|moga2?|mug[io]2?|mudah2an|mudahan|mudah mudahan|doakan|doain|mendoakan|"
    r"berdoa|berdo a)"
)
WISHED: Final = "moga|smg|mugi|mugo|mudah|doakan|doain|berdoa|berdo a"
"""Pieces of text one of which every WISH contains."""
NO_WISH: Final = (
    "bukan|bkn|tidak|tdk|tak|gak|ga|jangan|kalah|yang(?! maha)|yg(?! maha)|siapa|siapapun|tetap"
)
NOT_YET: Final = "calon|bakal|ganti|bukan|tidak|dan|dalam|yang|yg|salam"
LEAD: Final = (
    rf"(?:jadi|menjadi|mjd|jd|dadi|sebagai|sbg|for|menuju) (?:the )?(?:next )?"
    rf"(?:{OFFICE}|president|governor|pemimpin|[^ ]{{2,12}} (?:1|satu))"
)
"""`jadi presiden`, `menuju Jatim 1`."""
THAN: Final = r"(?:daripada|dari pada|drpd|timbang|ketimbang|dibanding)"
NOT: Final = r"(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|kagak|kaga|ndak|nda|ora|ra|kurang|krg)"
NEVER: Final = r"(?:jangan|jgn|ojo|ojok)"

PLACE_ONE: Final = (
    r"(?:ri|jatim|jateng|jabar|dki|diy|jakarta|banten|bali|lampung|sumut|sumbar|sumsel|sulsel|"
    r"sulut|sulteng|sultra|kaltim|kalsel|kalbar|kalteng|papua|aceh|riau|jambi|ntt|ntb|maluku) "
    r"(?:1|satu)"
)
"""`Jatim 1`: the first citizen of a province."""
OTHER_WINNERS: Final = (
    r"(?:timnas|garuda|persebaya|arema|persija|persib|persik|timku|lomba|pertandingan|juara|"
    r"turnamen|lotre|undian|tender|banyak|perkara|gugatan)"
)
"""Who else is wished to win."""


def words(most: int, but: str = "", least: int = 0) -> str:
    """A pattern for some words, as few as will do, none of them one of `but` (`a|b`).

    Possessive and bounded, so that a search takes time in proportion to the text.
    """
    unless = rf"(?!(?:{but}) )" if but else ""
    return rf"(?:{unless}[^ ]++ ){{{least},{most}}}?"
