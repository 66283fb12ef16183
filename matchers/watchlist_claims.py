"""What a contest holds alone: its id, its candidates' ids and, inside one election, their accounts.

:class:`HeldClaims` makes the check of one changed contest cheap: it knows who holds what, so that
the hundreds of others need no look.
"""

from collections.abc import Iterator

from matchers.handles import normalise
from streams.records import CandidateAccount, Contest, Watchlist

Claim = tuple[str, ...]
"""`contest` or `candidate` and its id; or `account`, the election, the platform, `handle` or `id`,
and its value."""

Place = tuple[str, str]
"""Ids of an election and a contest."""


def claims(election_id: str, contest: Contest) -> Iterator[tuple[Claim, str]]:
    """Everything that no other contest may hold, each with the id of whom it belongs to."""
    yield ("contest", contest.id), contest.id
    for candidate in contest.candidates:
        yield ("candidate", candidate.id), candidate.id
        for account in candidate.accounts:
            for claim in account_claims(election_id, account):
                yield claim, candidate.id


def account_claims(election_id: str, account: CandidateAccount) -> Iterator[Claim]:
    """An account by its handle, and by its id where one is given."""
    handle = normalise(account.platform, account.handle) or account.handle
    yield "account", election_id, account.platform, "handle", handle
    if account.account_id:
        yield "account", election_id, account.platform, "id", account.account_id


def claimed_twice(claim: Claim, owner: str, other: str) -> str:
    """The problem of an account that two candidates claim."""
    _, election_id, platform, key, value = claim
    return (
        f"election {election_id}: the {platform} account with {key} {value} is claimed by {owner} "
        f"and {other}. Leave it to one of them."
    )


def used_twice(what: str, one: str) -> str:
    """The problem of an id that stands twice."""
    return f"{what} {one}: this id is used twice. Give each {what} an id of its own."


class HeldClaims:
    """Who holds what in a watchlist, kept up to date contest by contest.

    A list that passed `matchers.watchlist_check.check_watchlist` passes it again with one contest
    put if that contest has no `contest_problems` and no :meth:`problems` here.
    """

    def __init__(self, watchlist: Watchlist) -> None:
        """`watchlist` has passed the check."""
        self._holders: dict[Claim, tuple[Place, str]] = {}
        self._held: dict[Place, list[Claim]] = {}
        for election in watchlist.elections:
            for contest in election.contests:
                self.put(election.id, contest)

    def problems(self, election_id: str, contest: Contest) -> list[str]:
        """Why this contest cannot stand beside the others, whatever was in its own place."""
        place = election_id, contest.id
        mine: dict[Claim, str] = {}
        found: list[str] = []
        for claim, owner in claims(election_id, contest):
            is_account = claim[0] == "account"
            if claim in mine:
                other = mine[claim]
                if is_account and other == owner:
                    continue  # one candidate may name an account twice
            else:
                mine[claim] = owner
                holder = self._holders.get(claim)
                if holder is None or holder[0] == place:
                    continue
                other = holder[1]
            found.append(claimed_twice(claim, other, owner) if is_account else used_twice(*claim))
        return found

    def put(self, election_id: str, contest: Contest) -> None:
        """Let the contest hold what it claims, and nothing of what it held before."""
        place = election_id, contest.id
        self.remove(*place)
        self._held[place] = held = []
        for claim, owner in claims(election_id, contest):
            self._holders[claim] = place, owner
            held.append(claim)

    def remove(self, election_id: str, contest_id: str) -> None:
        """Let go of all that a contest holds, if it is there."""
        for claim in self._held.pop((election_id, contest_id), ()):
            self._holders.pop(claim, None)
