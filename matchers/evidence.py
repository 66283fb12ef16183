"""From hits to evidence: where it stands in the original, of which kind, and whether it counts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from matchers.ambiguity import LIFTED
from matchers.fold import OffsetMap, fold
from matchers.touch import texts
from matchers.types import Hit
from matchers.watchlist_entries import Entry
from matchers.watchlist_index import WatchlistIndex
from streams.records import EvidenceItem, EvidenceKind, PublicPost
from streams.records.limits import MAX_LIST

STRENGTH: Final[dict[EvidenceKind, str]] = {
    # kind            stands alone?  example
    "target_account": "always",  #     a like of the campaign's own account
    "mention": "always",  #            @khofifah_ip
    "hashtag": "never",  #             #KhofifahEmil; a hashtag alone is never sufficient
    "full_name": "unless ambiguous",  # Khofifah Indar Parawansa; but "Indah Permata"
    "alias": "unless ambiguous",  #    Bu Risma; but "Emil"
    "ballot_number": "never",  #       nomor urut 2
    "slogan": "never",  #              a line that others use as well
    "fuzzy_name": "if long enough",  # Kofifah Indar, Kh0fifah; but "Rima"
}
"""Which kinds are sufficient by themselves.

Every other item needs a second, independent piece for the same contest, elsewhere: one that stands
alone, or, unless its words are too common for that (`matchers.ambiguity`), another entry that says
something else or the name of the contest's region. A party's name lifts the names of the candidates
whom it nominates, and nothing else.
"""

LONG_WORD: Final = 8
"""Letters of a single word that stands alone although one of them is wrong."""
_KIND_ORDER: Final = {kind: place for place, kind in enumerate(STRENGTH)}
_NAME_KINDS: Final = frozenset({"full_name", "alias"})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A hit with its kind; offsets are folded ones, `start` = `end` = 0 for a whole field."""

    hit: Hit
    entry: Entry
    kind: EvidenceKind
    strong: bool

    def overlaps(self, field: str, start: int, end: int) -> bool:
        hit = self.hit
        return hit.field == field and (
            hit.end == 0 or end == 0 or (start < hit.end and hit.start < end)
        )


def gather(
    post: PublicPost, hits: Sequence[Hit], index: WatchlistIndex
) -> tuple[EvidenceItem, ...]:
    """Every piece of evidence in a post, ordered by field, start, end, kind, entry.

    At most 256 items, those that stand alone first. A name that several candidates bear is
    evidence for each of them. Spans and surfaces are of the original text.
    """
    if not hits:
        return ()
    originals = dict(texts(post))
    maps = {
        field: OffsetMap(originals[field])
        for field in dict.fromkeys(hit.field for hit in hits)
        if field in originals
    }
    pieces = [_piece(hit, index.entry(hit.entry), originals, maps) for hit in hits]
    pieces = _longest(pieces)
    pieces.sort(key=lambda one: (not one.strong, _order(one)))
    pieces = sorted(pieces[:MAX_LIST], key=_order)
    is_sufficient = _judge_of(pieces, originals, index)
    items = [_item(one, post, originals, maps, is_sufficient(one)) for one in pieces]
    return tuple(sorted(items, key=lambda i: (i.field, i.start, i.end, i.kind, i.entry_id)))


def _piece(hit: Hit, entry: Entry, originals: dict[str, str], maps: dict[str, OffsetMap]) -> _Piece:
    kind = _kind(hit, entry, originals, maps)
    rule = STRENGTH[kind]
    strong = (
        rule == "always"
        or (rule == "unless ambiguous" and not entry.ambiguous)
        or (rule == "if long enough" and not entry.ambiguous and _is_long_enough(hit, entry))
    )
    return _Piece(hit, entry, kind, strong)


def _is_long_enough(hit: Hit, entry: Entry) -> bool:
    """A disguise undone gives the very text back; with a letter wrong, a short word is another."""
    return hit.method != "typo" or " " in entry.text or len(entry.text) >= LONG_WORD


def _kind(
    hit: Hit, entry: Entry, originals: dict[str, str], maps: dict[str, OffsetMap]
) -> EvidenceKind:
    if entry.kind == "account":
        return "target_account" if hit.field == "target.account" else "mention"
    if hit.field.startswith("hashtags["):
        return "hashtag"
    if entry.kind != "ballot_number" and hit.field in maps:
        start, _ = maps[hit.field].span(hit.start, hit.end)
        if start and originals[hit.field][start - 1] in "#＃":
            return "hashtag"
    if entry.kind in _NAME_KINDS and hit.method != "exact":
        return "fuzzy_name"
    return entry.kind


