"""A rule without law behind it accuses nobody: basis, source, and how the source was checked.

Also of rules that cannot be observed: they are printed in the catalogue as they stand.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from matchers.rule_checks.draft import Draft
from matchers.rule_checks.problem import Problem

_MEND: Final = {
    "legal_basis": "Name the law and the article, for example 'PP 94/2021 art. 5(n)(5)'",
    "source": "Name where the wording was read, and the item in it",
    "verified": "Write press, official or unverified",
}
_PLACEHOLDER: Final = re.compile(
    r"\W*(?:to ?do|tb[adc]|fix ?me|x{2,}|n ?/ ?a|none|unknown|pending|lorem ipsum.*|placeholder"
    r"|belum(?: (?:ada|diisi))?|menyusul|kosong|tidak ada|nihil)?\W*",
    re.IGNORECASE,
)


def check(drafts: Sequence[Draft]) -> Iterator[Problem]:
    for draft in drafts:
        for name, mend in _MEND.items():
            written: str = getattr(draft, name)
            if not written.strip():
                yield Problem(draft.place, name, "it is empty or missing", mend)
            elif _PLACEHOLDER.fullmatch(written):
                yield Problem(draft.place, name, f"{written.strip()!r} only holds the place", mend)
