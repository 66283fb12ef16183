from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from config.errors import RegisterError
from lists.register_source import read_source
from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.region_names import PROVINCES, province_of
from streams.records import PLATFORMS
from synth.population import AGENCIES, REGION_WEIGHTS, Population, draw_population
from synth.population_file import write_population
from synth.population_handles import DIGITS, PATTERNS, SHAPES, until_unique
from synth.population_names import SHARE_TITLED
from synth.register import (
    FIRST_DECLARATION,
    FIRST_WITHDRAWAL,
    LAST_DECLARATION,
    LAST_WITHDRAWAL,
    PLATFORM_WEIGHTS,
    SHARE_WITHDRAWN,
    SHARE_WITHOUT_ID,
)

PEOPLE = 5_000


@pytest.fixture(scope="module")
def population() -> Population:
    return draw_population(PEOPLE, 21)


def _platforms(population: Population) -> list[str]:
    return [PLATFORMS[code] for code in population.account_platform.tolist()]


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "M"))
    return bool(one == other)


def test_same_seed_same_columns() -> None:
    first, again, other = (draw_population(300, seed) for seed in (1, 1, 2))
    differing = {
        name for name, column in vars(first).items() if not _is_same(column, vars(other)[name])
    }
    assert all(_is_same(column, vars(again)[name]) for name, column in vars(first).items())
    assert differing == set(vars(first)) - {"person_ids"}


def test_columns_fit_together(population: Population) -> None:
    accounts = len(population.account_person)
    by_account = (
        *(population.account_platform, population.handles, population.account_ids),
        *(population.display_names, population.declared_on, population.withdrawn_on),
    )
    by_person = (
        *(population.person_ids, population.names, population.official_names),
        *(population.region_codes, population.agency_codes),
    )
    assert {len(column) for column in by_account} == {accounts}
    assert {len(column) for column in by_person} == {PEOPLE}
    assert set(population.account_person.tolist()) == set(range(PEOPLE))
    assert len(set(population.person_ids.to_pylist())) == PEOPLE


def test_handles_are_normal_and_nobody_shares_one(population: Population) -> None:
    keys = list(zip(_platforms(population), population.handles.to_pylist(), strict=True))
    assert [key for key in keys if normalise(*key) != key[1]] == []
    assert len(set(keys)) == len(keys)


def test_a_crowd_of_equal_handles_becomes_unlike() -> None:
    """Everybody of one name on the platform with the shortest handles."""
    count = 40_000
    platforms = np.full(count, PLATFORMS.index("x"), np.uint8)
    handles = until_unique(
        pa.array(["muhammadnur"] * count), platforms, np.random.default_rng(1)
    ).to_pylist()
    assert len(set(handles)) == count
    assert all(normalise("x", handle) == handle for handle in handles)


def test_what_is_registered_is_known_by_platform(population: Population) -> None:
    platforms = population.account_platform
    assert population.is_registered(population.handles, platforms).all()
    elsewhere = np.where(platforms == 0, 1, 0).astype(np.uint8)
    known = set(zip(_platforms(population), population.handles.to_pylist(), strict=True))
    expected = [
        (PLATFORMS[code], handle) in known
        for code, handle in zip(elsewhere.tolist(), population.handles.to_pylist(), strict=True)
    ]
    assert population.is_registered(population.handles, elsewhere).tolist() == expected
    assert not all(expected)


def test_ids_belong_to_one_account_and_look_like_their_platform(population: Population) -> None:
    ids = population.account_ids.to_pylist()
    keys = [(p, i) for p, i in zip(_platforms(population), ids, strict=True) if i is not None]
    assert len(set(keys)) == len(keys)
    for platform, account_id in keys:
        if platform == "youtube":
            assert account_id.startswith("UC")
            assert len(account_id) == 24
        elif platform == "bluesky":
            assert account_id.startswith("did:plc:")
        else:
            assert account_id.isdigit()


@pytest.mark.parametrize(
    ("share_of", "expected"),
    [
        (lambda p: p.account_ids.null_count / len(p.account_ids), SHARE_WITHOUT_ID),
        (lambda p: np.mean(~np.isnat(p.withdrawn_on)), SHARE_WITHDRAWN),
        (lambda p: p.agency_codes.null_count / PEOPLE, 0.10),
        (lambda p: len(p.account_person) / PEOPLE / 2, 1.0),
        (lambda p: np.mean(np.array(p.names) != np.array(p.official_names)), SHARE_TITLED),
        (lambda p: pc.sum(pc.equal(pc.count_substring(p.names, " "), 0)).as_py() / PEOPLE, 0.045),
    ],
    ids=["no id", "withdrawn", "no agency", "half the accounts", "titled", "one word"],
)
def test_shares_are_as_assumed(
    population: Population, share_of: Callable[[Population], float], expected: float
) -> None:
    assert share_of(population) == pytest.approx(expected, abs=0.03, rel=0.25)


