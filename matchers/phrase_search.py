"""One pass over many texts: which phrases stand in them, word for word or with a slip.

The texts lie one behind another in a buffer of bytes: folded, a 0 between them, a space between
words, and `#` in place of the space before a hashtag. Each word costs one look-up in the table of
words; only where that says so is a key looked up, and slips are looked for only in words that are
nobody's. So most of the work is reading the text, and it is linear in its length.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchers.exact_table import bucket_of, shift_of, tag_of
from matchers.jit import inlined, kernel
from matchers.key_hash import BASE
from matchers.phrase_keys import (
    LONGEST_WORD,
    PAIR,
    SLIP,
    SLIP_FIRST,
    SLIP_SECOND,
    WORD,
    deletions,
    joined,
    key_of,
    longer,
    pair_of,
    take_apart,
)
from matchers.phrase_table import (
    FIRST,
    KNOWN,
    SECOND,
    SLIP_FIRST_WORD,
    SLIP_SECOND_WORD,
    WHOLE,
    PhraseTable,
    flags_of,
    may_be_filed,
)

EXACT: Final = 0
IN_TAG: Final = 1
"""Inside a hashtag of several words; what stands beside it in the tag has to be looked at."""
ONE_EDIT: Final = 2
"""Perhaps a slip: every word but one is right, and that one is nobody's."""

DISGUISED: Final = 128
"""Said of a text: letters held or written apart, or digits among letters."""
MOST_PLACES: Final = 8
"""Places of one phrase in one text that are told."""
SHORTEST_SLIP: Final = 5
"""Letters of a word of its own in which a slip is looked for, itself misspelled."""
SHORTEST_IN_TAG: Final = 4
LONGEST_TAG: Final = 64
REPEATABLE: Final = 2
"""Bit of `said` for phrases of which two different ones in a text say more than one."""
SEVERAL: Final = 64
"""Said of a text with two different phrases of that kind."""
_SPACED: Final = 4
"""Letters standing alone in a row that are a word written apart."""
_TAG_MARK: Final = 35
_SPACE: Final = 32
_AT: Final = 64
_TWO: Final = 50
_LETTER: Final = 1
_DIGIT: Final = 2
_DOUBLING: Final = 4
_AT_SIGN: Final = 8
_OTHER: Final = 16
_NO_LETTERS: Final = _DIGIT | _DOUBLING | _AT_SIGN


def _kind_of(byte: int) -> int:
    """0 for what parts words. A 2 behind a word says it twice (`orang2`), and stands for a letter
    only before one."""
    if byte <= _SPACE or byte == _TAG_MARK:
        return 0
    if 97 <= byte <= 122:
        return _LETTER
    if 48 <= byte <= 57:
        return _DOUBLING if byte == _TWO else _DIGIT
    return _AT_SIGN if byte == _AT else _OTHER


_KINDS: Final = np.array([_kind_of(byte) for byte in range(256)], dtype=np.uint8)


class Places(NamedTuple):
    """What was found, by text: bytes [start, end) of the buffer, the phrase, and how."""

    texts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    phrases: NDArray[np.int64]
    how: NDArray[np.int64]


