"""What is left of a skeleton without the words that people put before or behind their name."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.affix_words import PREFIXES, SUFFIXES
from matchers.handle_fold import LONGEST, fold
from matchers.jit import kernel

CORE_FROM: Final = 3
"""Letters of a skeleton that must be left without the word."""


class Affixes(NamedTuple):
    """The words' skeletons, one a row, with their sizes; longest first."""

    prefixes: NDArray[np.uint8]
    prefix_sizes: NDArray[np.int64]
    suffixes: NDArray[np.uint8]
    suffix_sizes: NDArray[np.int64]


MOST_CORES: Final = 9

_ASIDE: Final = b"wuw"
"""Letters that no spelling rule touches, to fold a word as it folds beside a name."""
_SWALLOWS: Final = b"sdtkcp"
"""Letters at the end of a name that may change how the next word begins: `darwis.jatim` folds to
`darwisatim`."""


def _fold(text: bytes) -> bytes:
    letters, skeleton, digits = (np.empty(LONGEST, dtype=np.uint8) for _ in range(3))
    _, size, _, _ = fold(
        np.frombuffer(text, dtype=np.uint8), 0, len(text), letters, skeleton, digits
    )
    return skeleton[:size].tobytes()


def _as_prefixes(words: tuple[str, ...]) -> set[bytes]:
    return {_fold(word.encode() + _ASIDE)[: -len(_ASIDE)] for word in words}


def _as_suffixes(words: tuple[str, ...]) -> set[bytes]:
    found = {_fold(_ASIDE + word.encode())[len(_ASIDE) :] for word in words}
    for word in words:
        for letter in _SWALLOWS:
            name = _ASIDE + bytes([letter])
            folded = _fold(name + word.encode())
            if folded.startswith(name):
                found.add(folded[len(name) :])
    return found


def _table(words: set[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    ordered = sorted(words - {b""}, key=lambda word: (-len(word), word))
    table = np.zeros((len(ordered), max(map(len, ordered))), dtype=np.uint8)
    for row, letters in enumerate(ordered):
        table[row, : len(letters)] = np.frombuffer(letters, dtype=np.uint8)
    sizes = np.array([len(word) for word in ordered], dtype=np.int64)
    table.flags.writeable = sizes.flags.writeable = False
    return table, sizes


AFFIXES: Final = Affixes(*_table(_as_prefixes(PREFIXES)), *_table(_as_suffixes(SUFFIXES)))


@kernel
def _affix_at(skeleton, start, words, sizes, room, behind):  # type: ignore[no-untyped-def]
    """The size of the longest of `words` at `start` (or, `behind`, before it); 0 for none."""
    for row in range(len(sizes)):
        length = sizes[row]
        if length > room:
            continue
        first = start - length if behind else start
        found = True
        for at in range(length):
            if skeleton[first + at] != words[row, at]:
                found = False
                break
        if found:
            return length
    return 0


@kernel
def cores(skeleton, size, affixes, found):  # type: ignore[no-untyped-def]
    """Write what is left of a skeleton without a prefix, a suffix or both to `found`, as rows of
    (first, last); returns how many, at most `MOST_CORES`.

    The letter in which word and name meet may belong to both: `itssri` is `itsri`.
    """
    room = size - CORE_FROM + 1
    front = _affix_at(skeleton, 0, affixes.prefixes, affixes.prefix_sizes, room, False)
    back = _affix_at(skeleton, size, affixes.suffixes, affixes.suffix_sizes, room, True)
    count = 0
    for first_case in range(3 if front else 1):
        first = 0 if first_case == 0 else front - first_case + 1
        for last_case in range(3 if back else 1):
            last = size if last_case == 0 else size - back + last_case - 1
            if last - first >= CORE_FROM and last - first < size:
                found[count, 0] = first
                found[count, 1] = last
                count += 1
    return count
