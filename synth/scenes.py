"""The answer key: what people do, and which rules must fire on it.

Written by hand from the rules' wording (`config/rules.yaml`) with its default, narrow reading of
E4: only what is done to a campaign's account counts as engagement before candidates are
determined, to a campaign's or a candidate's own after. Nothing here runs a matcher.
"""

from dataclasses import dataclass
from typing import Final, Literal

from streams.records import Action, PhaseName
from synth import texts
from synth.disguise import DISGUISES
from synth.texts import Templates

TargetKind = Literal["campaign", "own", "stranger"]


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of act, and the rules that fire by time; none means that no rule fires.

    `before`: before candidates are determined; `after`: from then to polling day; `late`: after
    polling. `target` is whose account is acted on. `disguise` changes how the name is written.
    `conclusive_only` marks acts that count only for a conclusive identity (invariant 06).
    """

    name: str
    action: Action
    templates: Templates = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    target: TargetKind | None = None
    photo: bool = False
    disguise: str | None = None
    conclusive_only: bool = False

    def rules_in(self, phase: PhaseName) -> tuple[str, ...]:
        """The codes that fire in a phase, in order."""
        if phase == "before_determination":
            return self.before
        return self.late if phase == "after_polling" else self.after


def _disguised(kind: str) -> Scene:
    return Scene(f"{kind} name", "post", texts.SUPPORT, ("E2",), ("D2",), disguise=kind)


def _engagement(action: Action, target: TargetKind) -> Scene:
    """A bare like, follow or join."""
    before = ("E4",) if target == "campaign" else ()
    return Scene(
        f"{action} {target}", action, (), before, ("D6",), target=target, conclusive_only=True
    )


TOUCHING: Final[tuple[Scene, ...]] = (
    Scene("support", "post", texts.SUPPORT, ("E2",), ("D2",)),
    Scene("attack", "post", texts.OPPOSITION, ("E2",), ("D2",)),
    Scene("appeal", "post", texts.APPEAL, ("E2",), ("D2", "D8"), ("D8",)),
    Scene("hashtag and name", "post", texts.TAG_AND_NAME, ("E2",), ("D2",)),
    Scene("number and region", "post", texts.NUMBER_AND_REGION, ("E2",), ("D2",)),
    Scene("mention", "post", texts.MENTION_SUPPORT, ("E2",), ("D2",)),
    Scene("question", "post", texts.QUESTION, ("E2",), ("D2",)),
    Scene("photo", "post", texts.PHOTO_CAPTIONS, ("E2", "E5"), ("D2", "D7"), photo=True),
    Scene(
        "attendance", "post", texts.ATTENDANCE, ("E2", "E3", "E5"), ("D2", "D4", "D7"), photo=True
    ),
    *(_disguised(kind) for kind in DISGUISES),
    _engagement("like", "campaign"),
    _engagement("like", "own"),
    _engagement("follow", "campaign"),
    _engagement("join", "campaign"),
    Scene("bare share", "share", (), ("E4",), ("D6",), target="campaign"),
    Scene("share", "share", texts.COMMENT_SUPPORT, ("E2", "E4"), ("D2", "D6"), target="campaign"),
    Scene("comment", "comment", texts.COMMENT_SUPPORT, ("E4",), ("D6",), target="campaign"),
    Scene("plain comment", "comment", texts.COMMENT_PLAIN, ("E4",), ("D6",), target="campaign"),
    Scene("comment own", "comment", texts.COMMENT_SUPPORT, (), ("D6",), target="own"),
    Scene("quote", "quote", texts.COMMENT_SUPPORT, ("E4",), ("D6",), target="campaign"),
    # From here on nothing fires: no stance, or not the rule's act.
    Scene("neutral name", "post", texts.NEUTRAL_NAME),
    Scene("news", "post", texts.NEWS),
    Scene("comment elsewhere", "comment", texts.SUPPORT, target="stranger"),
)
"""Acts that touch the watchlist."""

UNTOUCHED: Final[tuple[Scene, ...]] = (
    Scene("everyday", "post", texts.EVERYDAY),
    Scene("everyday photo", "post", texts.EVERYDAY, photo=True),
    Scene("trap", "post", texts.TRAPS),
    Scene("number alone", "post", texts.NUMBER_ONLY),
    # One weak piece is no more than a word.
    Scene("hashtag alone", "post", texts.TAG_ONLY),
    Scene("everyday word", "post", texts.WORD_ONLY),
    Scene("comment", "comment", texts.EVERYDAY, target="stranger"),
    Scene("quote", "quote", texts.EVERYDAY, target="stranger"),
    Scene("like", "like", target="stranger"),
    Scene("follow", "follow", target="stranger"),
    Scene("join", "join", target="stranger"),
    Scene("share", "share", target="stranger"),
)
"""Acts that do not."""
