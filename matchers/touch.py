"""Does a post touch the watchlist at all, and where? Verified hits, in folded space.

The hot path: nine posts in ten touch nothing, and pay for their share of one search of the whole
batch, which only says of each text what kinds of phrases stand in it. The others are searched
again for the places.

A post touches the watchlist where something in it may count: an entry that stands alone, or two
pieces for one contest. A single everyday word that is also somebody's name touches nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from datetime import datetime
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchers.ambiguity import LIFTED
from matchers.deobfuscate import deobfuscate
from matchers.event_time import event_time
from matchers.field_hits import EXACT, FieldHits, NumberPlace, Place
from matchers.fold import fold, fold_with_tags
from matchers.handles import normalise
from matchers.leet import LEET, leet_fold
from matchers.phrase_search import DISGUISED, SEVERAL, Places
from matchers.text_buffers import characters_of, folded_buffer, loose_buffer
from matchers.types import TARGET_ONLY, Hit
from matchers.watchlist_entries import Entry
from matchers.watchlist_index import WatchlistIndex
from matchers.watchlist_phrases import LOOSE_NUMBER, NUMBER, REGION, STRONG, WEAK
from streams.records import AccountRef, PublicPost

MAX_REPEATS: Final = 4
"""Hits of one entry in one field; a name repeated a thousand times is not more evidence."""
LONG_RUN: Final = 8
"""Letters of a word of a view that may be several."""
_PLACE: Final = attrgetter("field", "start", "end", "entry")


def touch(post: PublicPost, contests: int, index: WatchlistIndex) -> tuple[Hit, ...]:
    """Verified hits of the contests in the mask, ordered by field, start, end, entry.

    A like, follow or join touches by its target account only (invariant 06). Offsets are in the
    folded text of the field, 0 and 0 where the whole field is meant. Linear in the post's size.
    """
    (hits,) = touch_batch([post], [contests], index)
    return hits


def touch_batch(
    posts: Sequence[PublicPost], contests: Sequence[int], index: WatchlistIndex
) -> list[tuple[Hit, ...]]:
    """What :func:`touch` finds in each post; `contests` holds each one's mask."""
    owners: list[int] = []
    searched: list[str] = []
    named: dict[int, list[Hit]] = {}
    for place, post in enumerate(posts):
        if post.target is not None or post.mentions:
            hits = _account_hits(post, contests[place], index)
            if hits:
                named[place] = hits
        if post.action not in TARGET_ONLY:
            if post.target is None and not post.media and not post.hashtags:
                if post.text:  # most posts: one text, and no generator for it
                    owners.append(place)
                    searched.append(post.text)
                continue
            for _, text in searched_texts(post):
                owners.append(place)
                searched.append(text)
    worth, disguised = _worth_a_look(owners, searched, index)
    worth.update(place for place in named if posts[place].action not in TARGET_ONLY)
    found: list[tuple[Hit, ...]] = [()] * len(posts)
    for place, hits in named.items():
        found[place] = tuple(hits)
    for place, fields in _search(sorted(worth), disguised, posts, contests, index):
        hits, context = _together(named.get(place, []), fields, contests[place], index)
        found[place] = _in_order(hits) if _may_count(hits, context, index) else ()
    return found


def every_hit(post: PublicPost, contests: int, index: WatchlistIndex) -> tuple[Hit, ...]:
    """As :func:`touch`, also where nothing of it may count; for explanations."""
    named = _account_hits(post, contests, index)
    if post.action in TARGET_ONLY:
        return tuple(named)
    ((_, fields),) = _search([0], {0}, [post], [contests], index) or ((0, []),)
    hits, _ = _together(named, fields, contests, index)
    return _in_order(hits)


def _together(
    named: list[Hit], fields: Sequence[FieldHits], contests: int, index: WatchlistIndex
) -> tuple[list[Hit], int]:
    """A post's hits of all fields, ballot numbers last; the contests of regions and parties in it.

    A party stands in many contests, so it gives no number a meaning.
    """
    hits = named + [hit for field in fields for hit in field.hits]
    regions = parties = 0
    for field in fields:
        regions |= field.regions
        parties |= field.parties
    numbers = [number for field in fields for number in field.numbers]
    hits += _numbers(numbers, hits, regions, contests, index)
    return hits, regions | parties