def _clitics() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What is glued to the end of a name: `Khofifahnya`, `Rismalah`; `Emil2` says it twice."""
    clitics = (b"nya", b"lah", b"kah", b"kan", b"pun", b"ku", b"mu", b"2")
    text = np.frombuffer(b"".join(clitics), dtype=np.uint8)
    return text, np.cumsum([0, *map(len, clitics)])


_CLITICS, _CLITIC_ENDS = _clitics()
_SHORTEST_STEM: Final = 3


@inlined
def _is_letter(byte):  # type: ignore[no-untyped-def]
    return byte > 32 and byte != _TAG_MARK


@kernel
def _clitic_size(text, start, end):  # type: ignore[no-untyped-def]
    """The size of a clitic at the end of the word [start, end), 0 for none."""
    last = text[end - 1]
    if last != 97 and last != 104 and last != 110 and last != 117 and last != 50:
        return 0  # none of the clitics ends so
    for one in range(len(_CLITIC_ENDS) - 1):
        size = _CLITIC_ENDS[one + 1] - _CLITIC_ENDS[one]
        if end - start < size + _SHORTEST_STEM:
            continue
        same = True
        for at in range(size):
            if text[end - size + at] != _CLITICS[_CLITIC_ENDS[one] + at]:
                same = False
                break
        if same:
            return size
    return 0


@kernel
def _ends_word(text, at, stop):  # type: ignore[no-untyped-def]
    """Whether a word ends at `at`, or nothing but a clitic is left of it."""
    if at == stop or not _is_letter(text[at]):
        return True
    end = at
    while end < stop and _is_letter(text[end]):
        end += 1
    return end - at <= 3 and _clitic_size(text, at - _SHORTEST_STEM, end) == end - at


@kernel
def _is_run_together(text, start, end, known, first, last):  # type: ignore[no-untyped-def]
    """Whether text[start:end] is the phrase known[first:last] without its spaces."""
    at = start
    for place in range(np.int64(first), np.int64(last)):
        if known[place] == _SPACE:
            continue
        if at == end or text[at] != known[place]:
            return False
        at += 1
    return at == end


@kernel
def _end_of(text, start, stop, known, first, last):  # type: ignore[no-untyped-def]
    """Where the phrase known[first:last] ends that stands at `start`, -1 where it does not."""
    at = start
    for place in range(first, last):
        if known[place] == _SPACE:
            if at == stop or _is_letter(text[at]):
                return -1
            while at < stop and not _is_letter(text[at]):
                at += 1
        else:
            if at == stop or text[at] != known[place]:
                return -1
            at += 1
    return at if _ends_word(text, at, stop) else -1


@kernel
def _end_with_slip(text, start, stop, known, first, last, slots):  # type: ignore[no-untyped-def]
    """As :func:`_end_of`, where one word differs that is nobody's; -1 where none or more do."""
    at = start
    place = first
    wrong = 0
    end = start
    while place < last:
        begin = place
        while place < last and known[place] != _SPACE:
            place += 1
        word = at
        raw = np.uint64(0)
        while at < stop and _is_letter(text[at]):
            raw = longer(raw, text[at])
            at += 1
        end = at
        size = end - word
        same = size == place - begin
        if same:
            for letter in range(size):
                if text[word + letter] != known[begin + letter]:
                    same = False
                    break
        if not same:
            wrong += 1
            apart = size - (place - begin)
            if wrong > 1 or apart < -1 or apart > 1 or size == 0:
                return -1
            if flags_of(raw, slots) & KNOWN:
                return -1
        place += 1
        if place < last:
            if at == stop or _is_letter(text[at]):
                return -1
            while at < stop and not _is_letter(text[at]):
                at += 1
    return end if wrong == 1 else -1


@kernel
def _is_disguised(text, start, end):  # type: ignore[no-untyped-def]
    """Whether a letter is held in the word, or a digit or `@` stands beside a letter of it."""
    if text[start] == _AT:
        return False
    same = 1
    for at in range(start + 1, end):
        kind, before = _KINDS[text[at]], _KINDS[text[at - 1]]
        same = same + 1 if text[at] == text[at - 1] else 1
        if (
            (same >= 3 and kind == _LETTER)
            or (kind | before) == _LETTER | _DIGIT
            or (kind == _LETTER and before == _DOUBLING)
            or (kind == _AT_SIGN and before == _LETTER)
        ):
            return True
    return False


@kernel
def _tell(phrase, first, last, how, to):  # type: ignore[no-untyped-def]
    """One place found: say so of its text, and keep it where places are asked for and fit.

    `to` is what :func:`search` fills: besides its own, a phrase of each text that can be repeated;
    and the number of the text, where it begins, how many places were told, and how many keys and
    entries were looked at.
    """
    said, of_texts, once, told, out, state = to
    number = state[0]
    of_texts[number] |= said[phrase]
    if said[phrase] & REPEATABLE:
        if once[number] < 0:
            once[number] = phrase
        elif once[number] != phrase:
            of_texts[number] |= np.uint8(SEVERAL)
    if not len(told):
        return
    # The high half says for which text is counted, so that nothing is cleared between two.
    if told[phrase] >> 32 != number + 1:
        told[phrase] = np.int64(number + 1) << 32
    slip = 16 if how == ONE_EDIT else 0
    if (told[phrase] >> slip) & 0xFFFF >= MOST_PLACES:
        return
    told[phrase] += np.int64(1) << slip
    count = state[2]
    if count < out.shape[1]:
        out[0, count] = number
        out[1, count] = first - state[1]
        out[2, count] = last - state[1]
        out[3, count] = phrase
        out[4, count] = how
    state[2] = count + 1


