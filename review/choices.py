"""What a reviewer can answer, and the short lists of reasons."""

from dataclasses import dataclass
from typing import Final

from config.errors import InvalidInputError
from review.states import IDENTITY_CHOICES, VERDICT_CHOICES, IdentityChoice, Stage, VerdictChoice

NOTE_MAX: Final = 2_000
OTHER: Final = "other"

REASONS: Final[dict[str, dict[str, str]]] = {
    "this_account": {
        "handle_and_profile": "Handle and profile agree with the declared account",
        "self_identified": "The account says itself who it is",
        "known_successor": "The account is known to replace the declared one",
        OTHER: "Another reason (say which)",
    },
    "none_of_these": {
        "different_person": "The profile is that of another person",
        "no_person": "An organisation, a fan page or a bot",
        "parody": "Parody or impersonation",
        OTHER: "Another reason (say which)",
    },
    "cannot_tell": {
        "profile_empty": "The profile says too little",
        "conflicting": "The evidence contradicts itself",
        OTHER: "Another reason (say which)",
    },
    "breach_suspected": {
        "support": "Supports a candidate",
        "opposition": "Campaigns against a candidate",
        "appeal": "Asks others to vote",
        "interaction": "Likes, follows or joins what the rule forbids",
        "attendance": "Takes part in a campaign event",
        OTHER: "Another reason (say which)",
    },
    "not_breach": {
        "no_campaigning": "Mentions a candidate without campaigning",
        "policy": "Is about policy or an office's work",
        "private_matter": "Is about something else altogether",
        "irony": "Is irony or a joke",
        OTHER: "Another reason (say which)",
    },
    "wrong_identity": {
        "not_the_person": "The account is not that person's",
        "taken_over": "The account was taken over or shared",
        OTHER: "Another reason (say which)",
    },
    "wrong_candidate": {
        "namesake": "Is about a namesake",
        "everyday_word": "Is an everyday word",
        "other_contest": "Is about another contest or another year",
        OTHER: "Another reason (say which)",
    },
    "exempt": {
        "election_information": "Passes on information of an election body",
        "news": "Quotes news",
        "question": "Asks a question",
        "official_duty": "Belongs to the person's office",
        OTHER: "Another reason (say which)",
    },
    "insufficient": {
        "context_missing": "What it answers or shares is missing",
        "ambiguous": "Can be read either way",
        "media_unseen": "Depends on a picture or video",
        OTHER: "Another reason (say which)",
    },
}
"""Choice → reason code → words."""


@dataclass(frozen=True, slots=True)
class IdentityOpinion:
    """`subject_ref` is one of the leads' with `this_account`, and None otherwise."""

    choice: IdentityChoice
    reason: str
    note: str = ""
    subject_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`identity_confirmed`: the reviewer checked that a `declared` account is the declared one.

    Where both say so and the platform gives the account's id, that id is bound to it.
    """

    choice: VerdictChoice
    reason: str
    note: str = ""
    identity_confirmed: bool = False


Answer = IdentityOpinion | Verdict


def check(answer: Answer, stage: Stage, leads: frozenset[str]) -> None:
    """Raises InvalidInputError, never quoting what was written."""
    belongs = "identity" if isinstance(answer, IdentityOpinion) else "verdict"
    if belongs != stage:
        raise InvalidInputError(f"this case waits for an answer about {stage}, not {belongs}.")
    allowed: tuple[str, ...] = IDENTITY_CHOICES if stage == "identity" else VERDICT_CHOICES
    if answer.choice not in allowed:
        raise InvalidInputError(f"no such choice. Choose one of {', '.join(allowed)}.")
    reasons = REASONS[answer.choice]
    if answer.reason not in reasons:
        raise InvalidInputError(
            f"no such reason for '{answer.choice}'. Choose one of {', '.join(reasons)}."
        )
    if len(answer.note) > NOTE_MAX:
        raise InvalidInputError(
            f"the note has {len(answer.note):,} characters; at most {NOTE_MAX:,}."
        )
    if answer.reason == OTHER and not answer.note.strip():
        raise InvalidInputError("the reason 'other' needs a note that says which.")
    if isinstance(answer, IdentityOpinion):
        if answer.choice == "this_account" and answer.subject_ref not in leads:
            raise InvalidInputError("say which of the leads it is.")
        if answer.choice != "this_account" and answer.subject_ref is not None:
            raise InvalidInputError(f"'{answer.choice}' names no lead.")
    elif answer.identity_confirmed and answer.choice == "wrong_identity":
        raise InvalidInputError("an identity cannot be both wrong and confirmed.")
