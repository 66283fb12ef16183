"""One record of a synthetic stream and what must become of it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from matchers.types import Disposition
from streams.records import DeadLetterReason
from synth.authors import Status


@dataclass(frozen=True, slots=True)
class Expected:
    """The known answer. `rules` (in order) and `identity` stand only with `flagged`, `reason` and
    `path` only with `invalid`."""

    disposition: Disposition
    rules: tuple[str, ...] = ()
    identity: Status | None = None
    reason: DeadLetterReason | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class SamplePost:
    """A raw record (None: a null value) with the scene it was made for.

    `post_id` is None where the record cannot be read.
    """

    scene: str
    author: str
    post_id: str | None
    value: bytes | None
    expected: Expected

    def truth(self) -> dict[str, Any]:
        """The line of the truth file."""
        return {
            "post_id": self.post_id,
            "sha256": sha256(self.value or b"").hexdigest(),
            "scene": self.scene,
            "author": self.author,
            "disposition": self.expected.disposition,
            "rules": list(self.expected.rules),
            "identity": self.expected.identity,
            "reason": self.expected.reason,
            "path": self.expected.path,
        }
