"""Builds the register artifact from its source; all of it or nothing.

Reading always goes on to the end, so that every refused row is known at once. The artifact is
written beside its place and renamed into it, and only if the source is not empty, not too many of
its rows are refused and it did not shrink too much against the artifact it replaces. The refused
rows are listed in `DIR.refused.tsv` beside the directory either way: line and reason, no values.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from config.errors import RegisterError
from lists.register_artifact import (
    MANIFEST,
    Manifest,
    RegisterContent,
    read_manifest,
    write_artifact,
)
from lists.register_checks import CheckedRows, RefusedRow, check_chunk
from lists.register_source import read_source
from lists.register_tables import content_of, joined, unique_accounts
from matchers.register import NO_OFFSET
from matchers.register_arrays import NO_DAY
from matchers.shrink import refuse_shrunk

BUILDER: Final = f"netral {version('netral')}"
MAX_SHRINK: Final = 0.2
MAX_REFUSED: Final = 0.01

Progress = Callable[[str, int], None]
"""Called with the stage of the work (`rows`, `accounts`, `people`, …) and, for rows, how many."""


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
    progress: Progress = lambda _stage, _done: None,
) -> BuildReport:
    """Build `directory` from `source`. Shares are from 0 to 1.

    Raises RegisterError, and leaves `directory` as it was, for a source that is unreadable, empty,
    shrunk by more than `max_shrink`, or with more than `max_refused` of its rows refused.
    """
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_sha256, source)  # reads along on the other core
        kept, refused, rows = _sort_out(source, progress)
        source_sha256 = digest.result()
    listing = directory.with_name(f"{directory.name}.refused.tsv")
    directory.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text("".join(f"{row.line}\t{row.reason}\n" for row in refused))
    if refused and len(refused) > max_refused * rows:
        raise RegisterError(
            f"{source}: {len(refused)} of {rows} rows refused ({_by_reason(refused)}), more than "
            f"{max_refused:.1%}; lines in {listing}. Nothing was written. Mend the source, or "
            "raise --max-refused if that is meant."
        )
    if kept is None or not len(kept.lines):
        raise RegisterError(f"{source}: the register source is empty. The old register stays.")
    standing = int(np.count_nonzero(kept.withdrawn_on == NO_DAY))
    _check_replaced(source, directory, standing, max_shrink)
    content = content_of(kept, lambda stage: progress(stage, 0))
    progress("files", 0)
    manifest = publish(
        directory,
        content,
        source_sha256=source_sha256,
        refused=Counter(row.reason.value for row in refused),
        overlay_offset=overlay_offset,
    )
    return BuildReport(manifest, tuple(refused), rows)


def _sha256(source: Path) -> str:
    with source.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


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


def _sort_out(source: Path, progress: Progress) -> tuple[CheckedRows | None, list[RefusedRow], int]:
    """The rows that stand, the refused ones by line, and how many there were."""
    parts: list[CheckedRows] = []
    refused: list[RefusedRow] = []
    count = 0
    for chunk in read_source(source):
        rows, not_standing = check_chunk(chunk)
        if len(rows.lines):
            parts.append(rows)
        refused += not_standing
        count += len(chunk.lines) + len(chunk.unreadable)
        progress("rows", count)
    if not parts:
        return None, refused, count
    progress("accounts", 0)
    kept, doubles = unique_accounts(joined(parts))
    return kept, sorted([*refused, *doubles], key=lambda row: row.line), count


def publish(
    directory: Path,
    content: RegisterContent,
    *,
    source_sha256: str,
    refused: Mapping[str, int],
    overlay_offset: int,
    overlay_sequence: int = NO_OFFSET,
    finish: Callable[[Path], None] = lambda _beside: None,
) -> Manifest:
    """Write beside, let `finish` add to it, then swap.

    A crash between the two renames leaves the old one as `.old`.
    """
    beside = directory.with_name(f".{directory.name}.{os.getpid()}.new")
    old = directory.with_name(f".{directory.name}.old")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        write_artifact(
            beside,
            content,
            builder=BUILDER,
            source_sha256=source_sha256,
            refused=refused,
            overlay_offset=overlay_offset,
            overlay_sequence=overlay_sequence,
        )
        finish(beside)
        manifest = read_manifest(beside)
        shutil.rmtree(old, ignore_errors=True)
        with suppress(FileNotFoundError):
            directory.rename(old)
        beside.rename(directory)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return manifest


def _by_reason(refused: Iterable[RefusedRow]) -> str:
    counts = Counter(row.reason.value for row in refused)
    return ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
