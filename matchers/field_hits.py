"""The hits in one text, among the places that the search proposes: each verified, each once."""

import re
from collections.abc import Sequence, Set
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from matchers.deobfuscate import DisguiseMap
from matchers.fold import OffsetMap, has_homoglyph
from matchers.handles import normalise
from matchers.hashtag_parts import is_part
from matchers.leet import is_leet_for
from matchers.phrase_search import EXACT as PLAIN
from matchers.phrase_search import IN_TAG, ONE_EDIT
from matchers.types import Hit
from matchers.watchlist_entries import Entry
from matchers.watchlist_index import WatchlistIndex
from matchers.watchlist_phrases import LOOSE_NUMBER, NUMBER, REGION, slips_are_looked_for
from streams.records import Method

EXACT: Final = 10_000
_MENTION: Final = re.compile(r"@[\w.\-·]+(?:@[\w.\-]+)?")
_SIGNS: Final = "#＃"


class Place(NamedTuple):
    """A phrase at [start, end) of a folded text, in characters; `how` of `phrase_search`."""

    start: int
    end: int
    phrase: int
    how: int


class NumberPlace(NamedTuple):
    """A ballot number that a text names; `loose` without a word of the vote."""

    field: str
    start: int
    end: int
    method: Method
    number: int
    loose: bool


class FieldHits:
    """One text's hits, numbers and regions. Its way back to the original is built when asked."""

    def __init__(
        self,
        field: str,
        text: str,
        folded: str,
        platform: str,
        contests: int,
        index: WatchlistIndex,
    ) -> None:
        """`contests` is the mask of those that are looked for."""
        self._field = field
        self._text = text
        self._folded = folded
        self._platform = platform
        self._contests = contests
        self._index = index
        self._foreign = has_homoglyph(text)
        self._offsets: OffsetMap | None = None
        self._seen: set[tuple[int, int, int]] = set()
        self.hits: list[Hit] = []
        self.numbers: list[NumberPlace] = []
        self.regions = 0
        """The bits of the contests whose region the text names."""
        self.parties = 0
        """The bits of the contests in which a party stands that the text names."""

    def take(self, found: Sequence[Place]) -> None:
        """Verify what was found in the folded text."""
        phrases = self._index.phrases
        names = _names_in(found, self._folded)
        for place in found:
            said = int(phrases.said[place.phrase])
            if place.how == ONE_EDIT:
                self._slip(place)
            elif place.how == IN_TAG:
                self._part_of_tag(place, names)
            else:
                for entry in self._entries(place.phrase):
                    if entry.kind != "account" or self._names_account(entry, place):
                        method = "exact" if entry.account else self._plain_method(place)
                        self._add(entry.row, place.start, place.end, method, EXACT)
            if place.how != ONE_EDIT:
                if said & REGION:
                    self.regions |= phrases.regions.get(place.phrase, 0) & self._contests
                    self.parties |= phrases.parties.get(place.phrase, 0) & self._contests
                if said & (NUMBER | LOOSE_NUMBER):
                    self._number(place, loose=not said & NUMBER)

    def take_disguised(self, found: Sequence[Place], view: str) -> None:
        """Verify what was found in the view with disguises undone: there must have been one."""
        disguises: DisguiseMap | None = None
        names = _names_in(found, view)
        for place in found:
            if place.how == ONE_EDIT:
                continue
            for entry in self._entries(place.phrase):
                if entry.kind == "account" or not _stands_in_view(
                    entry, place, view, names, self._index
                ):
                    continue
                if disguises is None:
                    disguises = DisguiseMap(self._folded)
                first, last = disguises.span(place.start, place.end)
                method = disguises.method(first, last)
                if method is None:
                    continue
                self._add(entry.row, first, last, method, EXACT)

    def take_leet(self, found: Sequence[Place]) -> None:
        """Verify what was found in the text as `matchers.leet` folds it: digits for letters."""
        for place in found:
            if place.how != PLAIN:
                continue
            written = self._folded[place.start : place.end]
            for phrase in self._index.phrases.leet.phrases_of(place.phrase):
                for entry in self._entries(phrase):
                    meant = entry.text if " " in written else entry.squeezed
                    if entry.kind != "account" and is_leet_for(written, meant):
                        self._add(entry.row, place.start, place.end, "leet", EXACT)

    def _entries(self, phrase: int) -> list[Entry]:
        contests = self._contests
        return [
            entry for entry in self._index.entries_of_phrase(phrase) if entry.contest & contests
        ]

    def _add(self, row: int, first: int, last: int, method: Method, score: int) -> None:
        key = (row, first, last)
        if key not in self._seen:
            self._seen.add(key)
            self.hits.append(Hit(self._field, first, last, row, method, score))

    def _slip(self, place: Place) -> None:
        written = self._folded[place.start : place.end]
        for entry in self._entries(place.phrase):
            if _is_slip(written, entry):
                self._add(entry.row, place.start, place.end, "typo", _score(place, entry))

    def _part_of_tag(self, place: Place, names: Set[str]) -> None:
        """A hit of the whole hashtag: what stands in one hashtag is one piece of evidence."""
        start = max(self._folded.rfind(" ", 0, place.start) + 1, 0)
        end = self._folded.find(" ", place.end)
        end = len(self._folded) if end < 0 else end
        first, last = self._original(start, end)
        if not first or self._text[first - 1] not in _SIGNS:
            return
        for entry in self._entries(place.phrase):
            if entry.kind != "account" and is_part(
                self._text[first:last],
                self._folded[start:end],
                place.start - start,
                place.end - start,
                self._index.campaign_words,
                names,
                ambiguous=entry.ambiguous,
            ):
                self._add(entry.row, start, end, self._plain_method(Place(start, end, 0, 0)), EXACT)

    def _number(self, place: Place, *, loose: bool) -> None:
        number = self._index.phrases.numbers[place.phrase]
        method = self._plain_method(place)
        self.numbers.append(NumberPlace(self._field, place.start, place.end, method, number, loose))

    def _original(self, first: int, last: int) -> tuple[int, int]:
        if self._offsets is None:
            self._offsets = OffsetMap(self._text)
        return self._offsets.span(first, last)

    def _plain_method(self, place: Place) -> Method:
        if not self._foreign:
            return "exact"
        start, end = self._original(place.start, place.end)
        return "homoglyph" if has_homoglyph(self._text[start:end]) else "exact"

    def _names_account(self, entry: Entry, place: Place) -> bool:
        if entry.account is None or entry.account.platform != self._platform:
            return False
        start, _ = self._original(place.start, place.end)
        mention = _MENTION.match(self._text, start)
        return (
            mention is not None
            and normalise(self._platform, mention[0].rstrip(".-·")) == entry.text
        )


