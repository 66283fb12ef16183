"""Personal names in one form: titles off, accents off, old spelling made new.

Names are compared only for candidates that a handle proposed (invariant 05), so this has one aim:
two writings of one person's name become one string. Single-word names are names.

The tables are public vocabulary: academic degrees in the short forms people write, religious
titles, ranks of the forces and the police. A title counts with or without its dots
(`S.Pd.I`, `SPdI`, `S. Pd. I`), glued to the next (`SE.MM`), before the name or after it; after a
comma also those that could be part of a name (`MA`, `Ak`).
"""

import re
import unicodedata
from typing import Final, NamedTuple


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


_FRONT = _words(
    """
    dr drs dra drg drh ir prof profesor doktor doktorandus insinyur apt ns hc ec akt cand dipl h
    hj hjh haji hajjah kh hi hm nyai tgk teungku ust ustad ustadz ustadzah ustaz pdt pendeta ev
    sr ners tgh kyai kiai syekh rp pst ha krt jenderal jend letjen mayjen brigjen kolonel kol
    letkol mayor kapten kapt capt lettu letda laksamana laksda laksma marsekal marsda marsma
    kombes kompol akbp akp ipda iptu irjen komjen brigpol bripka aiptu aipda ajun serma peltu
    pelda purn purnawirawan tni polri pol inf bpk bapak tn ny sdr sdri
    """
)
"""Whatever of these stands before a name is no part of it."""

_FIELDS = _words(
    """
    ab adm ag agb ak akt an ap ar ars at aud bns c cs d ds e ei en eng ep esy far farm fil fili
    gizi gz h han hi hk hub hum hut i ik ikom in ink ip it k kb keb ked kel kep kes kesos kg kh
    kk kl km kn kom komp kpg krim ks komi ksi l li log mat md med mk mn n or p pa par pd pda
    pdaud pdb pdh pdi pdk pdkn pdsd pdsi pel pem per pi pn pol ps psi psh pt pub rad rm sas sek
    des sesy si sn so sos sosi ss stat st sy t te teks th thi tk tp tr ts u ud us vet
    """
)
"""What a degree can be in: S. (bachelor), M. (master), A.Md. (diploma) and so on."""

_DEGREES = frozenset(
    [
        *(level + field for level in ("s", "m") for field in _FIELDS if len(field) > 1),
        *(level + field for level in ("amd", "sst", "mtr", "str") for field in _FIELDS),
        *_words(
            """
            se sh st sp ss sk mm mh mt amd ama amk amg amp sst sstp sstpi ners phd mba msc mph
            bba bsc beng llm llb drs dra hj skm smhk shmh semm stmm seak sthi sfilh licth lcma
            mmpd mmkes mmpar mmpub mmar mmare meng mars mkkk mdiv mcs mic mec mkes mapd msoc msp
            mpm mcp dess bcom bcomm bus bbus bib psikolog purn ret cpl cfp cpa crbd csrs cpm
            cert ipm ipu ipp sph amapust amapd amapdtk amdte amdek sdr spog spa spb spak spjp
            spkk spok spot spm mib mia mtpd midp madmkp mapol mmr mmp srm sps spdmecdev mecdev
            dhsm mesy msy aepp ssit bchk teks seas bac ners
            """
        ),
    ]
)
"""Whatever of these stands after a name is no part of it, comma or not."""

_SAYABLE = re.compile(r"[^aeiou][aeiou][^aeiou]").fullmatch
"""`mat`, `mus`, `min`: in one piece and without a comma these are names, not degrees."""

_AFTER_COMMA = _words(
    """
    str ma ba be me mp ms mc sm s m d p a h lc ak hk hn sq ca ha ns apt akt kes keb kep dkep kom
    pd ag sos ip si psi par ec aht k sf bk pa am js all sc kbd
    """
)
"""These too, where a comma or their dots set them apart: each can be a name or a part of one."""

_MOST_ATOMS = 5
"""`A. Ma. Pd. T. K` is the longest title in pieces."""
_ATOMS = re.compile(r"[^\W_]+").findall
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʻ′"), None)

