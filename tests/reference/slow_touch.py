"""Touching the watchlist by looking for every entry in every text, one after the other.

No automaton, no proposals, no look-up tables: each entry is searched with `str.find`, each run of
words is compared with each name by edit distance. Folding itself is the product's; it has property
tests of its own.
"""

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from matchers.deobfuscate import DisguiseMap, deobfuscate
from matchers.fold import OffsetMap, fold, has_homoglyph
from matchers.handles import normalise
from matchers.patterns import is_fuzzy, number_phrases
from matchers.types import Hit
from matchers.watchlist_entries import Entry, squeeze_tag
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Method, PublicPost

MENTION = re.compile(r"@[\w.\-·]+(?:@[\w.\-]+)?")


def slow_touch(post: PublicPost, open_contests: set[str], index: WatchlistIndex) -> tuple[Hit, ...]:
    """The hits that `matchers.touch.touch` must find, in its order."""
    entries = [entry for entry in index.entries if entry.contest_id in open_contests]
    hits: list[Hit] = []
    if post.target is not None and post.target.account is not None:
        hits += _accounts(post, "target.account", post.target.account, entries)
    if post.action not in ("like", "follow", "join"):
        for field, text in _texts(post):
            hits += _in_text(post, field, text, entries, index)
        for place, mention in enumerate(post.mentions):
            hits += _accounts(post, f"mentions[{place}]", mention, entries)
        for place, tag in enumerate(post.hashtags):
            hits += [
                Hit(f"hashtags[{place}]", 0, 0, entry.row, "exact", 10_000)
                for entry in entries
                if entry.kind not in ("account", "ballot_number")
                and entry.squeezed == squeeze_tag(tag)
            ]
    hits = _with_resolved_numbers(post, hits, index)
    hits.sort(key=lambda hit: (hit.field, hit.start, hit.end, hit.entry))
    seen: Counter[tuple[str, int]] = Counter()
    kept = []
    for hit in hits:
        seen[hit.field, hit.entry] += 1
        if seen[hit.field, hit.entry] <= 4:
            kept.append(hit)
    return tuple(kept)


def _texts(post: PublicPost) -> Iterator[tuple[str, str]]:
    if post.text:
        yield "text", post.text
    if post.target is not None and post.target.text:
        yield "target.text", post.target.text
    for place, media in enumerate(post.media):
        if media.alt_text:
            yield f"media[{place}].alt_text", media.alt_text


def _accounts(post: PublicPost, field: str, ref: AccountRef, entries: list[Entry]) -> list[Hit]:
    """By id where both are known; else by handle, unless the ids differ (invariant 06)."""
    handle = normalise(post.platform, ref.handle) if ref.handle else None
    found = []
    for entry in entries:
        account = entry.account
        if account is None or account.platform != post.platform:
            continue
        both_ids = ref.account_id is not None and account.account_id is not None
        same = ref.account_id == account.account_id if both_ids else handle == entry.text
        if same:
            found.append(Hit(field, 0, 0, entry.row, "exact", 10_000))
    return found


def _in_text(
    post: PublicPost, field: str, text: str, entries: list[Entry], index: WatchlistIndex
) -> list[Hit]:
    folded = fold(text)
    padded = f" {folded} "
    offsets = OffsetMap(text)
    assert offsets.folded == folded
    hits: dict[tuple[int, int, int], Hit] = {}

    def add(entry: Entry, start: int, end: int, method: Method, score: int = 10_000) -> None:
        hits.setdefault((entry.row, start, end), Hit(field, start, end, entry.row, method, score))

    for entry in entries:
        if entry.kind == "account":
            for start, end in _find(padded, f"@{fold(entry.text)}"):
                mention = MENTION.match(text, offsets.span(start, end)[0])
                if (
                    mention
                    and entry.account
                    and entry.account.platform == post.platform
                    and normalise(post.platform, mention[0].rstrip(".-·")) == entry.text
                ):
                    add(entry, start, end, "exact")
        elif entry.kind == "ballot_number":
            for phrase in number_phrases(int(entry.text)):
                for start, end in _find(padded, phrase):
                    add(entry, start, end, _plain(text, offsets, start, end))
        else:
            for written in (entry.text, entry.squeezed):
                for start, end in _find(padded, written):
                    add(entry, start, end, _plain(text, offsets, start, end))
            if is_fuzzy(entry):
                for start, end in _slips(folded, entry.text, index):
                    edits = 10_000 // max(end - start, len(entry.text))
                    add(entry, start, end, "typo", 10_000 - edits)

    view = deobfuscate(folded)
    if view is not None:
        disguises = DisguiseMap(folded)
        for entry in entries:
            if entry.kind in ("account", "ballot_number"):
                continue
            for written in dict.fromkeys((entry.text, entry.squeezed)):
                for start, end in _find(f" {view} ", written):
                    first, last = disguises.span(start, end)
                    method = disguises.method(first, last)
                    if method is not None:
                        add(entry, first, last, method)
    return list(hits.values())


def _find(padded: str, written: str) -> Iterator[tuple[int, int]]:
    """Folded offsets of a text that stands between spaces."""
    at = padded.find(f" {written} ")
    while at >= 0:
        yield at, at + len(written)
        at = padded.find(f" {written} ", at + 1)


def _plain(text: str, offsets: OffsetMap, start: int, end: int) -> Method:
    first, last = offsets.span(start, end)
    return "homoglyph" if has_homoglyph(text[first:last]) else "exact"


def _slips(folded: str, name: str, index: WatchlistIndex) -> Iterator[tuple[int, int]]:
    """Every run of words one edit away from the name that is no word or name of its own."""
    starts = [0, *(place + 1 for place, letter in enumerate(folded) if letter == " ")]
    ends = [*(start - 1 for start in starts[1:]), len(folded)]
    for number, start in enumerate(starts):
        for end in ends[number:]:
            if end - start > len(name) + 1:
                break
            written = folded[start:end]
            if end - start < len(name) - 1 or OSA.distance(written, name) != 1:
                continue
            if not written.replace(" ", "").isalpha() or index.is_name(written):
                continue
            words, meant = written.split(" "), name.split(" ")
            if len(words) != len(meant):
                if len(meant) > 1:
                    yield start, end
            elif not any(
                index.is_word(word)
                for word, right in zip(words, meant, strict=True)
                if word != right
            ):
                yield start, end


def _with_resolved_numbers(post: PublicPost, hits: list[Hit], index: WatchlistIndex) -> list[Hit]:
    """Without the ballot numbers whose contest nothing else in the post names."""
    numbers = [hit for hit in hits if index.entry(hit.entry).kind == "ballot_number"]
    others = [hit for hit in hits if hit not in numbers]
    named = {index.entry(hit.entry).contest_id for hit in others}
    padded = [f" {fold(text)} " for _, text in _texts(post)]
    for number in numbers:
        contest_id = index.entry(number.entry).contest_id
        if contest_id in named or any(
            region in text for text in padded for region in index.regions(contest_id)
        ):
            others.append(number)
    return others
