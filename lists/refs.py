"""Pseudonyms for one election (invariant 09).

A `subject_ref` is ``s`` and 32 hexadecimal digits of HMAC-SHA256 over the civil-service number,
under a key of that election's own; the same person has unrelated pseudonyms in two elections.
Workers find the pseudonyms beside the index and hold no key.

The pseudonym key file holds 32 random bytes as 64 hexadecimal digits, is readable by its user only
(mode 0600) and is made by ``netral register key``. HKDF-SHA256 derives from it a key for each
election, and a key id that tells keys apart and no more. It opens nothing: who is who is sealed to
the review side's own key, see `lists.vault`.
"""

import hmac
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes
from typing import Final
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.errors import RegisterError
from config.secret_file import read_secret_file, write_secret
from lists.register_artifact import (
    Manifest,
    add_refs,
    read_identities,
    read_manifest,
    read_ref_bytes,
)
from lists.unit_hashes import FORMAT as UNITS_FORMAT
from lists.unit_hashes import HASH_BYTES, UnitHeader, unit_hash, write_units
from lists.vault import (
    REF_BYTES,
    VaultHeader,
    parse_recipient,
    seal_vault,
)

KEY_BYTES: Final = 32
ELECTION_ID_MAX: Final = 128
_PEOPLE_A_STEP: Final = 32_768

Progress = Callable[[int], None]
"""Called with the number of people done so far."""


def make_key(path: Path) -> str:
    """Write a new key file, mode 0600, and return its key id. Refuses to replace a file."""
    secret = token_bytes(KEY_BYTES)
    write_secret(path, f"{secret.hex()}\n", "key file", RegisterError)
    return key_id(secret)


def read_key(path: Path) -> bytes:
    """The secret of a key file. Raises RegisterError where others may read the file."""
    content = read_secret_file(
        path, "key file", "'netral register key KEY' makes one.", error=RegisterError
    )
    with suppress(ValueError):
        secret = bytes.fromhex(content.decode("ascii").strip())
        if len(secret) == KEY_BYTES:
            return secret
    raise RegisterError(
        f"{path}: no key file: it must hold {2 * KEY_BYTES} hexadecimal digits. "
        "'netral register key KEY' makes one."
    )


def key_id(secret: bytes) -> str:
    """16 hexadecimal digits that tell this key from others and nothing about it."""
    return _derive(secret, "key-id")[:8].hex()


def subject_ref(secret: bytes, election_id: str, person_id: str) -> str:
    """One person's pseudonym in one election, for `subject_refs` of a register update."""
    return f"s{_pseudonym(_keyed(secret, election_id), person_id.encode()).hex()}"


def unit_of(secret: bytes, election_id: str, agency_code: str) -> str:
    """The hash of a unit in one election, `u` and 32 hexadecimal digits: for a reviewer's own."""
    return f"u{unit_hash(_unit_key(secret, election_id), agency_code).hex()}"


def write_unit_hashes(directory: Path, election_id: str, key_file: Path, units: Path) -> int:
    """Write which unit each pseudonym belongs to, as keyed hashes; returns how many people.

    The election needs its pseudonyms first. Raises RegisterError where it has none under this
    key, or where the key, the artifact or the place is refused.
    """
    secret = read_key(key_file)
    stored = read_manifest(directory).refs.get(election_id)
    refs = read_ref_bytes(directory, election_id)
    if stored is None or refs is None or stored.key_id != key_id(secret):
        raise RegisterError(
            f"{directory}: no pseudonyms for election {election_id} under key {key_id(secret)}. "
            "Run 'netral register refs' first."
        )
    key = _unit_key(secret, election_id)
    codes = read_identities(directory)["agency_code"].dictionary_encode().combine_chunks()
    hashes = [unit_hash(key, code) for code in codes.dictionary.to_pylist()]
    nobody = bytes(HASH_BYTES)
    rows = [nobody if place is None else hashes[place] for place in codes.indices.to_pylist()]
    header = UnitHeader(
        format=UNITS_FORMAT, election_id=election_id, key_id=key_id(secret), people=len(rows)
    )
    write_units(units, header, refs, rows)
    return len(rows)


