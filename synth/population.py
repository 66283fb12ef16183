"""A register of national size: invented people with their declared accounts, as columns.

The same number of people and seed give the same bytes. Five million people with ten million
accounts take 49 s on one core and 2.6 GB at the most.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from streams.records import PLATFORMS
from synth.population_handles import draw_handles, handle_hashes, is_in, until_unique
from synth.population_names import DrawnNames, draw_names, with_titles
from synth.register import (
    FIRST_DECLARATION,
    FIRST_WITHDRAWAL,
    LAST_DECLARATION,
    LAST_WITHDRAWAL,
    PLATFORM_WEIGHTS,
    SHARE_WITHDRAWN,
    SHARE_WITHOUT_ID,
)

ACCOUNTS_A_PERSON: Final = {1: 0.35, 2: 0.35, 3: 0.25, 4: 0.05}
"""2.0 on average."""
REGION_WEIGHTS: Final = {
    "32": 180, "35": 150, "33": 135, "12": 55, "36": 45, "31": 40, "73": 33, "16": 32, "18": 33,
    "14": 24, "13": 21, "51": 16, "61": 20, "53": 20, "52": 20, "11": 20, "34": 14, "64": 14,
    "63": 15, "71": 10, "15": 13, "72": 11, "62": 10, "74": 10, "21": 8, "17": 7, "81": 7,
    "75": 4, "76": 5, "82": 5, "65": 3, "19": 5, "91": 4, "92": 2, "93": 2, "94": 5, "95": 5,
    "96": 2,
}  # fmt: skip
"""Provinces by roughly how many people live there, in some hundred thousands."""
REGENCIES: Final = 20
AGENCIES: Final = (
    *("DISDIK", "DINKES", "DISHUB", "DUKCAPIL", "BAPENDA", "SATPOLPP", "BKPSDM", "BAPPEDA"),
    *("DINSOS", "DISNAKER", "DISPERINDAG", "DISPORA", "DISKOMINFO", "DPUPR", "BPBD", "BPKAD"),
    *("INSPEKTORAT", "KECAMATAN", "RSUD", "DISPERKIM", "DISTAN", "DLHK", "DPMPTSP", "SETDA"),
    *("KEMENKEU", "KEMENAG", "KEMENKES", "KEMENHUB", "KEMENDAGRI", "KEMENKUMHAM", "KEMENPU"),
    *("KEMENDIKBUD", "BASARNAS", "BMKG", "LAPAN", "LIPI", "BATAN", "PUSKESMAS", "UPTD"),
)
SHARE_WITHOUT_AGENCY: Final = 0.10
SHARE_SHOWN_NAME: Final = 0.70
_PEOPLE_A_PART: Final = 500_000


@dataclass(frozen=True)
class Population:
    """People and accounts; an account's person is a place in the people's columns.

    Arrow columns of strings, numpy columns of numbers. `account_platform` are places in
    `PLATFORMS`; days are numpy days, `withdrawn_on` NaT where the account stands.
    """

    person_ids: pa.Array
    names: pa.Array
    official_names: pa.Array
    region_codes: pa.Array
    agency_codes: pa.Array
    account_person: NDArray[np.int32]
    account_platform: NDArray[np.uint8]
    handles: pa.Array
    account_ids: pa.Array
    display_names: pa.Array
    declared_on: NDArray[np.datetime64]
    withdrawn_on: NDArray[np.datetime64]

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """Sorted hashes of all handles, to ask whether one is registered."""
        return np.sort(handle_hashes(self.handles, self.account_platform))

    def is_registered(self, handles: pa.Array, platforms: NDArray[np.uint8]) -> NDArray[np.bool_]:
        return is_in(handle_hashes(handles, platforms), self.hashes)


def generator(*what: object) -> np.random.Generator:
    """A generator of its own for each purpose, the same in every process."""
    digest = sha256(":".join(map(str, what)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def draw_population(people: int, seed: int) -> Population:
    """`people` invented persons with two declared accounts each on average.

    All are declared by March 2023; about one account in sixteen is withdrawn between April and
    December 2023, so that an account's standing is the same throughout 2024.
    """
    words = draw_names(people, generator("names", people, seed))
    person, platforms = _accounts(people, generator("accounts", people, seed))
    rng = generator("handles", people, seed)
    at = pa.array(person)
    handles = draw_handles(DrawnNames(*(column.take(at) for column in words)), platforms, rng)
    handles = until_unique(handles, platforms, rng)
    rng = generator("facts", people, seed)
    count = len(person)
    shown = pa.array(rng.random(count) < SHARE_SHOWN_NAME)
    declared = _days(FIRST_DECLARATION, LAST_DECLARATION, people, rng)[person]
    withdrawn = _days(FIRST_WITHDRAWAL, LAST_WITHDRAWAL, count, rng)
    withdrawn[rng.random(count) >= SHARE_WITHDRAWN] = np.datetime64("NaT")
    width = max(7, len(str(people)))
    numbers = pc.utf8_lpad(pa.array(np.arange(people)).cast(pa.string()), width, "0")
    return Population(
        person_ids=pc.binary_join_element_wise("P", numbers, ""),
        names=words.names,
        official_names=with_titles(words.names, rng),
        region_codes=draw_regions(people, rng),
        agency_codes=pc.if_else(
            pa.array(rng.random(people) < SHARE_WITHOUT_AGENCY),
            pa.scalar(None, pa.string()),
            pa.array(AGENCIES).take(pa.array(rng.integers(0, len(AGENCIES), people))),
        ),
        account_person=person,
        account_platform=platforms,
        handles=handles,
        account_ids=_account_ids(platforms, rng),
        display_names=pc.if_else(shown, words.names.take(at), pa.scalar(None, pa.string())),
        declared_on=declared,
        withdrawn_on=withdrawn,
    )


def draw_regions(count: int, rng: np.random.Generator) -> pa.Array:
    """Codes such as `35.07`: provinces by their people, any regency of each."""
    provinces = list(REGION_WEIGHTS)
    weights = np.cumsum(list(REGION_WEIGHTS.values()))
    drawn = np.searchsorted(weights, rng.integers(0, weights[-1], count), side="right")
    regencies = pa.array([f".{number:02d}" for number in range(1, REGENCIES + 1)])
    return pc.binary_join_element_wise(
        pa.array(provinces).take(pa.array(drawn)),
        regencies.take(pa.array(rng.integers(0, REGENCIES, count))),
        "",
    )


def _accounts(people: int, rng: np.random.Generator) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Whose each account is and where; nobody has two on one platform."""
    weights = np.array([dict(PLATFORM_WEIGHTS)[platform] for platform in PLATFORMS], np.float32)
    persons, platforms = [], []
    for first in range(0, people, _PEOPLE_A_PART):
        part = min(_PEOPLE_A_PART, people - first)
        # The largest of log-weight plus Gumbel noise: draws without replacement, by weight.
        noise = -np.log(-np.log(rng.random((part, len(PLATFORMS)), dtype=np.float32) + 1e-9) + 1e-9)
        order = np.argsort(-(np.log(weights) + noise), axis=1)
        bounds = np.cumsum(list(ACCOUNTS_A_PERSON.values()))
        counts = np.minimum(np.searchsorted(bounds, rng.random(part)), len(bounds) - 1) + 1
        chosen = np.arange(len(PLATFORMS)) < counts[:, None]
        persons.append(np.repeat(np.arange(first, first + part, dtype=np.int32), counts))
        platforms.append(order[chosen].astype(np.uint8))
    return np.concatenate(persons), np.concatenate(platforms)


def _account_ids(platforms: NDArray[np.uint8], rng: np.random.Generator) -> pa.Array:
    """Numbers, or on some platforms words, unlike each other; none for a share."""
    count = len(platforms)
    # A walk of random steps: rising, so never the same number twice.
    numbers = np.cumsum(rng.integers(1, 10**7, count, dtype=np.int64)) + 10**9
    numbers = numbers[rng.permutation(count)]
    text = pa.array(numbers).cast(pa.string())
    padded = pc.utf8_lpad(text, 22, "A")
    for platform, prefix in (("youtube", "UC"), ("bluesky", "did:plc:")):
        there = pa.array(platforms == PLATFORMS.index(platform))
        text = pc.if_else(there, pc.binary_join_element_wise(prefix, padded, ""), text)
    without = pa.array(rng.random(count) < SHARE_WITHOUT_ID)
    return pc.if_else(without, pa.scalar(None, pa.string()), text)


def _days(first: date, last: date, count: int, rng: np.random.Generator) -> NDArray[np.datetime64]:
    return np.datetime64(first) + rng.integers(0, (last - first).days + 1, count)
