"""The register as files: written once, mapped by workers, refused by name when anything is off.

A directory holds

    manifest.json       format, version, counts, code lists; size and SHA-256 of every other file
    *.npy               the arrays of :class:`matchers.register_arrays.RegisterArrays`
    refs-ELECTION-KEY.refs.npy, .order.npy   one election's pseudonyms, where it has them
    identities.arrow    civil-service number, name and agency as given, one row a person

Workers never open `identities.arrow` (invariant 09): it is there for `register refs` and should be
readable by its user only. `version` is a digest of all files but the pseudonyms. The same accounts
and people give the same bytes.

Opening looks at the manifest and at the files' sizes and headers, which takes no time;
:func:`verify_register` reads and hashes everything.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from config.errors import RegisterError
from lists.array_files import build, file_names, map_array, named_arrays, write_array
from matchers.register import NO_OFFSET, REF_BYTES, Pseudonyms, Register, RegisterFacts
from matchers.register_arrays import NO_DAY, RegisterArrays
from streams.records import PLATFORMS

FORMAT: Final = 3
MANIFEST: Final = "manifest.json"
IDENTITIES: Final = "identities.arrow"

IDENTITY_COLUMNS: Final = pa.schema(
    [
        pa.field("person_id", pa.large_string()),
        pa.field("name", pa.large_string(), nullable=False),
        pa.field("agency_code", pa.large_string()),
    ]
)
"""`person_id` is null for who came by a live update and is known by pseudonym only."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    size: int
    sha256: str


class StoredRefs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pseudonyms of one election; `key_id` names the key they were made with and tells no more."""

    refs: str
    order: str
    key_id: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the artifact says of itself. `refused` counts rows by reason code.

    `overlay_offset` and `overlay_sequence` are those of the newest record of `register-updates`
    that it includes, -1 for none.
    """

    format: int
    version: str
    builder: str
    source_sha256: str
    overlay_offset: int
    overlay_sequence: int
    accounts: int
    accounts_standing: int
    people: int
    refused: dict[str, int]
    regions: list[str]
    agencies: list[str]
    files: dict[str, StoredFile]
    refs: dict[str, StoredRefs] = {}


@dataclass(frozen=True, slots=True)
class RegisterContent:
    """What an artifact is written from. The code lists begin with the empty code."""

    arrays: RegisterArrays
    regions: Sequence[str]
    agencies: Sequence[str]
    identities: pa.Table


def write_artifact(
    directory: Path,
    content: RegisterContent,
    *,
    builder: str,
    source_sha256: str,
    refused: Mapping[str, int],
    overlay_offset: int = NO_OFFSET,
    overlay_sequence: int = NO_OFFSET,
) -> Manifest:
    """Write a whole artifact into `directory`, which exists and is empty; the manifest last."""
    arrays = content.arrays

    def write(item: tuple[str, NDArray[Any] | None]) -> tuple[str, StoredFile]:
        name, array = item
        if array is None:
            _write_identities(directory / name, content.identities)
        else:
            write_array(directory / name, array)
        return name, _stored(directory / name)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        files = dict(threads.map(write, [*named_arrays(arrays), (IDENTITIES, None)]))
    manifest = Manifest(
        format=FORMAT,
        version=_version(files, content.regions, content.agencies),
        builder=builder,
        source_sha256=source_sha256,
        overlay_offset=overlay_offset,
        overlay_sequence=overlay_sequence,
        accounts=len(arrays.accounts.people),
        accounts_standing=int(np.count_nonzero(arrays.accounts.withdrawn_on == NO_DAY)),
        people=len(arrays.people.names),
        refused=dict(sorted(refused.items())),
        regions=list(content.regions),
        agencies=list(content.agencies),
        files=files,
    )
    write_manifest(directory, manifest)
    return manifest


def open_register(directory: Path) -> Register:
    """The register for workers. Raises RegisterError, saying what is wrong with which file."""
    manifest = read_manifest(directory)
    arrays = build(
        RegisterArrays,
        {name: _map(directory, name, manifest) for name in file_names(RegisterArrays)},
    )
    _check(directory, manifest, arrays)
    return Register(
        arrays,
        RegisterFacts(
            version=manifest.version,
            overlay_offset=manifest.overlay_offset,
            overlay_sequence=manifest.overlay_sequence,
            size=manifest.accounts_standing,
            regions=manifest.regions,
            agencies=manifest.agencies,
            pseudonyms={
                election: _pseudonyms(directory, stored, manifest)
                for election, stored in manifest.refs.items()
            },
        ),
    )


