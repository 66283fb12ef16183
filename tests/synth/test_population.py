"""A population against what its tables and its docstrings say of it."""

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from lists.register_build import build_register
from lists.register_source import read_source
from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.region_names import PROVINCES, province_of
from streams.records import PLATFORMS
from synth.population import (
    ACCOUNTS_A_PERSON,
    AGENCIES,
    REGION_WEIGHTS,
    SHARE_SHOWN_NAME,
    SHARE_WITHOUT_AGENCY,
    Population,
    draw_population,
    generator,
)
from synth.population_file import ENDINGS, write_population
from synth.population_handles import DIGITS, PATTERNS, SHAPES, until_unique
from synth.population_names import SHARE_FORENAME, SHARE_OF_WORDS, SHARE_TITLED, draw_names
from synth.register import (
    FIRST_DECLARATION,
    FIRST_WITHDRAWAL,
    LAST_DECLARATION,
    LAST_WITHDRAWAL,
    PLATFORM_WEIGHTS,
    SHARE_WITHDRAWN,
    SHARE_WITHOUT_ID,
)


def _platforms(population: Population) -> list[str]:
    return [PLATFORMS[code] for code in population.account_platform.tolist()]


def _columns(population: Population) -> dict[str, list[object]]:
    """As plain lists; a day that is none is NaT, which equals nothing, so days go as text."""
    return {
        name: column.astype(str).tolist() if isinstance(column, np.ndarray) else column.to_pylist()
        for name, column in vars(population).items()
        if name != "hashes"
    }


def _is_likely(found: int, of: int, share: float) -> bool:
    """Within five standard deviations of what a binomial draw gives."""
    return abs(found - of * share) <= 5 * sqrt(of * share * (1 - share))


def test_same_seed_same_columns() -> None:
    first, again, other = (_columns(draw_population(300, seed)) for seed in (1, 1, 2))
    assert first == again
    same = {name for name, column in first.items() if column == other[name]}
    assert same == {"person_ids"}


def test_columns_fit_together(population: Population) -> None:
    accounts, people = len(population.account_person), len(population.person_ids)
    sizes = {name: len(column) for name, column in _columns(population).items()}
    of_people = ("person_ids", "names", "official_names", "region_codes", "agency_codes")
    assert sizes == {name: people if name in of_people else accounts for name in sizes}
    assert people == 2_000
    assert set(population.account_person.tolist()) == set(range(people))
    assert len(set(population.person_ids.to_pylist())) == people


def test_handles_are_normal_and_nobody_shares_one(population: Population) -> None:
    keys = list(zip(_platforms(population), population.handles.to_pylist(), strict=True))
    assert [key for key in keys if normalise(*key) != key[1]] == []
    assert len(set(keys)) == len(keys)


def test_a_crowd_of_equal_handles_becomes_unlike() -> None:
    """Everybody of one name, on every platform; the shortest handles are those of x."""
    for platform, shape in SHAPES.items():
        platforms = np.full(20_000, PLATFORMS.index(platform), np.uint8)
        same = pa.array([f"muhammadnur{shape.host}"] * len(platforms))
        unlike = until_unique(same, platforms, np.random.default_rng(1)).to_pylist()
        assert unlike[0] == same[0].as_py()
        assert len(set(unlike)) == len(unlike)
        assert [handle for handle in unlike if normalise(platform, handle) != handle] == []


def test_what_is_registered_is_known_by_platform(population: Population) -> None:
    platforms, handles = population.account_platform, population.handles.to_pylist()
    assert population.is_registered(population.handles, platforms).all()
    elsewhere = np.where(platforms == 0, 1, 0).astype(np.uint8)
    known = set(zip(_platforms(population), handles, strict=True))
    expected = [
        (PLATFORMS[code], handle) in known
        for code, handle in zip(elsewhere.tolist(), handles, strict=True)
    ]
    assert population.is_registered(population.handles, elsewhere).tolist() == expected
    assert not all(expected)


def test_ids_belong_to_one_account_and_look_like_their_platforms(population: Population) -> None:
    ids = population.account_ids.to_pylist()
    keys = [(p, i) for p, i in zip(_platforms(population), ids, strict=True) if i is not None]
    assert len(set(keys)) == len(keys)
    assert {platform for platform, _ in keys} == set(PLATFORMS)
    for platform, account_id in keys:
        if platform == "youtube":
            assert account_id.startswith("UC")
            assert len(account_id) == 24
        elif platform == "bluesky":
            assert account_id.startswith("did:plc:")
        else:
            assert account_id.isdigit()


SHARES: dict[str, tuple[Callable[[Population], object], float]] = {
    "account without id": (lambda p: p.account_ids.is_null(), SHARE_WITHOUT_ID),
    "account withdrawn": (lambda p: ~np.isnat(p.withdrawn_on), SHARE_WITHDRAWN),
    "account shows a name": (lambda p: p.display_names.is_valid(), SHARE_SHOWN_NAME),
    "person without agency": (lambda p: p.agency_codes.is_null(), SHARE_WITHOUT_AGENCY),
    "person with a title": (lambda p: pc.not_equal(p.names, p.official_names), SHARE_TITLED),
}


@pytest.mark.parametrize("what", SHARES)
def test_shares_are_as_assumed(population: Population, what: str) -> None:
    which, share = SHARES[what]
    found = np.asarray(which(population))
    assert _is_likely(int(found.sum()), len(found), share)


@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_words_a_name_are_as_assumed(population: Population, words: int) -> None:
    """As many as the table says, or one fewer and an official forename."""
    alone, before = SHARE_OF_WORDS.get(words, 0.0), SHARE_OF_WORDS.get(words - 1, 0.0)
    share = alone * (1 - SHARE_FORENAME) + before * SHARE_FORENAME
    names = population.names.to_pylist()
    assert _is_likely(sum(len(name.split()) == words for name in names), len(names), share)
    assert all(name == " ".join(name.split()) for name in names)


