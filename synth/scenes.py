"""The answer key: what people do, and which rules must fire on it.

Written by hand from the rules' wording (`config/rules.yaml`) with its default reading of E4: only
what is done to a candidate's or campaign's own account counts as engagement. Nothing here runs a
matcher.
"""

from dataclasses import dataclass
from typing import Final, Literal

from streams.records import Action, PhaseName
from synth import texts
from synth.texts import Templates

TargetKind = Literal["candidate", "stranger"]


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of act. `before` and `after` are the rules that fire before and after candidates
    are determined; none means that no rule fires.

    `conclusive_only` marks acts that count only for a conclusive identity (invariant 06).
    """

    name: str
    action: Action
    templates: Templates = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    target: TargetKind | None = None
    photo: bool = False
    disguise: str | None = None
    conclusive_only: bool = False

    def rules_in(self, phase: PhaseName) -> tuple[str, ...]:
        """The codes that fire in a phase, in order."""
        return self.before if phase == "before_determination" else self.after


def _disguised(kind: str) -> Scene:
    return Scene(f"{kind} name", "post", texts.SUPPORT, ("E2",), ("D2",), disguise=kind)


TOUCHING: Final[tuple[Scene, ...]] = (
    Scene("support", "post", texts.SUPPORT, ("E2",), ("D2",)),
    Scene("appeal", "post", texts.APPEAL, ("E2",), ("D2", "D8")),
    Scene("hashtag and name", "post", texts.TAG_AND_NAME, ("E2",), ("D2",)),
    Scene("mention", "post", texts.MENTION_SUPPORT, ("E2",), ("D2",)),
    Scene("photo", "post", texts.PHOTO_CAPTIONS, ("E2", "E5"), ("D2", "D7"), photo=True),
    Scene(
        "attendance", "post", texts.ATTENDANCE, ("E2", "E3", "E5"), ("D2", "D4", "D7"), photo=True
    ),
    Scene("like", "like", (), ("E4",), ("D6",), target="candidate", conclusive_only=True),
    Scene("follow", "follow", (), ("E4",), ("D6",), target="candidate", conclusive_only=True),
    Scene("join", "join", (), ("E4",), ("D6",), target="candidate", conclusive_only=True),
    Scene("share", "share", (), ("E4",), ("D6",), target="candidate"),
    Scene("comment", "comment", texts.COMMENT_SUPPORT, ("E4",), ("D6",), target="candidate"),
    Scene("quote", "quote", texts.COMMENT_SUPPORT, ("E4",), ("D6",), target="candidate"),
    Scene("attack", "post", texts.OPPOSITION, ("E2",), ("D2",)),
    Scene("question", "post", texts.QUESTION, ("E2",), ("D2",)),
    *(_disguised(kind) for kind in ("leet", "elongated", "homoglyph", "spaced", "typo")),
    _disguised("zero_width"),
    _disguised("capitals"),
    Scene("neutral name", "post", texts.NEUTRAL_NAME),
    Scene("hashtag alone", "post", texts.TAG_ONLY),
    Scene("everyday word", "post", texts.WORD_ONLY),
    Scene("news", "post", texts.NEWS),
    Scene("comment elsewhere", "comment", texts.SUPPORT, target="stranger"),
)
"""Acts that touch the watchlist."""

UNTOUCHED: Final[tuple[Scene, ...]] = (
    Scene("everyday", "post", texts.EVERYDAY),
    Scene("everyday photo", "post", texts.EVERYDAY, photo=True),
    Scene("trap", "post", texts.TRAPS),
    Scene("comment", "comment", texts.EVERYDAY, target="stranger"),
    Scene("like", "like", target="stranger"),
    Scene("follow", "follow", target="stranger"),
    Scene("share", "share", target="stranger"),
)
"""Acts that do not."""
