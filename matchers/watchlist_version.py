"""The content hash of a watchlist: the order and notation of the file change nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from streams.records import BallotPair, Candidate, CandidateAccount, Contest, Phase


def contest_digest(contest: Contest) -> str:
    """32 hexadecimal digits of all that a contest says; lists that are sets count sorted."""
    canonical = msgspec.structs.replace(
        contest,
        region_names=tuple(sorted(contest.region_names)),
        ballot_as_of=contest.ballot_as_of.astimezone(UTC),
        ballot=(),
        candidates=(),
        phases=(),
    )
    digest = sha256(msgspec.json.encode(canonical))
    # The order of the names of a pair says who heads it.
    for part in (
        (msgspec.json.encode(_line(one)) for one in contest.ballot),
        (msgspec.json.encode(_candidate(one)) for one in contest.candidates),
        (msgspec.json.encode(_phase(one)) for one in contest.phases),
    ):
        digest.update(b"\0".join(sorted(part)))
        digest.update(b"\0\0")
    return digest.hexdigest()[:32]


def watchlist_version(contests: Iterable[tuple[str, str, str, str]], ordinary: str) -> str:
    """16 hexadecimal digits; `contests` are election id and name, contest id and digest, in order,
    `ordinary` what the probabilities rest on."""
    digest = sha256(msgspec.json.encode(list(contests)))
    digest.update(ordinary.encode())
    return digest.hexdigest()[:16]


def _line(line: BallotPair) -> BallotPair:
    if len(line.parties) < 2:
        return line
    return msgspec.structs.replace(line, parties=tuple(sorted(line.parties)))


def _candidate(candidate: Candidate) -> Candidate:
    changes: dict[str, Any] = {
        field: tuple(sorted(getattr(candidate, field)))
        for field in ("names", "aliases", "ambiguous_aliases", "hashtags", "slogans")
        if len(getattr(candidate, field)) > 1
    }
    if candidate.accounts:
        changes["accounts"] = tuple(
            sorted(map(_account, candidate.accounts), key=msgspec.json.encode)
        )
    return msgspec.structs.replace(candidate, **changes) if changes else candidate


def _account(account: CandidateAccount) -> CandidateAccount:
    if account.effective_from is None and account.effective_until is None:
        return account
    return msgspec.structs.replace(
        account,
        effective_from=_in_utc(account.effective_from),
        effective_until=_in_utc(account.effective_until),
    )


def _phase(phase: Phase) -> Phase:
    return Phase(name=phase.name, start=phase.start.astimezone(UTC), end=phase.end.astimezone(UTC))


def _in_utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
