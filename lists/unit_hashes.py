"""Unit hashes: which unit a pseudonym belongs to, for telling colleagues apart and nothing else.

A reviewer must not judge a person of their own unit (invariant 13), and the identity vault stays
shut for that question. So the register's builder writes, beside the vault, one file an election:

    line 1      JSON: format, election_id, key_id (of the pseudonym key), people
    rows        32 bytes a person, sorted: 16 of the pseudonym, 16 of the unit's hash

A unit's hash is HMAC-SHA256 over the agency code, under a key derived for that election; it is all
zeros for a person without agency. The review side holds no key: it can see that two hashes are
equal, and no more. The builder tells the hash of a reviewer's own unit (`netral register unit`).
"""

import hmac
import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
import numpy as np
import numpy.typing as npt

from config.errors import RegisterError

FORMAT: Final = "netral-units-1"
HASH_BYTES: Final = 16
ROW_BYTES: Final = 2 * HASH_BYTES
_HEADER_MAX: Final = 4_096


class UnitHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str
    election_id: str
    key_id: str
    people: int


@dataclass(frozen=True, slots=True)
class UnitFile:
    """An open file of unit hashes, memory-mapped."""

    header: UnitHeader
    _rows: mmap.mmap | bytes
    _start: int

    def unit_of(self, ref: str) -> str | None:
        """The unit's hash `u…`, "" for a person without unit, None for an unknown pseudonym."""
        try:
            wanted = bytes.fromhex(ref[1:])
        except ValueError:
            return None
        low, high = 0, self.header.people
        while low < high:
            middle = (low + high) // 2
            at = self._start + middle * ROW_BYTES
            found = self._rows[at : at + HASH_BYTES]
            if found == wanted:
                unit = self._rows[at + HASH_BYTES : at + ROW_BYTES]
                return f"u{unit.hex()}" if any(unit) else ""
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return None


def unit_hash(unit_key: bytes, agency_code: str) -> bytes:
    """16 bytes that stand for a unit in one election."""
    return hmac.digest(unit_key, agency_code.encode(), "sha256")[:HASH_BYTES]


def write_units(
    path: Path, header: UnitHeader, refs: npt.NDArray[np.uint8], units: list[bytes]
) -> None:
    """Write the file beside and rename it, mode 0600; `refs` has shape (people, 16).

    Raises RegisterError where it cannot be written.
    """
    rows = np.empty((len(refs), ROW_BYTES), np.uint8)
    rows[:, :HASH_BYTES] = refs
    rows[:, HASH_BYTES:] = np.frombuffer(b"".join(units), np.uint8).reshape(-1, HASH_BYTES)
    rows = rows[np.lexsort(refs.T[::-1])]
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(header) + b"\n")
            file.write(rows.tobytes())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise RegisterError(f"{path}: unit hashes cannot be written ({error.strerror}).") from None


def open_units(folder: Path, election_id: str) -> UnitFile:
    """`ELECTION.units` of a folder. Raises FileNotFoundError, or RegisterError for a bad file."""
    path = folder / f"{quote(election_id, safe='')}.units"
    with path.open("rb") as file:
        line = file.readline(_HEADER_MAX)
        try:
            header = msgspec.json.decode(line, type=UnitHeader)
        except ValueError:  # msgspec's DecodeError is one, as bad UTF-8 is
            raise RegisterError(f"{path}: no file of unit hashes. {_MAKE}") from None
        if header.format != FORMAT or header.election_id != election_id:
            raise RegisterError(
                f"{path}: unit hashes of format {header.format!r} for election "
                f"{header.election_id!r}; {FORMAT!r} for {election_id!r} is needed. {_MAKE}"
            )
        size = os.fstat(file.fileno()).st_size - len(line)
        if size != header.people * ROW_BYTES:
            raise RegisterError(f"{path}: cut short or damaged. {_MAKE}")
        return UnitFile(header, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), len(line))


_MAKE: Final = "'netral register units' makes one."
