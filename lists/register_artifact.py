"""The register as files: written once, opened by workers, refused by name when anything is off.

A directory holds

    manifest.json     format, version, counts, and size and SHA-256 of every other file
    accounts.arrow    platform, handle, account id, person (row of people), days
    people.arrow      canonical name, region, agency
    refs-ELECTION.arrow   one pseudonym a person, where an election has them
    identities.arrow  civil-service number, name and agency as given, one row a person

The files are Arrow IPC: columns, no code, the same bytes for the same content. Workers never open
`identities.arrow` (invariant 09): it is there for `register refs` and should be readable by its
user only. `version` is a digest of the first two and the last.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
import orjson
import pyarrow as pa

from config.errors import RegisterError
from matchers.register import NO_OFFSET, MemoryRegister, RegisterTables

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
ACCOUNTS: Final = "accounts.arrow"
PEOPLE: Final = "people.arrow"
IDENTITIES: Final = "identities.arrow"

_ACCOUNT_COLUMNS: Final = pa.schema(
    [
        pa.field("platform", pa.string(), nullable=False),
        pa.field("handle", pa.string(), nullable=False),
        pa.field("account_id", pa.string()),
        pa.field("person", pa.int32(), nullable=False),
        pa.field("declared_on", pa.date32(), nullable=False),
        pa.field("withdrawn_on", pa.date32()),
    ]
)
_PEOPLE_COLUMNS: Final = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("region_code", pa.string()),
        pa.field("agency_code", pa.string()),
    ]
)
_REF_COLUMNS: Final = pa.schema([pa.field("ref", pa.string(), nullable=False)])
_IDENTITY_COLUMNS: Final = pa.schema(
    [
        pa.field("person_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
        pa.field("agency_code", pa.string()),
    ]
)
_EPOCH_ORDINAL: Final = 719_163
"""`date(1970, 1, 1).toordinal()`: Arrow counts days from there."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    size: int
    sha256: str


class StoredRefs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pseudonyms of one election; `key_id` names the key they were made with and tells no more."""

    file: str
    key_id: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the artifact says of itself. `refused` counts rows by reason code."""

    format: int
    version: str
    builder: str
    source_sha256: str
    overlay_offset: int
    accounts: int
    accounts_standing: int
    people: int
    refused: dict[str, int]
    files: dict[str, StoredFile]
    refs: dict[str, StoredRefs] = {}


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """What an artifact is written from: three tables as columns, rows in their final order."""

    accounts: Mapping[str, Sequence[Any]]
    people: Mapping[str, Sequence[Any]]
    identities: Mapping[str, Sequence[Any]]


def write_artifact(
    directory: Path,
    rows: RegisterRows,
    *,
    builder: str,
    source_sha256: str,
    refused: Mapping[str, int],
    overlay_offset: int = NO_OFFSET,
) -> Manifest:
    """Write a whole artifact into `directory`, which exists and is empty; the manifest last."""
    files = {
        ACCOUNTS: _write_table(directory / ACCOUNTS, rows.accounts, _ACCOUNT_COLUMNS),
        PEOPLE: _write_table(directory / PEOPLE, rows.people, _PEOPLE_COLUMNS),
        IDENTITIES: _write_table(
            directory / IDENTITIES, rows.identities, _IDENTITY_COLUMNS, private=True
        ),
    }
    digest = sha256(f"{FORMAT}".encode())
    for name in sorted(files):
        digest.update(f"\n{name} {files[name].sha256}".encode())
    manifest = Manifest(
        format=FORMAT,
        version=digest.hexdigest()[:16],
        builder=builder,
        source_sha256=source_sha256,
        overlay_offset=overlay_offset,
        accounts=len(rows.accounts["handle"]),
        accounts_standing=sum(day is None for day in rows.accounts["withdrawn_on"]),
        people=len(rows.people["name"]),
        refused=dict(sorted(refused.items())),
        files=files,
    )
    write_manifest(directory, manifest)
    return manifest


