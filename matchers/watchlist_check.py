"""Is a watchlist fit to be in force? Every check, one function each; all problems at once."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from config.errors import WatchlistError
from matchers.contest_windows import overlapping
from matchers.fold import fold
from matchers.handles import normalise
from matchers.names import canonical_name
from matchers.watchlist_entries import is_everyday, squeeze_tag
from streams.records import Candidate, Contest, Election, Watchlist

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


def watchlist_warnings(watchlist: Watchlist, common_words: frozenset[str]) -> tuple[str, ...]:
    """What is allowed but worth a look: everyday words, names shared by candidates, no accounts."""
    return tuple(
        warning
        for election in watchlist.elections
        for warning in (
            *_everyday(election, common_words),
            *_shared(election),
            *_without_accounts(election),
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
            yield f"{what} {one}: this id is used twice. Give each {what} an id of its own."
        seen.add(one)


def _claimed_accounts(election: Election) -> Iterator[str]:
    """An account is one candidate's; by handle, and by id where one is given."""
    owners: dict[tuple[str, str, str], str] = {}
    for contest in election.contests:
        for candidate in contest.candidates:
            for account in candidate.accounts:
                handle = normalise(account.platform, account.handle) or account.handle
                for key in (
                    (account.platform, "handle", handle),
                    (account.platform, "id", account.account_id or ""),
                ):
                    owner = owners.setdefault(key, candidate.id) if key[2] else candidate.id
                    if owner != candidate.id:
                        yield (
                            f"election {election.id}: the {key[0]} account with {key[1]} {key[2]} "
                            f"is claimed by {owner} and {candidate.id}. Leave it to one of them."
                        )


def _ballot_is_complete(contest: Contest) -> Iterator[str]:
    """Invariant 08: every name on the ballot, nobody besides, each with something to look for."""
    ballot = {
        canonical_name(name): name
        for pair in contest.ballot
        for name in pair.names
        if not is_empty_box(name)
    }
    candidates = {canonical_name(one.ballot_name): one for one in contest.candidates}
    if not ballot:
        yield f"contest {contest.id}: its ballot is empty. Name every pair on it."
    missing = [name for canonical, name in ballot.items() if canonical not in candidates]
    if missing:
        yield (
            f"contest {contest.id}: one-sided; on the ballot but not a candidate here: "
            f"{'; '.join(missing)}. Add them or remove the contest."
        )
    yield from (
        f"contest {contest.id}: {one.id} ({one.ballot_name}) is not on the ballot. "
        "Write ballot_name as the ballot prints it, or remove the candidate."
        for canonical, one in candidates.items()
        if canonical not in ballot
    )
    twice = len(contest.candidates) - len(candidates)
    if twice:
        yield f"contest {contest.id}: {twice} candidate(s) share a ballot_name. Give each once."
    yield from (
        f"contest {contest.id}: {one.id} ({one.ballot_name}) has neither account nor name nor "
        "alias, so only the others would be seen. Add one."
        for one in contest.candidates
        if not _can_be_seen(one)
    )


def is_empty_box(name: str) -> bool:
    """Whether a line of the ballot is the empty box, which is nobody."""
    return fold(name) == EMPTY_BOX


def _can_be_seen(candidate: Candidate) -> bool:
    return bool(candidate.accounts) or any(
        fold(name) for name in (*candidate.names, *candidate.aliases)
    )


def _numbers_are_drawn(contest: Contest) -> Iterator[str]:
    numbers = [pair.number for pair in contest.ballot]
    if contest.ballot_status == "determined" and None in numbers:
        yield (
            f"contest {contest.id}: the ballot is determined, but a pair has no number. "
            "Give every pair its number."
        )
    drawn = [number for number in numbers if number is not None]
    if len(drawn) != len(set(drawn)):
        yield f"contest {contest.id}: two pairs have the same number. Each number is drawn once."


def _windows_are_sound(contest: Contest) -> Iterator[str]:
    if not contest.phases:
        yield f"contest {contest.id}: it has no phase, so it is never monitored. Give its phases."
    for phase in contest.phases:
        if phase.end <= phase.start:
            yield (
                f"contest {contest.id}, phase {phase.name}: it ends ({phase.end.isoformat()}) not "
                f"after it starts ({phase.start.isoformat()}). Mend one of them."
            )
    for one, other in overlapping(contest.phases):
        yield (
            f"contest {contest.id}: the phases {one.name} and {other.name} overlap from "
            f"{other.start.isoformat()}. End the first where the second starts."
        )


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
    if not any(fold(name) for name in contest.region_names):
        yield f"contest {contest.id}: it names no region. Give region_names at least one name."


_CONTEST_CHECKS: Final[tuple[Callable[[Contest], Iterator[str]], ...]] = (
    _ballot_is_complete,
    _numbers_are_drawn,
    _windows_are_sound,
    _handles_are_possible,
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


def _everyday(election: Election, common_words: frozenset[str]) -> Iterator[str]:
    for contest in election.contests:
        for candidate in contest.candidates:
            listed = {fold(alias) for alias in candidate.ambiguous_aliases}
            for kind, text in _texts(candidate):
                folded = fold(text)
                if kind in ("name", "alias") and folded not in listed:
                    if is_everyday(folded, common_words):
                        yield (
                            f"contest {contest.id}, {candidate.id}: the {kind} {text!r} is "
                            "everyday words; it will not count without a second piece of evidence."
                        )
                    elif " " not in folded and len(folded) < 4:
                        yield (
                            f"contest {contest.id}, {candidate.id}: the {kind} {text!r} is very "
                            "short; consider listing it under ambiguous_aliases."
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