def _longest(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Without the pieces inside a longer one of the same candidate in the same text."""
    kept: list[_Piece] = []
    reach: dict[tuple[str, str, bool, bool], int] = {}
    for one in sorted(
        pieces,
        key=lambda p: (p.hit.field, p.hit.start, -p.hit.end, not p.strong, _order(p)),
    ):
        hit = one.hit
        if hit.end:
            key = (hit.field, one.entry.candidate_id, one.kind == "ballot_number", one.strong)
            if hit.end <= reach.get(key, 0):
                continue
            reach[key] = hit.end
            if one.strong:  # also hides weaker ones; a weak one never hides a strong one
                weak = (*key[:3], False)
                reach[weak] = max(hit.end, reach.get(weak, 0))
        kept.append(one)
    return kept


def _order(piece: _Piece) -> tuple[str, int, int, int, str]:
    hit = piece.hit
    return (hit.field, hit.start, hit.end, _KIND_ORDER[piece.kind], piece.entry.entry_id)


def _judge_of(
    pieces: Sequence[_Piece], originals: dict[str, str], index: WatchlistIndex
) -> Callable[[_Piece], bool]:
    """The question "does this piece count?", over all the pieces of a post."""
    by_contest: dict[str, list[_Piece]] = {}
    for piece in pieces:
        by_contest.setdefault(piece.entry.contest_id, []).append(piece)
    weak = [contest_id for contest_id, several in by_contest.items() if not _all_strong(several)]
    padded = {field: f" {fold(text)} " for field, text in originals.items()} if weak else {}
    regions = {contest_id: list(_places(index.regions(contest_id), padded)) for contest_id in weak}

    def is_sufficient(piece: _Piece) -> bool:
        if piece.strong:
            return True
        contest_id = piece.entry.contest_id
        if any(other.strong and _is_elsewhere(piece, other) for other in by_contest[contest_id]):
            return True
        if piece.entry.probability < LIFTED:
            return False
        if any(_independent(piece, other) for other in by_contest[contest_id]):
            return True
        places = regions[contest_id]
        if piece.entry.kind in _NAME_KINDS:
            parties = index.parties(contest_id, piece.entry.candidate_id)
            places = [*places, *_places(parties, padded)] if parties else places
        return any(not piece.overlaps(*place) for place in places)

    return is_sufficient


def _all_strong(pieces: Iterable[_Piece]) -> bool:
    return all(piece.strong for piece in pieces)


def _independent(piece: _Piece, other: _Piece) -> bool:
    """Whether `other` says something else, elsewhere, and is more than an everyday word.

    Compared without spaces: a slogan and the hashtag made of it are one piece.
    """
    return (
        piece.entry.squeezed != other.entry.squeezed
        and other.entry.probability >= LIFTED
        and _is_elsewhere(piece, other)
    )


def _is_elsewhere(piece: _Piece, other: _Piece) -> bool:
    return not piece.overlaps(other.hit.field, other.hit.start, other.hit.end)


def _places(names: Sequence[str], padded: dict[str, str]) -> Iterator[tuple[str, int, int]]:
    """(field, folded start, folded end) of the first and last time a name stands in a text.

    A name has a space on either side, as the texts have.
    """
    for field, text in padded.items():
        for name in names:
            first, last = text.find(name), text.rfind(name)
            if first >= 0:
                length = len(name) - 2
                yield field, first, first + length
                yield field, last, last + length


def _item(
    piece: _Piece,
    post: PublicPost,
    originals: dict[str, str],
    maps: dict[str, OffsetMap],
    sufficient: bool,
) -> EvidenceItem:
    hit, entry = piece.hit, piece.entry
    if hit.field in maps:
        start, end = maps[hit.field].span(hit.start, hit.end)
        surface = originals[hit.field][start:end]
    else:
        surface = _whole(post, hit.field)
        start, end = 0, len(surface)
    return EvidenceItem(
        kind=piece.kind,
        field=hit.field,
        start=start,
        end=end,
        surface=surface,
        entry_id=entry.entry_id,
        candidate_id=entry.candidate_id,
        contest_id=entry.contest_id,
        score=hit.score,
        method=hit.method,
        sufficient=sufficient,
    )


def _whole(post: PublicPost, field: str) -> str:
    """The handle (or, without one, the id) of an account field; the hashtag of a hashtag field."""
    name, _, place = field.rstrip("]").partition("[")
    if name == "hashtags":
        return post.hashtags[int(place)]
    account = (
        post.mentions[int(place)]
        if name == "mentions"
        else post.target.account
        if post.target
        else None
    )
    if account is None:
        return ""
    return account.handle or account.account_id or ""
