"""Who posts in the sample: registered people, and everybody whom they could be mistaken for."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from streams.records import PLATFORMS, Platform
from synth.register import SourceRow, full_handle

Status = Literal["bound", "declared", "unconfirmed"]
AuthorKind = Literal[
    "registered_id",
    "registered_id_new_handle",
    "declared_handle",
    "lead",
    "handle_without_id",
    "reused_handle",
    "withdrawn",
    "other_digits",
    "namesake",
    "other_platform",
    "unrelated",
]

_OUTSIDER_WORDS: Final = (
    ("kopi", "senja", "warung", "langit", "pelangi", "ombak", "gunung", "kebun", "sepeda", "buku"),
    ("manis", "jingga", "biru", "tua", "kecil", "ceria", "pagi", "malam", "kita", "nusantara"),
)
_TRAILING_DIGITS = re.compile(r"^(.*?[a-z])(\d{2,})$")
_WEIGHT_OF_ID: Final = 0.7


@dataclass(frozen=True, slots=True)
class Author:
    """An author as a post shows it; `status` is the identity that must be found, None for none."""

    kind: AuthorKind
    status: Status | None
    platform: Platform
    handle: str
    account_id: str | None
    display_name: str | None = None
    bio: str | None = None


class Authors:
    """Draws authors of each kind against one register. Same rows and generator, same authors."""

    def __init__(self, rows: Sequence[SourceRow], rng: Random) -> None:
        self._rng = rng
        self._rows = tuple(rows)
        active = [row for row in rows if row.withdrawn_on is None]
        self._with_id = [row for row in active if row.account_id is not None]
        self._without_id = [row for row in active if row.account_id is None]
        self._withdrawn = [row for row in rows if row.withdrawn_on is not None]
        self._with_digits = [
            row for row in active if _TRAILING_DIGITS.match(row.handle) is not None
        ]
        self._skeletons = {_loose(row.platform, row.handle) for row in rows}
        people = {row.person_id: _plain(row.name) for row in rows}
        names = Counter(people.values())
        self._lead_rows = [
            row
            for row in active
            if names[_plain(row.name)] == 1
            and len(_plain(row.name).split()) >= 3
            and "_" in row.handle
            and row.platform in ("instagram", "tiktok", "threads")
            and len(row.agency_code) >= 4
        ]
        self._draw: dict[AuthorKind, Callable[[], Author]] = {
            "registered_id": self._registered_id,
            "registered_id_new_handle": self._registered_id_new_handle,
            "declared_handle": self._declared_handle,
            "lead": self._lead,
            "handle_without_id": self._handle_without_id,
            "reused_handle": self._reused_handle,
            "withdrawn": self._withdrawn_account,
            "other_digits": self._other_digits,
            "namesake": self._namesake,
            "other_platform": self._other_platform,
            "unrelated": self._unrelated,
        }

    def draw(self, kind: AuthorKind) -> Author:
        """One author of the kind. Raises ValueError where the register has nobody to start from."""
        return self._draw[kind]()

    def _registered_id(self) -> Author:
        row = self._pick(self._with_id)
        return Author(
            "registered_id",
            "bound",
            row.platform,
            self._written(row),
            row.account_id,
            row.display_name,
        )

    def _registered_id_new_handle(self) -> Author:
        row = self._pick(self._with_id)
        return Author(
            "registered_id_new_handle",
            "bound",
            row.platform,
            self._outsider_handle(row.platform),
            row.account_id,
        )

    def _declared_handle(self) -> Author:
        row = self._pick(self._without_id)
        known = self._rng.random() < _WEIGHT_OF_ID
        return Author(
            "declared_handle",
            "declared",
            row.platform,
            self._written(row),
            self._new_id() if known else None,
            row.display_name,
        )

    def _lead(self) -> Author:
        """Other separators, a rare name of three words, and office and province in the bio: what
        the design says lifts a lead."""
        row = self._pick(self._lead_rows)
        return Author(
            "lead",
            "unconfirmed",
            row.platform,
            row.handle.replace("_", "."),
            # Two known ids that differ would be two accounts.
            None if row.account_id is not None else self._new_id(),
            _plain(row.name),
            f"ASN {row.agency_code}, Jawa Timur",
        )

    def _handle_without_id(self) -> Author:
        """The register knows the account's id and the source shows none: not conclusive, yet the
        strongest evidence that a lead can have."""
        row = self._pick(self._with_id)
        return Author(
            "handle_without_id", "unconfirmed", row.platform, row.handle, None, row.display_name
        )

    def _reused_handle(self) -> Author:
        row = self._pick(self._with_id)
        return Author(
            "reused_handle", None, row.platform, row.handle, self._new_id(), row.display_name
        )

    def _withdrawn_account(self) -> Author:
        row = self._pick(self._withdrawn)
        return Author("withdrawn", None, row.platform, row.handle, row.account_id, row.display_name)

    def _other_digits(self) -> Author:
        while True:
            row = self._pick(self._with_digits)
            found = _TRAILING_DIGITS.match(row.handle)
            if found is None:
                continue
            stem, digits = found.groups()
            handle = f"{stem}{(int(digits) + self._rng.randrange(3, 60)) % 100:02d}"
            if _loose(row.platform, handle) not in self._skeletons:
                name = row.display_name if self._rng.random() < 0.5 else None
                return Author("other_digits", None, row.platform, handle, self._new_id(), name)

    def _namesake(self) -> Author:
        row = self._pick(self._rows)
        platform = row.platform
        return Author(
            "namesake",
            None,
            platform,
            self._outsider_handle(platform),
            self._new_id(),
            _plain(row.name),
        )

    def _other_platform(self) -> Author:
        while True:
            row = self._pick([row for row in self._rows if row.platform in ("x", "tiktok")])
            platform: Platform = "tiktok" if row.platform == "x" else "x"
            if _loose(platform, row.handle) not in self._skeletons and "." not in row.handle:
                return Author("other_platform", None, platform, row.handle, self._new_id())

    def _unrelated(self) -> Author:
        platform = self._rng.choice(PLATFORMS)
        return Author("unrelated", None, platform, self._outsider_handle(platform), self._new_id())

    def _pick(self, rows: Sequence[SourceRow]) -> SourceRow:
        if not rows:
            raise ValueError("the register is too small for this sample. Draw more people.")
        return self._rng.choice(rows)

    def _written(self, row: SourceRow) -> str:
        """The handle as sources write it: some with @, some with other capitals."""
        shape = self._rng.random()
        if shape < 0.1:
            return f"@{row.handle}"
        return row.handle.title() if shape < 0.2 and row.handle.isalnum() else row.handle

    def _outsider_handle(self, platform: Platform) -> str:
        first, second = (self._rng.choice(words) for words in _OUTSIDER_WORDS)
        return full_handle(platform, f"{first}{second[:4]}{self._rng.randrange(100, 1_000)}")

    def _new_id(self) -> str:
        return str(self._rng.randrange(10**15, 10**17))


def _plain(official_name: str) -> str:
    """The name without titles; a title here always ends in or holds a full stop."""
    words = official_name.split(",")[0].split()
    return " ".join(word for word in words if not word.endswith(".") or word in ("Moh.", "Muh."))


def _loose(platform: Platform, handle: str) -> tuple[str, str]:
    return platform, re.sub(r"[^a-z0-9@]", "", handle)
