"""The watchlist as it is searched: who may be touched when, and by which words and accounts."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchers.ambiguity import OrdinaryText
from matchers.ballot import lines_with_candidates
from matchers.contest_windows import ContestWindows
from matchers.hashtag_parts import CAMPAIGN_WORDS
from matchers.phrase_search import Places, places, say
from matchers.text_buffers import folded_buffer
from matchers.watchlist_entries import (
    KEPT,
    KINDS,
    ContestEntries,
    Entry,
    WatchlistEntries,
    contests_in_order,
    entries_of,
)
from matchers.watchlist_phrases import Phrases, build_phrases, party_texts, region_texts
from matchers.watchlist_version import contest_digest, watchlist_version
from streams.records import AccountRef, EvidenceItem, Phase, Watchlist

_Rows = tuple[int, ...]


class WatchlistIndex:
    """All look-ups in one watchlist. Never changes; a new list is a new index.

    What is seldom asked for (a contest's parties) is looked up once, when it is first asked for.
    """

    def __init__(
        self,
        watchlist: Watchlist,
        ordinary: OrdinaryText,
        previous: "WatchlistIndex | None" = None,
    ) -> None:
        """Build every look-up. `watchlist` has passed `matchers.watchlist_check`.

        What `previous` (made with the same `ordinary`) knows of the contests that are the very same
        objects is used again.
        """
        self.ordinary: Final = ordinary
        contests = contests_in_order(watchlist)
        known: dict[str, ContestEntries] = previous._parts if previous is not None else {}
        parts: list[ContestEntries] = []
        for _, contest in contests:
            part = known.get(contest.id)
            if part is None or part.contest is not contest:
                part = entries_of(contest, contest_digest(contest), ordinary)
            parts.append(part)
        self._contests: Final = parts
        self._parts: dict[str, ContestEntries] = {part.contest.id: part for part in parts}
        self._bits: Final = {part.contest.id: bit for bit, part in enumerate(parts)}
        self._elections: Final = {contest.id: election.id for election, contest in contests}
        self.entries: Final = WatchlistEntries(
            [(election.id, part) for (election, _), part in zip(contests, parts, strict=True)]
        )
        self.entry: Final[Callable[[int], Entry]] = self.entries.at
        self.contest_ids: Final = tuple(self._bits)
        self.entry_count: Final = len(self.entries)
        self.election_ids: Final = frozenset(election.id for election in watchlist.elections)
        self.version: Final = watchlist_version(
            [
                (election.id, election.name, contest.id, part.digest)
                for (election, contest), part in zip(contests, parts, strict=True)
            ],
            ordinary.digest,
        )
        self._windows: Final = ContestWindows([contest for _, contest in contests])
        self.contests_at: Final[Callable[[datetime], int]] = self._windows.contests_at
        self.phase_at: Final[Callable[[str, datetime], Phase | None]] = self._windows.phase_at
        self.phrases: Final[Phrases] = build_phrases(parts, ordinary)
        self.entries_of_phrase: Final = lru_cache(maxsize=KEPT)(self._entries_of_phrase)
        self.campaign_words: Final = ordinary.words | CAMPAIGN_WORDS
        self._regions = {
            part.contest.id: tuple(sorted({f" {text} " for text in region_texts(part)}))
            for part in parts
        }
        self._parties: dict[str, dict[str, tuple[str, ...]]] = {}
        self._by_account_id: dict[tuple[str, str], _Rows] = {}
        self._by_handle: dict[tuple[str, str], _Rows] = {}
        self._file_accounts(parts)

    def _file_accounts(self, parts: list[ContestEntries]) -> None:
        for bit, part in enumerate(parts):
            for row, account, text in zip(
                self.entries.rows_of(bit), part.accounts, part.texts, strict=True
            ):
                if account is None:
                    continue
                by_handle = account.platform, text
                self._by_handle[by_handle] = (*self._by_handle.get(by_handle, ()), row)
                if account.account_id is not None:
                    by_id = account.platform, account.account_id
                    self._by_account_id[by_id] = (*self._by_account_id.get(by_id, ()), row)

    def warm_up(self) -> None:
        """Compile what is not compiled yet, which would otherwise hold up the first batch."""
        buffer = folded_buffer([" a"])
        self.said_of(buffer)
        self.places_in(buffer)

    def said_of(self, buffer: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Bits of `matchers.watchlist_phrases` for each text (`matchers.text_buffers`)."""
        return say(self.phrases.table, self.phrases.said, buffer)

    def places_in(self, buffer: NDArray[np.uint8]) -> Places:
        """Every phrase in the texts, slips only proposed; offsets in bytes of each text."""
        return places(self.phrases.table, self.phrases.said, buffer)

    def said_of_leet(self, buffer: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """As :meth:`said_of`, of texts that `matchers.leet` folded."""
        leet = self.phrases.leet
        return say(leet.table, leet.said, buffer)

    def leet_places_in(self, buffer: NDArray[np.uint8]) -> Places:
        """As :meth:`places_in`, of texts that `matchers.leet` folded; phrases of its table."""
        leet = self.phrases.leet
        return places(leet.table, leet.said, buffer)

    def _entries_of_phrase(self, phrase: int) -> tuple[Entry, ...]:
        return tuple(self.entry(row) for row in self.phrases.rows_of(phrase))

    def entry_of(self, item: EvidenceItem) -> Entry:
        """The entry that a piece of evidence names. Raises KeyError where there is none."""
        bit = self._bits[item.contest_id]
        part = self._parts[item.contest_id]
        for row, candidate_id in zip(self.entries.rows_of(bit), part.candidate_ids, strict=True):
            if candidate_id == item.candidate_id:
                entry = self.entry(row)
                if entry.entry_id == item.entry_id:
                    return entry
        raise KeyError(item.entry_id)

    def election_of(self, contest_id: str) -> str:
        return self._elections[contest_id]

    def region_code(self, contest_id: str) -> str:
        return self._parts[contest_id].contest.region_code

    def number(self, bit: int, number: int) -> Entry | None:
        """The ballot number of the contest with this bit's number; None where nobody has it."""
        part = self._contests[bit]
        for row, kind, text in zip(self.entries.rows_of(bit), part.kinds, part.texts, strict=True):
            if KINDS[kind] == "ballot_number" and text == str(number):
                return self.entry(row)
        return None

    def accounts(self, platform: str, ref: AccountRef, handle: str | None) -> tuple[Entry, ...]:
        """The entries whose account this is (invariant 06).

        By the immutable id where both sides know it; the same handle with a different known id
        is somebody else. `handle` is normalised.
        """
        by_handle = [self.entry(row) for row in self._by_handle.get((platform, handle or ""), ())]
        if ref.account_id is None:
            return tuple(by_handle)
        by_id = [self.entry(row) for row in self._by_account_id.get((platform, ref.account_id), ())]
        unbound = [one for one in by_handle if one.account and one.account.account_id is None]
        return (*by_id, *unbound)

    def parties(self, contest_id: str, candidate_id: str) -> tuple[str, ...]:
        """The folded names of the parties of a candidate's line, with a space before and after."""
        of_contest = self._parties.get(contest_id)
        if of_contest is None:
            of_contest = {}
            for pair, candidates in lines_with_candidates(self._parts[contest_id].contest):
                texts = tuple(sorted({f" {text} " for text in party_texts(pair, self.ordinary)}))
                of_contest |= dict.fromkeys(candidates, texts)
            self._parties[contest_id] = of_contest
        return of_contest.get(candidate_id, ())

    def regions(self, contest_id: str) -> tuple[str, ...]:
        """The folded names of a contest's region, each with a space before and after it."""
        return self._regions[contest_id]
