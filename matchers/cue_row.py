"""A row of the tables of cues."""

from typing import Final, Literal, NamedTuple

from matchers.cue_scope import Guard
from streams.records import CueKind

Flip = Literal["never", "refusal", "negation"]

STANCE: Final[frozenset[Guard]] = frozenset({"others", "asked", "negated", "reported"})
VERB: Final[frozenset[Guard]] = STANCE | {"tagged"}
NARRATED: Final[frozenset[Guard]] = frozenset({"asked", "negated", "reported"})
AIMED: Final[frozenset[Guard]] = frozenset({"unnamed", "policy", "negated", "reported"})
CONTEMPT: Final[frozenset[Guard]] = frozenset({"apart", "policy", "negated", "reported"})
ACCUSATION: Final[frozenset[Guard]] = CONTEMPT | {"asked"}
AGAINST: Final[frozenset[Guard]] = frozenset({
    "unfollowed", "policy", "others", "asked", "negated", "reported"
})  # fmt: skip
PRAISE: Final[frozenset[Guard]] = frozenset({"unnamed", "asked", "negated", "reported"})
OF_ONE: Final[frozenset[Guard]] = frozenset({"apart", "others", "asked", "negated", "reported"})
FOR: Final[frozenset[Guard]] = frozenset({"unfollowed", "others", "asked", "negated", "reported"})
TAG: Final[frozenset[Guard]] = frozenset({"untagged"})
CALL: Final[frozenset[Guard]] = frozenset({"asked", "reported"})
REPORTABLE: Final[frozenset[Guard]] = frozenset({"reported"})
NEGATABLE: Final[frozenset[Guard]] = frozenset({"negated"})
FREE: Final[frozenset[Guard]] = frozenset()


class CueRule(NamedTuple):
    """One wording.

    `pattern` is matched from word to word of the folded text. Every match holds one of the pieces
    `seen` (`this|that`); where none of them is in a text, the pattern is not looked for.
    `undone_by` are the guards of `matchers.cue_scope` it is subject to; `flips` says whether a
    refusal only, or any negation, makes opposition of it: else, negated, it is no cue.
    """

    kind: CueKind
    pattern: str
    seen: str
    example: str
    counter: str
    undone_by: frozenset[Guard] = FREE
    flips: Flip = "never"
