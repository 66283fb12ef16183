"""Is a watchlist fit to be in force? Every check, one function each; all problems at once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from config.errors import WatchlistError
from matchers.ambiguity import STANDS_ALONE, OrdinaryText, kind_of_name, probability
from matchers.contest_windows import overlapping
from matchers.fold import fold
from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.watchlist_claims import Claim, account_claims, claimed_twice, used_twice
from matchers.watchlist_entries import squeeze_tag
from streams.records import (
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Phase,
    Watchlist,
)

EMPTY_BOX: Final = "kolom kosong"
"""What the ballot prints where a single pair stands against nobody."""


def check_watchlist(watchlist: Watchlist) -> None:
    """Raise WatchlistError with every problem of the list, each with its place and its mending."""
    problems = watchlist_problems(watchlist)
    if problems:
        raise WatchlistError(_listed("watchlist refused", problems))


def check_contest(contest: Contest) -> None:
    """Raise WatchlistError with every problem of one contest taken alone."""
    problems = contest_problems(contest)
    if problems:
        raise WatchlistError(_listed("contest refused", problems))


def watchlist_problems(watchlist: Watchlist) -> tuple[str, ...]:
    """Every reason to refuse a watchlist, in the order of the list."""
    return tuple(_watchlist_problems(watchlist))


def contest_problems(contest: Contest) -> tuple[str, ...]:
    """Every reason to refuse a contest, in the order of the checks."""
    return tuple(problem for check in _CONTEST_CHECKS for problem in check(contest))


def watchlist_warnings(watchlist: Watchlist, ordinary: OrdinaryText) -> tuple[str, ...]:
    """What is allowed but worth a look: names that do not count alone or are shared, no accounts,
    accounts that are effective at no time of their contest."""
    return tuple(
        warning
        for election in watchlist.elections
        for warning in (
            *_not_alone(election, ordinary),
            *_shared(election),
            *_without_accounts(election),
            *_never_effective(election),
        )
    )


def _listed(title: str, problems: tuple[str, ...]) -> str:
    return f"{title}, {len(problems)} problem(s):\n" + "\n".join(f"  {line}" for line in problems)


def _watchlist_problems(watchlist: Watchlist) -> Iterator[str]:
    if not watchlist.elections:
        yield "watchlist: it holds no election. Nothing would be flagged; name one."
    yield from _duplicates("election", (election.id for election in watchlist.elections))
    contests = [contest for election in watchlist.elections for contest in election.contests]
    yield from _duplicates("contest", (contest.id for contest in contests))
    yield from _duplicates(
        "candidate", (one.id for contest in contests for one in contest.candidates)
    )
    for election in watchlist.elections:
        if not election.contests:
            yield f"election {election.id}: it holds no contest. Name one or remove the election."
        yield from _claimed_accounts(election)
        for contest in election.contests:
            for problem in contest_problems(contest):
                yield f"election {election.id}, {problem}"


def _duplicates(what: str, ids: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield used_twice(what, one)
        seen.add(one)


def _claimed_accounts(election: Election) -> Iterator[str]:
    """An account is one candidate's; by handle, and by id where one is given."""
    owners: dict[Claim, str] = {}
    for contest in election.contests:
        for candidate in contest.candidates:
            for account in candidate.accounts:
                for claim in account_claims(election.id, account):
                    owner = owners.setdefault(claim, candidate.id)
                    if owner != candidate.id:
                        yield claimed_twice(claim, owner, candidate.id)