def write_refs(
    directory: Path,
    election_id: str,
    key_file: Path,
    recipient: str,
    vault: Path,
    progress: Progress | None = None,
    *,
    replaces: str | None = None,
) -> Manifest:
    """Add the election's pseudonyms to the artifact and seal the vault, the vault first.

    `recipient` is the public half of the review key, ``age1…``. People who came by a live update
    are known by pseudonym only and keep the one that they have. An election keeps its key: with
    another, everybody's pseudonym would change under the flags that are out; `replaces` is the id
    of the key to be given up. Raises RegisterError where the key is not the election's, people
    known by pseudonym only have none under this election and key, or the key, the recipient, the
    artifact or the vault's place is refused.
    """
    if not 0 < len(quote(election_id, safe="")) <= ELECTION_ID_MAX:
        raise RegisterError(
            f"election id refused: it must have 1 to {ELECTION_ID_MAX} plain characters, for it is "
            "part of a file's name."
        )
    seal_to = parse_recipient(recipient)
    secret = read_key(key_file)
    own = key_id(secret)
    manifest = read_manifest(directory)
    identities = read_identities(directory)
    stored = manifest.refs.get(election_id)
    if stored is not None and stored.key_id not in (own, replaces):
        raise RegisterError(
            f"{key_file}: key {own} is not that of election {election_id}, whose pseudonyms were "
            f"made with key {stored.key_id}. Give that key's file; to change every pseudonym of "
            f"the election, add '--replaces {stored.key_id}'."
        )
    known = (
        read_ref_bytes(directory, election_id)
        if stored is not None and stored.key_id == own
        else None
    )
    try:
        refs = make_refs(secret, election_id, identities["person_id"], known, progress)
    except RegisterError as error:
        raise RegisterError(f"{directory}: {error}") from None
    seal_vault(vault, VaultHeader(election_id, own, manifest.version), seal_to, identities, refs)
    return add_refs(directory, election_id, own, refs)


def make_refs(
    secret: bytes,
    election_id: str,
    person_ids: pa.ChunkedArray,
    known: npt.NDArray[np.uint8] | None = None,
    progress: Progress | None = None,
) -> npt.NDArray[np.uint8]:
    """Everybody's pseudonym in one election: uint8 of shape (people, 16), in the order given.

    `person_ids` are strings, null for people who came by a live update; these keep the row of
    `known`, the pseudonyms of the same election under the same key. Raises RegisterError, saying
    how many there are, where `known` is None.
    """
    by_pseudonym_only = person_ids.is_null().to_numpy()
    if known is None and by_pseudonym_only.any():
        raise RegisterError(
            f"{int(by_pseudonym_only.sum()):,} people came by live updates and are known by "
            f"pseudonym only; they have none for election {election_id} under key "
            f"{key_id(secret)}. Build the register again from its whole source, then give it "
            "pseudonyms."
        )
    keyed, nobody = _keyed(secret, election_id), bytes(REF_BYTES)
    refs = np.empty((len(person_ids), REF_BYTES), np.uint8)
    for start in range(0, len(person_ids), _PEOPLE_A_STEP):
        numbers = person_ids.slice(start, _PEOPLE_A_STEP).cast(pa.binary()).to_pylist()
        made = b"".join(
            [nobody if number is None else _pseudonym(keyed, number) for number in numbers]
        )
        done = start + len(numbers)
        refs[start:done] = np.frombuffer(made, np.uint8).reshape(-1, REF_BYTES)
        if progress is not None:
            progress(done)
    if known is not None:
        refs[by_pseudonym_only] = known[by_pseudonym_only]
    return refs


def _pseudonym(keyed: hmac.HMAC, person_id: bytes) -> bytes:
    # A copy of one keyed state: 0.9 µs, where `hmac.digest` keys it anew each time in 1.4.
    code = keyed.copy()
    code.update(person_id)
    return code.digest()[:REF_BYTES]


def _unit_key(secret: bytes, election_id: str) -> bytes:
    return _derive(secret, f"unit|{election_id}")


def _keyed(secret: bytes, election_id: str) -> hmac.HMAC:
    return hmac.new(_derive(secret, f"subject-ref|{election_id}"), digestmod="sha256")


def _derive(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose, by HKDF-SHA256 (RFC 5869); no purpose's key tells another's."""
    return HKDF(SHA256(), KEY_BYTES, None, f"netral|1|{purpose}".encode()).derive(secret)
