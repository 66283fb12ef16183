"""Touching the watchlist by looking for every entry in every text, one after the other.

No table, no keys, no batches: each entry is held against each run of words. Folding, cutting
hashtags and undoing disguises are the product's; they have tests of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from matchers.ambiguity import OrdinaryText
from matchers.deobfuscate import DisguiseMap, deobfuscate
from matchers.event_time import event_time
from matchers.fold import OffsetMap, fold, fold_with_tags, has_homoglyph
from matchers.handles import normalise
from matchers.hashtag_parts import is_part
from matchers.leet import LEET, is_leet_for, leet_fold
from matchers.number_cues import number_phrases
from matchers.types import Hit
from matchers.watchlist_entries import Entry
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Method, PublicPost

MENTION = re.compile(r"@[\w.\-·]+(?:@[\w.\-]+)?")
CLITICS = ("nya", "lah", "kah", "kan", "pun", "ku", "mu", "2")


def slow_touch(post: PublicPost, open_contests: set[str], index: WatchlistIndex) -> tuple[Hit, ...]:
    """The hits that `matchers.touch.touch` must find, in its order."""
    ordinary = index.ordinary
    entries = [entry for entry in index.entries if entry.contest_id in open_contests]
    hits: list[Hit] = []
    if post.target is not None and post.target.account is not None:
        hits += _accounts(post, "target.account", post.target.account, entries)
    if post.action in ("like", "follow", "join"):
        return tuple(hits)
    for place, mention in enumerate(post.mentions):
        hits += _accounts(post, f"mentions[{place}]", mention, entries)
    known = _known_words(index)
    for field, text in _texts(post):
        hits += _in_text(post, field, text, entries, known, index, ordinary)
    hits = _with_resolved_numbers(post, hits, entries, index)
    if not _may_count(post, hits, index, open_contests):
        return ()
    hits.sort(key=lambda hit: (hit.field, hit.start, hit.end, hit.entry))
    seen: Counter[tuple[str, int]] = Counter()
    kept = []
    for hit in hits:
        seen[hit.field, hit.entry] += 1
        if seen[hit.field, hit.entry] <= 4:
            kept.append(hit)
    return tuple(kept)


@lru_cache(maxsize=64)
def _known_words(index: WatchlistIndex) -> frozenset[str]:
    """Everyday words and the words of everything that is looked for: no slips of each other."""
    ordinary = index.ordinary
    looked_for = [*ordinary.everyday, *(text for text in ordinary.counts if " " not in text)]
    for entry in index.entries:
        looked_for += index.regions(entry.contest_id)
        looked_for += _parties(entry.contest_id, index)
        if entry.kind == "ballot_number":
            for loose in (False, True):
                looked_for += number_phrases(int(entry.text), loose=loose)
        else:
            looked_for.append(fold(f"@{entry.text}") if entry.account else entry.text)
    return frozenset(word for text in looked_for for word in text.split())


@lru_cache(maxsize=64)
def _all_forms(index: WatchlistIndex) -> frozenset[str]:
    """Everything that is looked for as one word."""
    texts: list[str] = []
    for entry in index.entries:
        texts += (region.strip() for region in index.regions(entry.contest_id))
        texts += _parties(entry.contest_id, index)
        if entry.kind == "ballot_number":
            for loose in (False, True):
                texts += number_phrases(int(entry.text), loose=loose)
        else:
            texts.append(fold(f"@{entry.text}") if entry.account else entry.text)
    return frozenset(form for text in texts for form in _forms(text, index.ordinary))


def _texts(post: PublicPost) -> Iterator[tuple[str, str]]:
    if post.text:
        yield "text", post.text
    if post.target is not None and post.target.text:
        yield "target.text", post.target.text
    for place, media in enumerate(post.media):
        if media.alt_text:
            yield f"media[{place}].alt_text", media.alt_text
    for place, tag in enumerate(post.hashtags):
        yield f"hashtags[{place}]", tag if tag[:1] in "#＃" else f"#{tag}"


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
        at = event_time(post)
        if account.effective_from is not None and at < account.effective_from:
            continue
        if account.effective_until is not None and at >= account.effective_until:
            continue
        if same:
            found.append(Hit(field, 0, 0, entry.row, "exact", 10_000))
    return found


class _Words:
    """The words of a folded text with their offsets, and which of them are hashtags."""

    def __init__(self, folded: str, marks: str = "") -> None:
        self.folded = folded
        self.words = [(word[0], word.start(), word.end()) for word in re.finditer(r"[^ ]+", folded)]
        self.tags = {start for _, start, _ in self.words if marks[start : start + 1] == "#"}

    def runs(self, size: int) -> Iterator[tuple[list[str], int, int]]:
        for first in range(len(self.words) - size + 1):
            run = self.words[first : first + size]
            yield [word for word, _, _ in run], run[0][1], run[-1][2]


@lru_cache(maxsize=64)
def _words_of(text: str) -> _Words:
    return _Words(fold(text))


def _stems(word: str) -> Iterator[str]:
    """The word, and without the first clitic that it ends with."""
    yield word
    for clitic in CLITICS:
        if word.endswith(clitic) and len(word.encode()) >= len(clitic) + 3:
            yield word.removesuffix(clitic)
            return


def _exact(words: _Words, text: str, together: bool) -> Iterator[tuple[int, int]]:
    """Where a text stands, a clitic left out, also without its spaces."""
    meant = text.split(" ")
    runs = words.runs(len(meant)) if meant[0] in words.folded else ()
    for written, start, end in runs:
        for stem in _stems(written[-1]):
            if [*written[:-1], stem] == meant:
                yield start, end - (len(written[-1]) - len(stem))
    if together and len(meant) > 1 and "".join(meant) in words.folded:
        for word, start, end in words.words:
            for stem in _stems(word):
                if stem == "".join(meant):
                    yield start, end - (len(word) - len(stem))


def _run_together(text: str, ordinary: OrdinaryText) -> bool:
    squeezed = text.replace(" ", "")
    return (
        len(squeezed) >= 7 and squeezed not in ordinary.everyday and squeezed not in ordinary.counts
    )


def _slips(words: _Words, text: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Runs of words one edit away, of which one word differs and is nobody's."""
    meant = text.split(" ")
    if all(word in known for word, _, _ in words.words):
        return
    if len(meant) > 1 and not any(word in words.folded for word in meant):
        return
    for written, start, end in words.runs(len(meant)):
        pairs = [pair for pair in zip(written, meant, strict=True) if pair[0] != pair[1]]
        wrong = [word for word, _ in pairs]
        if (
            len(wrong) == 1
            and wrong[0] not in known
            and len(wrong[0].encode()) <= 40
            and (
                len(pairs[0][1]) >= 3
                or len(wrong[0]) > len(pairs[0][1])
                or written[:2] == meant[:2]
            )
            and (len(meant) > 1 or len(wrong[0].encode()) >= 5)
            and "".join(written).isalpha()
            and OSA.distance(" ".join(written), text) == 1
        ):
            yield start, end
    if len(meant) == 1:
        for written, start, end in words.runs(2):
            if (
                "".join(written) == text
                and "".join(written).isalpha()
                and any(word not in known for word in written)
            ):
                yield start, end