def _ballot_is_complete(contest: Contest) -> Iterator[str]:
    """Invariant 08: every name on the ballot, nobody besides, each with something to look for.

    A name stands as often as it is printed: two namesakes on a ballot are two candidates.
    """
    names = [name for pair in contest.ballot for name in pair.names if not is_empty_box(name)]
    printed = {canonical_name(name): name for name in names}
    ballot = Counter(map(canonical_name, names))
    candidates = {canonical_name(one.ballot_name): one for one in contest.candidates}
    count = Counter(canonical_name(one.ballot_name) for one in contest.candidates)
    if not ballot:
        yield f"contest {contest.id}: its ballot is empty. Name every pair on it."
    missing = [printed[name] for name in ballot if name not in count]
    if missing:
        yield (
            f"contest {contest.id}: one-sided; on the ballot but not a candidate here: "
            f"{'; '.join(missing)}. Add them or remove the contest."
        )
    yield from (
        f"contest {contest.id}: one-sided; the ballot holds the name {printed[name]} {times} "
        f"times, but candidates with it are {count[name]}. Give each namesake a candidate."
        for name, times in ballot.items()
        if 0 < count[name] < times
    )
    yield from (
        f"contest {contest.id}: {one.id} ({one.ballot_name}) is not on the ballot. "
        "Write ballot_name as the ballot prints it, or remove the candidate."
        for canonical, one in candidates.items()
        if canonical not in ballot
    )
    twice = sum(max(0, times - max(ballot[name], 1)) for name, times in count.items())
    if twice:
        yield f"contest {contest.id}: {twice} candidate(s) share a ballot_name. Give each once."
    yield from (
        f"contest {contest.id}: {one.id} ({one.ballot_name}) has neither account nor name nor "
        "alias that counts in every phase, so only the others would be seen. Add one."
        for one in contest.candidates
        if not _can_be_seen(one, contest.phases)
    )


def is_empty_box(name: str) -> bool:
    """Whether a line of the ballot is the empty box, which is nobody."""
    return fold(name) == EMPTY_BOX


def _can_be_seen(candidate: Candidate, phases: Sequence[Phase]) -> bool:
    """Whether there is something to look for in every phase."""
    return any(_counts_always(account, phases) for account in candidate.accounts) or any(
        fold(name) for name in (*candidate.names, *candidate.aliases)
    )


def _counts_always(account: CandidateAccount, phases: Sequence[Phase]) -> bool:
    start, end = account.effective_from, account.effective_until
    return all(
        (start is None or start <= phase.start) and (end is None or end >= phase.end)
        for phase in phases
    )


def _numbers_are_drawn(contest: Contest) -> Iterator[str]:
    pairs = contest.ballot
    if contest.ballot_status == "determined" and any(not _place(pair) for pair in pairs):
        yield (
            f"contest {contest.id}: the ballot is determined, but a pair has no number. "
            "Give every pair its number (on a ballot of lists, its list_place)."
        )
    for pair in pairs:
        if pair.number is not None and pair.list_place is not None:
            yield (
                f"contest {contest.id}: {pair.names[0]} has both a number and a list_place. "
                "Leave the one that the ballot does not print."
            )
    drawn = [pair.number for pair in pairs if pair.number is not None]
    if len(drawn) != len(set(drawn)):
        yield f"contest {contest.id}: two pairs have the same number. Each number is drawn once."
    places = [pair.list_place for pair in pairs if pair.list_place is not None]
    if len(places) != len(set(places)):
        yield f"contest {contest.id}: two lines have the same list_place. Each is held once."


def _place(pair: BallotPair) -> bool:
    return pair.number is not None or bool(pair.list_place)


def _windows_are_sound(contest: Contest) -> Iterator[str]:
    return phase_problems(f"contest {contest.id}", contest.phases)


def phase_problems(where: str, phases: Sequence[Phase]) -> Iterator[str]:
    """Every reason to refuse the phases of a contest; `where` begins each message."""
    if not phases:
        yield f"{where}: it has no phase, so it is never monitored. Give its phases."
    for phase in phases:
        if phase.end <= phase.start:
            yield (
                f"{where}, phase {phase.name}: it ends ({phase.end.isoformat()}) not "
                f"after it starts ({phase.start.isoformat()}). Mend one of them."
            )
    for one, other in overlapping(phases):
        yield (
            f"{where}: the phases {one.name} and {other.name} overlap from "
            f"{other.start.isoformat()}. End the first where the second starts."
        )


def _accounts_have_their_time(contest: Contest) -> Iterator[str]:
    for candidate in contest.candidates:
        spans: dict[tuple[str, str], tuple[object, object]] = {}
        for account in candidate.accounts:
            where = (
                f"contest {contest.id}, {candidate.id}: the {account.platform} account "
                f"{account.handle!r}"
            )
            start, end = account.effective_from, account.effective_until
            if start is not None and end is not None and end <= start:
                yield (
                    f"{where} is effective until {end.isoformat()}, not after "
                    f"{start.isoformat()}, from when it is. Mend one of them."
                )
            handle = normalise(account.platform, account.handle) or account.handle
            if spans.setdefault((account.platform, handle), (start, end)) != (start, end):
                yield f"{where} stands twice, with different dates. Give it once."


