"""Key files: the private key of a sender (PEM, PKCS #8, mode 0600) and the keys workers trust.

The trusted keys are a TOML file, one `[[keys]]` table a key:

    [[keys]]
    id = "0f47…"                    # as `netral keys public` prints it
    public = "base64 of 32 bytes"
    topics = ["control"]            # of `control`, `register_updates`, `watchlist_updates`
    name = "stop switch, 2026"      # for people
    until = { control = 41 }        # retired: good for what it signed up to that sequence
"""

import tomllib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec import Struct

from config.errors import SettingsError, SigningError
from config.secret_file import read_secret_file, write_secret
from config.settings import Settings, TopicSettings
from streams.signing import Signer, TrustedKey, Verifier, key_id

SignedTopic = Literal["control", "register_updates", "watchlist_updates"]
SIGNED_TOPICS: Final[tuple[SignedTopic, ...]] = get_args(SignedTopic)
"""Settings of [topics] that name a topic whose records are signed."""

WHAT: Final = "signing key"
COMMAND: Final = "netral keys new FILE"


class _Key(Struct, forbid_unknown_fields=True):
    id: str
    public: str
    topics: tuple[SignedTopic, ...]
    name: str = ""
    until: dict[SignedTopic, int] = {}


class _KeyFile(Struct, forbid_unknown_fields=True):
    keys: tuple[_Key, ...]


def make_signing_key(path: Path) -> str:
    """Write a new private key, mode 0600, and return its key id. Refuses to replace a file."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(path, pem.decode("ascii"), WHAT, SigningError)
    return key_id(private.public_key())


def read_signing_key(path: Path) -> Ed25519PrivateKey:
    """Raises SigningError where others than its user may read the file, or it holds no such key."""
    content = read_secret_file(path, WHAT, f"'{COMMAND}' makes one.", error=SigningError)
    with suppress(ValueError, TypeError):
        private = load_pem_private_key(content, None)
        if isinstance(private, Ed25519PrivateKey):
            return private
    raise SigningError(
        f"{path}: no {WHAT}: it must be an unencrypted Ed25519 key in PEM (PKCS #8). '{COMMAND}' "
        "makes one."
    )


def trusted_entry(
    public: Ed25519PublicKey, topics: tuple[SignedTopic, ...] = SIGNED_TOPICS, name: str = ""
) -> str:
    """The key's table for a file of trusted keys."""
    quoted = ", ".join(f'"{topic}"' for topic in topics)
    lines = [
        "[[keys]]",
        f'id = "{key_id(public)}"',
        f'public = "{b64encode(public.public_bytes_raw()).decode()}"',
        f"topics = [{quoted}]",
    ]
    if name:
        lines.append(f"name = {msgspec.json.encode(name).decode()}")
    return "\n".join(lines) + "\n"


def read_trusted_keys(path: Path, topics: TopicSettings) -> tuple[TrustedKey, ...]:
    """The keys of a file. Raises SigningError, naming what is wrong in it."""
    try:
        file = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _KeyFile)
    except OSError as error:
        raise SigningError(
            f"{path}: the trusted keys cannot be read ({error.strerror}). Name the file by "
            "signing.trusted_keys; 'netral keys public' prints what goes into it."
        ) from None
    except ValueError as error:  # TOML, UTF-8 or our schema; public keys are no secret
        raise SigningError(f"{path}: trusted keys refused: {error}. Mend the file.") from None
    keys = tuple(_trusted(path, entry, topics) for entry in file.keys)
    twice = sorted({key.key_id for key in keys if [k.key_id for k in keys].count(key.key_id) > 1})
    if twice:
        raise SigningError(f"{path}: key {', '.join(twice)} stands there twice. Remove one.")
    if not keys:
        raise SigningError(f"{path}: no key in it, so nobody could be obeyed. Add one.")
    return keys


def load_verifier(settings: Settings) -> Verifier:
    """What a worker checks records with.

    Raises SettingsError where no key is trusted and unsigned records were not allowed by name,
    SigningError where the file cannot be used.
    """
    signing = settings.signing
    if signing.trusted_keys is not None:
        return Verifier(
            read_trusted_keys(signing.trusted_keys, settings.topics), required=signing.required
        )
    if signing.required:
        raise SettingsError(
            "signing.trusted_keys must be set: without it a worker could obey nobody, not even a "
            "stop. Make a key with 'netral keys new FILE', put what 'netral keys public FILE' "
            "prints into a file, and name that in netral.toml or by "
            "NETRAL_SIGNING__TRUSTED_KEYS. signing.required = false obeys unsigned records."
        )
    return Verifier((), required=False)


def load_signer(settings: Settings) -> Signer | None:
    """What a sender signs with; None where unsigned records are allowed and no key is named.

    Raises SettingsError where a key is needed and none is named, SigningError for a bad one.
    """
    signing = settings.signing
    if signing.private_key is not None:
        return Signer(read_signing_key(signing.private_key))
    if signing.required:
        raise SettingsError(
            "signing.private_key must be set: workers refuse unsigned records. Name a key that "
            "they trust in netral.toml or by NETRAL_SIGNING__PRIVATE_KEY; 'netral keys new FILE' "
            "makes one."
        )
    return None


def signed_topics(topics: TopicSettings) -> frozenset[str]:
    """Kafka's names of the topics whose records are signed."""
    return frozenset(getattr(topics, name) for name in SIGNED_TOPICS)


def _trusted(path: Path, entry: _Key, topics: TopicSettings) -> TrustedKey:
    public = None
    with suppress(ValueError, Base64Error):
        public = Ed25519PublicKey.from_public_bytes(b64decode(entry.public, validate=True))
    if public is None:
        raise SigningError(
            f"{path}: key {entry.id}: `public` is not 32 bytes in base64. 'netral keys public' "
            "prints it."
        )
    if key_id(public) != entry.id:
        raise SigningError(
            f"{path}: key {entry.id}: `public` is that of key {key_id(public)}. Copy both again."
        )
    return TrustedKey(
        key_id=entry.id,
        public=public,
        topics=frozenset(getattr(topics, name) for name in entry.topics),
        until={getattr(topics, name): last for name, last in entry.until.items()},
        name=entry.name,
    )
