"""Look-up keys as flat columns, for kernels: platforms as codes, strings one behind another."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchers.exact_table import Strings
from streams.records import PLATFORMS

NO_PLATFORM: Final = 255
_CODES: Final = {platform: code for code, platform in enumerate(PLATFORMS)}


def columns_of(keys: Sequence[tuple[str, str]]) -> tuple[NDArray[np.uint8], Strings]:
    """Platforms as codes, and the strings one behind another."""
    platforms, values = zip(*keys, strict=True)
    try:
        codes = np.frombuffer(bytes(map(_CODES.__getitem__, platforms)), dtype=np.uint8)
    except KeyError:  # a platform that nobody knows
        codes = np.frombuffer(
            bytes([_CODES.get(platform, NO_PLATFORM) for platform in platforms]), dtype=np.uint8
        )
    return codes, strings_of(values)


def strings_of(values: Sequence[str]) -> Strings:
    joined = "".join(values)
    if joined.isascii():
        text = joined.encode()
        sizes: Iterable[int] = map(len, values)
    else:
        encoded = [value.encode(errors="surrogatepass") for value in values]
        text = b"".join(encoded)
        sizes = map(len, encoded)
    ends = np.zeros(len(values) + 1, dtype=np.uint32)
    np.cumsum(np.fromiter(sizes, dtype=np.uint32, count=len(values)), out=ends[1:])
    return Strings(np.frombuffer(text, dtype=np.uint8), ends)
