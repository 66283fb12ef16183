from collections import Counter

import pyarrow as pa
import pytest
from rapidfuzz.distance import OSA

from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.region_names import province_of, provinces_named
from streams.records import PLATFORMS
from synth.actors import (
    INSIDER_AGENCY,
    INSIDER_OTHER_REGION,
    INSIDER_REGION,
    KINDS,
    OUTSIDE_KINDS,
    OUTSIDER,
    OUTSIDER_AGENCY,
    OUTSIDER_REGION,
    SHOWN_NAME,
    ActorTruth,
    draw_actors,
)
from synth.handle_variants import VARIANTS
from synth.population import AGENCIES, Population, draw_population

COUNT = 300
MANY = 5_000


class Register:
    """The population as plain lists, to look things up without its own code."""

    def __init__(self, population: Population) -> None:
        self.population = population
        self.handles = population.handles.to_pylist()
        self.ids = population.account_ids.to_pylist()
        self.platforms = [PLATFORMS[code] for code in population.account_platform.tolist()]
        self.keys = {
            key: row for row, key in enumerate(zip(self.platforms, self.handles, strict=True))
        }
        self.known_ids = set(zip(self.platforms, self.ids, strict=True))
        self.withdrawn = population.withdrawn_on.astype(str) != "NaT"
        person = pa.array(population.account_person)
        self.names = population.names.take(person).to_pylist()
        self.regions = population.region_codes.take(person).to_pylist()
        self.canonical = {canonical_name(name) for name in population.names.to_pylist()}

    def draw(self, kind: str, count: int = COUNT, seed: int = 5) -> list[ActorTruth]:
        return draw_actors(self.population, kind, count, seed)

    def is_registered(self, actor: ActorTruth) -> bool:
        return (actor.platform, normalise(actor.platform, actor.handle)) in self.keys


@pytest.fixture(scope="module")
def register() -> Register:
    return Register(draw_population(3_000, 8))


def _id_is_taken(register: Register, actor: ActorTruth) -> bool:
    return actor.account_id is not None and (actor.platform, actor.account_id) in register.known_ids


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_authors(register: Register, kind: str) -> None:
    first = register.draw(kind, 40)
    assert first == register.draw(kind, 40)
    assert first != register.draw(kind, 40, seed=6)
    assert {actor.kind for actor in first} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_every_author_has_a_handle_and_a_truth(register: Register, kind: str) -> None:
    drawn = register.draw(kind)
    assert len(drawn) == COUNT
    assert [a for a in drawn if normalise(a.platform, a.handle) is None] == []
    for actor in drawn:
        assert (actor.account == OUTSIDER) == (kind in OUTSIDE_KINDS)
        if actor.account != OUTSIDER:
            assert register.platforms[actor.account] == actor.platform
            assert not register.withdrawn[actor.account]


def test_every_class_of_variants_but_the_conflicting_one_is_a_kind() -> None:
    kinds = {kind.removeprefix("variant:") for kind in KINDS if kind.startswith("variant:")}
    assert kinds == set(VARIANTS) - {"digits_changed"}


def test_registered_authors_show_what_the_register_holds(register: Register) -> None:
    for actor in register.draw("registered_id"):
        assert actor.account_id == register.ids[actor.account] is not None
        assert actor.handle == register.handles[actor.account]
    for actor in register.draw("registered_handle"):
        assert actor.account_id is register.ids[actor.account] is None
        assert actor.handle == register.handles[actor.account]
    for actor in register.draw("changed_handle"):
        assert actor.account_id == register.ids[actor.account] is not None
        assert not register.is_registered(actor)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("variant:")])
def test_a_variant_is_a_free_handle_and_no_known_id(register: Register, kind: str) -> None:
    drawn = register.draw(kind)
    for actor in drawn:
        assert actor.handle != register.handles[actor.account]
        assert not _id_is_taken(register, actor)
        if register.ids[actor.account] is not None:
            assert actor.account_id is None
        if kind != "variant:case":  # only there it stays the same handle
            assert not register.is_registered(actor)
    without = [a for a in drawn if register.ids[a.account] is None]
    new = sum(actor.account_id is not None for actor in without) / len(without)
    assert new == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("kind", [k for k in OUTSIDE_KINDS if k != "reused_handle"])
def test_an_outsider_has_neither_handle_nor_id_of_the_register(
    register: Register, kind: str
) -> None:
    for actor in register.draw(kind):
        assert not register.is_registered(actor)
        assert not _id_is_taken(register, actor)


