"""Texts one behind another as the search for phrases reads them (`matchers.phrase_search`).

Most texts of a batch are plain: these are joined and folded byte by byte, all at once. Only the
others are folded one by one.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchers.fold import ASCII_DELETE, ASCII_TABLE, fold_with_tags, visible

_TABLE: Final = b"\0" + ASCII_TABLE[1:35] + b"#" + ASCII_TABLE[36:]
"""As in folding, but `#` stays, which begins a hashtag, and the byte 0, which parts the texts."""


def loose_buffer(texts: Sequence[str]) -> tuple[NDArray[np.uint8], list[int]]:
    """The texts folded, but for single spaces; and which text each of the buffer's is."""
    plain: list[str] = []
    places: list[int] = []
    others: list[str] = []
    other_places: list[int] = []
    for place, text in enumerate(texts):
        if "@" in text or "://" in text:
            text = visible(text)
        if text.isascii() and "\0" not in text:
            plain.append(text)
            places.append(place)
        else:
            others.append(fold_with_tags(text))
            other_places.append(place)
    joined = "\0".join(plain).encode().translate(_TABLE, ASCII_DELETE)
    if others:
        more = "\0".join(others).encode(errors="surrogatepass")
        joined = joined + b"\0" + more if plain else more
    return np.frombuffer(joined, dtype=np.uint8), places + other_places


def folded_buffer(texts: Sequence[str]) -> NDArray[np.uint8]:
    """The texts folded by `fold_with_tags`; offsets are those of `fold`, plus one."""
    joined = "\0".join(texts)
    return np.frombuffer(joined.encode(errors="surrogatepass"), dtype=np.uint8)


def characters_of(text: str, offsets: Sequence[int]) -> list[int]:
    """Offsets in bytes (UTF-8) of a text as offsets in characters."""
    if text.isascii():
        return list(offsets)
    encoded = text.encode(errors="surrogatepass")
    return [len(encoded[:offset].decode(errors="surrogatepass")) for offset in offsets]
