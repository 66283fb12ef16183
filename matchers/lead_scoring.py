"""How strongly each piece of evidence speaks for a lead: the table of match weights.

Fellegi and Sunter's model of record linkage (1969): a match weight is the binary logarithm of how
many times likelier the evidence is if the event's author *is* a registered person under a variant
of the handle (m) than if not (u). Weights of independent evidence add up. Handle and name are not
independent (a handle is made of the name), so they are weighed jointly, in one table.

u is the share of people outside a register of five million who meet *some* account in it that
well, as measured on the synthetic register of that size with handles made from names: 27 % by a
handle at similarity ≥ .90; 6.4 % with a name ≥ .90 as well; 1.1 % with a rare name (≤ 3 bearers);
0.22 % with a rare name and the same skeleton. Where the measurement does not split a share, the
split of the rare names (one in five has the same skeleton) stands for it. m is estimated from the
recall by kind of disguise (.90 to 1.00) and the share of rare names (.6) and shown ones (.8). Both
are to be fitted anew on reviewed leads; the digest of this table is `MODEL_VERSION`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from matchers.region_names import PROVINCES


class _Level(StrEnum):
    """Words that are keys of tables; hashed as the strings they are (Enum's own hash is Python)."""

    __hash__ = str.__hash__


class HandleLevel(_Level):
    """How alike two handles are, strongest first. None of these: no candidate."""

    SAME = "same handle"
    SEPARATORS = "same handle without separators"
    SKELETON = "same handle after folding"
    ONE_EDIT = "handle one letter apart"
    SIMILAR = "similar handle"


class NameLevel(_Level):
    """How alike display name and registered name are; only ever next to a handle level."""

    RARE = "rare name agrees"
    KNOWN = "name agrees"
    FREQUENT = "frequent name agrees"
    SIMILAR = "similar name"
    SILENT = "no name to compare"
    DIFFERS = "name differs"


class DigitLevel(_Level):
    """Digits are identity-bearing: `budi88` and `budi89` are two people."""

    AGREE = "digits agree"
    NONE = "no digits"
    ONE_SIDED = "digits on one side only"
    CONFLICT = "digits conflict"


class RegionLevel(_Level):
    NAMED = "region named in bio"
    SILENT = "no region in bio"
    OTHER = "another region named in bio"


class AgencyLevel(_Level):
    NAMED = "agency named in bio"
    SILENT = "no agency in bio"


RARE_BEARERS: Final = 3
FREQUENT_BEARERS: Final = 100


@dataclass(frozen=True, slots=True)
class Weight:
    """`tenths` of a bit, with what it looks like and where it comes from."""

    tenths: int
    example: str
    basis: str


_H, _N = HandleLevel, NameLevel

HANDLE_AND_NAME: Final[Mapping[tuple[HandleLevel, NameLevel], Weight]] = {
    (_H.SAME, _N.RARE): Weight(
        200, "budi.s, id unknown; Budi Sasmitho", "reused handle with that very name: u < 1e-6"
    ),
    (_H.SAME, _N.KNOWN): Weight(
        190, "budi.s, id unknown; Budi Susanto", "as above, name less telling"
    ),
    (_H.SAME, _N.FREQUENT): Weight(
        180, "budi.s, id unknown; Budi Santoso", "as above, name less telling"
    ),
    (_H.SAME, _N.SIMILAR): Weight(
        180, "budi.s, id unknown; Budi Susanta", "as above, name less telling"
    ),
    (_H.SAME, _N.SILENT): Weight(
        160,
        "budi.s, id unknown; Budi",
        "handles are unique: u is the rate of reuse, assumed < 1e-5",
    ),
    (_H.SAME, _N.DIFFERS): Weight(
        130, "budi.s, id unknown; Toko Berkah", "display names change oftener than handles pass on"
    ),
    (_H.SEPARATORS, _N.RARE): Weight(
        78, "budi_sasmitho for budi.sasmitho", "m .22, u a half of .0022"
    ),
    (_H.SEPARATORS, _N.KNOWN): Weight(
        50, "sri_hartono for sri.hartono", "m .15, u .0047 (of .053)"
    ),
    (_H.SEPARATORS, _N.FREQUENT): Weight(
        38, "sri_wahyuni for sri.wahyuni", "m .08, u .0058 (of .053)"
    ),
    (_H.SEPARATORS, _N.SIMILAR): Weight(
        38, "budi_susanto, Budi Susanta", "between known and silent"
    ),
    (_H.SEPARATORS, _N.SILENT): Weight(
        36, "sri_wahyuni, Sri", "m .65, u .054 (of .27), handle alone"
    ),
    (_H.SEPARATORS, _N.DIFFERS): Weight(5, "sri_wahyuni, Toko Berkah", "m .06, u .041 (of .206)"),
    (_H.SKELETON, _N.RARE): Weight(
        71, "bud1sasmitho for budisasmitho", "m .30, u .0022 (measured)"
    ),
    (_H.SKELETON, _N.KNOWN): Weight(42, "srii.hartono for sri.hartono", "m .20, u .0106 (of .053)"),
    (_H.SKELETON, _N.FREQUENT): Weight(30, "djokosusilo for jokosusilo", "m .10, u .0125"),
    (_H.SKELETON, _N.SIMILAR): Weight(30, "djokosusilo, Joko Susila", "between known and silent"),
    (_H.SKELETON, _N.SILENT): Weight(
        26, "djokosusilo, Joko", "m .33, u .054 (of .27), handle alone"
    ),
    (_H.SKELETON, _N.DIFFERS): Weight(0, "djokosusilo, Toko Berkah", "m .04, u .041 (of .206)"),
    (_H.ONE_EDIT, _N.RARE): Weight(
        41, "budisasmito for budisasmitho", "m .15, u .0088 (.011 less .0022)"
    ),
    (_H.ONE_EDIT, _N.KNOWN): Weight(
        20, "srihartonoo.id for srihartono.id", "m .08, u .021 (of .053)"
    ),
    (_H.ONE_EDIT, _N.FREQUENT): Weight(12, "sriwahyun for sriwahyuni", "m .05, u .022 (of .053)"),
    (_H.ONE_EDIT, _N.SIMILAR): Weight(12, "sriwahyun, Sri Wahyunti", "between known and silent"),
    (_H.ONE_EDIT, _N.SILENT): Weight(5, "sriwahyun, Sri", "m .15, u .108 (of .27), handle alone"),
    (_H.ONE_EDIT, _N.DIFFERS): Weight(-25, "sriwahyun, Toko Berkah", "m .015, u .083 (of .206)"),
    (_H.SIMILAR, _N.RARE): Weight(
        36, "budi.sasmitho.skep for budi.sasmitho.skp2", "m .11, u .0088"
    ),
    (_H.SIMILAR, _N.KNOWN): Weight(15, "sri.hartono.skep for sri.hartono.spd", "m .06, u .021"),
    (_H.SIMILAR, _N.FREQUENT): Weight(7, "sri.wahyuni.skep for sri.wahyuni.spd", "m .035, u .022"),
    (_H.SIMILAR, _N.SIMILAR): Weight(7, "as above, Sri Wahyunti", "between known and silent"),
    (_H.SIMILAR, _N.SILENT): Weight(-2, "as above, Sri", "m .09, u .108, handle alone"),
    (_H.SIMILAR, _N.DIFFERS): Weight(-30, "as above, Toko Berkah", "m .01, u .083"),
}

DIGITS: Final[Mapping[DigitLevel, Weight]] = {
    DigitLevel.AGREE: Weight(15, "budi_88 for budi88", "m .5, u .18: two-digit endings cluster"),
    DigitLevel.NONE: Weight(0, "budi_s for budi.s", "says nothing either way"),
    DigitLevel.ONE_SIDED: Weight(
        -20, "budi88 for budi", "a taken handle with digits is a newcomer's"
    ),
    DigitLevel.CONFLICT: Weight(-60, "budi89 for budi88", "two people; m .01, u .64"),
}

REGION: Final[Mapping[RegionLevel, Weight]] = {
    RegionLevel.NAMED: Weight(
        50, "ASN di Jatim", "assumed: m .25, u .10 × .08 (provinces by people)"
    ),
    RegionLevel.SILENT: Weight(0, "suka kopi", "says nothing either way"),
    RegionLevel.OTHER: Weight(
        -10, "anak Bali", "evidence, never a gate: people move and serve afar"
    ),
}

AGENCY: Final[Mapping[AgencyLevel, Weight]] = {
    AgencyLevel.NAMED: Weight(60, "staf BKPSDM", "assumed: m .10, u .0015 (some 600 agencies)"),
    AgencyLevel.SILENT: Weight(0, "suka kopi", "says nothing either way"),
}


class Evidence(NamedTuple):
    """What speaks for and against one candidate. `bearers` of the name in the register."""

    handle: HandleLevel
    name: NameLevel
    digits: DigitLevel
    region: RegionLevel
    agency: AgencyLevel
    bearers: int

    @property
    def weight(self) -> int:
        """The match weight in tenths of a bit."""
        return (
            HANDLE_AND_NAME[self.handle, self.name].tenths
            + DIGITS[self.digits].tenths
            + REGION[self.region].tenths
            + AGENCY[self.agency].tenths
        )

    @property
    def beyond_the_name(self) -> bool:
        """Whether anything but handle and name speaks for it; digits may agree by chance."""
        return self.region is RegionLevel.NAMED or self.agency is AgencyLevel.NAMED

    def parts(self) -> tuple[tuple[str, Weight], ...]:
        """Each level in words with its weight; handle and name have one weight between them."""
        return (
            (f"{self.handle}; {self._name_in_words()}", HANDLE_AND_NAME[self.handle, self.name]),
            (str(self.digits), DIGITS[self.digits]),
            (str(self.region), REGION[self.region]),
            (str(self.agency), AGENCY[self.agency]),
        )

    def in_words(self) -> tuple[str, ...]:
        """The levels that say something, handle first, for the reviewer."""
        said = [str(self.handle)]
        if self.digits is not DigitLevel.NONE:
            said.append(str(self.digits))
        if self.name is not NameLevel.SILENT:
            said.append(self._name_in_words())
        if self.region is not RegionLevel.SILENT:
            said.append(str(self.region))
        if self.agency is not AgencyLevel.SILENT:
            said.append(str(self.agency))
        return tuple(said)

    def _name_in_words(self) -> str:
        if self.name in (NameLevel.RARE, NameLevel.KNOWN, NameLevel.FREQUENT):
            bearers = "bearer" if self.bearers == 1 else "bearers"
            return f"name agrees, {self.bearers} {bearers} in the register"
        return str(self.name)


_SCALE_BITS: Final = 32
_TENTHS: Final = tuple(round(2 ** (tenth / 10) * (1 << _SCALE_BITS)) for tenth in range(10))


def odds(tenths: int) -> int:
    """2 ** (tenths / 10), times 2 ** 32, by integers only: equal bytes on every machine."""
    whole, tenth = divmod(tenths, 10)
    scaled = _TENTHS[tenth]
    return scaled << whole if whole >= 0 else scaled >> -whole


def probabilities(weights: Iterable[int], base_rate: int) -> list[int]:
    """How likely each candidate is the author, per 10,000, rounded down.

    The candidates and everybody outside the register compete for one event: candidate i has
    b·2^wᵢ / (1 − b + b·Σ 2^wⱼ), with b = `base_rate` per 10,000. The weights' u counts meeting
    *some* account, which is why b is not divided by the number of accounts.
    """
    shares = [base_rate * odds(weight) for weight in weights]
    everybody = ((10_000 - base_rate) << _SCALE_BITS) + sum(shares)
    return [10_000 * share // everybody for share in shares]


BEST_WITH_HANDLE: Final[Mapping[HandleLevel, int]] = {
    level: max(HANDLE_AND_NAME[level, name].tenths for name in NameLevel) for level in HandleLevel
}
"""The most that a handle level can weigh, whatever the name."""

BEST_OF_ANOTHER_HANDLE: Final = max(
    tenths for level, tenths in BEST_WITH_HANDLE.items() if level is not HandleLevel.SAME
) + max(weight.tenths for weight in DIGITS.values())
"""The most that handle, name and digits can weigh together where the handle is not the same."""

BEST_OF_REGION: Final = max(weight.tenths for weight in REGION.values())
BEST_OF_AGENCY: Final = max(weight.tenths for weight in AGENCY.values())


@lru_cache(maxsize=64)
def least_weight(base_rate: int, threshold: int) -> int:
    """The least match weight, in tenths of a bit, that alone can reach `threshold`.

    Both per 10,000. Competitors only take away from it, so less can be passed over unweighed.
    """
    weight = -_FARTHEST
    while weight < _FARTHEST and probabilities([weight], base_rate)[0] < threshold:
        weight += 1
    return weight


_FARTHEST: Final = 400
"""Tenths of a bit; no sum of weights is as large."""


def _digest() -> str:
    tables: tuple[Mapping[object, Weight], ...] = (HANDLE_AND_NAME, DIGITS, REGION, AGENCY)  # type: ignore[assignment]
    said = [sorted((str(key), weight.tenths) for key, weight in table.items()) for table in tables]
    limits = (RARE_BEARERS, FREQUENT_BEARERS, sorted(PROVINCES.items()))
    return sha256(repr((said, limits)).encode()).hexdigest()[:16]


MODEL_VERSION: Final = _digest()
