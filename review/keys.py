"""Keys of the review side: one master key, a content key a case, keyed hashes for every purpose.

The master key file holds 32 random bytes as 64 hexadecimal digits, mode 0600. HKDF-SHA256 derives
one key for each purpose from it. A case's content is sealed with AES-256-GCM under a key of its
own, which is stored wrapped: deleting that row makes the content unreadable for good.
"""

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.errors import KeyFileError
from config.secret_file import read_secret_file, write_secret

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

Purpose = Literal["group", "finding", "tombstone", "body", "audit", "certificate", "check"]
"""What a keyed hash is for; no purpose's hash can be compared with another's."""
PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)


@dataclass(frozen=True, slots=True)
class CaseCipher:
    """Seals and opens what one case holds. `context` ties a ciphertext to its place."""

    key: bytes

    def seal(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises KeyFileError where it was changed, moved, or sealed under another key."""
        return _open(self.key, sealed, context)


class MasterKey:
    """Wraps case keys and makes keyed hashes. Its secret leaves this object in no form."""

    def __init__(self, secret: bytes) -> None:
        self._wrap = _derive(secret, "wrap")
        self._macs = {
            purpose: hmac.new(_derive(secret, purpose), digestmod="sha256") for purpose in PURPOSES
        }

    def hash(self, purpose: Purpose, *parts: str) -> str:
        """32 hexadecimal digits of HMAC-SHA256 over the parts; a part may hold any character."""
        mac = self._macs[purpose].copy()
        for part in parts:
            content = part.encode()
            mac.update(b"%d:" % len(content))
            mac.update(content)
        return mac.hexdigest()[:32]

    def new_case(self, case_ref: str) -> tuple[CaseCipher, bytes]:
        """A new case's cipher, and its key wrapped for the store."""
        key, nonce = token_bytes(KEY_BYTES), os.urandom(NONCE_BYTES)
        wrapped = nonce + AESGCM(self._wrap).encrypt(nonce, key, case_ref.encode())
        return CaseCipher(key), wrapped

    def case(self, case_ref: str, wrapped: bytes) -> CaseCipher:
        """The cipher of a stored case. Raises KeyFileError where the key is not of this master."""
        return CaseCipher(_open(self._wrap, wrapped, case_ref))


def make_master_key(path: Path) -> None:
    """Write a new key file, mode 0600. Raises KeyFileError; never replaces a file."""
    write_secret(path, f"{token_bytes(KEY_BYTES).hex()}\n", "master key", KeyFileError)


def read_master_key(path: Path) -> MasterKey:
    """Raises KeyFileError where the file is missing, no key, or readable by others."""
    makes_one = "'netral review key FILE' makes one."
    content = read_secret_file(path, "master key", makes_one, error=KeyFileError)
    try:
        secret = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyFileError(
            f"{path}: no master key: it must hold {2 * KEY_BYTES} hexadecimal digits. {makes_one}"
        )
    return MasterKey(secret)


def fingerprint(wrapped: bytes) -> str:
    """What a certificate says of a key that is gone; it tells nothing about the key."""
    return sha256(wrapped).hexdigest()


def _open(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except InvalidTag:
        raise KeyFileError(
            "sealed content does not open: it was changed, or sealed under another master key. "
            "Check review.master_key_file, and the store's backup."
        ) from None


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, f"netral|review|1|{purpose}".encode()).derive(secret)
