"""A population as the source of a register: CSV, JSON lines or Parquet, by the file's ending."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from streams.records import PLATFORMS
from synth.population import Population
from synth.register import SOURCE_COLUMNS

ROWS_A_PART = 200_000
ENDINGS = (".csv", ".jsonl", ".parquet")


def write_population(
    population: Population, path: Path, progress: Callable[[int], None] = lambda _done: None
) -> int:
    """Write one row an account; returns how many. `progress` hears how many so far.

    Raises ValueError for another ending.
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f"{path}: give a file that ends in {', '.join(ENDINGS)}.")
    parts = _parts(population, progress)
    # Opened here and not by Arrow, whose errors do not say the file's name apart.
    with path.open("wb") as file:
        if path.suffix == ".jsonl":
            for part in parts:
                file.writelines(
                    orjson.dumps({k: v for k, v in row.items() if v is not None}) + b"\n"
                    for row in part.to_pylist()
                )
        elif path.suffix == ".csv":
            with pa_csv.CSVWriter(
                file, _SCHEMA, write_options=pa_csv.WriteOptions(quoting_style="needed")
            ) as table:
                for part in parts:
                    table.write_table(part)
        else:
            with pq.ParquetWriter(file, _SCHEMA) as table:
                for part in parts:
                    table.write_table(part)
    return len(population.account_person)


_SCHEMA = pa.schema([(name, pa.string()) for name in SOURCE_COLUMNS])


def _parts(population: Population, progress: Callable[[int], None]) -> Iterator[pa.Table]:
    """The accounts in parts; a part counts as done when the next one is asked for."""
    for first in range(0, len(population.account_person), ROWS_A_PART):
        here = slice(first, first + ROWS_A_PART)
        person = pa.array(population.account_person[here])
        declared = population.declared_on[here]
        withdrawn = population.withdrawn_on[here]
        years = pa.array(declared.astype("datetime64[Y]").astype(int) + 1970).cast(pa.string())
        numbers = pa.array(population.account_person[here] % 100_000).cast(pa.string())
        columns = {
            "person_id": population.person_ids.take(person),
            "name": population.official_names.take(person),
            "agency_code": population.agency_codes.take(person),
            "region_code": population.region_codes.take(person),
            "platform": pa.array(PLATFORMS).take(pa.array(population.account_platform[here])),
            "account_id": population.account_ids[here],
            "handle": population.handles[here],
            "display_name": population.display_names[here],
            "declared_on": pa.array(declared.astype("datetime64[D]")).cast(pa.string()),
            "declaration_ref": pc.binary_join_element_wise("SPMS", years, numbers, "/"),
            "withdrawn_on": pa.array(
                withdrawn.astype("datetime64[D]"), mask=np.isnat(withdrawn)
            ).cast(pa.string()),
        }
        yield pa.table({name: columns[name] for name in SOURCE_COLUMNS}, schema=_SCHEMA)
        progress(first + len(person))
