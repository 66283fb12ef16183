"""Streams of authors with known truth, against one population: who acts, and who they really are.

==================  =============================================================================
kind                who it is
==================  =============================================================================
registered_id       a registered account, with its immutable id
registered_handle   a declared account whose id nobody knows, under its handle
changed_handle      a registered account under a new handle, with its id
variant:CLASS       a registered person's other account, its handle varied (`synth.handle_variants`)
name_derived        somebody outside, with a handle made from their own name
namesake            somebody outside with a registered person's name and a handle made from it
look_alike          somebody outside with a registered handle but for digits or a letter
impersonator        somebody outside who copies a registered handle, separators apart, and its name
reused_handle       somebody outside who took over a registered handle; their id is another
unrelated           somebody outside with a handle that is nobody's name
==================  =============================================================================

What profiles show is assumed, in the tables below; no statistics were at hand.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchers.region_names import PROVINCES, province_of
from streams.records import PLATFORMS, Platform
from synth.handle_variants import VARIANTS, deletion, vary
from synth.population import AGENCIES, REGION_WEIGHTS, Population, generator
from synth.population_handles import SHAPES, draw_handles
from synth.population_names import DrawnNames, draw_names, with_titles

OUTSIDER: Final = -1
SHOWN_NAME: Final = {
    "full": 0.45,
    "without the last word": 0.08,
    "misspelt": 0.02,
    "with titles": 0.08,
    "in another order": 0.03,
    "with initials": 0.06,
    "first word": 0.12,
    "something else": 0.06,
    "none": 0.10,
}
"""How a profile shows its owner's name."""
HAS_BIO: Final = 0.60
INSIDER_REGION: Final = 0.25
"""Of registered people's accounts: the bio names their province."""
INSIDER_OTHER_REGION: Final = 0.05
"""Another than the one they serve in: where they come from, or where they have been."""
INSIDER_AGENCY: Final = 0.10
OUTSIDER_REGION: Final = 0.10
"""Of other accounts: the bio names some province, by how many people live there."""
OUTSIDER_AGENCY: Final = 0.005
_OTHER_NAMES: Final = ("Toko Berkah", "Ayah Bunda", "Warung Kita", "Pecinta Kopi", "Si Kecil")
_BIOS: Final = ("suka kopi dan bola", "ibu dua anak", "warga biasa", "hidup itu indah", "DM saja")
_WORDS: Final = (
    *("kopi", "senja", "warung", "langit", "pelangi", "ombak", "gunung", "kebun", "sepeda"),
    *("buku", "manis", "jingga", "biru", "kecil", "ceria", "pagi", "malam", "nusantara"),
)
OUTSIDE_KINDS: Final = (
    *("name_derived", "namesake", "look_alike", "impersonator", "reused_handle", "unrelated"),
)
KINDS: Final = (
    *("registered_id", "registered_handle", "changed_handle"),
    *(f"variant:{name}" for name in VARIANTS if name != "digits_changed"),
    *OUTSIDE_KINDS,
)


class ActorTruth(NamedTuple):
    """An author as a post shows it. `account` is the row of the population, -1 for an outsider."""

    kind: str
    platform: Platform
    handle: str
    account_id: str | None
    display_name: str | None
    bio: str | None
    account: int


def draw_actors(population: Population, kind: str, count: int, seed: int) -> list[ActorTruth]:
    """`count` authors of a kind. Raises ValueError for an unknown one, or where nobody fits."""
    if kind not in KINDS:
        raise ValueError(f"{kind}: no kind of author. Give one of {', '.join(KINDS)}.")
    drawing = _Drawing(population, kind, seed)
    if kind in ("name_derived", "unrelated"):
        return list(islice(drawing.outsiders(count), count))
    found: list[ActorTruth] = []
    for _ in range(50):
        drawn = drawing.insiders(count - len(found))
        free = drawing.free(drawn)
        found += free
        if len(found) == count:
            return found
    raise ValueError(f"{kind}: only {len(found)} of {count} authors could be drawn.")


