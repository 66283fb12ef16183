"""Words that people put before or behind their name to get a free handle.

They come from three sources: words that platforms' users add everywhere (`real`, `official`),
Indonesian forms of address, and places and offices. Each costs one look-up only for handles that
begin or end with it. What share of real pairs of handles they explain is measured in
`docs/matching.md`.
"""

from typing import Final

PREFIXES: Final = (
    # anybody's
    *("real", "the", "its", "iam", "im", "this", "mr", "mrs", "dr", "official", "ig", "hey"),
    # forms of address
    *("mas", "mbak", "pak", "bu", "bapak", "ibu", "bang", "kang", "cak", "gus", "ning", "haji"),
    *("mama", "papa", "om", "tante", "bung", "ust", "ustadz"),
)
SUFFIXES: Final = (
    # anybody's
    *("official", "oficial", "ofc", "real", "id", "ind", "indo", "indonesia", "ig", "store", "tv"),
    *("channel", "new", "backup", "second", "asli", "spd", "se", "sh", "mpd", "msi"),
    # office
    *("asn", "pns", "pppk", "guru", "dosen", "polri", "tni"),
    # places
    *("jkt", "jakarta", "bdg", "sby", "surabaya", "jatim", "jateng", "jabar", "jogja", "bali"),
    *("medan", "malang", "solo", "aceh", "ntb", "ntt"),
)
