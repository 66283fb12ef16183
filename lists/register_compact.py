"""A new base from the old one and the changes since, while workers run.

The changes are made again, in order, over the base; those that workers refused are refused here
too. What comes of it is written like any register and put in the old one's place whole, with its
pseudonyms, so that a worker can switch to it between two batches. People who came by an update are
known by pseudonym only: whoever builds the register from its whole source knows them by number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from config.errors import RegisterError
from lists.register_artifact import (
    IDENTITY_COLUMNS,
    Manifest,
    RegisterContent,
    add_refs,
    open_register,
    read_identities,
    read_manifest,
    read_ref_bytes,
)
from lists.register_assembly import AccountColumns, PeopleColumns, assemble
from lists.register_build import publish
from lists.register_tables import MOST_CODES
from matchers.active_period import day_declared, day_withdrawn
from matchers.exact_table import Strings
from matchers.register import Register
from matchers.register_arrays import NO_CODE, NO_DAY, day_number
from matchers.register_overlay import OverlayRegister
from matchers.types import RegisteredAccount
from streams.records import PLATFORMS, RegisterUpdate


@dataclass(frozen=True, slots=True)
class CompactReport:
    """What became of the updates; `refused` are offsets."""

    manifest: Manifest
    applied: int
    refused: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Old:
    """All of the old artifact, read at once: somebody else may replace it in the meantime."""

    directory: Path
    manifest: Manifest
    register: Register
    identities: pa.Table
    refs: dict[str, NDArray[np.uint8]]

    def check_in_place(self) -> None:
        """Raises RegisterError where the artifact is another one by now."""
        if read_manifest(self.directory) != self.manifest:
            raise RegisterError(
                f"{self.directory}: it was built anew or given pseudonyms in the meantime, which "
                "this would undo. Compact it again."
            )


@dataclass(slots=True)
class _Changes:
    overlay: OverlayRegister
    names: dict[int, str] = field(default_factory=dict)
    """Names as the updates gave them, by person."""


def compact_register(
    directory: Path, updates: Iterable[tuple[RegisterUpdate, int]]
) -> CompactReport:
    """Replace the artifact in `directory` by one that includes `updates`, each with its offset.

    Updates that the base includes already change nothing. Raises RegisterError, and leaves the old
    artifact, where that cannot be read or is replaced by somebody else in the meantime.
    """
    old = _read(directory)
    changes = _Changes(OverlayRegister(old.register))
    applied, refused = 0, []
    for update, offset in updates:
        people = changes.overlay.person_count
        try:
            if not changes.overlay.apply(update, offset):
                continue
        except RegisterError:
            refused.append(offset)
            continue
        applied += 1
        # A name is taken in where somebody is new or described anew, and nowhere else.
        if update.op == "change" or changes.overlay.person_count > people:
            _remember_name(changes, update)

    def finish(beside: Path) -> None:
        _add_pseudonyms(old, beside, changes.overlay)
        old.check_in_place()

    compacted = publish(
        directory,
        _content(old, changes),
        source_sha256=old.manifest.source_sha256,
        refused=old.manifest.refused,
        overlay_offset=changes.overlay.overlay_offset,
        overlay_sequence=changes.overlay.overlay_sequence,
        finish=finish,
    )
    return CompactReport(compacted, applied, tuple(refused))


def _read(directory: Path) -> _Old:
    manifest = read_manifest(directory)
    refs = {election: read_ref_bytes(directory, election) for election in manifest.refs}
    old = _Old(
        directory,
        manifest,
        open_register(directory),
        read_identities(directory),
        {election: found for election, found in refs.items() if found is not None},
    )
    old.check_in_place()
    return old


def _remember_name(changes: _Changes, update: RegisterUpdate) -> None:
    if update.name is None:
        return
    (row,) = changes.overlay.rows_by_handle([(update.platform, changes.overlay.handle_of(update))])
    changes.names[changes.overlay.account(row).person] = update.name


def _content(old: _Old, changes: _Changes) -> RegisterContent:
    overlay, arrays = changes.overlay, old.register.arrays
    regions, agencies = _Codes(old.manifest.regions), _Codes(old.manifest.agencies)
    people = arrays.people
    names = _arrow(arrays.names.names).take(pa.array(people.names)).to_pylist()
    columns = {
        "region": people.regions.tolist(),
        "agency": people.agencies.tolist(),
        "titles": people.titles.tolist(),
    }
    for person, known in sorted(overlay.changed_people.items()):
        values = {
            "region": regions.place(known.region_code),
            "agency": agencies.place(known.agency_code),
            "titles": known.titles,
        }
        if person < len(names):
            names[person] = known.canonical_name
            for column, value in values.items():
                columns[column][person] = value
        else:
            names.append(known.canonical_name)
            for column, value in values.items():
                columns[column].append(value)
    assembled = assemble(
        _accounts(old.register, overlay),
        PeopleColumns(
            pa.array(names, pa.large_string()),
            np.array(columns["region"], np.uint16),
            np.array(columns["agency"], np.uint16),
            np.array(columns["titles"], np.uint32),
        ),
    )
    return RegisterContent(
        assembled, list(regions), list(agencies), _identities(old.identities, changes, len(names))
    )


def _accounts(base: Register, overlay: OverlayRegister) -> AccountColumns:
    """The base's accounts as they are now, and the added ones; those that are buried are gone."""
    accounts = base.arrays.accounts
    declared, withdrawn = accounts.declared_on.copy(), accounts.withdrawn_on.copy()
    people = accounts.people.copy()
    stands = np.ones(len(people), dtype=bool)
    ids = _arrow(accounts.account_ids).to_pylist()
    added: list[RegisteredAccount] = []
    changed = sorted(overlay.changed_accounts.items())
    # Not by its days: who is declared and withdrawn on one day is active at no time, but there.
    known_by = overlay.rows_by_handle(
        [(account.platform, account.handle) for _, account in changed]
    )
    for (row, account), standing in zip(changed, known_by, strict=True):
        buried = standing != row
        if row >= len(people):
            if not buried:
                added.append(account)
            continue
        stands[row] = not buried
        declared[row], withdrawn[row] = _days(account)
        people[row] = account.person
        ids[row] = account.account_id or ""
    platforms = np.repeat(
        np.arange(len(PLATFORMS), dtype=np.uint8), np.diff(accounts.row_starts).astype(np.int64)
    )
    kept = pa.array(stands)

    def with_added(column: NDArray[Any], more: list[int]) -> NDArray[Any]:
        return np.concatenate([column[stands], np.array(more, dtype=column.dtype)])

    days = [_days(account) for account in added]
    return AccountColumns(
        platforms=with_added(platforms, [PLATFORMS.index(one.platform) for one in added]),
        handles=pa.concat_arrays(
            [
                _arrow(accounts.handles).filter(kept),
                pa.array([one.handle for one in added], pa.large_string()),
            ]
        ),
        account_ids=pa.concat_arrays(
            [
                pa.array(ids, pa.large_string()).filter(kept),
                pa.array([one.account_id or "" for one in added], pa.large_string()),
            ]
        ),
        people=with_added(people, [one.person for one in added]),
        declared_on=with_added(declared, [day for day, _ in days]),
        withdrawn_on=with_added(withdrawn, [day for _, day in days]),
    )


