"""The watchlist taken apart: one entry for everything that a post may touch.

Entry ids are derived from what the entry says, so they stay the same while the watchlist's file
is rearranged: `<candidate>:<kind>:<folded text>`, and `<contest>:number:<n>` for a ballot number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from matchers.fold import fold
from matchers.handles import normalise
from matchers.names import canonical_name
from streams.records import Candidate, CandidateAccount, Contest, Election, Watchlist
from streams.records.limits import MAX_LIST

EntryKind = Literal["account", "full_name", "alias", "hashtag", "slogan", "ballot_number"]
_LABELS: dict[EntryKind, str] = {"full_name": "name", "ballot_number": "number"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look for.

    `text` is folded (a hashtag's has no spaces; an account's is its normalised handle; a ballot
    number's its digits). `ambiguous` entries are everyday words: they never count alone.
    `contest` is the contest's bit in the masks of the index. A ballot number belongs to a whole
    pair; `candidate_id` is then the first name of the pair.
    """

    row: int
    entry_id: str
    kind: EntryKind
    text: str
    candidate_id: str
    contest_id: str
    contest: int
    election_id: str
    ambiguous: bool = False
    account: CandidateAccount | None = None

    @property
    def squeezed(self) -> str:
        """The text without spaces: equal for a slogan and the hashtag made of it."""
        return self.text.replace(" ", "")


def contests_in_order(watchlist: Watchlist) -> list[tuple[Election, Contest]]:
    """Every contest, by election id, then contest id: the order of the bits."""
    return sorted(
        ((election, contest) for election in watchlist.elections for contest in election.contests),
        key=lambda pair: (pair[0].id, pair[1].id),
    )


def derive_entries(watchlist: Watchlist, common_words: frozenset[str]) -> tuple[Entry, ...]:
    """All entries, ordered by contest, candidate, kind and text, each once; `row` is the place."""
    entries: list[Entry] = []
    for bit, (election, contest) in enumerate(contests_in_order(watchlist)):
        found: dict[str, tuple[EntryKind, str, str, bool, CandidateAccount | None]] = {}
        for candidate in contest.candidates:
            for kind, text, ambiguous, account in _of_candidate(candidate, common_words):
                entry_id = _entry_id(candidate.id, kind, text, account)
                found.setdefault(entry_id, (kind, text, candidate.id, ambiguous, account))
        for number, candidate_id in _ballot_numbers(contest):
            found[f"{contest.id}:number:{number}"] = (
                "ballot_number", str(number), candidate_id, True, None,
            )  # fmt: skip
        for entry_id, (kind, text, candidate_id, ambiguous, account) in sorted(
            found.items(), key=lambda item: (item[1][2], item[1][0], item[0])
        ):
            entries.append(
                Entry(
                    row=len(entries),
                    entry_id=entry_id,
                    kind=kind,
                    text=text,
                    candidate_id=candidate_id,
                    contest_id=contest.id,
                    contest=1 << bit,
                    election_id=election.id,
                    ambiguous=ambiguous,
                    account=account,
                )
            )
    return tuple(entries)


def _of_candidate(
    candidate: Candidate, common_words: frozenset[str]
) -> Iterator[tuple[EntryKind, str, bool, CandidateAccount | None]]:
    ambiguous = {fold(alias) for alias in candidate.ambiguous_aliases}
    for kind, names in (
        ("full_name", candidate.names),
        ("alias", (*candidate.aliases, *candidate.ambiguous_aliases)),
        ("slogan", candidate.slogans),
    ):
        for name in names:
            if text := fold(name):
                weak = text in ambiguous or is_everyday(text, common_words)
                yield kind, text, weak, None  # type: ignore[misc]
    for hashtag in candidate.hashtags:
        if text := squeeze_tag(hashtag):
            yield "hashtag", text, True, None
    for account in candidate.accounts:
        if handle := normalise(account.platform, account.handle):
            yield "account", handle, False, account


def is_everyday(folded: str, common_words: frozenset[str]) -> bool:
    """Whether a name is one or two everyday words and so says nothing by itself.

    Measured on 11,000 ordinary posts: 16.5 % hold somebody's single-word name, 0.9 % a longer one.
    """
    words = folded.split(" ")
    return len(words) <= 2 and common_words.issuperset(words)


def squeeze_tag(hashtag: str) -> str:
    """A hashtag as it is compared: folded, without `#` and spaces."""
    return fold(hashtag).replace(" ", "")


def _entry_id(
    candidate_id: str, kind: EntryKind, text: str, account: CandidateAccount | None
) -> str:
    what = f"{account.platform}:{text}" if account else text
    entry_id = f"{candidate_id}:{_LABELS.get(kind, kind)}:{what}"
    if len(entry_id) <= MAX_LIST:
        return entry_id
    return f"{entry_id[: MAX_LIST - 17]}~{sha256(entry_id.encode()).hexdigest()[:16]}"


def _ballot_numbers(contest: Contest) -> Iterator[tuple[int, str]]:
    """(number, first candidate of the pair) of the pairs that have drawn one."""
    by_name = {canonical_name(one.ballot_name): one.id for one in contest.candidates}
    for pair in contest.ballot:
        names = [canonical_name(name) for name in pair.names]
        candidate_id = next((by_name[name] for name in names if name in by_name), None)
        if pair.number is not None and candidate_id is not None:
            yield pair.number, candidate_id
