"""Signed records of each topic, in their order: what was signed once is obeyed once."""

from collections.abc import Callable
from typing import TypeVar

from aiokafka import ConsumerRecord

from streams.codec import DecodeFailure
from streams.records import ControlRecord, RegisterUpdate, WatchlistUpdate
from streams.signing import Headers, Signature, SignatureRefusedError, Verifier

Record = TypeVar("Record", bound=RegisterUpdate | WatchlistUpdate | ControlRecord)


class SignatureOrder:
    """Remembers the highest sequence of each topic; its records are put to it as they lie there.

    A record whose signature is good counts, whatever becomes of it afterwards: sent again, when it
    might be taken, it is old.
    """

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier
        self._newest: dict[str, int] = {}

    def newest(self, topic: str) -> int | None:
        """The highest sequence so far; None before the first signed record."""
        return self._newest.get(topic)

    def read(
        self,
        record: ConsumerRecord,
        decode: Callable[[bytes | None, int], Record | DecodeFailure],
        max_bytes: int,
    ) -> tuple[Record | DecodeFailure, Signature | None]:
        """What the record says and who signed it, by the rules of every reader of these topics.

        Raises SignatureRefusedError where the signature is not what it must be, comes too late, or
        has another sequence than the record.
        """
        signature = self.verify(record.topic, record.key, record.value, record.headers)
        content = decode(record.value, max_bytes)
        if isinstance(content, DecodeFailure) or signature is None:
            return content, signature
        if signature.sequence != content.sequence:
            raise SignatureRefusedError(
                "sequence_mismatch",
                f"signed as sequence {signature.sequence}, the record says {content.sequence}.",
            )
        return content, signature

    def verify(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers
    ) -> Signature | None:
        """The signature, None where there is none and need not be. Raises SignatureRefusedError."""
        signature = self.verifier.verify(topic, key, value, headers)
        if signature is None:
            return None
        newest = self._newest.get(topic)
        if newest is not None and signature.sequence <= newest:
            raise SignatureRefusedError(
                "old_sequence",
                f"sequence {signature.sequence} is not newer than {newest}, which came before it.",
            )
        self._newest[topic] = signature.sequence
        return signature
