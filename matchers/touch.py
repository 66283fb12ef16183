"""Does a post touch the watchlist at all, and where? Verified hits, in folded space.

The hot path: nine posts in ten touch nothing, and pay for their share of one search of the whole
batch (`matchers.prescreen`). The others are folded and searched one by one, which gives the places.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final

from matchers.deobfuscate import DisguiseMap, deobfuscate
from matchers.fold import OffsetMap, fold, has_homoglyph
from matchers.handles import normalise
from matchers.patterns import Role
from matchers.slips import slips_at
from matchers.types import TARGET_ONLY, Hit
from matchers.watchlist_entries import Entry, squeeze_tag
from matchers.watchlist_index import Found, WatchlistIndex
from streams.records import AccountRef, Method, PublicPost

MAX_REPEATS: Final = 4
"""Hits of one entry in one field; a name repeated a thousand times is not more evidence."""
EXACT: Final = 10_000
# An enum's members are slow to look up, and this is the hot path.
_WHOLE, _ACCOUNT, _NUMBER = Role.WHOLE, Role.ACCOUNT, Role.NUMBER
_RIGHT, _DISGUISE = Role.RIGHT, Role.DISGUISE
_PLACE: Final = attrgetter("field", "start", "end", "entry")
_MENTION: Final = re.compile(r"@[\w.\-·]+(?:@[\w.\-]+)?")


def touch(post: PublicPost, contests: int, index: WatchlistIndex) -> tuple[Hit, ...]:
    """Verified hits of the contests in the mask, ordered by field, start, end, entry.

    A like, follow or join touches by its target account only (invariant 06). Offsets are in the
    folded text of the field, 0 and 0 where the whole field is meant. Linear in the post's size.
    """
    target = post.target
    hits: list[Hit] = []
    if target is not None and target.account is not None:
        hits += _account_hits(post.platform, "target.account", target.account, contests, index)
    if post.action in TARGET_ONLY:
        return tuple(hits)
    for field, text in texts(post):
        padded = f" {fold(text)} "
        found = index.find(padded)
        if found:
            hits += _verified(field, text, padded, post.platform, found, contests, index)
    for place, mention in enumerate(post.mentions):
        hits += _account_hits(post.platform, f"mentions[{place}]", mention, contests, index)
    hits += _tag_hits(post.hashtags, contests, index)
    if not hits:
        return ()
    hits = _resolved(post, hits, index)
    hits.sort(key=_PLACE)
    return tuple(hits if len(hits) <= MAX_REPEATS else _without_repeats(hits))


def touch_batch(
    posts: Sequence[PublicPost], contests: Sequence[int], index: WatchlistIndex
) -> list[tuple[Hit, ...]]:
    """What :func:`touch` finds in each post; `contests` holds each one's mask."""
    hits: list[tuple[Hit, ...]] = [()] * len(posts)
    owners: list[int] = []
    searched: list[str] = []
    worth: set[int] = set()
    for place, post in enumerate(posts):
        target = post.target
        if (
            post.mentions
            or post.hashtags
            or (target is not None and target.account is not None)
            or post.action in TARGET_ONLY
        ):
            if _names_something(post, contests[place], index):
                worth.add(place)
                continue
            if post.action in TARGET_ONLY:
                continue
        if post.text:
            owners.append(place)
            searched.append(post.text)
        if target is not None or post.media:
            for _, text in texts(post, own=False):
                owners.append(place)
                searched.append(text)
    worth.update(owners[number] for number in index.prescreen.may_touch(searched))
    for place in worth:
        hits[place] = touch(posts[place], contests[place], index)
    return hits


def _names_something(post: PublicPost, contests: int, index: WatchlistIndex) -> bool:
    """Whether an account or hashtag field of the post is on the watchlist."""
    named: list[AccountRef] = []
    if post.target is not None and post.target.account is not None:
        named.append(post.target.account)
    if post.action not in TARGET_ONLY:
        if any(_tag_hits(post.hashtags, contests, index)):
            return True
        named += post.mentions
    return any(_account_hits(post.platform, "", account, contests, index) for account in named)


def texts(post: PublicPost, *, own: bool = True) -> Iterator[tuple[str, str]]:
    """(field, original text) of every text of a post that is searched, its `own` or not."""
    if own and post.text:
        yield "text", post.text
    if post.target is not None and post.target.text:
        yield "target.text", post.target.text
    for place, media in enumerate(post.media):
        if media.alt_text:
            yield f"media[{place}].alt_text", media.alt_text


def _account_hits(
    platform: str, field: str, ref: AccountRef, contests: int, index: WatchlistIndex
) -> list[Hit]:
    handle = normalise(platform, ref.handle) if ref.handle else None
    return [
        Hit(field, 0, 0, entry.row, "exact", EXACT)
        for entry in index.accounts(platform, ref, handle)
        if entry.contest & contests
    ]


def _tag_hits(hashtags: Sequence[str], contests: int, index: WatchlistIndex) -> Iterator[Hit]:
    for place, hashtag in enumerate(hashtags):
        for entry in index.tagged(squeeze_tag(hashtag)):
            if entry.contest & contests:
                yield Hit(f"hashtags[{place}]", 0, 0, entry.row, "exact", EXACT)


