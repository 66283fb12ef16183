"""Pseudonyms for one election, and the vault that turns them back into people (invariant 09).

A `subject_ref` is ``s`` and 32 hexadecimal digits of HMAC-SHA256 over the civil-service number,
under a key of that election's own; the same person has unrelated pseudonyms in two elections.
Workers find the pseudonyms beside the index and hold no key.

Keys: the key file holds 32 random bytes as 64 hexadecimal digits, is readable by its user only
(mode 0600) and is made by ``netral register key``. HKDF-SHA256 derives from it, by purpose and
election, the pseudonym key and the vault key, and a key id that tells keys apart and no more.

Vault file, all of it authenticated:

====================  =======================================================================
``NETRALVAULT1\\n``    what it is
one line of JSON      ``election_id``, ``key_id``, ``salt`` and ``nonce`` (hexadecimal)
the rest              AES-256-GCM over an Arrow stream of ``ref, person_id, name, agency_code``;
                      both lines above are the associated data
====================  =======================================================================
"""

import hmac
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from typing import Any, Final
from urllib.parse import quote

import orjson
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.errors import RegisterError
from lists.register_artifact import Manifest, add_refs, read_identities

KEY_BYTES: Final = 32
ELECTION_ID_MAX: Final = 128
MAGIC: Final = b"NETRALVAULT1\n"
_HEADER_MAX: Final = 4_096

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """What the vault holds of one person."""

    person_id: str
    name: str
    agency_code: str | None


def make_key(path: Path) -> str:
    """Write a new key file, mode 0600, and return its key id. Refuses to replace a file."""
    secret = token_bytes(KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RegisterError(
            f"{path}: exists already, and a key is never replaced: what it sealed could not be "
            "opened any more. Name a new file."
        ) from None
    except OSError as error:
        raise RegisterError(f"{path}: key file cannot be written ({error.strerror}).") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secret.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return key_id(secret)


def read_key(path: Path) -> bytes:
    """The secret of a key file. Raises RegisterError where others may read the file."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(1_024)
    except OSError as error:
        raise RegisterError(
            f"{path}: key file cannot be read ({error.strerror}). "
            "'netral register key KEY' makes one."
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise RegisterError(
            f"{path}: key file has mode {mode:04o}, others may read it. Set it with "
            f"'chmod 600 {path}', or make a new key if they may have."
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
    return _derive(secret, "key-id", b"")[:8].hex()


def subject_ref(secret: bytes, election_id: str, person_id: str) -> str:
    """One person's pseudonym in one election, for `subject_refs` of a register update."""
    return _pseudonym(_derive(secret, f"subject-ref|{election_id}", b""), person_id)


def write_refs(
    directory: Path,
    election_id: str,
    key_file: Path,
    vault: Path,
    progress: Progress | None = None,
) -> Manifest:
    """Add the election's pseudonyms to the artifact and seal the vault, the vault first.

    Raises RegisterError where the key, the artifact or the vault's place is refused.
    """
    if not 0 < len(quote(election_id, safe="")) <= ELECTION_ID_MAX:
        raise RegisterError(
            f"election id refused: it must have 1 to {ELECTION_ID_MAX} plain characters, for it is "
            "part of a file's name."
        )
    secret = read_key(key_file)
    identities = read_identities(directory)
    key = _derive(secret, f"subject-ref|{election_id}", b"")
    refs: list[str] = []
    for person_id in identities["person_id"].to_pylist():
        refs.append(_pseudonym(key, person_id))
        if progress is not None and len(refs) % 1_000 == 0:
            progress(len(refs))
    sealed = _seal(secret, election_id, identities.add_column(0, "ref", pa.array(refs)))
    beside = vault.with_name(f".{vault.name}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(vault)
    except OSError as error:
        raise RegisterError(f"{vault}: vault cannot be written ({error.strerror}).") from None
    return add_refs(directory, election_id, key_id(secret), refs)


def open_vault(vault: Path, key_file: Path) -> dict[str, SealedPerson]:
    """Pseudonym → person. For the review side only; raises RegisterError where it cannot open."""
    secret = read_key(key_file)
    try:
        content = vault.read_bytes()
    except OSError as error:
        raise RegisterError(f"{vault}: vault cannot be read ({error.strerror}).") from None
    header, body = _split(vault, content)
    if header["key_id"] != key_id(secret):
        raise RegisterError(
            f"{vault}: sealed with key {header['key_id']}, not with that of {key_file}."
        )
    key = _derive(secret, f"vault|{header['election_id']}", bytes.fromhex(header["salt"]))
    try:
        plain = AESGCM(key).decrypt(bytes.fromhex(header["nonce"]), content[body:], content[:body])
    except InvalidTag:
        raise RegisterError(
            f"{vault}: vault is damaged or was changed. Seal it again with 'register refs'."
        ) from None
    table = pa.ipc.open_stream(plain).read_all()
    return {
        row["ref"]: SealedPerson(row["person_id"], row["name"], row["agency_code"])
        for row in table.to_pylist()
    }


def _split(vault: Path, content: bytes) -> tuple[dict[str, Any], int]:
    """The header and where the sealed part starts."""
    end = content.find(b"\n", len(MAGIC), len(MAGIC) + _HEADER_MAX)
    if content.startswith(MAGIC) and end > 0:
        with suppress(ValueError):
            header = orjson.loads(content[len(MAGIC) : end])
            if isinstance(header, dict) and all(
                isinstance(header.get(name), str)
                for name in ("election_id", "key_id", "salt", "nonce")
            ):
                bytes.fromhex(header["salt"] + header["nonce"])
                return header, end + 1
    raise RegisterError(f"{vault}: no vault of this version. Seal it with 'register refs'.")


def _seal(secret: bytes, election_id: str, table: pa.Table) -> bytes:
    salt, nonce = token_bytes(16), token_bytes(12)
    line = orjson.dumps(
        {
            "election_id": election_id,
            "key_id": key_id(secret),
            "salt": salt.hex(),
            "nonce": nonce.hex(),
        }
    )
    header = MAGIC + line + b"\n"
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    key = _derive(secret, f"vault|{election_id}", salt)
    return header + AESGCM(key).encrypt(nonce, sink.getvalue().to_pybytes(), header)


def _pseudonym(key: bytes, person_id: str) -> str:
    return f"s{hmac.digest(key, person_id.encode(), 'sha256').hex()[:32]}"


def _derive(secret: bytes, purpose: str, salt: bytes) -> bytes:
    """A key for one purpose, by HKDF-SHA256 (RFC 5869); no purpose's key tells another's."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, f"netral|1|{purpose}".encode()).derive(secret)