_OLD_SPELLING = (("oe", "u"), ("dj", "j"), ("tj", "c"), ("sj", "sy"))
"""The spelling before 1947 (oe) and 1972 (dj, tj, sj); `j` for today's `y` is left: it is rare and
today's `j` is not."""

_VARIANTS = {
    "muhammad": """
        moh moch muh mohd muhd mhd mohammad mohamad mohamed mohammed muhamad muhammed mochamad
        mochammad muchamad muchammad mokhamad mokhammad mukhamad mukhammad
    """,
    "ahmad": "achmad akhmad ach",
    "abdul": "abd",
}
_WRITTEN_AS = {
    variant: name for name, variants in _VARIANTS.items() for variant in variants.split()
}


TITLES: Final = (
    *("drs", "dra", "ir", "dr", "prof", "h", "hj"),
    *("se", "sh", "st", "sp", "ss", "ssi", "spd", "sag", "ssos", "sip", "skom", "skm", "skep"),
    *("ners", "sfarm", "apt", "amd", "mm", "mh", "mt", "msi", "mpd", "mkes", "mag", "map"),
)
"""The titles that a register keeps of a name, one bit each, in this order; others are rarer."""
_TITLE_BITS = {title: 1 << bit for bit, title in enumerate(TITLES)} | {
    "haji": 1 << TITLES.index("h"),
    "hajjah": 1 << TITLES.index("hj"),
    "ns": 1 << TITLES.index("ners"),
}


class ParsedName(NamedTuple):
    """`canonical` is the name's words, lower case, single spaces; `titles` the bits of `TITLES`."""

    canonical: str
    titles: int


def parse_name(name: str) -> ParsedName:
    """A name and its titles apart; see :func:`canonical_name`."""
    plain = name.translate(_APOSTROPHES)
    if not plain.isascii():
        letters = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    titles: list[str] = []
    words = _without_titles(plain.lower(), titles)
    bits = 0
    for title in titles:
        bits |= _TITLE_BITS.get(title, 0)
    return ParsedName(" ".join(map(_modern, words)), bits)


def canonical_name(name: str) -> str:
    """The name's words in lower case, single spaces; empty where there is no letter in it.

    `Drs. H. Moch. Djoko Soesilo, S.Pd., M.Si.` becomes `muhammad joko susilo`. Never strips a name
    away: `Haji` alone stays `haji`.
    """
    return parse_name(name).canonical


def _without_titles(plain: str, titles: list[str]) -> list[str]:
    """The words that are left; what was taken off is added to `titles`."""
    kept: list[str] = []
    for part in plain.split(","):
        words = _without_prefixes(_ATOMS(part), titles)
        words = _without_suffixes(words, titles, after_comma=bool(kept))
        kept.extend(words)
    if kept:
        return kept
    titles.clear()
    return _ATOMS(plain)


def _without_prefixes(atoms: list[str], titles: list[str]) -> list[str]:
    start = 0
    while start < len(atoms):
        if start and atoms[start : start + 2] == ["h", "c"]:  # `Dr. (H.C.)`, honoris causa
            start += 2
        elif atoms[start] in _FRONT:
            titles.append(atoms[start])
            start += 1
        else:
            break
    return atoms[start:]


def _without_suffixes(atoms: list[str], titles: list[str], *, after_comma: bool) -> list[str]:
    """Takes titles off the end, longest first. Before any comma one word is left standing."""
    floor = 0 if after_comma else 1
    end = len(atoms)
    while end > floor:
        for size in range(min(_MOST_ATOMS, end - floor), 0, -1):
            title = "".join(atoms[end - size : end])
            if after_comma:
                found = title in _DEGREES or title in _AFTER_COMMA or title in _FRONT
            else:
                found = title in _DEGREES and (size > 1 or not _SAYABLE(title))
            if found:
                titles.append(title)
                end -= size
                break
        else:
            break
    return atoms[:end]


def _modern(word: str) -> str:
    for old, new in _OLD_SPELLING:
        if old in word:
            word = word.replace(old, new)
    return _WRITTEN_AS.get(word, word)
