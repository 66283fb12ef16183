"""The watchlist taken apart: one entry for everything that a post may touch.

Entry ids are derived from what the entry says, so they stay the same while the watchlist's file
is rearranged: `<candidate>:<kind>:<folded text>`, and `<contest>:number:<n>` for a ballot number.

A national list has half a million entries, so they are kept as columns, contest by contest, and
an :class:`Entry` is made when one is asked for.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import Final, Literal, NamedTuple, get_args

from matchers.ambiguity import STANDS_ALONE, OrdinaryText, kind_of_name, probability
from matchers.ballot import lines_with_candidates
from matchers.fold import fold
from matchers.handles import normalise
from streams.records import Candidate, CandidateAccount, Contest, Election, Watchlist
from streams.records.limits import MAX_LIST

EntryKind = Literal["account", "alias", "ballot_number", "full_name", "hashtag", "slogan"]
KINDS: Final[tuple[EntryKind, ...]] = get_args(EntryKind)
_LABELS: dict[EntryKind, str] = {"full_name": "name", "ballot_number": "number"}
_CERTAIN: Final = 10_000
KEPT: Final = 16_384
"""Entries that are kept once they were made."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look for.

    `text` is folded (a hashtag's has no spaces; an account's is its normalised handle; a ballot
    number's its digits). `probability` per 10,000 is how likely the text means the candidate
    (:mod:`matchers.ambiguity`); `ambiguous` entries never count alone. `contest` is the contest's
    bit in the masks of the index. A ballot number belongs to a whole pair; `candidate_id` is then
    the first name of the pair.
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
    probability: int = _CERTAIN
    account: CandidateAccount | None = None

    @property
    def is_sure_name(self) -> bool:
        """Whether it is a name that counts by itself."""
        return self.kind in ("full_name", "alias") and not self.ambiguous

    @property
    def squeezed(self) -> str:
        """The text without spaces: equal for a slogan and the hashtag made of it."""
        return self.text.replace(" ", "")


class ContestEntries(NamedTuple):
    """One contest's entries as columns, ordered by candidate, kind and text; its content's hash.

    `probabilities` are negative for what the operator listed as ambiguous.
    """

    contest: Contest
    digest: str
    candidate_ids: tuple[str, ...]
    kinds: bytes
    texts: tuple[str, ...]
    probabilities: tuple[int, ...]
    accounts: tuple[CandidateAccount | None, ...]


class _Found(NamedTuple):
    candidate_id: str
    kind: int
    entry_id: str
    text: str
    probability: int
    account: CandidateAccount | None


def contests_in_order(watchlist: Watchlist) -> list[tuple[Election, Contest]]:
    """Every contest, by election id, then contest id: the order of the bits."""
    return sorted(
        ((election, contest) for election in watchlist.elections for contest in election.contests),
        key=lambda pair: (pair[0].id, pair[1].id),
    )


def entries_of(contest: Contest, digest: str, ordinary: OrdinaryText) -> ContestEntries:
    """The contest's entries, each once; `digest` is its content's hash."""
    found: dict[str, _Found] = {}
    for candidate in contest.candidates:
        for kind, text, chance, account in _of_candidate(candidate, ordinary):
            entry_id = _entry_id(candidate.id, kind, text, account)
            found.setdefault(
                entry_id,
                _Found(candidate.id, KINDS.index(kind), entry_id, text, chance, account),
            )
    for number, candidate_id in _ballot_numbers(contest):
        entry_id = f"{contest.id}:number:{number}"
        found[entry_id] = _Found(
            candidate_id, KINDS.index("ballot_number"), entry_id, str(number), -_CERTAIN, None
        )
    rows = sorted(found.values(), key=lambda one: one[:3])
    return ContestEntries(
        contest,
        digest,
        tuple(one.candidate_id for one in rows),
        bytes(one.kind for one in rows),
        tuple(one.text for one in rows),
        tuple(one.probability for one in rows),
        tuple(one.account for one in rows),
    )


class WatchlistEntries(Sequence[Entry]):
    """All entries, by contest; `row` is the place of each."""

    def __init__(self, contests: Sequence[tuple[str, ContestEntries]]) -> None:
        """`contests` are election ids and entries, in the order of the contests' bits."""
        self._contests = contests
        self._first = [0, *accumulate(len(part.texts) for _, part in contests)]
        self.at: Callable[[int], Entry] = lru_cache(maxsize=KEPT)(self._make)
        """The entry of a row; raises IndexError where there is none."""

    def __len__(self) -> int:
        return self._first[-1]

    def __getitem__(self, row):  # type: ignore[no-untyped-def] # the sequence protocol's overloads
        if isinstance(row, slice):
            return [self.at(one) for one in range(*row.indices(len(self)))]
        return self.at(row if row >= 0 else row + len(self))

    def __iter__(self) -> Iterator[Entry]:
        return map(self.at, range(len(self)))

    def rows_of(self, bit: int) -> range:
        """The rows of the contest with this bit's number."""
        return range(self._first[bit], self._first[bit + 1])

    def _make(self, row: int) -> Entry:
        if not 0 <= row < len(self):
            raise IndexError(row)
        bit = bisect_right(self._first, row) - 1
        election_id, part = self._contests[bit]
        at = row - self._first[bit]
        kind = KINDS[part.kinds[at]]
        text, account, candidate_id = part.texts[at], part.accounts[at], part.candidate_ids[at]
        chance = part.probabilities[at]
        return Entry(
            row=row,
            entry_id=f"{part.contest.id}:number:{text}"
            if kind == "ballot_number"
            else _entry_id(candidate_id, kind, text, account),
            kind=kind,
            text=text,
            candidate_id=candidate_id,
            contest_id=part.contest.id,
            contest=1 << bit,
            election_id=election_id,
            ambiguous=chance < STANDS_ALONE,
            probability=abs(chance),
            account=account,
        )


def _of_candidate(
    candidate: Candidate, ordinary: OrdinaryText
) -> Iterator[tuple[EntryKind, str, int, CandidateAccount | None]]:
    ambiguous = {fold(alias) for alias in candidate.ambiguous_aliases}
    for name in candidate.names:
        if text := fold(name):
            yield "full_name", text, _chance(kind_of_name(text), text, ambiguous, ordinary), None
    for name in (*candidate.aliases, *candidate.ambiguous_aliases):
        if text := fold(name):
            yield "alias", text, _chance("alias", text, ambiguous, ordinary), None
    for name in candidate.slogans:
        if text := fold(name):
            yield "slogan", text, _chance("alias", text, ambiguous, ordinary), None
    for hashtag in candidate.hashtags:
        if text := squeeze_tag(hashtag):
            yield "hashtag", text, -_CERTAIN, None
    for account in candidate.accounts:
        if handle := normalise(account.platform, account.handle):
            yield "account", handle, _CERTAIN, account


def _chance(kind: str, text: str, ambiguous: set[str], ordinary: OrdinaryText) -> int:
    found = probability(kind, text, ordinary)
    return -found if text in ambiguous else found


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
    if all(pair.number is None for pair in contest.ballot):
        return
    for pair, candidates in lines_with_candidates(contest):
        if pair.number is not None and candidates:
            yield pair.number, candidates[0]