def searched_texts(post: PublicPost) -> Iterator[tuple[str, str]]:
    """(field, original text) of everything of a post that is searched for phrases."""
    yield from texts(post)
    for place, hashtag in enumerate(post.hashtags):
        yield f"hashtags[{place}]", hashtag if hashtag[:1] in "#＃" else f"#{hashtag}"


def texts(post: PublicPost) -> Iterator[tuple[str, str]]:
    """(field, original text) of every text of a post."""
    if post.text:
        yield "text", post.text
    if post.target is not None and post.target.text:
        yield "target.text", post.target.text
    for place, media in enumerate(post.media):
        if media.alt_text:
            yield f"media[{place}].alt_text", media.alt_text


def _worth_a_look(
    owners: Sequence[int], searched: Sequence[str], index: WatchlistIndex
) -> tuple[set[int], set[int]]:
    """The posts in which something may count, and those in which something may be disguised.

    Errs on the side of a look too many.
    """
    said: dict[int, int] = {}
    buffer, places = loose_buffer(searched)
    disguised: list[int] = []
    if searched:
        bits_of = index.said_of(buffer)
        for at in np.flatnonzero(bits_of).tolist():
            number, bits = places[at], int(bits_of[at])
            _also(said, owners[number], bits)
            if bits & DISGUISED:
                disguised.append(number)
    views: list[tuple[int, str]] = []
    leet: list[str] = []
    for number in disguised:
        folded = fold(searched[number])
        leet.append(f" {leet_fold(folded)}")
        view = deobfuscate(folded)
        if view is not None:
            views.append((number, _marked(view, folded)))
    if leet:
        buffer = folded_buffer(leet)
        for number, bits in zip(disguised, index.said_of_leet(buffer).tolist(), strict=True):
            _also(said, owners[number], bits & ~DISGUISED)
    if views:
        buffer = folded_buffer([view for _, view in views])
        for (number, _), bits in zip(views, index.said_of(buffer).tolist(), strict=True):
            _also(said, owners[number], bits)
    worth = {owner for owner, bits in said.items() if _is_worth(bits)}
    return worth, {owners[number] for number in disguised}


def _marked(view: str, folded: str) -> str:
    """A view as the search reads it; long words that were written apart are searched like hashtags,
    as several may have been."""
    known = set(folded.split(" "))
    return "".join(
        f"{'#' if len(word) >= LONG_RUN and word not in known else ' '}{word}"
        for word in view.split(" ")
    )


def _also(said: dict[int, int], owner: int, bits: int) -> None:
    known = said.get(owner, 0)
    if known & bits & WEAK:
        bits |= SEVERAL  # in two texts; whether it is the same phrase does not matter here
    said[owner] = known | bits


def _is_worth(bits: int) -> bool:
    return bool(
        bits & STRONG
        or (bits & WEAK and bits & (SEVERAL | REGION | NUMBER | LOOSE_NUMBER))
        or (bits & NUMBER and bits & REGION)
    )


def _search(
    worth: Sequence[int],
    disguised: Set[int],
    posts: Sequence[PublicPost],
    contests: Sequence[int],
    index: WatchlistIndex,
) -> list[tuple[int, list[FieldHits]]]:
    """The verified fields of each post that is worth a look."""
    fields: list[FieldHits] = []
    owners: list[int] = []
    marked: list[str] = []
    views: list[tuple[int, str]] = []
    leet: list[tuple[int, str]] = []
    for place in worth:
        post = posts[place]
        for name, text in searched_texts(post):
            with_tags = fold_with_tags(text)
            folded = with_tags[1:].replace("#", " ")
            if place in disguised:
                view = deobfuscate(folded)
                if view is not None:
                    views.append((len(fields), _marked(view, folded)))
                if LEET.search(folded):
                    leet.append((len(fields), f" {leet_fold(folded)}"))
            owners.append(place)
            marked.append(with_tags)
            fields.append(FieldHits(name, text, folded, post.platform, contests[place], index))
    if not fields:
        return []
    for number, found in _by_text(marked, index.places_in):
        fields[number].take(found)
    if leet:
        for number, found in _by_text([text for _, text in leet], index.leet_places_in):
            fields[leet[number][0]].take_leet(found)
    if views:
        for number, found in _by_text([view for _, view in views], index.places_in):
            of_field, view = views[number]
            fields[of_field].take_disguised(found, view[1:].replace("#", " "))
    of_posts: dict[int, list[FieldHits]] = {place: [] for place in worth}
    for place, field in zip(owners, fields, strict=True):
        of_posts[place].append(field)
    return list(of_posts.items())