@pytest.mark.parametrize("accounts", [1, 2, 3, 4])
def test_accounts_a_person_are_as_assumed(population: Population, accounts: int) -> None:
    a_person = np.bincount(population.account_person)
    found = int((a_person == accounts).sum())
    assert _is_likely(found, len(a_person), ACCOUNTS_A_PERSON[accounts])
    assert a_person.max() <= max(ACCOUNTS_A_PERSON)


def test_nobody_has_two_accounts_on_a_platform(population: Population) -> None:
    pairs = zip(
        population.account_person.tolist(), population.account_platform.tolist(), strict=True
    )
    assert len(set(pairs)) == len(population.account_person)


def test_an_only_account_is_where_the_weights_say(population: Population) -> None:
    only = np.bincount(population.account_person)[population.account_person] == 1
    on = np.bincount(population.account_platform[only], minlength=len(PLATFORMS))
    whole = sum(weight for _, weight in PLATFORM_WEIGHTS)
    for platform, weight in PLATFORM_WEIGHTS:
        assert _is_likely(int(on[PLATFORMS.index(platform)]), int(only.sum()), weight / whole)


def test_standing_does_not_change_in_2024(population: Population) -> None:
    declared, withdrawn = population.declared_on, population.withdrawn_on
    left = withdrawn[~np.isnat(withdrawn)]
    assert declared.min() >= np.datetime64(FIRST_DECLARATION)
    assert declared.max() <= np.datetime64(LAST_DECLARATION)
    assert left.min() >= np.datetime64(FIRST_WITHDRAWAL)
    assert left.max() <= np.datetime64(LAST_WITHDRAWAL)
    assert LAST_DECLARATION < FIRST_WITHDRAWAL
    assert LAST_WITHDRAWAL.year < 2024


def test_titles_are_no_part_of_the_canonical_name(population: Population) -> None:
    names = zip(population.names.to_pylist(), population.official_names.to_pylist(), strict=True)
    assert [n for n in names if canonical_name(n[0]) != canonical_name(n[1])] == []


def test_regions_and_agencies_are_ones_that_a_bio_can_name(population: Population) -> None:
    assert set(REGION_WEIGHTS) == set(PROVINCES)
    assert all(province_of(code) for code in population.region_codes.to_pylist())
    assert all(len(agency) >= 4 and agency.isupper() for agency in AGENCIES)
    assert set(population.agency_codes.to_pylist()) == {*AGENCIES, None}


def test_names_are_shared_as_often_as_the_docstring_says() -> None:
    """Of people drawn anew beside 100,000, 19.7 % have a name that somebody there has."""
    known = pc.utf8_lower(draw_names(100_000, generator("names", 100_000, 1)).names)
    outside = pc.utf8_lower(draw_names(20_000, generator("names", 20_000, 2)).names)
    shared = pc.sum(pc.is_in(outside, value_set=known)).as_py()
    assert _is_likely(shared, 20_000, 0.197)


def test_the_tables_are_whole() -> None:
    for table in (PATTERNS, DIGITS):
        assert sum(share for _, share, _ in table) == pytest.approx(1)
    for shares in (SHARE_OF_WORDS, ACCOUNTS_A_PERSON):
        assert sum(shares.values()) == pytest.approx(1)
    assert set(SHAPES) == set(PLATFORMS)


def test_every_kind_of_file_builds_the_same_register(
    population: Population, tmp_path: Path
) -> None:
    versions = set()
    for ending in ENDINGS:
        source = tmp_path / f"register{ending}"
        told: list[int] = []
        assert write_population(population, source, told.append) == len(population.handles)
        assert told == [len(population.handles)]
        report = build_register(source, tmp_path / ending.removeprefix("."))
        assert report.refused == ()
        assert report.manifest.people == 2_000
        assert report.manifest.accounts == report.rows == len(population.handles)
        standing = int(np.isnat(population.withdrawn_on).sum())
        assert report.manifest.accounts_standing == standing
        versions.add(report.manifest.version)
    assert len(versions) == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_file_is_read_back_whole(ending: str, tmp_path: Path) -> None:
    drawn = draw_population(120, 4)
    path = tmp_path / f"register{ending}"
    write_population(drawn, path)
    chunks = list(read_source(path))
    assert [line for chunk in chunks for line in chunk.unreadable] == []
    read = {
        name: [value or None for chunk in chunks for value in chunk.columns[name].to_pylist()]
        for name in chunks[0].columns
    }
    person = pa.array(drawn.account_person)
    declared = drawn.declared_on.astype(str).tolist()
    expected: dict[str, list[object]] = {
        "person_id": drawn.person_ids.take(person).to_pylist(),
        "name": drawn.official_names.take(person).to_pylist(),
        "region_code": drawn.region_codes.take(person).to_pylist(),
        "agency_code": drawn.agency_codes.take(person).to_pylist(),
        "platform": list(_platforms(drawn)),
        "handle": drawn.handles.to_pylist(),
        "account_id": drawn.account_ids.to_pylist(),
        "declared_on": declared,
        "withdrawn_on": [
            None if day == "NaT" else day for day in drawn.withdrawn_on.astype(str).tolist()
        ],
        "declaration_ref": [
            f"SPMS/{day[:4]}/{place}"
            for day, place in zip(declared, drawn.account_person.tolist(), strict=True)
        ],
    }
    assert read == expected


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with pytest.raises(ValueError, match=r"\.parquet"):
        write_population(draw_population(2, 1), path)
    assert not path.exists()