def _names_in(found: Sequence[Place], text: str) -> Set[str]:
    """What was found inside hashtags and runs of letters: words of them, besides everyday ones."""
    return {text[place.start : place.end] for place in found if place.how == IN_TAG}


def _stands_in_view(
    entry: Entry, place: Place, view: str, names: Set[str], index: WatchlistIndex
) -> bool:
    """Whether a place in a view is what it seems: a word by itself, or cut out of one."""
    if place.how != IN_TAG:
        return True
    start = view.rfind(" ", 0, place.start) + 1
    end = view.find(" ", place.end)
    word = view[start : len(view) if end < 0 else end]
    return is_part(
        word, word, place.start - start, place.end - start, index.campaign_words, names,
        ambiguous=entry.ambiguous,
    )  # fmt: skip


def _is_slip(written: str, entry: Entry) -> bool:
    """One edit by rapidfuzz (a swap of neighbours is one), and nothing but letters."""
    return (
        written.replace(" ", "").isalpha()
        and entry.is_sure_name
        and slips_are_looked_for(entry.text)
        and OSA.distance(written, entry.text, score_cutoff=1) == 1
    )


def _score(place: Place, entry: Entry) -> int:
    """The similarity per 10,000: 1 - edits / longer length."""
    return EXACT - EXACT // max(place.end - place.start, len(entry.text))