def _in_text(
    post: PublicPost,
    field: str,
    text: str,
    entries: list[Entry],
    known: frozenset[str],
    index: WatchlistIndex,
    ordinary: OrdinaryText,
) -> list[Hit]:
    folded = fold(text)
    marks = fold_with_tags(text)
    assert marks[1:].replace("#", " ") == folded
    offsets = OffsetMap(text)
    assert len(offsets) == len(folded)
    words = _Words(folded, marks)
    hits: dict[tuple[int, int, int], Hit] = {}

    def add(entry: Entry, start: int, end: int, method: Method, score: int = 10_000) -> None:
        hits.setdefault((entry.row, start, end), Hit(field, start, end, entry.row, method, score))

    forms = _all_forms(index)
    for entry in entries:
        if entry.kind == "account":
            for start, end in _exact(words, fold(f"@{entry.text}"), False):
                mention = MENTION.match(text, offsets.span(start, end)[0])
                if (
                    mention
                    and entry.account
                    and entry.account.platform == post.platform
                    and normalise(post.platform, mention[0].rstrip(".-·")) == entry.text
                ):
                    add(entry, start, end, "exact")
            continue
        if entry.kind == "ballot_number":
            continue
        together = _run_together(entry.text, ordinary)
        for start, end in _exact(words, entry.text, together):
            add(entry, start, end, _plain(text, offsets, start, end))
        if (
            entry.kind in ("full_name", "alias")
            and not entry.ambiguous
            and len(entry.squeezed) >= 6
        ):
            for start, end in _slips(words, entry.text, known):
                edits = 10_000 // max(end - start, len(entry.text))
                add(entry, start, end, "typo", 10_000 - edits)
        for word, start, end in words.words if words.tags else ():
            if start not in words.tags or word in forms or not 4 < len(word.encode()) <= 64:
                continue
            for form in _forms(entry.text, ordinary):
                for first in range(len(word) - len(form) + 1):
                    if len(form) >= 4 and word.startswith(form, first):
                        begin, done = offsets.span(start, end)
                        if text[begin - 1 : begin] in ("#", "＃") and is_part(
                            text[begin:done],
                            word,
                            first,
                            first + len(form),
                            index.campaign_words,
                            {one for one in forms if len(one) >= 4 and one in word},
                            ambiguous=entry.ambiguous,
                        ):
                            add(entry, start, end, _plain(text, offsets, start, end))

    if LEET.search(folded):
        leet = _Words(leet_fold(folded))
        for entry in entries:
            if entry.kind in ("full_name", "alias"):
                together = len(entry.squeezed) >= 7
                for start, end in _exact(leet, leet_fold(entry.text), together):
                    written = folded[start:end]
                    if is_leet_for(written, entry.text if " " in written else entry.squeezed):
                        add(entry, start, end, "leet")
    view = deobfuscate(folded)
    if view is not None:
        disguises = DisguiseMap(folded)
        seen = _Words(view)
        plain = set(folded.split(" "))
        for entry in entries:
            if entry.kind in ("account", "ballot_number"):
                continue
            found = list(_exact(seen, entry.text, _run_together(entry.text, ordinary)))
            found += [
                (start + first, start + last)
                for word, start, _ in seen.words
                if len(word) >= 8 and word not in plain and word not in forms
                for first, last in _parts(word, entry, index, ordinary)
            ]
            for start, end in found:
                first, last = disguises.span(start, end)
                method = disguises.method(first, last)
                if method is not None:
                    add(entry, first, last, method)
    return list(hits.values())


