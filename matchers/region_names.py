"""Indonesia's 38 provinces by statistical code, as people name them in a bio.

Codes and names are those of the statistics office (BPS) and the interior ministry; short forms
and the capital (or best-known city) are common usage: whoever names Surabaya names East Java. The
first two digits of any regional code are the province's.
"""

import re
from collections.abc import Mapping

PROVINCES: Mapping[str, tuple[str, ...]] = {
    "11": ("aceh", "nad", "banda aceh"),
    "12": ("sumatera utara", "sumut", "medan"),
    "13": ("sumatera barat", "sumbar", "padang"),
    "14": ("riau", "pekanbaru"),
    "15": ("jambi",),
    "16": ("sumatera selatan", "sumsel", "palembang"),
    "17": ("bengkulu",),
    "18": ("lampung", "bandar lampung"),
    "19": ("kepulauan bangka belitung", "bangka belitung", "babel", "pangkalpinang"),
    "21": ("kepulauan riau", "kepri", "tanjungpinang"),
    "31": ("dki jakarta", "jakarta", "dki"),
    "32": ("jawa barat", "jabar", "bandung"),
    "33": ("jawa tengah", "jateng", "semarang"),
    "34": ("di yogyakarta", "daerah istimewa yogyakarta", "yogyakarta", "jogja", "diy"),
    "35": ("jawa timur", "jatim", "surabaya"),
    "36": ("banten",),
    "51": ("bali", "denpasar"),
    "52": ("nusa tenggara barat", "ntb", "mataram"),
    "53": ("nusa tenggara timur", "ntt", "kupang"),
    "61": ("kalimantan barat", "kalbar", "pontianak"),
    "62": ("kalimantan tengah", "kalteng", "palangka raya"),
    "63": ("kalimantan selatan", "kalsel", "banjarmasin"),
    "64": ("kalimantan timur", "kaltim", "samarinda"),
    "65": ("kalimantan utara", "kaltara", "tanjung selor"),
    "71": ("sulawesi utara", "sulut", "manado"),
    "72": ("sulawesi tengah", "sulteng", "palu"),
    "73": ("sulawesi selatan", "sulsel", "makassar"),
    "74": ("sulawesi tenggara", "sultra", "kendari"),
    "75": ("gorontalo",),
    "76": ("sulawesi barat", "sulbar", "mamuju"),
    "81": ("maluku", "ambon"),
    "82": ("maluku utara", "malut", "ternate"),
    "91": ("papua", "jayapura"),
    "92": ("papua barat", "manokwari"),
    "93": ("papua selatan", "merauke"),
    "94": ("papua tengah", "nabire"),
    "95": ("papua pegunungan", "wamena"),
    "96": ("papua barat daya", "sorong"),
}

_CODES = {name: code for code, names in PROVINCES.items() for name in names}
# Longest first, so that "papua barat daya" is not read as "papua barat" or "papua".
_ANY_NAME = re.compile(
    r"\b(?:"
    + "|".join(
        name.replace(" ", r"[\s.\-]+")
        for name in sorted(_CODES, key=lambda name: (-len(name), name))
    )
    + r")\b"
)
_GAP = re.compile(r"[\s.\-]+")


def province_of(region_code: str) -> str | None:
    """The province's code, None where the code is no regional one."""
    code = region_code[:2]
    return code if code in PROVINCES else None


def provinces_named(text: str) -> frozenset[str]:
    """Codes of the provinces that a text names, in any letter case."""
    found = _ANY_NAME.findall(text.lower())
    return frozenset(_CODES[_GAP.sub(" ", name)] for name in found)
