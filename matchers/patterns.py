"""What the automaton looks for: whole entries, and halves that propose a one-letter slip.

One edit (a letter changed, added, left out, or two neighbours swapped) in a text cut in two
leaves either the left half with the space before it, or the right half with the space after it;
only a swap over the cut breaks both, and that is one more whole pattern. So every text within one
edit is proposed, and rapidfuzz decides.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from matchers.deobfuscate import TRIGGERS
from matchers.fold import fold
from matchers.watchlist_entries import Entry

MIN_FUZZY_LETTERS: Final = 7
"""Shorter names are one letter away from too many ordinary words."""


class Role(IntEnum):
    """What it means that a pattern was seen."""

    WHOLE = 0
    ACCOUNT = 1
    """`@handle` in the text; the original must name exactly that account."""
    NUMBER = 2
    """A ballot number after its contest cue."""
    LEFT = 3
    RIGHT = 4
    SWAPPED = 5
    DISGUISE = 6
    """Not an entry: the text may hold a disguised word."""


class Use(NamedTuple):
    row: int
    role: Role


_NUMBER_WORDS: Final = (
    "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh",
)  # fmt: skip
_NUMBER_CUES: Final = (
    "paslon {}",
    "nomor urut {}",
    "nomer urut {}",
    "no urut {}",
    "nomor {}",
    "nomer {}",
    "no {}",
    "coblos {}",
    "salam {} jari",
)


def number_phrases(number: int) -> Iterator[str]:
    """The ways to name a ballot number together with a contest cue, folded."""
    forms = [str(number), f"{number:02d}"]
    if number < len(_NUMBER_WORDS):
        forms.append(_NUMBER_WORDS[number])
    for form in dict.fromkeys(forms):
        for cue in _NUMBER_CUES:
            yield cue.format(form)


def is_fuzzy(entry: Entry) -> bool:
    """Whether slips of this entry are looked for."""
    return (
        entry.kind in ("full_name", "alias")
        and not entry.ambiguous
        and len(entry.squeezed) >= MIN_FUZZY_LETTERS
    )


def patterns_of(entries: tuple[Entry, ...]) -> dict[str, tuple[Use, ...]]:
    """Every pattern with what it stands for. Patterns are matched in ` folded `, padded."""
    uses: dict[str, list[Use]] = {}

    def add(pattern: str, row: int, role: Role) -> None:
        uses.setdefault(pattern, []).append(Use(row, role))

    for entry in entries:
        row, text = entry.row, entry.text
        if entry.kind == "account":
            add(f" {fold(f'@{text}')} ", row, Role.ACCOUNT)
            continue
        if entry.kind == "ballot_number":
            for phrase in number_phrases(int(text)):
                add(f" {phrase} ", row, Role.NUMBER)
            continue
        for written in dict.fromkeys((text, entry.squeezed)):
            add(f" {written} ", row, Role.WHOLE)
        if is_fuzzy(entry):
            for pattern, role in _halves(text):
                add(pattern, row, role)
    for trigger in TRIGGERS:
        add(trigger, -1, Role.DISGUISE)
    return {pattern: tuple(several) for pattern, several in uses.items()}


def _halves(text: str) -> Iterator[tuple[str, Role]]:
    cut = len(text) // 2
    while cut < len(text) - 1 and " " in text[cut - 1 : cut + 1]:
        cut += 1  # any cut will do, but a whole word by itself (`mak`, `gus`) proposes too much
    left, right = text[:cut], text[cut:]
    yield f" {left}", Role.LEFT
    yield f"{right} ", Role.RIGHT
    if left[-1] != right[0]:
        yield f" {left[:-1]}{right[0]}{left[-1]}{right[1:]} ", Role.SWAPPED