def _days(account: RegisteredAccount) -> tuple[int, int]:
    withdrawn = account.withdrawn_from
    return (
        day_number(day_declared(account.declared_from)),
        NO_DAY if withdrawn is None else day_number(day_withdrawn(withdrawn)),
    )


def _identities(before: pa.Table, changes: _Changes, people: int) -> pa.Table:
    names = before["name"].to_pylist() + [""] * (people - before.num_rows)
    agencies = before["agency_code"].to_pylist() + [None] * (people - before.num_rows)
    for person, name in changes.names.items():
        names[person] = name
    for person, known in changes.overlay.changed_people.items():
        agencies[person] = known.agency_code
    numbers = before["person_id"].combine_chunks()
    if isinstance(numbers, pa.ChunkedArray):
        numbers = numbers.chunk(0)
    unknown = pa.nulls(people - before.num_rows, pa.large_string())
    return pa.table(
        [pa.concat_arrays([numbers, unknown]), names, agencies], schema=IDENTITY_COLUMNS
    )


def _add_pseudonyms(old: _Old, beside: Path, overlay: OverlayRegister) -> None:
    """Give the new artifact every election's pseudonyms, the added people's too."""
    for election, refs in old.refs.items():
        added = [
            bytes.fromhex(overlay.subject_ref(election, person)[1:])
            for person in range(len(refs), overlay.person_count)
        ]
        more = np.frombuffer(b"".join(added), np.uint8).reshape(len(added), refs.shape[1])
        key_id = old.manifest.refs[election].key_id
        add_refs(beside, election, key_id, np.concatenate([refs, more]))


class _Codes(dict[str, int]):
    """A code list, codes to places; new ones go to its end, so that the others keep theirs."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__({code: place for place, code in enumerate(codes)})

    def place(self, code: str | None) -> int:
        if not code:
            return NO_CODE
        found = self.setdefault(code, len(self))
        if found >= MOST_CODES:
            raise RegisterError(
                f"register updates bring more than {MOST_CODES} different region or agency codes. "
                "Is another value in their place? Build the register again from its source."
            )
        return found


def _arrow(strings: Strings) -> pa.Array:
    ends = strings.ends.astype(np.int64)
    return pa.LargeStringArray.from_buffers(
        len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(strings.text.tobytes())
    )