@inlined
def _entries(key, shift, starts, filed_bits):  # type: ignore[no-untyped-def]
    """The bucket's first and last entry; none where the key is not filed."""
    bucket = bucket_of(key, shift)
    if may_be_filed(key, filed_bits):
        return np.int64(starts[bucket]), np.int64(starts[bucket + 1])
    return np.int64(0), np.int64(0)


@kernel
def _whole(text, start, end, raw, how, known, ends, keys, to):  # type: ignore[no-untyped-def]
    """Phrases that stand at [start, end), written as one word."""
    starts, tags, filed, bits = keys
    key = key_of(raw, WORD)
    first, last = _entries(key, shift_of(starts), starts, bits)
    to[5][3] += 1 + last - first
    for entry in range(first, last):
        if tags[entry] != tag_of(key):
            continue
        phrase = np.int64(filed[entry])
        if _is_run_together(text, start, end, known, ends[phrase], ends[phrase + 1]):
            _tell(phrase, start, end, how, to)


@kernel
def _pair(text, start, stop, raw, slips, known, ends, slots, keys, to):  # type: ignore[no-untyped-def]
    """Phrases of two words and more that begin at `start`; `raw` is of their first two words."""
    starts, tags, filed, bits = keys
    key = key_of(raw, PAIR)
    first, last = _entries(key, shift_of(starts), starts, bits)
    to[5][3] += 1 + last - first
    for entry in range(first, last):
        if tags[entry] != tag_of(key):
            continue
        phrase = np.int64(filed[entry])
        begin, done = np.int64(ends[phrase]), np.int64(ends[phrase + 1])
        end = _end_of(text, start, stop, known, begin, done)
        how = EXACT
        if end < 0 and slips[phrase]:
            end = _end_with_slip(text, start, stop, known, begin, done, slots)
            how = ONE_EDIT
        if end >= 0:
            _tell(phrase, start, end, how, to)


@kernel
def _one_word_slips(text, start, end, slips, known, ends, keys, to):  # type: ignore[no-untyped-def]
    """Phrases of one word that the word at [start, end) may be a slip of."""
    starts, tags, filed, bits = keys
    prefixes = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    variants = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    take_apart(text, start, end, prefixes)
    shift = shift_of(starts)
    for variant in range(deletions(prefixes, end - start, variants)):
        key = key_of(variants[variant], SLIP)
        first, last = _entries(key, shift, starts, bits)
        to[5][3] += 1 + last - first
        for entry in range(first, last):
            phrase = np.int64(filed[entry])
            apart = np.int64(ends[phrase + 1]) - np.int64(ends[phrase]) - (end - start)
            if tags[entry] == tag_of(key) and slips[phrase] and -1 <= apart <= 1:
                _tell(phrase, start, end, ONE_EDIT, to)


@kernel
def _cut_in_two(start, end, raw, slips, ends, keys, to):  # type: ignore[no-untyped-def]
    """Phrases of one word that [start, end) may be with a space in them."""
    starts, tags, filed, bits = keys
    key = key_of(raw, WORD)
    first, last = _entries(key, shift_of(starts), starts, bits)
    to[5][3] += 1 + last - first
    for entry in range(first, last):
        phrase = np.int64(filed[entry])
        size = np.int64(ends[phrase + 1]) - np.int64(ends[phrase])
        if tags[entry] == tag_of(key) and slips[phrase] and size == end - start - 1:
            _tell(phrase, start, end, ONE_EDIT, to)


