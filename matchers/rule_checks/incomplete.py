"""What every rule says of itself; its legal basis has a check of its own."""

from collections.abc import Iterator, Sequence
from typing import Final

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem

_NEEDED: Final = {
    "wording": "Write the decree's words, in Indonesian",
    "gloss": "Say in English what the wording means",
    "wording_version": "Name the version of the wording, and a new one whenever it changes",
    "severity_class": "Write moral, sedang or berat",
}


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for name, mend in _NEEDED.items():
            if not getattr(draft, name).strip():
                yield Problem(draft.place, name, "it is empty or missing", mend)