def open_register(directory: Path) -> MemoryRegister:
    """The register for workers. Raises RegisterError, saying what is wrong with which file."""
    manifest = read_manifest(directory)
    accounts = _read_table(directory, ACCOUNTS, manifest, _ACCOUNT_COLUMNS)
    people = _read_table(directory, PEOPLE, manifest, _PEOPLE_COLUMNS)
    if (accounts.num_rows, people.num_rows) != (manifest.accounts, manifest.people):
        raise _corrupt(directory / MANIFEST, "its counts are not those of the tables")
    refs = {
        election: _read_table(directory, stored.file, manifest, _REF_COLUMNS)["ref"].to_pylist()
        for election, stored in manifest.refs.items()
    }
    # Few distinct values: one object each, not one a row.
    share = _Shared()
    try:
        return MemoryRegister(
            RegisterTables(
                platforms=share.each(accounts["platform"]),
                handles=accounts["handle"].to_pylist(),
                account_ids=accounts["account_id"].to_pylist(),
                people=accounts["person"].to_pylist(),
                declared_on=_ordinals(accounts["declared_on"]),
                withdrawn_on=_ordinals(accounts["withdrawn_on"]),
                names=people["name"].to_pylist(),
                region_codes=share.each(people["region_code"]),
                agency_codes=share.each(people["agency_code"]),
                version=manifest.version,
                refs=refs,
                overlay_offset=manifest.overlay_offset,
            )
        )
    except RegisterError as error:
        raise _corrupt(directory, str(error)) from None


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
    except (msgspec.DecodeError, KeyError):
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
    _write(beside, content + b"\n", private=False)
    beside.replace(directory / MANIFEST)


def read_identities(directory: Path) -> pa.Table:
    """Civil-service numbers, names and agencies, one row a person. Not for workers."""
    return _read_table(directory, IDENTITIES, read_manifest(directory), _IDENTITY_COLUMNS)


def add_refs(directory: Path, election_id: str, key_id: str, refs: Sequence[str]) -> Manifest:
    """Add an election's pseudonyms, one a person in the order of people; replaces older ones."""
    manifest = read_manifest(directory)
    if len(refs) != manifest.people:
        raise RegisterError(
            f"{directory}: {len(refs)} pseudonyms for {manifest.people} people. Give one for each."
        )
    # A file of its own for each key, so that a reader of the old manifest finds the old file.
    name = f"refs-{quote(election_id, safe='')}-{key_id}.arrow"
    stored = _write_table(directory / name, {"ref": refs}, _REF_COLUMNS)
    replaced = manifest.refs.get(election_id)
    files = {
        known: file
        for known, file in manifest.files.items()
        if not replaced or known != replaced.file
    }
    updated = msgspec.structs.replace(
        manifest,
        files=files | {name: stored},
        refs=manifest.refs | {election_id: StoredRefs(file=name, key_id=key_id)},
    )
    write_manifest(directory, updated)
    if replaced and replaced.file != name:
        (directory / replaced.file).unlink(missing_ok=True)
    return updated


class _Shared:
    """Hands out the same object for equal values."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def each(self, column: pa.ChunkedArray) -> list[Any]:
        known = self._known
        return [known.setdefault(value, value) for value in column.to_pylist()]


def _ordinals(column: pa.ChunkedArray) -> list[Any]:
    days = column.cast(pa.int32()).to_pylist()
    return [None if day is None else day + _EPOCH_ORDINAL for day in days]


def _write_table(
    path: Path, columns: Mapping[str, Sequence[Any]], schema: pa.Schema, *, private: bool = False
) -> StoredFile:
    table = pa.table({name: columns[name] for name in schema.names}, schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    _write(path, content, private=private)
    return StoredFile(size=len(content), sha256=sha256(content).hexdigest())


def _write(path: Path, content: bytes, *, private: bool) -> None:
    mode = 0o600 if private else 0o644
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_table(directory: Path, name: str, manifest: Manifest, schema: pa.Schema) -> pa.Table:
    path = directory / name
    stored = manifest.files.get(name)
    if stored is None:
        raise _corrupt(directory / MANIFEST, f"it does not list {name}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _corrupt(path, str(error.strerror)) from None
    if len(content) != stored.size:
        raise _corrupt(path, f"{len(content)} bytes where the manifest says {stored.size}")
    if sha256(content).hexdigest() != stored.sha256:
        raise _corrupt(path, "its SHA-256 is not the manifest's")
    try:
        table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
    except pa.ArrowException as error:
        raise _corrupt(path, f"no Arrow file ({type(error).__name__})") from None
    if table.schema != schema:
        raise _corrupt(path, "its columns are not those of this format")
    return table


def _corrupt(path: Path, what: str) -> RegisterError:
    return RegisterError(f"{path}: register artifact is damaged: {what}. Build it again.")