def _verified(
    field: str,
    text: str,
    padded: str,
    platform: str,
    found: Found,
    contests: int,
    index: WatchlistIndex,
) -> list[Hit]:
    """The hits in one text among what the automaton proposed, each once."""
    search = _FieldSearch(field, text, padded, platform, contests, index)
    search.propose(found)
    return search.hits


class _FieldSearch:
    """Verifies proposals in one text. Its way back to the original is built only when asked."""

    __slots__ = ("_contests", "_field", "_foreign", "_index", "_offsets", "_padded", "_platform",
                 "_seen", "_text", "hits")  # fmt: skip

    def __init__(
        self,
        field: str,
        text: str,
        padded: str,
        platform: str,
        contests: int,
        index: WatchlistIndex,
    ) -> None:
        self._field = field
        self._text = text
        self._padded = padded
        self._platform = platform
        self._contests = contests
        self._index = index
        self._foreign = has_homoglyph(text)
        self._offsets: OffsetMap | None = None
        self._seen: set[tuple[int, int, int]] = set()
        self.hits: list[Hit] = []

    def propose(self, found: Found) -> None:
        uses, entries, contests = self._index.uses, self._index.entries, self._contests
        disguised = False
        halves: list[tuple[Entry, Role, int, int]] = []
        whole: set[tuple[int, int]] = set()
        for pattern, start, end in found:
            for row, role in uses[pattern]:
                if role is _DISGUISE:
                    disguised = disguised or not self._in_mention(start)
                    continue
                entry = entries[row]
                if not entry.contest & contests:
                    continue
                # Offsets lose the padding: a pattern [start, end) is the folded [start, end - 2).
                if role is _WHOLE or role is _NUMBER:
                    self._add(row, start, end - 2, self._plain_method(start, end - 2), EXACT)
                    whole.update(((row, start), (row, -end)))
                elif role is _ACCOUNT:
                    if self._names_account(entry, start, end - 2):
                        self._add(row, start, end - 2, "exact", EXACT)
                else:
                    halves.append((entry, role, start, end))
        for entry, role, start, end in halves:
            # Where the entry itself stands, its halves stand too: no slip to look for.
            if (entry.row, -end if role is _RIGHT else start) in whole:
                continue
            for first, last, score in slips_at(self._padded, role, start, end, entry, self._index):
                self._add(entry.row, first - 1, last - 1, "typo", score)
        if disguised:
            self._propose_disguised()

    def _add(self, row: int, first: int, last: int, method: Method, score: int) -> None:
        key = (row, first, last)
        if key not in self._seen:
            self._seen.add(key)
            self.hits.append(Hit(self._field, first, last, row, method, score))

    def _in_mention(self, place: int) -> bool:
        """Whether the word at `place` is an `@handle`: its digits disguise no letters."""
        word = self._padded.rfind(" ", 0, place + 1) + 1
        return self._padded[word] == "@"

    def _propose_disguised(self) -> None:
        """Whole entries in the second view, where a disguise really was undone."""
        folded = self._padded[1:-1]
        view = deobfuscate(folded)
        if view is None:
            return
        disguises: DisguiseMap | None = None
        for pattern, start, end in self._index.find(f" {view} "):
            for row, role in self._index.uses[pattern]:
                if role is _WHOLE and self._index.entries[row].contest & self._contests:
                    if disguises is None:
                        disguises = DisguiseMap(folded)
                    first, last = disguises.span(start, end - 2)
                    method = disguises.method(first, last)
                    if method is not None:
                        self._add(row, first, last, method, EXACT)

    def _original(self, first: int, last: int) -> tuple[int, int]:
        if self._offsets is None:
            self._offsets = OffsetMap(self._text)
        return self._offsets.span(first, last)

    def _plain_method(self, first: int, last: int) -> Method:
        if not self._foreign:
            return "exact"
        start, end = self._original(first, last)
        return "homoglyph" if has_homoglyph(self._text[start:end]) else "exact"

    def _names_account(self, entry: Entry, first: int, last: int) -> bool:
        if entry.account is None or entry.account.platform != self._platform:
            return False
        start, _ = self._original(first, last)
        mention = _MENTION.match(self._text, start)
        return (
            mention is not None
            and normalise(self._platform, mention[0].rstrip(".-·")) == entry.text
        )


def _resolved(post: PublicPost, hits: list[Hit], index: WatchlistIndex) -> list[Hit]:
    """Without the ballot numbers whose contest nothing else in the post names."""
    entries = index.entries
    numbers = [hit for hit in hits if entries[hit.entry].kind == "ballot_number"]
    if not numbers:
        return hits
    others = [hit for hit in hits if entries[hit.entry].kind != "ballot_number"]
    named = {entries[hit.entry].contest_id for hit in others}
    folded = [f" {fold(text)} " for _, text in texts(post)]
    for contest_id in {entries[hit.entry].contest_id for hit in numbers} - named:
        if any(region in text for region in index.regions(contest_id) for text in folded):
            named.add(contest_id)
    return others + [hit for hit in numbers if entries[hit.entry].contest_id in named]


def _without_repeats(hits: Iterable[Hit]) -> Iterator[Hit]:
    repeats: Counter[tuple[str, int]] = Counter()
    for hit in hits:
        repeats[hit.field, hit.entry] += 1
        if repeats[hit.field, hit.entry] <= MAX_REPEATS:
            yield hit