def _parts(
    word: str, entry: Entry, index: WatchlistIndex, ordinary: OrdinaryText
) -> Iterator[tuple[int, int]]:
    """Where the entry is part of a word that was several; `word` is at most 64 bytes."""
    if len(word.encode()) > 64:
        return
    names = {one for one in _all_forms(index) if len(one) >= 4 and one in word}
    for form in _forms(entry.text, ordinary):
        for first in range(len(word) - len(form) + 1):
            last = first + len(form)
            if (
                len(form) >= 4
                and word.startswith(form, first)
                and is_part(
                    word, word, first, last, index.campaign_words, names, ambiguous=entry.ambiguous
                )
            ):
                yield first, last


def _forms(text: str, ordinary: OrdinaryText) -> Iterator[str]:
    """The text as one word, where it is looked for so."""
    if " " not in text or _run_together(text, ordinary):
        yield text.replace(" ", "")


def _plain(text: str, offsets: OffsetMap, start: int, end: int) -> Method:
    first, last = offsets.span(start, end)
    return "homoglyph" if has_homoglyph(text[first:last]) else "exact"


def _named_regions(post: PublicPost, contest_id: str, index: WatchlistIndex) -> bool:
    return _names_one(post, [region.strip() for region in index.regions(contest_id)])


def _names_one(post: PublicPost, looked_for: Sequence[str]) -> bool:
    ordinary = OrdinaryText(frozenset())
    return any(
        any(_exact(words, one, _run_together(one, ordinary)))
        for words in (_words_of(text) for _, text in _texts(post))
        for one in looked_for
    )


@lru_cache(maxsize=4_096)
def _parties(contest_id: str, index: WatchlistIndex) -> tuple[str, ...]:
    """Every party on the contest's ballot that is more than an everyday word."""
    return tuple(
        text
        for part in index._contests
        if part.contest.id == contest_id
        for pair in part.contest.ballot
        for text in map(fold, pair.parties)
        if not index.ordinary.is_everyday(text)
    )


def _with_resolved_numbers(
    post: PublicPost, hits: list[Hit], entries: Sequence[Entry], index: WatchlistIndex
) -> list[Hit]:
    """With the ballot numbers whose contest something else in the post names."""
    ordinary = OrdinaryText(frozenset())
    told = [index.entry(hit.entry) for hit in hits]
    named = {entry.contest_id for entry in told if entry.probability >= 2_858}
    found: dict[tuple[str, int, int, int], Hit] = {}
    for entry in entries:
        if entry.kind != "ballot_number":
            continue
        for loose in (False, True):
            if entry.contest_id not in named and (
                loose or not _named_regions(post, entry.contest_id, index)
            ):
                continue
            for phrase in number_phrases(int(entry.text), loose=loose):
                for field, text in _texts(post):
                    words = _words_of(text)
                    together = _run_together(phrase, ordinary)
                    for start, end in _exact(words, phrase, together):
                        method = _plain(text, OffsetMap(text), start, end)
                        hit = Hit(field, start, end, entry.row, method, 10_000)
                        found.setdefault((field, start, end, entry.row), hit)
    return [*hits, *found.values()]


def _may_count(
    post: PublicPost, hits: Sequence[Hit], index: WatchlistIndex, open_contests: set[str]
) -> bool:
    """Whether a hit stands alone, or one of two texts, or one and the region or a party, for a
    contest."""
    entries = [index.entry(hit.entry) for hit in hits]
    for entry in entries:
        if entry.kind == "account" or (
            entry.kind in ("full_name", "alias") and not entry.ambiguous
        ):
            return True
        if entry.probability < 2_858:
            continue
        if _named_regions(post, entry.contest_id, index):
            return True
        if _names_one(post, _parties(entry.contest_id, index)):
            return True
        if any(
            other.contest_id == entry.contest_id
            and other.squeezed != entry.squeezed
            and other.probability >= 2_858
            for other in entries
        ):
            return True
    return False
