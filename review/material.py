"""What one flagged event means for the store. Pure: record in, rows out, nothing looked up."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from review.keys import MasterKey
from streams.codec import encode
from streams.records import FlaggedEvent

IdentityKind = Literal["conclusive", "unconfirmed"]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Material:
    """A flag as its case takes it. `findings` are keyed hashes of account, entry and rule;
    `hits` the entries that its sufficient evidence is on, `sides` the candidates."""

    event: FlaggedEvent
    body: bytes
    digest: str
    group_key: str
    tombstone: str
    contest_id: str
    identity: IdentityKind
    refs: tuple[str, ...]
    findings: tuple[tuple[str, str], ...]
    """Each with its rule's code."""
    hits: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    kinds: tuple[str, ...]


def material_of(event: FlaggedEvent, keys: MasterKey) -> Material:
    """Everything that follows from the event alone.

    An event in several contests is reviewed once, in the first by id. A conclusive identity and a
    lead are never in one case, for a lead's content stays shut until its identity is settled.
    """
    body = encode(event)
    contest_id = min(event.election.contest_ids, default="")
    identity: IdentityKind = (
        "unconfirmed" if event.identity.status == "unconfirmed" else "conclusive"
    )
    account = account_key(event)
    counting = [item for item in event.evidence if item.sufficient]
    rules = tuple(sorted({rule.code for rule in event.rules}))
    hits = tuple(sorted({(item.contest_id, item.entry_id) for item in counting}))
    return Material(
        event=event,
        body=body,
        digest=keys.hash("body", body.decode()),
        group_key=keys.hash(
            "group", event.election.id, contest_id, event.platform, account, identity
        ),
        tombstone=keys.hash("tombstone", event.flag_id),
        contest_id=contest_id,
        identity=identity,
        refs=_refs(event),
        findings=tuple(
            (keys.hash("finding", event.platform, account, contest, entry, rule), rule)
            for contest, entry in hits
            for rule in rules
        ),
        hits=hits,
        sides=tuple(sorted({(item.contest_id, item.candidate_id) for item in counting})),
        rules=rules,
        kinds=tuple(sorted({item.kind for item in counting})),
    )


def account_key(event: FlaggedEvent) -> str:
    """The author: the immutable id where there is one, else the handle, never mixed up."""
    if event.author.account_id is not None:
        return f"id:{event.author.account_id}"
    return f"handle:{event.author.handle.casefold()}"


def window_start(at: datetime, width: timedelta) -> datetime:
    """The beginning of the window of event time that `at` is in; windows do not overlap."""
    return at - (at - _EPOCH) % width


def _refs(event: FlaggedEvent) -> tuple[str, ...]:
    if event.identity.subject_ref is not None:
        return (event.identity.subject_ref,)
    return tuple(candidate.subject_ref for candidate in event.identity.candidates)