def test_a_reused_handle_is_one_whose_id_is_another(register: Register) -> None:
    for actor in register.draw("reused_handle"):
        known = register.ids[register.keys[actor.platform, actor.handle]]
        assert known is not None
        assert actor.account_id is not None
        assert actor.account_id != known


def test_a_namesake_has_a_registered_name(register: Register) -> None:
    names = [canonical_name(actor.display_name or "") for actor in register.draw("namesake")]
    derived = [canonical_name(a.display_name or "") for a in register.draw("name_derived")]
    shared = sum(name in register.canonical for name in names)
    assert shared > 0.4 * COUNT
    assert shared > 3 * sum(name in register.canonical for name in derived)


def test_a_look_alike_is_near_to_a_handle_of_somebody_else(register: Register) -> None:
    by_platform: dict[str, list[str]] = {}
    for platform, handle in zip(register.platforms, register.handles, strict=True):
        by_platform.setdefault(platform, []).append(handle)
    for actor in register.draw("look_alike", 40):
        near = [
            handle
            for handle in by_platform[actor.platform]
            if OSA.distance(handle, actor.handle, score_cutoff=1) <= 1
            or handle.translate(_NO_DIGITS) == actor.handle.translate(_NO_DIGITS)
        ]
        assert near


def test_an_impersonator_copies_handle_and_name(register: Register) -> None:
    shown = zip(register.handles, register.names, strict=True)
    copied = {(_bare(handle), name) for handle, name in shown}
    for actor in register.draw("impersonator"):
        assert actor.display_name is not None
        assert (_bare(actor.handle), actor.display_name) in copied


def test_unrelated_handles_are_hardly_ever_alike(register: Register) -> None:
    handles = Counter(actor.handle for actor in register.draw("unrelated", 2_000))
    assert len(handles) > 1_900


@pytest.mark.parametrize(
    ("kind", "region", "agency"),
    [
        ("registered_id", INSIDER_REGION + INSIDER_OTHER_REGION, INSIDER_AGENCY),
        ("name_derived", OUTSIDER_REGION, OUTSIDER_AGENCY),
    ],
)
def test_bios_name_places_and_offices_as_often_as_assumed(
    register: Register, kind: str, region: float, agency: float
) -> None:
    bios = [actor.bio for actor in register.draw(kind, MANY)]
    said = [bio or "" for bio in bios]
    assert sum(bio is not None for bio in bios) / MANY == pytest.approx(0.6, abs=0.03)
    assert sum(bool(provinces_named(bio)) for bio in said) / MANY == pytest.approx(region, abs=0.03)
    named = sum(any(one in bio for one in AGENCIES) for bio in said) / MANY
    # A tenth of the people have no office to name.
    assert named == pytest.approx(agency, abs=max(0.005, agency * 0.25))


def test_a_registered_persons_bio_names_their_province_and_seldom_another(
    register: Register,
) -> None:
    own = other = 0
    for actor in register.draw("registered_id", MANY):
        province = province_of(register.regions[actor.account])
        assert province is not None
        named = provinces_named(actor.bio or "")
        own += province in named
        other += bool(named - {province})
    # Whoever comes from where they serve names one province only.
    assert own / MANY == pytest.approx(INSIDER_REGION, abs=0.03)
    assert other / MANY == pytest.approx(INSIDER_OTHER_REGION, abs=0.02)


@pytest.mark.parametrize("kind", ["registered_id", "name_derived"])
def test_names_are_shown_as_often_as_assumed(register: Register, kind: str) -> None:
    drawn = register.draw(kind, MANY)
    assert sum(SHOWN_NAME.values()) == pytest.approx(1)
    none = sum(actor.display_name is None for actor in drawn) / MANY
    assert none == pytest.approx(SHOWN_NAME["none"], abs=0.02)
    if kind == "registered_id":
        full = sum(actor.display_name == register.names[actor.account] for actor in drawn) / MANY
        assert full >= SHOWN_NAME["full"] - 0.02


def test_an_unknown_kind_and_a_register_with_nobody_are_refused(register: Register) -> None:
    with pytest.raises(ValueError, match="registered_id"):
        register.draw("friend")
    with pytest.raises(ValueError, match="people"):
        draw_actors(draw_population(1, 1), "registered_handle", 5, 1)


_NO_DIGITS = str.maketrans("", "", "0123456789")


def _bare(handle: str) -> str:
    return handle.translate(str.maketrans("", "", "._-"))
