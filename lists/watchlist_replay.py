"""The watchlist as a worker has it: the base file and the records of `watchlist-updates` over it.

Each record is put to the test that a worker puts it to (`lists.in_force`), and one that is refused
changes nothing. Only the contest that changes is looked at, so hundreds of records take no longer
than reading them.
"""

from config.errors import WatchlistError
from lists.pseudonyms import check_pseudonyms
from matchers.watchlist_check import contest_problems
from matchers.watchlist_claims import HeldClaims, Place
from matchers.watchlist_update import put_or_remove
from streams.records import Contest, Election, Watchlist, WatchlistUpdate

NO_SEQUENCE = -1


class WatchlistReplay:
    """Takes records one by one. `watchlist` is what is in force, `sequence` that of the newest
    record in it, -1 for none."""

    def __init__(
        self,
        base: Watchlist,
        *,
        max_shrink: float,
        elections: frozenset[str] | None = None,
    ) -> None:
        """`base` has passed `check_watchlist`. `max_shrink` is the workers' `lists.max_shrink`.

        `elections` are those of which the register has pseudonyms, None where that is not known.
        Raises WatchlistError where the base itself has others: no worker starts with it.
        """
        self._max_shrink = max_shrink
        self._elections = elections
        self._claims = HeldClaims(base)
        self.watchlist = base
        self.sequence = NO_SEQUENCE
        self._check_pseudonyms(*(election.id for election in base.elections))

    def apply(self, update: WatchlistUpdate) -> None:
        """Put or remove one whole contest. Raises WatchlistError where a worker refuses it."""
        where = f"watchlist update {update.sequence}, contest {update.contest_id}"
        if update.sequence <= self.sequence:
            raise WatchlistError(
                f"{where}: not newer than {self.sequence}, which is in force. Send it "
                "with a higher number."
            )
        watchlist = put_or_remove(self.watchlist, update, max_shrink=self._max_shrink)
        if update.contest is not None:
            problems = [
                *contest_problems(update.contest),
                *self._claims.problems(update.election_id, update.contest),
            ]
            if problems:
                raise WatchlistError(f"{where}: {'; '.join(problems)}")
            self._check_pseudonyms(update.election_id)
        if not watchlist.elections:
            raise WatchlistError(
                f"{where}: it is the last one, and without it nothing would be flagged. Put "
                "another contest first."
            )
        if update.contest is not None:
            self._claims.put(update.election_id, update.contest)
        else:
            self._claims.remove(update.election_id, update.contest_id)
        self.watchlist = watchlist
        self.sequence = update.sequence

    def _check_pseudonyms(self, *election_ids: str) -> None:
        if self._elections is not None:
            check_pseudonyms(election_ids, self._elections, WatchlistError)


def contests_by_place(watchlist: Watchlist) -> dict[Place, Contest]:
    """Every contest by the ids of its election and its own, in the list's order."""
    return {
        (election.id, contest.id): contest
        for election in watchlist.elections
        for contest in election.contests
    }


def election_names(watchlist: Watchlist) -> dict[str, str]:
    """The names of the elections by id."""
    return {election.id: election.name for election in watchlist.elections}


def says_the_same(one: Watchlist, other: Watchlist) -> bool:
    """Whether two lists differ in nothing but their order."""
    return contests_by_place(one) == contests_by_place(other) and election_names(
        one
    ) == election_names(other)


def watchlist_of(contests: dict[Place, Contest], names: dict[str, str]) -> Watchlist:
    """The list that holds these contests; `names` has the name of each election."""
    elections: dict[str, list[Contest]] = {}
    for (election_id, _), contest in contests.items():
        elections.setdefault(election_id, []).append(contest)
    return Watchlist(
        schema=1,
        elections=tuple(
            Election(id=election_id, name=names[election_id], contests=tuple(several))
            for election_id, several in elections.items()
        ),
    )
