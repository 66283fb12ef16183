"""The tables in `cases/`, one file a rule: posts with what must become of them.

Each post may have twins: the same post but for one thing. A twin says in `but` what differs, gives
the one field of the post that does, and its own expectation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER = Path(__file__).parent / "cases"
POST: Final = {
    "when", "who", "platform", "action", "text", "target", "parent", "hashtags", "mentions",
    "media",
}  # fmt: skip
"""The fields of a post; `when` and the author are names of `scene`, `target` an account."""
EXPECTED: Final = {
    "rules", "broad", "cues", "exemptions", "ends", "identity", "severity", "pending",
}  # fmt: skip
"""What must come out. `rules` in the narrow reading, `broad` where the broad one differs; `ends` is
the disposition where it is not that nothing was touched or no rule fires."""


@dataclass(frozen=True)
class Case:
    """One post and what must become of it. `pending` is the reason why it does not yet."""

    code: str
    name: str
    post: dict[str, Any]
    rules: list[str]
    broad: list[str]
    cues: list[str]
    exemptions: list[str]
    ends: str | None
    identity: str
    severity: str | None
    pending: str | None
    twin_of: "Case | None" = None

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"


def every_case() -> list[Case]:
    """All cases, by file; raises ValueError where a table is not written as it must be."""
    return [case for file in sorted(FOLDER.glob("*.yaml")) for case in cases_in(file)]


def cases_in(file: Path) -> Iterator[Case]:
    for row in yaml.safe_load(file.read_text(encoding="utf-8")):
        twins = row.pop("twins", [])
        base = _case(file.stem, row.pop("case"), row, {})
        yield base
        for twin in twins:
            but = twin.pop("but")
            changed = POST.intersection(twin)
            if len(changed) != 1:
                raise ValueError(f"{base}, but {but}: changes {sorted(changed)}, not one thing")
            yield replace(
                _case(file.stem, f"{base.name}, but {but}", twin, base.post), twin_of=base
            )


def _case(code: str, name: str, row: dict[str, Any], inherited: dict[str, Any]) -> Case:
    unknown = set(row) - POST - EXPECTED
    if unknown:
        raise ValueError(f"{code}: {name}: unknown {sorted(unknown)}")
    post = inherited | {field: value for field, value in row.items() if field in POST}
    rules = row["rules"]
    broad = row.get("broad", rules)
    return Case(
        code=code,
        name=name,
        post=post,
        rules=rules,
        broad=broad,
        cues=row.get("cues", []),
        exemptions=row.get("exemptions", []),
        ends=row.get("ends"),
        identity=row.get("identity", "bound"),
        severity=row.get("severity"),
        pending=row.get("pending"),
    )
