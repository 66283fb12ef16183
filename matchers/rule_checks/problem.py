"""What a check has to say: what is wrong, where, and what to do."""

from collections.abc import Iterable
from typing import NamedTuple

FILE = "the file"


class Problem(NamedTuple):
    """One reason to refuse a rules file (or, from a warning, to look at it again).

    `where` is `rule E4`, or `the file`; `path` the place in it (`evidence.any.sufficient[2]`), or
    empty for the whole. `wrong` and `mend` are sentences without their full stop. `check` is the
    name of the check that found it; whoever runs the checks fills it in.
    """

    where: str
    path: str
    wrong: str
    mend: str
    check: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: {self.path}" if self.path else self.where
        return f"{place}: {self.wrong}. {self.mend}."


def rule_at(code: str) -> str:
    """How a problem names a rule."""
    return f"rule {code}"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`, in the order given."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
