"""What a party is called: its name as a ballot prints it, and the short name that people use."""

from typing import Final

from matchers.fold import fold

SHORT_NAMES: Final = {
    "partai kebangkitan bangsa": "PKB",
    "partai gerakan indonesia raya": "Gerindra",
    "partai demokrasi indonesia perjuangan": "PDIP",
    "partai golongan karya": "Golkar",
    "partai nasdem": "NasDem",
    "partai buruh": "Buruh",
    "partai gelombang rakyat indonesia": "Gelora",
    "partai keadilan sejahtera": "PKS",
    "partai kebangkitan nusantara": "PKN",
    "partai hati nurani rakyat": "Hanura",
    "partai garda republik indonesia": "Garuda",
    "partai gerakan perubahan indonesia": "Garuda",
    "partai amanat nasional": "PAN",
    "partai bulan bintang": "PBB",
    "partai demokrat": "Demokrat",
    "partai solidaritas indonesia": "PSI",
    "partai perindo": "Perindo",
    "partai persatuan indonesia": "Perindo",
    "partai persatuan pembangunan": "PPP",
    "partai ummat": "Ummat",
    "partai berkarya": "Berkarya",
    "partai keadilan dan persatuan indonesia": "PKPI",
    "partai adil sejahtera aceh": "PAS Aceh",
    "partai nanggroe aceh": "PNA",
    "partai darul aceh": "PDA",
}
"""By the folded name: the national parties of the 2019 and 2024 ballots, and those of Aceh that are
known by a short name. Source: the commission's list of parties; the short names are their own."""
_OTHER_NAMES: Final = {"PDIP": ("PDI Perjuangan",)}
SEPARATOR: Final = ";"


def party_names(cell: str) -> tuple[str, ...]:
    """Every name of the parties in a cell (`PKB; NasDem`), each once, in order.

    A party that is printed in full is followed by its short name.
    """
    names: list[str] = []
    for part in cell.split(SEPARATOR):
        if printed := part.strip():
            names.append(printed)
            short = SHORT_NAMES.get(fold(printed))
            if short is not None:
                names += [short, *_OTHER_NAMES.get(short, ())]
    return tuple(dict.fromkeys(names))