def _handles_are_possible(contest: Contest) -> Iterator[str]:
    for candidate in contest.candidates:
        for account in candidate.accounts:
            if normalise(account.platform, account.handle) is None:
                yield (
                    f"contest {contest.id}, {candidate.id}: {account.handle!r} cannot be a handle "
                    f"on {account.platform}. Write the handle as the platform shows it."
                )


def _texts_can_be_found(contest: Contest) -> Iterator[str]:
    for candidate in contest.candidates:
        for kind, text in _texts(candidate):
            if not fold(text):
                yield (
                    f"contest {contest.id}, {candidate.id}: the {kind} {text!r} holds no letter or "
                    "digit. Remove it."
                )
    for pair in contest.ballot:
        for party in pair.parties:
            if not fold(party):
                yield (
                    f"contest {contest.id}: the party {party!r} holds no letter or digit. "
                    "Remove it."
                )
    if not any(fold(name) for name in contest.region_names):
        yield f"contest {contest.id}: it names no region. Give region_names at least one name."


_CONTEST_CHECKS: Final[tuple[Callable[[Contest], Iterator[str]], ...]] = (
    _ballot_is_complete,
    _numbers_are_drawn,
    _windows_are_sound,
    _handles_are_possible,
    _accounts_have_their_time,
    _texts_can_be_found,
)


def _texts(candidate: Candidate) -> Iterator[tuple[str, str]]:
    kinds: Mapping[str, tuple[str, ...]] = {
        "name": candidate.names,
        "alias": (*candidate.aliases, *candidate.ambiguous_aliases),
        "slogan": candidate.slogans,
        "hashtag": candidate.hashtags,
    }
    for kind, several in kinds.items():
        for text in several:
            yield kind, text


def _not_alone(election: Election, ordinary: OrdinaryText) -> Iterator[str]:
    """Names and aliases that never count alone, though the list does not call them ambiguous."""
    for contest in election.contests:
        for candidate in contest.candidates:
            listed = {fold(alias) for alias in candidate.ambiguous_aliases}
            for kind, text in _texts(candidate):
                folded = fold(text)
                if kind not in ("name", "alias") or folded in listed or not folded:
                    continue
                chance = probability(
                    kind_of_name(folded) if kind == "name" else kind, folded, ordinary
                )
                if chance < STANDS_ALONE:
                    why = "is everyday words" if ordinary.is_everyday(folded) else "may be another"
                    yield (
                        f"contest {contest.id}, {candidate.id}: the {kind} {text!r} {why} "
                        f"({chance / 100:.0f} % that it means the candidate); it will not count "
                        "without a second piece of evidence."
                    )


def _shared(election: Election) -> Iterator[str]:
    """Texts that several candidates of the election use: a hit is evidence for each of them."""
    bearers: dict[tuple[str, str], list[str]] = {}
    for contest in election.contests:
        for candidate in contest.candidates:
            for kind, text in _texts(candidate):
                key = (kind, squeeze_tag(text))
                if candidate.id not in bearers.setdefault(key, []):
                    bearers[key].append(candidate.id)
    for (kind, text), several in bearers.items():
        if len(several) > 1 and text:
            yield (
                f"election {election.id}: the {kind} {text!r} is used by {', '.join(several)}; "
                "a hit counts for each."
            )


def _without_accounts(election: Election) -> Iterator[str]:
    for contest in election.contests:
        for candidate in contest.candidates:
            if not candidate.accounts:
                yield (
                    f"contest {contest.id}, {candidate.id}: no account, so likes, follows and "
                    "joins for this candidate are never seen, while those for others are."
                )


def _never_effective(election: Election) -> Iterator[str]:
    for contest in election.contests:
        first = min(phase.start for phase in contest.phases) if contest.phases else None
        last = max(phase.end for phase in contest.phases) if contest.phases else None
        for candidate in contest.candidates:
            for account in candidate.accounts:
                start, end = account.effective_from, account.effective_until
                if (start and last and start >= last) or (end and first and end <= first):
                    yield (
                        f"contest {contest.id}, {candidate.id}: the {account.platform} account "
                        f"{account.handle!r} is effective at no time of the contest's phases, so "
                        "it never counts."
                    )
