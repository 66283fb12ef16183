"""Signatures of control records and list updates: Ed25519, in the record's Kafka headers.

    netral-key        id of the key, 16 hexadecimal digits
    netral-sequence   the record's `sequence`, in decimal digits
    netral-signature  64 bytes

Signed are the topic's name, the record's key, the sequence and the value, see
:func:`signed_bytes`: a record that was taken from another topic, given another key or number, or
changed by a bit is refused. That it comes in its order is for the reader to see.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

DOMAIN: Final = b"netral/list-record/1\0"
"""Begins everything that is signed, so that no signature is good for anything else."""
KEY_HEADER: Final = "netral-key"
SEQUENCE_HEADER: Final = "netral-sequence"
SIGNATURE_HEADER: Final = "netral-signature"
SEQUENCE_BYTES: Final = 8

Headers = Sequence[tuple[str, bytes]]
SignatureReason = Literal[
    "unsigned",
    "malformed_signature",
    "unknown_key",
    "key_not_for_topic",
    "key_retired",
    "bad_signature",
    "sequence_mismatch",
    "old_sequence",
]
SIGNATURE_REASONS: Final[tuple[str, ...]] = get_args(SignatureReason)

_SEQUENCE: Final = re.compile(rb"(?:0|[1-9][0-9]{0,18})\Z")
_KEY_ID: Final = re.compile(rb"[0-9a-f]{16}\Z")


class SignatureRefusedError(Exception):
    """Why a record is not obeyed: a reason code, and a sentence that names the key."""

    def __init__(self, reason: SignatureReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signature:
    """A good one: by which key, and the record's place in its topic's order."""

    key_id: str
    sequence: int


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key that workers obey. `topics` are Kafka's names.

    `until` is the last sequence, by topic, that a retired key is good for: what it signed while it
    was in use stands, and a worker that reads the topic from its beginning takes it.
    """

    key_id: str
    public: Ed25519PublicKey
    topics: frozenset[str]
    until: Mapping[str, int]
    name: str = ""


def key_id(public: Ed25519PublicKey) -> str:
    """16 hexadecimal digits of the SHA-256 of the key's 32 bytes."""
    return sha256(public.public_bytes_raw()).hexdigest()[:16]


def signed_bytes(topic: str, key: bytes | None, sequence: int, value: bytes | None) -> bytes:
    """What the signature is over: the domain, then each part with its length before it.

    An absent key or value is told from an empty one. No two different records give the same bytes.
    """
    number = sequence.to_bytes(SEQUENCE_BYTES, "big")
    return DOMAIN + b"".join(_part(part) for part in (topic.encode(), key, number, value))


class Signer:
    """Signs with one private key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key_id = key_id(private.public_key())

    def headers(
        self, topic: str, key: bytes | None, sequence: int, value: bytes | None
    ) -> tuple[tuple[str, bytes], ...]:
        """The headers that make the record a signed one."""
        signature = self._private.sign(signed_bytes(topic, key, sequence, value))
        return (
            (KEY_HEADER, self.key_id.encode()),
            (SEQUENCE_HEADER, str(sequence).encode()),
            (SIGNATURE_HEADER, signature),
        )


class Verifier:
    """Tells signed records from others.

    `required` false: a record without any of our headers is taken too, as unsigned (None); one
    that has them is checked as ever.
    """

    def __init__(self, keys: Sequence[TrustedKey], *, required: bool = True) -> None:
        self._keys = {key.key_id: key for key in keys}
        self._required = required

    def verify(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers
    ) -> Signature | None:
        """Raises SignatureRefusedError for a record that is not to be obeyed."""
        ours = [
            (name, content)
            for name, content in headers
            if name in (KEY_HEADER, SEQUENCE_HEADER, SIGNATURE_HEADER)
        ]
        if not ours:
            if not self._required:
                return None
            raise SignatureRefusedError(
                "unsigned", "the record is not signed. Send it with a key that workers trust."
            )
        trusted, sequence, signature = self._parsed(ours)
        if topic not in trusted.topics:
            raise SignatureRefusedError(
                "key_not_for_topic", f"key {trusted.key_id} is trusted, but not for this topic."
            )
        last = trusted.until.get(topic)
        if last is not None and sequence > last:
            raise SignatureRefusedError(
                "key_retired",
                f"key {trusted.key_id} was retired behind sequence {last}, this is {sequence}.",
            )
        try:
            trusted.public.verify(signature, signed_bytes(topic, key, sequence, value))
        except InvalidSignature:
            raise SignatureRefusedError(
                "bad_signature",
                f"the signature is not by key {trusted.key_id}, or the record was changed.",
            ) from None
        return Signature(trusted.key_id, sequence)

    def _parsed(self, ours: Headers) -> tuple[TrustedKey, int, bytes]:
        found = dict(ours)
        identifier = found.get(KEY_HEADER) or b""
        number = found.get(SEQUENCE_HEADER) or b""
        if len(ours) != 3 or not _KEY_ID.match(identifier) or not _SEQUENCE.match(number):
            raise SignatureRefusedError(
                "malformed_signature",
                f"a signed record has {KEY_HEADER}, {SEQUENCE_HEADER} and {SIGNATURE_HEADER}, once "
                "each, well formed.",
            )
        trusted = self._keys.get(identifier.decode())
        if trusted is None:
            raise SignatureRefusedError(
                "unknown_key",
                f"key {identifier.decode()} is not among the trusted keys.",
            )
        return trusted, int(number), found.get(SIGNATURE_HEADER) or b""


def _part(content: bytes | None) -> bytes:
    if content is None:
        return b"\0"
    return b"\1" + len(content).to_bytes(8, "big") + content
