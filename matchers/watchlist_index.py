"""The watchlist as it is searched: who may be touched when, and by which words and accounts."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Final

import ahocorasick_rs
import msgspec

from matchers.contest_windows import ContestWindows
from matchers.fold import fold
from matchers.patterns import Use, patterns_of
from matchers.prescreen import Prescreen
from matchers.watchlist_entries import Entry, contests_in_order, derive_entries
from streams.records import AccountRef, BallotPair, Phase, Watchlist

Found = list[tuple[int, int, int]]
"""(pattern, start, end) in the padded folded text, overlapping, in order of the end."""

MAX_DFA_LETTERS: Final = 100_000


class WatchlistIndex:
    """All look-ups in one watchlist. Never changes; a new list is a new index."""

    def __init__(self, watchlist: Watchlist, common_words: frozenset[str]) -> None:
        """Build every look-up. `watchlist` has passed `matchers.watchlist_check`."""
        contests = contests_in_order(watchlist)
        self.entries: Final = derive_entries(watchlist, common_words)
        self.entry_count: Final = len(self.entries)
        self.election_ids: Final = frozenset(election.id for election in watchlist.elections)
        self.version: Final = _version(watchlist, common_words)
        self._windows = ContestWindows([contest for _, contest in contests])
        self.contests_at: Final[Callable[[datetime], int]] = self._windows.contests_at
        self.phase_at: Final[Callable[[str, datetime], Phase | None]] = self._windows.phase_at
        self._regions = {
            contest.id: tuple(
                sorted({f" {text} " for name in contest.region_names if (text := fold(name))})
            )
            for _, contest in contests
        }

        patterns = patterns_of(self.entries)
        self.uses: Final[tuple[tuple[Use, ...], ...]] = tuple(patterns.values())
        # Twice as fast, but a kilobyte a state: for lists of a few hundred candidates.
        fast = sum(map(len, patterns)) <= MAX_DFA_LETTERS
        self.prescreen: Final = Prescreen(patterns, fast=fast)
        automaton = ahocorasick_rs.AhoCorasick(
            list(patterns),
            matchkind=ahocorasick_rs.MatchKind.Standard,
            store_patterns=False,
            implementation=ahocorasick_rs.Implementation.DFA if fast else None,
        )
        self._find = automaton.find_matches_as_indexes

        self._by_account_id: dict[tuple[str, str], tuple[Entry, ...]] = {}
        self._by_handle: dict[tuple[str, str], tuple[Entry, ...]] = {}
        self._by_tag: dict[str, tuple[Entry, ...]] = {}
        self._by_entry_id = {entry.entry_id: entry for entry in self.entries}
        names: set[str] = set()
        for entry in self.entries:
            if entry.account is not None:
                by_handle = (entry.account.platform, entry.text)
                self._by_handle[by_handle] = (*self._by_handle.get(by_handle, ()), entry)
                if entry.account.account_id is not None:
                    by_id = (entry.account.platform, entry.account.account_id)
                    self._by_account_id[by_id] = (*self._by_account_id.get(by_id, ()), entry)
            elif entry.kind != "ballot_number":
                tag = entry.squeezed
                self._by_tag[tag] = (*self._by_tag.get(tag, ()), entry)
                names.add(entry.text)
        self._names = frozenset(names)
        self._known_words = common_words.union(word for name in names for word in name.split(" "))

    def find(self, padded: str) -> Found:
        """Every pattern in a folded text that has a space put before and after it."""
        return self._find(padded, True)

    def entry(self, row: int) -> Entry:
        return self.entries[row]

    def entry_by_id(self, entry_id: str) -> Entry:
        return self._by_entry_id[entry_id]

    def accounts(self, platform: str, ref: AccountRef, handle: str | None) -> tuple[Entry, ...]:
        """The entries whose account this is (invariant 06).

        By the immutable id where both sides know it; the same handle with a different known id
        is somebody else. `handle` is normalised.
        """
        by_handle = self._by_handle.get((platform, handle), ()) if handle else ()
        if ref.account_id is None:
            return by_handle
        by_id = self._by_account_id.get((platform, ref.account_id), ())
        if not by_handle:
            return by_id
        unbound = (one for one in by_handle if one.account and one.account.account_id is None)
        return (*by_id, *unbound)

    def tagged(self, squeezed: str) -> tuple[Entry, ...]:
        """The entries that a hashtag spells (`matchers.watchlist_entries.squeeze_tag`)."""
        return self._by_tag.get(squeezed, ())

    def is_word(self, word: str) -> bool:
        """Whether a word is an everyday one or part of a name, and so no slip of another."""
        return word in self._known_words

    def is_name(self, folded: str) -> bool:
        """Whether a text is an entry itself, and so no slip of another."""
        return folded in self._names

    def regions(self, contest_id: str) -> tuple[str, ...]:
        """The folded names of a contest's region, each with a space before and after it."""
        return self._regions[contest_id]


def _version(watchlist: Watchlist, common_words: frozenset[str]) -> str:
    """16 hexadecimal digits of the content: the order and notation of the file change nothing."""
    content = [
        (election.id, election.name, contest.id, _canonical(contest))
        for election, contest in contests_in_order(watchlist)
    ]
    words = "\n".join(sorted(common_words))
    digest = sha256(msgspec.json.encode(content))
    digest.update(words.encode())
    return digest.hexdigest()[:16]


def _canonical(record: object) -> object:
    """Plain data, lists that are sets sorted, instants as seconds since 1970."""
    if isinstance(record, datetime):
        return record.timestamp()
    if isinstance(record, BallotPair):  # the order of its names says who heads it
        return [record.number, *record.names]
    if isinstance(record, msgspec.Struct):
        return {name: _canonical(getattr(record, name)) for name in record.__struct_fields__}
    if isinstance(record, tuple):
        return sorted((_canonical(one) for one in record), key=msgspec.json.encode)
    return record