@kernel
def _pair_slips(  # type: ignore[no-untyped-def]
    text, start, stop, word, end, other, kind, slips, known, ends, slots, keys,
    to,
):  # fmt: skip
    """Phrases that begin at `start`, where the first or (`kind`) second word, text[word:end], is
    misspelled; `other` is the raw hash of the other one."""
    starts, tags, filed, bits = keys
    prefixes = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    variants = np.empty(LONGEST_WORD + 1, dtype=np.uint64)
    take_apart(text, word, end, prefixes)
    shift = shift_of(starts)
    for variant in range(deletions(prefixes, end - word, variants)):
        if kind == SLIP_FIRST:
            key = key_of(pair_of(variants[variant], other), kind)
        else:
            key = key_of(pair_of(other, variants[variant]), kind)
        first, last = _entries(key, shift, starts, bits)
        to[5][3] += 1 + last - first
        for entry in range(first, last):
            phrase = np.int64(filed[entry])
            if tags[entry] != tag_of(key) or not slips[phrase]:
                continue
            done = _end_with_slip(
                text, start, stop, known, np.int64(ends[phrase]), np.int64(ends[phrase + 1]), slots
            )
            if done >= 0:
                _tell(phrase, start, done, ONE_EDIT, to)


@kernel
def _inside_tag(  # type: ignore[no-untyped-def]
    text, start, end, known, ends, slots, keys, to
):
    """Phrases written as one word in any part of the hashtag [start, end)."""
    for first in range(start, end - SHORTEST_IN_TAG + 1):
        raw = np.uint64(0)
        for at in range(first, end):
            raw = longer(raw, text[at])
            if at + 1 - first >= SHORTEST_IN_TAG and flags_of(raw, slots) & WHOLE:
                _whole(
                    text, first, at + 1, raw, IN_TAG, known, ends, keys, to,
                )  # fmt: skip


