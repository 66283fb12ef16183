"""Every kind of author against the register it was drawn from, looked up in plain dictionaries."""

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import numpy as np
import pyarrow as pa
import pytest
from rapidfuzz.distance import OSA

from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.region_names import province_of, provinces_named
from streams.records import PLATFORMS
from synth.actors import (
    HAS_BIO,
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
from synth.population import AGENCIES, REGION_WEIGHTS, SHARE_WITHOUT_AGENCY, Population

COUNT = 150
MANY = 5_000
VARIED = [kind for kind in KINDS if kind.startswith("variant:")]


class Register:
    """The population as plain lists, to look things up without its own code."""

    def __init__(self, population: Population) -> None:
        self._population = population
        person = pa.array(population.account_person)
        self.handles: list[str] = population.handles.to_pylist()
        self.ids: list[str | None] = population.account_ids.to_pylist()
        self.platforms = [PLATFORMS[code] for code in population.account_platform.tolist()]
        self.withdrawn = [str(day) != "NaT" for day in population.withdrawn_on]
        self.names: list[str] = population.names.take(person).to_pylist()
        self.official_names: list[str] = population.official_names.take(person).to_pylist()
        self.regions: list[str] = population.region_codes.take(person).to_pylist()
        keys = zip(self.platforms, self.handles, strict=True)
        self.rows: dict[tuple[str, str | None], int] = {key: row for row, key in enumerate(keys)}
        self.taken_ids = set(zip(self.platforms, self.ids, strict=True))

    def draw(self, kind: str, count: int = COUNT, seed: int = 5) -> list[ActorTruth]:
        return draw_actors(self._population, kind, count, seed)

    def has(self, author: ActorTruth) -> bool:
        return (author.platform, normalise(author.platform, author.handle)) in self.rows

    def has_id(self, author: ActorTruth) -> bool:
        return author.account_id is not None and (
            (author.platform, author.account_id) in self.taken_ids
        )

    def rows_like(self, author: ActorTruth, are_alike: Callable[[str, str], bool]) -> list[int]:
        """Every account of the author's platform whose handle is like theirs."""
        return [
            row
            for row, handle in enumerate(self.handles)
            if self.platforms[row] == author.platform and are_alike(handle, author.handle)
        ]


@pytest.fixture(scope="module")
def register(population: Population) -> Register:
    return Register(population)


def _is_likely(found: int, of: int, share: float) -> bool:
    """Within five standard deviations of what a binomial draw gives."""
    return abs(found - of * share) <= 5 * sqrt(of * share * (1 - share))


def _without(text: str, letters: str) -> str:
    return text.translate(dict.fromkeys(map(ord, letters)))


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_authors(register: Register, kind: str) -> None:
    first = register.draw(kind, 40)
    assert len(first) == 40
    assert first == register.draw(kind, 40)
    assert first != register.draw(kind, 40, seed=6)
    assert {author.kind for author in first} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_every_author_has_a_handle_and_a_truth(register: Register, kind: str) -> None:
    drawn = register.draw(kind)
    assert len(drawn) == COUNT
    for author in drawn:
        normal = normalise(author.platform, author.handle)
        assert normal == (author.handle.lower() if kind == "variant:case" else author.handle)
        if kind in OUTSIDE_KINDS:
            assert author.account == OUTSIDER == -1
        else:
            assert register.platforms[author.account] == author.platform
            assert not register.withdrawn[author.account]


def test_every_class_of_variants_but_the_conflicting_one_is_a_kind() -> None:
    assert {kind.removeprefix("variant:") for kind in VARIED} == {*VARIANTS} - {"digits_changed"}
    assert set(OUTSIDE_KINDS) < set(KINDS)


def test_registered_authors_show_what_the_register_holds(register: Register) -> None:
    for author in register.draw("registered_id"):
        assert author.account_id == register.ids[author.account] is not None
        assert author.handle == register.handles[author.account]
    for author in register.draw("registered_handle"):
        assert author.account_id is register.ids[author.account] is None
        assert author.handle == register.handles[author.account]


def test_a_changed_handle_is_nobodys_and_the_id_stays(register: Register) -> None:
    for author in register.draw("changed_handle"):
        assert author.account_id == register.ids[author.account] is not None
        assert not register.has(author)


@pytest.mark.parametrize("kind", VARIED)
def test_a_variant_is_a_free_handle_without_a_known_id(register: Register, kind: str) -> None:
    drawn = register.draw(kind)
    for author in drawn:
        assert author.handle != register.handles[author.account]
        if kind == "variant:case":  # only there it is the same handle still
            assert register.rows[author.platform, author.handle.lower()] == author.account
        else:
            assert not register.has(author)
        assert not register.has_id(author)
        if register.ids[author.account] is not None:
            assert author.account_id is None
    without = [author for author in drawn if register.ids[author.account] is None]
    known = sum(author.account_id is not None for author in without)
    assert _is_likely(known, len(without), 0.5)


@pytest.mark.parametrize("kind", OUTSIDE_KINDS)
def test_an_outsider_has_no_id_of_the_register_and_a_handle_only_if_reused(
    register: Register, kind: str
) -> None:
    for author in register.draw(kind):
        assert register.has(author) == (kind == "reused_handle")
        assert not register.has_id(author)


def test_a_reused_handle_has_another_id_than_the_register_knows(register: Register) -> None:
    for author in register.draw("reused_handle"):
        row = register.rows[author.platform, author.handle]
        assert register.ids[row] is not None
        assert author.account_id is not None
        assert author.account_id != register.ids[row]
        assert not register.withdrawn[row]


def test_a_namesake_has_a_registered_name(register: Register) -> None:
    known = {canonical_name(name) for name in register.official_names}
    shared = {
        kind: sum(canonical_name(a.display_name or "") in known for a in register.draw(kind))
        for kind in ("namesake", "name_derived")
    }
    assert shared["namesake"] > 0.4 * COUNT
    assert shared["name_derived"] < 0.2 * COUNT


def test_a_look_alike_is_near_somebodys_handle_and_has_another_name(register: Register) -> None:
    def near(handle: str, other: str) -> bool:
        digits = "0123456789"
        return (
            OSA.distance(handle, other, score_cutoff=1) <= 1
            or handle.rstrip(digits) == other.rstrip(digits)
            # On a platform with servers the digits stand before the server.
            or _without(handle, digits) == _without(other, digits)
        )

    same = 0
    drawn = register.draw("look_alike", 60)
    for author in drawn:
        rows = register.rows_like(author, near)
        assert rows
        same += author.display_name in {
            name for row in rows for name in (register.names[row], register.official_names[row])
        }
    assert same <= 0.1 * len(drawn)  # two people may have one name by chance


def test_an_impersonator_copies_handle_and_name(register: Register) -> None:
    def but_for_separators(handle: str, other: str) -> bool:
        return _without(handle, "._-") == _without(other, "._-")

    for author in register.draw("impersonator", 60):
        assert author.account_id is None
        rows = register.rows_like(author, but_for_separators)
        assert author.display_name in {register.names[row] for row in rows}


def test_unrelated_handles_are_normal_and_hardly_ever_drawn_twice(register: Register) -> None:
    drawn = register.draw("unrelated", 2_000)
    assert len({(author.platform, author.handle) for author in drawn}) > 1_900
    # Two words and digits are now and then longer than the shortest platform allows.
    assert [a for a in drawn if normalise(a.platform, a.handle) != a.handle] == []


def test_a_registered_persons_bio_names_province_and_office_as_often_as_assumed(
    register: Register,
) -> None:
    drawn = register.draw("registered_id", MANY)
    own = other = 0
    for author in drawn:
        province = province_of(register.regions[author.account])
        assert province is not None
        named = provinces_named(author.bio or "")
        own += province in named
        other += bool(named - {province})
    weights = np.array(list(REGION_WEIGHTS.values())) / sum(REGION_WEIGHTS.values())
    there_by_chance = INSIDER_OTHER_REGION * float(np.sum(weights**2))
    assert _is_likely(own, MANY, INSIDER_REGION + (1 - INSIDER_REGION) * there_by_chance)
    assert _is_likely(other, MANY, INSIDER_OTHER_REGION - there_by_chance)
    # Not everybody has an office to name.
    assert _is_likely(_with_offices(drawn), MANY, INSIDER_AGENCY * (1 - SHARE_WITHOUT_AGENCY))
    assert _is_likely(sum(author.bio is not None for author in drawn), MANY, HAS_BIO)


def test_an_outsiders_bio_names_province_and_office_as_often_as_assumed(
    register: Register,
) -> None:
    drawn = register.draw("name_derived", MANY)
    named = sum(bool(provinces_named(author.bio or "")) for author in drawn)
    assert _is_likely(named, MANY, OUTSIDER_REGION)
    assert _is_likely(_with_offices(drawn), MANY, OUTSIDER_AGENCY)
    assert _is_likely(sum(author.bio is not None for author in drawn), MANY, HAS_BIO)


def _with_offices(drawn: list[ActorTruth]) -> int:
    return sum(any(office in (author.bio or "") for office in AGENCIES) for author in drawn)


@pytest.mark.parametrize("kind", ["registered_id", "name_derived"])
def test_names_are_shown_as_often_as_assumed(register: Register, kind: str) -> None:
    drawn = register.draw(kind, MANY)
    assert sum(SHOWN_NAME.values()) == pytest.approx(1)
    hidden = sum(author.display_name is None for author in drawn)
    assert _is_likely(hidden, MANY, SHOWN_NAME["none"])
    if kind == "registered_id":
        full = sum(author.display_name == register.names[author.account] for author in drawn)
        assert full / MANY >= SHOWN_NAME["full"] - 0.03


def test_an_unknown_kind_is_refused_and_the_known_ones_named(register: Register) -> None:
    with pytest.raises(ValueError, match=r"friend: no kind of author\. .*look_alike"):
        register.draw("friend")


@pytest.mark.parametrize("kind", ["registered_id", "changed_handle", "reused_handle"])
def test_a_register_with_nobody_who_fits_is_refused(population: Population, kind: str) -> None:
    nobody = replace(population, account_ids=pa.nulls(len(population.handles), pa.string()))
    with pytest.raises(ValueError, match=rf"{kind}: nobody .* Draw more people\."):
        draw_actors(nobody, kind, 5, 1)


def test_a_register_where_all_are_withdrawn_is_refused(population: Population) -> None:
    left = np.full(len(population.withdrawn_on), np.datetime64("2023-06-01"))
    with pytest.raises(ValueError, match="nobody"):
        draw_actors(replace(population, withdrawn_on=left), "variant:swap", 5, 1)