def test_platforms_are_taken_in_the_order_of_their_weights(population: Population) -> None:
    counts = np.bincount(population.account_platform, minlength=len(PLATFORMS))
    weights = dict(PLATFORM_WEIGHTS)
    for one in PLATFORMS:
        for other in PLATFORMS:
            if weights[one] > 1.5 * weights[other]:
                assert counts[PLATFORMS.index(one)] > counts[PLATFORMS.index(other)]
    pairs = set(zip(population.account_person, population.account_platform, strict=True))
    assert len(pairs) == len(population.account_person)


def test_days_leave_the_standing_alone_in_2024(population: Population) -> None:
    declared, withdrawn = population.declared_on, population.withdrawn_on
    left = withdrawn[~np.isnat(withdrawn)]
    assert declared.min() >= np.datetime64(FIRST_DECLARATION)
    assert declared.max() <= np.datetime64(LAST_DECLARATION)
    assert left.min() >= np.datetime64(FIRST_WITHDRAWAL)
    assert left.max() <= np.datetime64(LAST_WITHDRAWAL)


def test_titles_are_no_part_of_the_canonical_name(population: Population) -> None:
    names = zip(population.names.to_pylist(), population.official_names.to_pylist(), strict=True)
    assert [n for n in names if canonical_name(n[0]) != canonical_name(n[1])] == []


def test_regions_and_agencies_are_ones_that_a_bio_can_name(population: Population) -> None:
    assert set(REGION_WEIGHTS) == set(PROVINCES)
    assert all(province_of(code) for code in population.region_codes.to_pylist())
    assert all(len(agency) >= 4 and agency.isupper() for agency in AGENCIES)
    assert set(population.agency_codes.to_pylist()) <= {*AGENCIES, None}


def test_more_people_share_their_name_the_larger_the_register_is() -> None:
    """The full-size figures stand in `synth.population_names`; here the smallest of them."""
    known = set(draw_population(20_000, 1).names.to_pylist())
    few = set(list(known)[:2_000])
    outside = draw_population(4_000, 2).names.to_pylist()
    share = sum(name in known for name in outside) / len(outside)
    assert 0.08 < share < 0.16
    assert sum(name in few for name in outside) / len(outside) < share


def test_the_tables_are_whole() -> None:
    assert sum(share for _, share, _ in PATTERNS) == pytest.approx(1)
    assert sum(share for _, share, _ in DIGITS) == pytest.approx(1)
    assert set(SHAPES) == set(PLATFORMS)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_every_kind_of_file_is_read_back_whole(ending: str, tmp_path: Path) -> None:
    drawn = draw_population(120, 4)
    path = tmp_path / f"register.{ending}"
    told: list[int] = []
    assert write_population(drawn, path, told.append) == len(drawn.handles)
    assert told == [len(drawn.handles)]
    chunks = list(read_source(path))
    assert [line for chunk in chunks for line in chunk.unreadable] == []
    read = {
        name: [value or None for chunk in chunks for value in chunk.columns[name].to_pylist()]
        for name in chunks[0].columns
    }
    person = pa.array(drawn.account_person)
    expected = {
        "person_id": drawn.person_ids.take(person),
        "name": drawn.official_names.take(person),
        "region_code": drawn.region_codes.take(person),
        "agency_code": drawn.agency_codes.take(person),
        "handle": drawn.handles,
        "account_id": drawn.account_ids,
    }
    assert {name: read[name] for name in expected} == {
        name: column.to_pylist() for name, column in expected.items()
    }
    assert read["platform"] == _platforms(drawn)
    assert read["declared_on"] == drawn.declared_on.astype(str).tolist()
    assert read["withdrawn_on"] == [
        None if day == "NaT" else day for day in drawn.withdrawn_on.astype(str).tolist()
    ]
    years = [day[:4] for day in drawn.declared_on.astype(str).tolist()]
    assert [str(ref).split("/")[:2] for ref in read["declaration_ref"]] == [
        ["SPMS", y] for y in years
    ]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with pytest.raises(ValueError, match=r"\.parquet"):
        write_population(draw_population(2, 1), path)
    assert not path.exists()
    with pytest.raises(RegisterError):
        list(read_source(path))