@kernel
def search(text, known, ends, slips, slots, keys, said, told, out):  # type: ignore[no-untyped-def]
    """What is said of each text; fills `out` with places (:class:`Places`), and says how many, and
    how many keys and entries it looked at.

    `said[phrase]` are bits of the caller's; a text is said to be all bits of its phrases, and
    `DISGUISED`. `told` has an item a phrase where places are asked for, none where not; of one
    phrase in one text `MOST_PLACES` are told, exact ones and slips apart.
    """
    stop_all = len(text)
    texts = 1
    for byte in text:
        texts += byte == 0
    of_texts = np.zeros(texts, dtype=np.uint8)
    once = np.full(texts, -1, dtype=np.int64)
    state = np.zeros(4, dtype=np.int64)
    to = (said, of_texts, once, told, out, state)
    begin = 0
    for number in range(texts):
        stop = begin
        while stop < stop_all and text[stop] != 0:
            stop += 1
        state[0], state[1] = number, begin
        at = begin
        alone = 0
        alone_letters = 0
        # The word before: nothing is known of it yet.
        p_start, p_size, p_raw, p_flags = at, 0, np.uint64(0), 0
        while True:
            tagged = False
            while at < stop and not _is_letter(text[at]):
                tagged = text[at] == _TAG_MARK
                at += 1
            if at == stop:
                break
            start = at
            raw = np.uint64(0)
            seen, held = 0, False
            byte, before, earlier = 0, 0, 0
            while at < stop:
                earlier, before, byte = before, byte, np.int64(text[at])
                kind = _KINDS[byte]
                if kind == 0:
                    break
                raw = longer(raw, byte)
                seen |= kind
                held |= (byte == before) & (before == earlier)
                at += 1
            size = at - start
            if size == 1:
                alone += 1
                alone_letters |= seen != _DIGIT
                if alone >= _SPACED and alone_letters:
                    of_texts[number] |= np.uint8(DISGUISED)
            else:
                alone, alone_letters = 0, 0
                may_be = seen & _LETTER and (held or seen & _NO_LETTERS)
                if may_be and _is_disguised(text, start, at):
                    of_texts[number] |= np.uint8(DISGUISED)

            word_flags = flags_of(raw, slots)
            clitic = _clitic_size(text, start, at)
            if word_flags & WHOLE:
                _whole(
                    text, start, at, raw, EXACT, known, ends, keys, to,
                )  # fmt: skip
            if p_flags & FIRST and word_flags & SECOND:
                _pair(
                    text, p_start, stop, pair_of(p_raw, raw), slips, known, ends, slots, keys, to,
                )  # fmt: skip
            if clitic:
                stem = np.uint64(0)
                for place in range(start, at - clitic):
                    stem = longer(stem, text[place])
                stem_flags = flags_of(stem, slots)
                if stem_flags & WHOLE:
                    _whole(
                        text, start, at - clitic, stem, EXACT, known, ends, keys, to,
                    )  # fmt: skip
                if p_flags & FIRST and stem_flags & SECOND:
                    _pair(
                        text, p_start, stop, pair_of(p_raw, stem), slips, known, ends, slots,
                        keys, to,
                    )  # fmt: skip
            unknown = not word_flags & KNOWN and size <= LONGEST_WORD
            p_unknown = 0 < p_size <= LONGEST_WORD and not p_flags & KNOWN
            if unknown and size >= SHORTEST_SLIP:
                _one_word_slips(
                    text, start, at, slips, known, ends, keys, to,
                )  # fmt: skip
            if unknown and p_flags & SLIP_FIRST_WORD:
                _pair_slips(
                    text, p_start, stop, start, at, p_raw, SLIP_SECOND, slips, known, ends, slots,
                    keys, to,
                )  # fmt: skip
            if p_unknown and word_flags & SLIP_SECOND_WORD:
                _pair_slips(
                    text, p_start, stop, p_start, p_start + p_size, raw, SLIP_FIRST, slips, known,
                    ends, slots, keys, to,
                )  # fmt: skip
            if (unknown and p_size) or p_unknown:
                power = np.uint64(1)
                for _ in range(size):
                    power *= BASE
                both = joined(p_raw, raw, power)
                if flags_of(both, slots) & WHOLE:
                    _cut_in_two(
                        p_start, at, both, slips, ends, keys, to,
                    )  # fmt: skip
            if tagged and not word_flags & WHOLE and SHORTEST_IN_TAG < size <= LONGEST_TAG:
                _inside_tag(
                    text, start, at, known, ends, slots, keys, to,
                )  # fmt: skip
            p_start, p_size, p_raw, p_flags = start, size, raw, word_flags
        begin = stop + 1
    return of_texts, state[2], state[3]


_NOTHING_TOLD: Final = np.empty(0, dtype=np.int64)
_NO_ROOM: Final = np.empty((5, 0), dtype=np.int64)


def say(table: PhraseTable, said: NDArray[np.uint8], text: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is said of each text of the buffer."""
    of_texts: NDArray[np.uint8]
    of_texts, _, _ = _search(table, said, text, _NOTHING_TOLD, _NO_ROOM)
    return of_texts


def places(table: PhraseTable, said: NDArray[np.uint8], text: NDArray[np.uint8]) -> Places:
    """Every place of a phrase in the texts of the buffer, by text; slips are only proposed."""
    room = 1_024
    while True:
        told = np.zeros(len(table.slips), dtype=np.int64)
        out = np.empty((5, room), dtype=np.int64)
        _, count, _ = _search(table, said, text, told, out)
        if count <= room:
            return Places(*out[:, :count])
        room = count


def _search(
    table: PhraseTable,
    said: NDArray[np.uint8],
    text: NDArray[np.uint8],
    told: NDArray[np.int64],
    out: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], int, int]:
    keys = (*table.keys, table.filed)
    found: tuple[NDArray[np.uint8], int, int] = search(
        text, *table.phrases, table.slips, table.words, keys, said, told, out
    )
    return found


def looked_at(table: PhraseTable, said: NDArray[np.uint8], text: NDArray[np.uint8]) -> int:
    """How many keys and entries are looked at for a buffer: what its search costs."""
    _, _, count = _search(table, said, text, _NOTHING_TOLD, _NO_ROOM)
    return count
