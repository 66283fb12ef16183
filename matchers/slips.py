"""One-letter slips: is a proposed place really a misspelled name?"""

from rapidfuzz.distance import OSA

from matchers.patterns import Role
from matchers.watchlist_entries import Entry
from matchers.watchlist_index import WatchlistIndex


def slips_at(
    padded: str, role: Role, start: int, end: int, entry: Entry, index: WatchlistIndex
) -> list[tuple[int, int, int]]:
    """(start, end, score) of every slip of `entry` that a pattern at [start, end) proposes.

    Offsets are in `padded`; the score is the similarity per 10,000 (1 - edits / longer length).
    A slip begins and ends between words, is one edit away (optimal string alignment: a swap of
    neighbours is one edit), and is neither an everyday word nor another name.
    """
    name = entry.text
    size = len(name)
    slips: list[tuple[int, int, int]] = []
    for length in (size, size - 1, size + 1):
        if role is Role.RIGHT:
            last = end - 1
            first = last - length
            if first < 1 or padded[first - 1] != " ":
                continue
        else:
            first = start + 1
            last = first + length
            if padded[last : last + 1] != " ":
                continue
        written = padded[first:last]
        if written == name:
            break  # nothing is misspelled here
        if OSA.distance(written, name, score_cutoff=1) == 1 and _is_slip(written, name, index):
            slips.append((first, last, 10_000 - 10_000 // max(length, size)))
    return slips


def _is_slip(written: str, name: str, index: WatchlistIndex) -> bool:
    words = written.split(" ")
    if not "".join(words).isalpha() or index.is_name(written):
        return False
    meant = name.split(" ")
    if len(words) != len(meant):  # a space was added or left out; all of them is no slip
        return len(meant) > 1 and written != "".join(meant)
    return not any(
        index.is_word(word) for word, right in zip(words, meant, strict=True) if word != right
    )
