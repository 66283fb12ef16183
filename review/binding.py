"""A confirmed identity goes back to the register: the one place where a `bind` update is made."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from review import outbox
from review.desk import Desk
from streams.records import FlaggedEvent, RegisterUpdate


def bind(session: Session, desk: Desk, events: Sequence[FlaggedEvent]) -> None:
    """Put a `bind` of each `declared` account's id into the outbox, where the platform gives one.

    Two reviewers confirmed that the account is the declared one; from then on its id is what
    counts, and the handle alone is not enough (invariant 03).
    """
    accounts = {
        (event.platform, event.author.handle, event.author.account_id)
        for event in events
        if event.identity.status == "declared" and event.author.account_id is not None
    }
    for platform, handle, account_id in sorted(accounts, key=str):
        outbox.put_bind(
            session,
            desk,
            RegisterUpdate(
                schema=1,
                sequence=0,
                op="bind",
                platform=platform,
                handle=handle,
                account_id=account_id,
            ),
        )
