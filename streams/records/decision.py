"""`ReviewDecision`: what reviewers came to about a case. No reviewer, author or text is in it."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.records.limits import Code, Ident, Instant

DecisionOutcome = Literal[
    "this_account",
    "none_of_these",
    "cannot_tell",
    "breach_suspected",
    "not_breach",
    "wrong_identity",
    "wrong_candidate",
    "exempt",
    "insufficient",
    "reopened",
]


class ReviewDecision(Struct, frozen=True, kw_only=True):
    """One record of the topic `review-decisions` (key: `decision_id`).

    `decision_id` is the same whenever this decision is written again. `stage` and `round` say
    what was decided; a contest that was upheld makes a decision of stage `contest`, outcome
    `reopened`, and the verdict of the next round replaces the one before. `agreement` is `two`
    where the first two agreed, `third` where a third reviewer settled it, `none` where no two of
    three agreed, so that doubt spoke for the person. `reasons` are codes. `flag_ids` is empty
    after "none of these": nothing of those events is kept.
    """

    schema: Literal[1]
    decision_id: Ident
    case_ref: Ident
    stage: Literal["identity", "verdict", "contest"]
    round: Annotated[int, Meta(ge=1)]
    outcome: DecisionOutcome
    agreement: Literal["two", "third", "none"]
    reasons: Annotated[tuple[Code, ...], Meta(max_length=3)]
    election_id: Ident
    contest_id: Annotated[str, Meta(max_length=256)]
    rules: Annotated[tuple[Code, ...], Meta(max_length=256)]
    flag_ids: Annotated[tuple[Ident, ...], Meta(max_length=100_000)]
    decided_at: Instant