def verify_register(directory: Path, progress: Callable[[int], None] | None = None) -> Manifest:
    """Hash every file. Raises RegisterError naming the first that is not as the manifest says.

    `progress` is called with the number of bytes read so far.
    """
    open_register(directory)
    manifest = read_manifest(directory)
    read = 0
    for name, stored in manifest.files.items():
        _check_size(directory, name, manifest)
        if _stored(directory / name).sha256 != stored.sha256:
            raise _corrupt(directory / name, "its SHA-256 is not the manifest's")
        read += stored.size
        if progress is not None:
            progress(read)
    lasting = {name: file for name, file in manifest.files.items() if not name.startswith("refs-")}
    if _version(lasting, manifest.regions, manifest.agencies) != manifest.version:
        raise _corrupt(directory / MANIFEST, "its version is not that of the files")
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """The manifest of an artifact of this format. Raises RegisterError."""
    path = directory / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RegisterError(
            f"{path}: cannot be read ({error.strerror}). Name the directory of a register that "
            "'netral register build SOURCE -o DIR' wrote."
        ) from None
    try:
        found = msgspec.json.decode(content)
        written_as = found["format"] if isinstance(found, dict) else None
    except (ValueError, KeyError):  # msgspec's DecodeError is a ValueError, as bad UTF-8 is
        raise _corrupt(path, "it is no manifest") from None
    if written_as != FORMAT:
        raise RegisterError(
            f"{path}: register artifact of format {written_as!r}, this Netral reads {FORMAT}. "
            "Build it again from its source."
        )
    try:
        return msgspec.convert(found, Manifest)
    except msgspec.ValidationError as error:
        raise _corrupt(path, str(error)) from None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Put the manifest in place, whole or not at all."""
    content = orjson.dumps(
        msgspec.to_builtins(manifest), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )
    beside = directory / f".{MANIFEST}.new"
    with beside.open("wb") as file:
        file.write(content + b"\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(directory / MANIFEST)


def read_identities(directory: Path) -> pa.Table:
    """Civil-service numbers, names and agencies, one row a person. Not for workers."""
    path = directory / IDENTITIES
    _check_size(directory, IDENTITIES, read_manifest(directory))
    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
    except (pa.ArrowException, OSError) as error:
        raise _corrupt(path, f"no Arrow file ({type(error).__name__})") from None
    if table.schema != IDENTITY_COLUMNS:
        raise _corrupt(path, "its columns are not those of this format")
    return table


def read_ref_bytes(directory: Path, election_id: str) -> NDArray[np.uint8] | None:
    """An election's pseudonyms as bytes of shape (people, 16), None where it has none."""
    manifest = read_manifest(directory)
    stored = manifest.refs.get(election_id)
    return None if stored is None else _pseudonyms(directory, stored, manifest).refs


def add_refs(directory: Path, election_id: str, key_id: str, refs: NDArray[np.uint8]) -> Manifest:
    """Add an election's pseudonyms, shape (people, 16) in the order of people; replaces older."""
    manifest = read_manifest(directory)
    if refs.shape != (manifest.people, REF_BYTES):
        raise RegisterError(
            f"{directory}: pseudonyms of shape {refs.shape} for {manifest.people} people. "
            f"Give {REF_BYTES} bytes for each."
        )
    # Files of their own for each key, so that a reader of the old manifest finds the old files.
    name = f"refs-{quote(election_id, safe='')}-{key_id}"
    stored = StoredRefs(refs=f"{name}.refs.npy", order=f"{name}.order.npy", key_id=key_id)
    order = np.lexsort(refs.T[::-1]).astype(np.uint32)
    written = {}
    for file, array in ((stored.refs, refs), (stored.order, order)):
        beside = directory / f".{file}.new"
        write_array(beside, array)
        beside.replace(directory / file)
        written[file] = _stored(directory / file)
    replaced = manifest.refs.get(election_id)
    gone = {replaced.refs, replaced.order} - written.keys() if replaced else set()
    updated = msgspec.structs.replace(
        manifest,
        files={known: file for known, file in manifest.files.items() if known not in gone}
        | written,
        refs=manifest.refs | {election_id: stored},
    )
    write_manifest(directory, updated)
    for file in gone:
        (directory / file).unlink(missing_ok=True)
    return updated


def _pseudonyms(directory: Path, stored: StoredRefs, manifest: Manifest) -> Pseudonyms:
    refs = _map(directory, stored.refs, manifest)
    order = _map(directory, stored.order, manifest)
    people = manifest.people
    wanted = (
        (stored.refs, refs, (people, REF_BYTES), np.uint8),
        (stored.order, order, (people,), np.uint32),
    )
    for name, array, shape, kind in wanted:
        if array.shape != shape or array.dtype != kind:
            raise _corrupt(
                directory / name,
                f"it holds {array.dtype} {array.shape}, not {np.dtype(kind)} {shape}",
            )
    return Pseudonyms(refs, order)


def _map(directory: Path, name: str, manifest: Manifest) -> NDArray[Any]:
    _check_size(directory, name, manifest)
    return map_array(directory / name)