def _by_text(
    marked: Sequence[str], search: Callable[[NDArray[np.uint8]], Places]
) -> Iterator[tuple[int, list[Place]]]:
    """The places in each text that has any; offsets without the character before the text."""
    columns = [column.tolist() for column in search(folded_buffer(marked))]
    found: dict[int, list[Place]] = {}
    for number, start, end, phrase, how in zip(*columns, strict=True):
        found.setdefault(number, []).append(Place(start - 1, end - 1, phrase, how))
    for number, places in found.items():
        text = marked[number]
        if text.isascii():
            yield number, places
        else:
            starts = characters_of(text, [place.start + 1 for place in places])
            ends = characters_of(text, [place.end + 1 for place in places])
            yield (
                number,
                [
                    place._replace(start=start - 1, end=end - 1)
                    for place, start, end in zip(places, starts, ends, strict=True)
                ],
            )


def _account_hits(post: PublicPost, contests: int, index: WatchlistIndex) -> list[Hit]:
    """Hits of the account fields; of a like only the target's (invariant 06)."""
    hits: list[Hit] = []
    at = event_time(post)
    if post.target is not None and post.target.account is not None:
        hits += _of_account(post, "target.account", post.target.account, at, contests, index)
    if post.action not in TARGET_ONLY:
        for place, mention in enumerate(post.mentions):
            hits += _of_account(post, f"mentions[{place}]", mention, at, contests, index)
    return hits


def _of_account(
    post: PublicPost,
    field: str,
    ref: AccountRef,
    at: datetime,
    contests: int,
    index: WatchlistIndex,
) -> Iterator[Hit]:
    handle = normalise(post.platform, ref.handle) if ref.handle else None
    for entry in index.accounts(post.platform, ref, handle):
        if entry.contest & contests and _counts_at(entry, at):
            yield Hit(field, 0, 0, entry.row, "exact", EXACT)


def _counts_at(entry: Entry, at: datetime) -> bool:
    """Whether an account is in effect at event time."""
    account = entry.account
    return account is None or (
        (account.effective_from is None or account.effective_from <= at)
        and (account.effective_until is None or at < account.effective_until)
    )


def _numbers(
    numbers: Iterable[NumberPlace],
    hits: Sequence[Hit],
    regions: int,
    contests: int,
    index: WatchlistIndex,
) -> Iterator[Hit]:
    """Ballot numbers of the contests that something else in the post names."""
    named = 0
    for hit in hits:
        entry = index.entry(hit.entry)
        if entry.probability >= LIFTED:
            named |= entry.contest
    for one in numbers:
        mask = (named if one.loose else named | regions) & contests
        while mask:
            bit = (mask & -mask).bit_length() - 1
            mask &= mask - 1
            number = index.number(bit, one.number)
            if number is not None:
                yield Hit(one.field, one.start, one.end, number.row, one.method, EXACT)


def _may_count(hits: Sequence[Hit], context: int, index: WatchlistIndex) -> bool:
    """Whether any hit stands alone, or a contest has two, or one and its region or a party."""
    texts_of: dict[int, str] = {}
    for hit in hits:
        entry = index.entry(hit.entry)
        if entry.kind == "account" or entry.is_sure_name:
            return True
        if entry.probability < LIFTED:
            continue
        if entry.contest & context:
            return True
        if texts_of.setdefault(entry.contest, entry.squeezed) != entry.squeezed:
            return True
    return False


def _in_order(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """By place, and of one entry in one field the first few."""
    ordered = sorted(hits, key=_PLACE)
    if len(ordered) <= MAX_REPEATS:
        return tuple(ordered)
    repeats: Counter[tuple[str, int]] = Counter()
    kept = []
    for hit in ordered:
        repeats[hit.field, hit.entry] += 1
        if repeats[hit.field, hit.entry] <= MAX_REPEATS:
            kept.append(hit)
    return tuple(kept)
