"""One `watchlist-updates` record applied to a watchlist: one whole contest in or out."""

import msgspec

from config.errors import WatchlistError
from matchers.shrink import refuse_shrunk
from streams.records import Contest, Election, Watchlist, WatchlistUpdate


def put_or_remove(
    watchlist: Watchlist, update: WatchlistUpdate, *, max_shrink: float | None = None
) -> Watchlist:
    """The watchlist with the record's contest put or removed; the given one is not changed.

    Elections and contests keep their order; new ones come last, an election without contests
    goes. Raises WatchlistError where the record contradicts itself, removes what is not there or,
    with `max_shrink` (0 to 1), replaces a contest by one with far fewer candidates' entries and
    does not say that it may.
    """
    where = f"watchlist update {update.sequence}, contest {update.contest_id}"
    if update.op == "put":
        if update.contest is None or update.contest.id != update.contest_id:
            raise WatchlistError(
                f"{where}: a put carries the whole contest under the same id. Send it again so."
            )
    elif update.contest is not None:
        raise WatchlistError(f"{where}: a remove carries no contest. Leave it out.")

    elections = {election.id: election for election in watchlist.elections}
    election = elections.get(
        update.election_id,
        Election(id=update.election_id, name=update.election_name, contests=()),
    )
    contests = {contest.id: contest for contest in election.contests}
    before = contests.get(update.contest_id)
    if update.contest is not None:
        if before is not None and max_shrink is not None and not update.may_shrink:
            refuse_shrunk(
                where,
                entry_total(before),
                entry_total(update.contest),
                max_shrink,
                WatchlistError,
            )
        contests[update.contest_id] = update.contest
    elif before is None:
        raise WatchlistError(f"{where}: there is no such contest in {update.election_id}.")
    else:
        del contests[update.contest_id]

    elections[update.election_id] = msgspec.structs.replace(
        election, name=update.election_name, contests=tuple(contests.values())
    )
    return msgspec.structs.replace(
        watchlist, elections=tuple(e for e in elections.values() if e.contests)
    )


def has_contest(watchlist: Watchlist, update: WatchlistUpdate) -> bool:
    """Whether the record's contest is on the watchlist."""
    return any(
        election.id == update.election_id
        and any(contest.id == update.contest_id for contest in election.contests)
        for election in watchlist.elections
    )


def entry_total(contest: Contest) -> int:
    """How many names, aliases, accounts, hashtags and slogans the contest's candidates have."""
    return sum(
        len(c.names)
        + len(c.aliases)
        + len(c.ambiguous_aliases)
        + len(c.accounts)
        + len(c.hashtags)
        + len(c.slogans)
        for c in contest.candidates
    )