def _check_size(directory: Path, name: str, manifest: Manifest) -> None:
    stored = manifest.files.get(name)
    if stored is None:
        raise _corrupt(directory / MANIFEST, f"it does not list {name}")
    try:
        size = (directory / name).stat().st_size
    except OSError as error:
        raise _corrupt(directory / name, str(error.strerror)) from None
    if size != stored.size:
        raise _corrupt(directory / name, f"{size} bytes where the manifest says {stored.size}")


_TYPES: Final = {
    "text": np.uint8,
    "tags": np.uint8,
    "declared_on": np.uint16,
    "withdrawn_on": np.uint16,
    "regions": np.uint16,
    "agencies": np.uint16,
}
"""By the last part of a file's name; all others are 32 bits wide."""


def _check(directory: Path, manifest: Manifest, arrays: RegisterArrays) -> None:
    """Raise RegisterError where the arrays do not fit each other; nothing of them is read."""
    for name, array in named_arrays(arrays):
        wanted = _TYPES.get(name.split(".")[-2], np.uint32)
        if array.dtype != wanted or array.ndim != 1:
            raise _corrupt(directory / name, f"it holds {array.dtype}, not {np.dtype(wanted)}")
    accounts, people, names = arrays.accounts, arrays.people, arrays.names
    rows, persons, distinct = manifest.accounts, manifest.people, len(names.bearers)
    lengths = (
        ("accounts.handles.ends", accounts.handles.ends, rows + 1),
        ("accounts.account_ids.ends", accounts.account_ids.ends, rows + 1),
        ("accounts.digit_keys", accounts.digit_keys, rows),
        ("accounts.people", accounts.people, rows),
        ("accounts.name_words", accounts.name_words, rows),
        ("accounts.declared_on", accounts.declared_on, rows),
        ("accounts.withdrawn_on", accounts.withdrawn_on, rows),
        ("accounts.row_starts", accounts.row_starts, len(PLATFORMS) + 1),
        ("people.names", people.names, persons),
        ("people.regions", people.regions, persons),
        ("people.agencies", people.agencies, persons),
        ("people.titles", people.titles, persons),
        ("names.names.ends", names.names.ends, distinct + 1),
        ("by_handle.rows", arrays.by_handle.rows, rows),
        ("by_handle.tags", arrays.by_handle.tags, rows),
        ("by_account_id.tags", arrays.by_account_id.tags, len(arrays.by_account_id.rows)),
        ("blocks.groups", arrays.blocks.groups, len(arrays.blocks.tags)),
    )
    for name, array, length in lengths:
        if len(array) != length:
            raise _corrupt(directory / f"{name}.npy", f"{len(array)} items, not {length}")
    ends = (
        ("accounts.handles.ends", accounts.handles.ends, len(accounts.handles.text)),
        ("accounts.account_ids.ends", accounts.account_ids.ends, len(accounts.account_ids.text)),
        ("accounts.row_starts", accounts.row_starts, rows),
        ("names.names.ends", names.names.ends, len(names.names.text)),
        ("by_handle.starts", arrays.by_handle.starts, rows),
        ("by_account_id.starts", arrays.by_account_id.starts, len(arrays.by_account_id.rows)),
        ("blocks.starts", arrays.blocks.starts, len(arrays.blocks.tags)),
        ("blocks.group_starts", arrays.blocks.group_starts, rows),
    )
    for name, array, last in ends:
        if not len(array) or int(array[0]) or int(array[-1]) != last:
            raise _corrupt(directory / f"{name}.npy", f"it does not go from 0 to {last}")
    tables = (
        ("by_handle", arrays.by_handle),
        ("by_account_id", arrays.by_account_id),
        ("blocks", arrays.blocks),
    )
    for name, table in tables:
        buckets = len(table.starts) - 1
        if buckets < 2 or buckets & (buckets - 1):
            raise _corrupt(directory / f"{name}.starts.npy", f"{buckets} is no number of buckets")


def _version(
    files: Mapping[str, StoredFile], regions: Sequence[str], agencies: Sequence[str]
) -> str:
    digest = sha256(orjson.dumps([FORMAT, list(regions), list(agencies)]))
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].sha256}".encode())
    return digest.hexdigest()[:16]


def _stored(path: Path) -> StoredFile:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return StoredFile(size=path.stat().st_size, sha256=digest)


def _write_identities(path: Path, identities: pa.Table) -> None:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        pa.ipc.new_file(file, IDENTITY_COLUMNS, options=options) as writer,
    ):
        writer.write_table(identities.cast(IDENTITY_COLUMNS))


def _corrupt(path: Path, what: str) -> RegisterError:
    return RegisterError(f"{path}: register artifact is damaged: {what}. Build it again.")
