"""Names of a contest and its region, from how the ballot prints the region.

The short forms of the provinces' names are general knowledge: what newspapers and people write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from matchers.fold import fold

Kind = Literal["governor", "regent", "mayor"]

SHORT_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "sumatera utara": ("Sumut",),
    "sumatera barat": ("Sumbar",),
    "sumatera selatan": ("Sumsel",),
    "kepulauan riau": ("Kepri",),
    "kepulauan bangka belitung": ("Bangka Belitung", "Babel"),
    "dki jakarta": ("Jakarta", "DKI"),
    "daerah khusus jakarta": ("Jakarta", "DKJ"),
    "jawa barat": ("Jabar",),
    "jawa tengah": ("Jateng",),
    "jawa timur": ("Jatim",),
    "di yogyakarta": ("Yogyakarta", "Jogja", "DIY"),
    "daerah istimewa yogyakarta": ("Yogyakarta", "Jogja", "DIY"),
    "nusa tenggara barat": ("NTB",),
    "nusa tenggara timur": ("NTT",),
    "kalimantan barat": ("Kalbar",),
    "kalimantan tengah": ("Kalteng",),
    "kalimantan selatan": ("Kalsel",),
    "kalimantan timur": ("Kaltim",),
    "kalimantan utara": ("Kaltara",),
    "sulawesi utara": ("Sulut",),
    "sulawesi tengah": ("Sulteng",),
    "sulawesi selatan": ("Sulsel",),
    "sulawesi tenggara": ("Sultra",),
    "sulawesi barat": ("Sulbar",),
    "maluku utara": ("Malut",),
}
_UPPER: Final = frozenset({"dki", "di"})
_OFFICES: Final[dict[Kind, str]] = {
    "governor": "Pemilihan Gubernur dan Wakil Gubernur",
    "regent": "Pemilihan Bupati dan Wakil Bupati",
    "mayor": "Pemilihan Wali Kota dan Wakil Wali Kota",
}
_PREFIXES: Final[dict[Kind, tuple[str, ...]]] = {
    "governor": ("provinsi", "propinsi"),
    "regent": ("kabupaten", "kab"),
    "mayor": ("kota",),
}


@dataclass(frozen=True, slots=True)
class Region:
    """`bare` is the name without Kabupaten, Kota or Provinsi."""

    kind: Kind
    bare: str

    @property
    def contest_name(self) -> str:
        """What the contest is called."""
        return f"{_OFFICES[self.kind]} {self.bare}"

    def names(self, common_words: frozenset[str]) -> tuple[str, ...]:
        """What people call the region. `Kota Batu` is not called `Batu`: that is a stone."""
        return tuple(dict.fromkeys(self._names(common_words)))

    def _names(self, common_words: frozenset[str]) -> Iterator[str]:
        if self.kind == "governor":
            yield self.bare
            yield from SHORT_FORMS.get(fold(self.bare), ())
            return
        if self.kind == "regent":
            yield f"Kabupaten {self.bare}"
            yield f"Kab {self.bare}"
        else:
            yield f"Kota {self.bare}"
        if fold(self.bare) not in common_words:
            yield self.bare


def parse_region(level: str, code: str, printed: str) -> Region:
    """A region as the ballot prints it. A code whose last two digits are 71 or more is a city's."""
    city = int(code[-2:]) > 70
    kind: Kind = "governor" if level == "governor" else "mayor" if city else "regent"
    words = printed.split()
    if len(words) > 1 and words[0].lower().rstrip(".") in _PREFIXES[kind]:
        words = words[1:]
    return Region(kind, " ".join(map(_shown, words)))


def _shown(word: str) -> str:
    if word.lower() in _UPPER:
        return word.upper()
    if word.lower() == "kep.":
        return "Kepulauan"
    return "-".join(part.capitalize() for part in word.split("-"))
