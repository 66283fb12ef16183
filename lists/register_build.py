"""Builds the register artifact from its source; all of it or nothing.

Reading always goes on to the end, so that every refused row is known at once. The artifact is
written beside its place and renamed into it, and only if the source is not empty, not too many of
its rows are refused and it did not shrink too much against the artifact it replaces. The refused
rows are listed in `DIR.refused.tsv` beside the directory either way: line and reason, no values.

One account under two people is nobody's: all its rows are refused. The same account twice under
one person keeps the newest declaration.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Final

from config.errors import RegisterError
from lists.register_artifact import (
    MANIFEST,
    Manifest,
    RegisterRows,
    read_manifest,
    write_artifact,
)
from lists.register_source import RefusalReason, RefusedRow, SourceRow, read_source
from matchers.names import canonical_name
from matchers.register import NO_OFFSET
from matchers.shrink import refuse_shrunk

BUILDER: Final = f"netral {version('netral')}"
MAX_SHRINK: Final = 0.2
MAX_REFUSED: Final = 0.01

Progress = Callable[[int], None]
"""Called with the number of rows read so far, every thousand rows and at the end."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What became of a source. `refused` is by line."""

    manifest: Manifest
    refused: tuple[RefusedRow, ...]
    rows: int


def build_register(
    source: Path,
    directory: Path,
    *,
    max_shrink: float = MAX_SHRINK,
    max_refused: float = MAX_REFUSED,
    overlay_offset: int = NO_OFFSET,
    progress: Progress | None = None,
) -> BuildReport:
    """Build `directory` from `source`. Shares are from 0 to 1.

    Raises RegisterError, and leaves `directory` as it was, for a source that is unreadable, empty,
    shrunk by more than `max_shrink`, or with more than `max_refused` of its rows refused.
    """
    kept, refused, rows = _sort_out(read_source(source), progress)
    listing = directory.with_name(f"{directory.name}.refused.tsv")
    directory.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text("".join(f"{row.line}\t{row.reason}\n" for row in refused))
    if refused and len(refused) > max_refused * rows:
        raise RegisterError(
            f"{source}: {len(refused)} of {rows} rows refused ({_by_reason(refused)}), more than "
            f"{max_refused:.1%}; lines in {listing}. Nothing was written. Mend the source, or "
            "raise --max-refused if that is meant."
        )
    if not kept:
        raise RegisterError(f"{source}: the register source is empty. The old register stays.")
    standing = sum(row.withdrawn_on is None for row in kept)
    _check_replaced(source, directory, standing, max_shrink)
    manifest = _publish(source, directory, kept, refused, overlay_offset)
    return BuildReport(manifest, tuple(refused), rows)


def _check_replaced(source: Path, directory: Path, standing: int, max_shrink: float) -> None:
    """Refuse to replace what is no register, and a register that has far more accounts."""
    if not directory.exists():
        return
    if not (directory / MANIFEST).exists():
        if directory.is_dir() and not any(directory.iterdir()):
            return
        raise RegisterError(
            f"{directory}: holds something, but no register. Name a new or an empty directory."
        )
    if max_shrink >= 1:
        return
    try:
        before = read_manifest(directory).accounts_standing
    except RegisterError as error:
        raise RegisterError(
            f"{error} What it holds cannot be compared with the new one; --max-shrink 1 replaces "
            "it all the same."
        ) from None
    refuse_shrunk(str(source), before, standing, max_shrink, RegisterError)


def _sort_out(
    read: Iterable[SourceRow | RefusedRow], progress: Progress | None
) -> tuple[list[SourceRow], list[RefusedRow], int]:
    """The rows that stand, by platform and handle; the refused ones, by line; how many in all."""
    refused: list[RefusedRow] = []
    accounts: dict[tuple[str, str], list[SourceRow]] = {}
    count = 0
    for row in read:
        count += 1
        if isinstance(row, RefusedRow):
            refused.append(row)
        else:
            accounts.setdefault((row.platform, row.handle), []).append(row)
        if progress is not None and count % 1_000 == 0:
            progress(count)
    if progress is not None:
        progress(count)
    kept: list[SourceRow] = []
    for _, rows in sorted(accounts.items()):
        if len({row.person_id for row in rows}) > 1:
            refused += [RefusedRow(row.line, RefusalReason.TWO_PEOPLE) for row in rows]
            continue
        newest = max(rows, key=lambda row: (row.declared_on, row.line))
        kept.append(newest)
        refused += [
            RefusedRow(row.line, RefusalReason.DUPLICATE) for row in rows if row is not newest
        ]
    shared = _ids_under_two_handles(kept)
    refused += [RefusedRow(row.line, RefusalReason.ID_OF_TWO) for row in kept if _id(row) in shared]
    kept = [row for row in kept if _id(row) not in shared]
    return kept, sorted(refused, key=lambda row: row.line), count


def _ids_under_two_handles(rows: Iterable[SourceRow]) -> frozenset[tuple[str, str] | None]:
    counts = Counter(_id(row) for row in rows)
    return frozenset(key for key, count in counts.items() if key is not None and count > 1)


def _id(row: SourceRow) -> tuple[str, str] | None:
    return None if row.account_id is None else (row.platform, row.account_id)


def _publish(
    source: Path,
    directory: Path,
    kept: list[SourceRow],
    refused: list[RefusedRow],
    overlay_offset: int,
) -> Manifest:
    """Write beside, then swap. A crash between the two renames leaves the old one as `.old`."""
    with source.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    beside = directory.with_name(f".{directory.name}.{os.getpid()}.new")
    old = directory.with_name(f".{directory.name}.old")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        manifest = write_artifact(
            beside,
            _tables(kept),
            builder=BUILDER,
            source_sha256=digest,
            refused=Counter(row.reason.value for row in refused),
            overlay_offset=overlay_offset,
        )
        shutil.rmtree(old, ignore_errors=True)
        with suppress(FileNotFoundError):
            directory.rename(old)
        beside.rename(directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return manifest


def _tables(kept: list[SourceRow]) -> RegisterRows:
    """Columns, accounts in the order given, people by civil-service number.

    Where a person's rows differ in name, region or agency, the newest declaration tells.
    """
    newest: dict[str, SourceRow] = {}
    for row in kept:
        before = newest.get(row.person_id)
        if before is None or (row.declared_on, row.line) > (before.declared_on, before.line):
            newest[row.person_id] = row
    people = [newest[person_id] for person_id in sorted(newest)]
    rows_of = {row.person_id: number for number, row in enumerate(people)}
    return RegisterRows(
        accounts={
            "platform": [row.platform for row in kept],
            "handle": [row.handle for row in kept],
            "account_id": [row.account_id for row in kept],
            "person": [rows_of[row.person_id] for row in kept],
            "declared_on": [row.declared_on for row in kept],
            "withdrawn_on": [row.withdrawn_on for row in kept],
        },
        people={
            "name": [canonical_name(row.name) for row in people],
            "region_code": [row.region_code for row in people],
            "agency_code": [row.agency_code for row in people],
        },
        identities={
            "person_id": [row.person_id for row in people],
            "name": [row.name for row in people],
            "agency_code": [row.agency_code for row in people],
        },
    )


def _by_reason(refused: Iterable[RefusedRow]) -> str:
    counts = Counter(row.reason.value for row in refused)
    return ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
