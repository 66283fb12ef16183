"""Signed records of each topic, in their order: what was signed once is obeyed once."""

from streams.signing import Headers, Signature, SignatureRefusedError, Verifier


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

    def check_sequence(self, signature: Signature | None, sequence: int) -> None:
        """Raises SignatureRefusedError where the record itself has another sequence."""
        if signature is not None and signature.sequence != sequence:
            raise SignatureRefusedError(
                "sequence_mismatch",
                f"signed as sequence {signature.sequence}, the record says {sequence}.",
            )
