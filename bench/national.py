"""A register of national size for the pipeline's benchmark, and some of its accounts."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from lists.refs import make_key, write_refs
from lists.register_build import build_register
from lists.vault import make_review_key
from streams.records import PLATFORMS, Watchlist
from synth.population import Population, draw_population
from synth.population_file import write_population
from synth.register import SourceRow

AUTHORS: Final = 50_000
"""Registered accounts that the events' authors are drawn from."""


def national_register(
    folder: Path, people: int, seed: int, watchlist: Watchlist
) -> tuple[Path, list[SourceRow]]:
    """Build a register of so many people with pseudonyms; its directory, and some of its rows."""
    population = draw_population(people, seed)
    write_population(population, folder / "national.parquet")
    directory = folder / "national"
    build_register(folder / "national.parquet", directory)
    make_key(folder / "national.key")
    recipient = make_review_key(folder / "review.key")
    for election in watchlist.elections:
        write_refs(
            directory, election.id, folder / "national.key", recipient, folder / "national.vault"
        )
    return directory, _some_rows(population, seed)


def _some_rows(population: Population, seed: int) -> list[SourceRow]:
    rows = np.random.default_rng(seed).choice(len(population.account_person), AUTHORS)
    at, people = pa.array(rows), pa.array(population.account_person[rows])
    return [
        SourceRow(
            person_id=person,
            name=name,
            agency_code=agency or "",
            region_code=region,
            platform=PLATFORMS[platform],
            account_id=account_id,
            handle=handle,
            display_name=shown,
            declared_on=declared,
            declaration_ref="SPMS/1",
            withdrawn_on=withdrawn,
        )
        for (
            person, name, agency, region, platform, account_id, handle, shown, declared, withdrawn,
        ) in zip(
            population.person_ids.take(people).to_pylist(),
            population.official_names.take(people).to_pylist(),
            population.agency_codes.take(people).to_pylist(),
            population.region_codes.take(people).to_pylist(),
            population.account_platform[rows].tolist(),
            population.account_ids.take(at).to_pylist(),
            population.handles.take(at).to_pylist(),
            population.display_names.take(at).to_pylist(),
            population.declared_on[rows].tolist(),
            population.withdrawn_on[rows].tolist(),
            strict=True,
        )
    ]  # fmt: skip
