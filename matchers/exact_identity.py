"""Who acted, where that is beyond doubt (invariant 03); whole batches at once.

=====================================  ================================  ==========================
the event has                          the register holds                finding
=====================================  ================================  ==========================
an account id that it knows            that account                      `bound` (any handle)
an account id that it does not know    the handle, without an id         `declared`
an account id that it does not know    the handle, with another id       `REUSED_HANDLE`
no account id                          the handle, without an id         `declared`
no account id                          the handle, with an id            none (it may be a lead)
anything else                                                            none
=====================================  ================================  ==========================

`bound` and `declared` hold only if the declaration was in force at event time (invariant 01; see
:mod:`matchers.active_period` for days and time zones). An id tells whose account it is even when
the declaration was not in force, so the handle is not tried after it.
"""

from collections.abc import Sequence

from matchers.event_time import event_time
from matchers.handles import normalise
from matchers.types import NO_ROW, REUSED_HANDLE, ExactFinding, Identity, RegisterIndex
from streams.records import PublicPost


def resolve(posts: Sequence[PublicPost], register: RegisterIndex) -> list[ExactFinding]:
    """One finding a post, in order. Never raises on anything a post may hold."""
    found: list[ExactFinding] = [None] * len(posts)
    by_id = _rows_by_account_id(posts, register)
    handles = [normalise(post.platform, post.actor.handle) or "" for post in posts]
    by_handle = register.rows_by_handle(
        [(post.platform, handle) for post, handle in zip(posts, handles, strict=True)]
    )
    for position, row in enumerate(by_handle):
        if row != NO_ROW and position not in by_id:
            found[position] = _by_handle(posts[position], row, register)
    for position, row in by_id.items():
        account = register.account(row)
        if account.active_at(event_time(posts[position])):
            found[position] = Identity("bound", row, account.person)
    return found


def _rows_by_account_id(posts: Sequence[PublicPost], register: RegisterIndex) -> dict[int, int]:
    """Rows of the accounts whose id the register knows, by the post's position in the batch."""
    positions = []
    keys = []
    for position, post in enumerate(posts):
        account_id = post.actor.account_id
        if account_id is not None:
            positions.append(position)
            keys.append((post.platform, account_id))
    if not keys:
        return {}
    rows = register.rows_by_account_id(keys)
    return {position: row for position, row in zip(positions, rows, strict=True) if row != NO_ROW}


def _by_handle(post: PublicPost, row: int, register: RegisterIndex) -> ExactFinding:
    """A registered handle under an id that the register does not know, or under none."""
    account = register.account(row)
    if account.account_id is not None:
        # Someone else took the handle over, or nobody knows.
        return None if post.actor.account_id is None else REUSED_HANDLE
    if not account.active_at(event_time(post)):
        return None
    return Identity("declared", row, account.person)