class _Drawing:
    def __init__(self, population: Population, kind: str, seed: int) -> None:
        self._population = population
        self._kind = kind
        self._rng = Random(f"actors:{kind}:{seed}")
        self._numbers = generator("actors", kind, seed)
        self._standing = np.isnat(population.withdrawn_on)
        self._has_id = population.account_ids.is_valid().to_numpy(zero_copy_only=False)

    def insiders(self, count: int) -> list[ActorTruth]:
        """Authors that start from a registered account; some may have to be thrown away."""
        population = self._population
        candidates = np.flatnonzero(self._candidates())
        if not len(candidates):
            raise ValueError(f"{self._kind}: nobody in the register fits. Draw more people.")
        rows = self._numbers.choice(candidates, count)
        at = pa.array(rows)
        people = pa.array(population.account_person[rows])
        columns = zip(
            rows.tolist(),
            population.account_platform[rows].tolist(),
            population.handles.take(at).to_pylist(),
            population.account_ids.take(at).to_pylist(),
            population.official_names.take(people).to_pylist(),
            population.names.take(people).to_pylist(),
            population.region_codes.take(people).to_pylist(),
            population.agency_codes.take(people).to_pylist(),
            strict=True,
        )
        others = draw_names(count, self._numbers).names.to_pylist()
        names = population.names.take(people).to_pylist()
        own = self._handles_of(
            others if self._kind == "changed_handle" else names, population.account_platform[rows]
        )
        make = self._maker()
        made = []
        for place, (row, code, handle, account_id, official, name, region, agency) in enumerate(
            columns
        ):
            who = _Profile(official, name, region, agency, own[place])
            author = make(row, PLATFORMS[code], handle, account_id, who, others[place])
            if author is not None:
                made.append(author)
        return made

    def free(self, drawn: list[ActorTruth]) -> list[ActorTruth]:
        """Those whose handle nobody has registered, where it must be free."""
        if not drawn or self._kind in ("registered_id", "registered_handle", "reused_handle"):
            return drawn
        if self._kind == "variant:case":
            return drawn
        taken = self._population.is_registered(
            pa.array([one.handle for one in drawn]),
            np.array([PLATFORMS.index(one.platform) for one in drawn], np.uint8),
        )
        return [one for one, is_taken in zip(drawn, taken.tolist(), strict=True) if not is_taken]

    def outsiders(self, count: int) -> Iterator[ActorTruth]:
        """Authors drawn anew, in parts; more than enough."""
        while True:
            part = max(1_000, count + count // 10)
            yield from self._outsiders(min(part, 500_000))

    def _outsiders(self, count: int) -> Iterator[ActorTruth]:
        platforms = self._population.account_platform[
            self._numbers.integers(0, len(self._population.account_platform), count)
        ]
        words = draw_names(count, self._numbers)
        if self._kind == "unrelated":
            handles = pa.array([self._unrelated(PLATFORMS[code]) for code in platforms.tolist()])
        else:
            handles = draw_handles(words, platforms, self._numbers)
        free = ~self._population.is_registered(handles, platforms)
        titled = with_titles(words.names, self._numbers).to_pylist()
        for is_free, code, handle, name, official in zip(
            free.tolist(),
            platforms.tolist(),
            handles.to_pylist(),
            words.names.to_pylist(),
            titled,
            strict=True,
        ):
            if is_free:
                yield self._outsider(PLATFORMS[code], handle, self._new_id(), name, official)

    def _candidates(self) -> NDArray[np.bool_]:
        fits: NDArray[np.bool_] = self._standing
        if self._kind in ("registered_id", "changed_handle", "reused_handle"):
            fits = fits & self._has_id
        elif self._kind == "registered_handle":
            fits = fits & ~self._has_id
        return fits

    def _maker(self) -> Callable[..., ActorTruth | None]:
        if self._kind.startswith("variant:"):
            return self._variant
        return {
            "registered_id": self._registered,
            "registered_handle": self._registered,
            "changed_handle": self._changed_handle,
            "namesake": self._namesake,
            "look_alike": self._look_alike,
            "impersonator": self._impersonator,
            "reused_handle": self._reused_handle,
        }[self._kind]

    def _registered(
        self, row: int, platform: Platform, handle: str, account_id: str | None,
        who: "_Profile", _other: str,
    ) -> ActorTruth:  # fmt: skip
        return self._insider(row, platform, handle, account_id, who)

    def _changed_handle(
        self, row: int, platform: Platform, _handle: str, account_id: str | None,
        who: "_Profile", _other: str,
    ) -> ActorTruth:  # fmt: skip
        return self._insider(row, platform, who.made_handle, account_id, who)

    def _variant(
        self, row: int, platform: Platform, handle: str, account_id: str | None,
        who: "_Profile", _other: str,
    ) -> ActorTruth | None:  # fmt: skip
        kind = self._kind.removeprefix("variant:")
        varied = vary(kind, platform, handle, self._rng)
        if varied is None:
            return None
        # Where the register knows an id, another one would be another account for certain.
        new_id = self._new_id() if account_id is None and self._rng.random() < 0.5 else None
        return self._insider(row, platform, varied, new_id, who)

    def _namesake(
        self, _row: int, platform: Platform, _handle: str, _id: str | None,
        who: "_Profile", _other: str,
    ) -> ActorTruth:  # fmt: skip
        return self._outsider(platform, who.made_handle, self._new_id(), who.name, who.official)

    def _look_alike(
        self, _row: int, platform: Platform, handle: str, _id: str | None,
        _who: "_Profile", other: str,
    ) -> ActorTruth | None:  # fmt: skip
        kind = self._rng.choice(("digits_changed", "insertion", "deletion", "substitution"))
        varied = vary(kind, platform, handle, self._rng)
        if varied is None:
            return None
        return self._outsider(platform, varied, self._new_id(), other, other)

    def _impersonator(
        self, _row: int, platform: Platform, handle: str, _id: str | None,
        who: "_Profile", _other: str,
    ) -> ActorTruth | None:  # fmt: skip
        varied = vary("separators", platform, handle, self._rng)
        if varied is None:
            return None
        bio = self._insiders_bio(who)
        return ActorTruth(self._kind, platform, varied, None, who.name, bio, OUTSIDER)

    def _reused_handle(
        self, _row: int, platform: Platform, handle: str, _id: str | None,
        _who: "_Profile", other: str,
    ) -> ActorTruth:  # fmt: skip
        return self._outsider(platform, handle, self._new_id(), other, other)

    def _insider(
        self, row: int, platform: Platform, handle: str, account_id: str | None, who: "_Profile"
    ) -> ActorTruth:
        bio = self._insiders_bio(who)
        shown = self._shown(who.name, who.official)
        return ActorTruth(self._kind, platform, handle, account_id, shown, bio, row)

    def _outsider(
        self, platform: Platform, handle: str, account_id: str | None, name: str, official: str
    ) -> ActorTruth:
        bio = self._bio(
            [(self._some_region(), OUTSIDER_REGION)], self._rng.choice(AGENCIES), OUTSIDER_AGENCY
        )
        shown = self._shown(name, official)
        return ActorTruth(self._kind, platform, handle, account_id, shown, bio, OUTSIDER)

    def _bio(
        self, regions: Sequence[tuple[str | None, float]], agency: str | None, agency_share: float
    ) -> str | None:
        """A bio that names each region (a code) and the agency with its share of all accounts."""
        rng = self._rng
        if rng.random() >= HAS_BIO:
            return None
        said = []
        if agency and rng.random() < agency_share / HAS_BIO:
            said.append(f"staf {agency}")
        for region, share in regions:
            province = province_of(region) if region else None
            if province is not None and rng.random() < share / HAS_BIO:
                said.append(rng.choice(PROVINCES[province]).title())
        return ", ".join(said) or rng.choice(_BIOS)

    def _insiders_bio(self, who: "_Profile") -> str | None:
        return self._bio(
            [(who.region, INSIDER_REGION), (self._some_region(), INSIDER_OTHER_REGION)],
            who.agency,
            INSIDER_AGENCY,
        )

    def _some_region(self) -> str:
        return self._rng.choices(tuple(REGION_WEIGHTS), tuple(REGION_WEIGHTS.values()))[0]

    def _shown(self, name: str, official: str) -> str | None:
        rng = self._rng
        words = name.split()
        match rng.choices(tuple(SHOWN_NAME), tuple(SHOWN_NAME.values()))[0]:
            case "full":
                return name
            case "with titles":
                return official
            case "without the last word":
                return " ".join(words[:-1]) if len(words) > 2 else name
            case "misspelt":
                return deletion(name, rng) or name
            case "in another order":
                return " ".join([*words[1:], words[0]])
            case "with initials":
                return " ".join([words[0], *(f"{word[0]}." for word in words[1:])])
            case "first word":
                return words[0]
            case "something else":
                return rng.choice(_OTHER_NAMES)
            case _:
                return None

    def _handles_of(self, names: list[str], platforms: NDArray[np.uint8]) -> list[str]:
        """Handles made from names, as the population's are."""
        words = [[*name.lower().split(), "", ""][:3] for name in names]
        columns = (pa.array(column, pa.string()) for column in zip(*words, strict=True))
        drawn = DrawnNames(pa.array(names), *columns)
        handles: list[str] = draw_handles(drawn, platforms, self._numbers).to_pylist()
        return handles

    def _unrelated(self, platform: Platform) -> str:
        rng = self._rng
        if rng.random() < 0.5:
            words = rng.choice(_WORDS) + rng.choice(_WORDS)[:4]
            local = words[: SHAPES[platform].letters] + str(rng.randrange(100, 1_000))
        else:
            letters = rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(6, 11))
            local = f"{''.join(letters)}{rng.randrange(100)}"
        return local + SHAPES[platform].host

    def _new_id(self) -> str:
        return str(self._rng.randrange(10**16, 10**17))


class _Profile(NamedTuple):
    """The registered person that an author is, or looks like; and a handle made anew."""

    official: str
    name: str
    region: str
    agency: str | None
    made_handle: str
