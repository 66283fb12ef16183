"""Handles as people make them from their names, for very many accounts at once.

Both tables are assumptions: no statistics of Indonesian handles were at hand. What they have to do
with real ones is told by the real pairs of handles in `docs/matching.md`.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matchers.exact_table import string_hashes
from streams.records import PLATFORMS
from synth.population_names import DrawnNames

Join = Callable[[pa.Array, pa.Array, pa.Array, pa.Array], pa.Array]
"""First, second and third word and the separator → the handle without digits."""


def _joined(*parts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _initial(words: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(words, 0, 1)


PATTERNS: Final[tuple[tuple[str, float, Join], ...]] = (
    ("first and second word", 0.28, lambda a, b, c, s: _joined(a, s, b)),
    ("all words", 0.12, lambda a, b, c, s: _joined(a, s, b, s, c)),
    ("first word, initial", 0.12, lambda a, b, c, s: _joined(a, s, _initial(b))),
    ("initial, second word", 0.12, lambda a, b, c, s: _joined(_initial(a), s, b)),
    ("second and first word", 0.10, lambda a, b, c, s: _joined(b, s, a)),
    ("first word", 0.14, lambda a, b, c, s: a),
    ("second word", 0.06, lambda a, b, c, s: pc.if_else(pc.equal(b, ""), a, b)),
    (
        "first word, half of the second",
        0.06,
        lambda a, b, c, s: _joined(a, s, pc.utf8_slice_codeunits(b, 0, 3)),
    ),
)
DIGITS: Final[tuple[tuple[str, float, tuple[int, int]], ...]] = (
    ("none", 0.40, (0, 0)),
    ("year of birth, two digits", 0.28, (65, 100)),
    ("year of birth, four digits", 0.08, (1965, 2004)),
    ("one digit", 0.06, (1, 10)),
    ("two digits", 0.08, (10, 100)),
    ("three digits", 0.07, (100, 1000)),
    ("four digits", 0.03, (1000, 10_000)),
)


class Shape(NamedTuple):
    """What a platform's handles are like: separators people can use, letters, and what follows."""

    separators: tuple[str, ...]
    letters: int
    host: str = ""


SHAPES: Final[dict[str, Shape]] = {
    "x": Shape(("_", "_", ""), 11),
    "instagram": Shape((".", "_", ""), 20),
    "facebook": Shape(("",), 30),
    "tiktok": Shape((".", "_", ""), 16),
    "youtube": Shape(("-", "_", "", ""), 20),
    "threads": Shape((".", "_", ""), 20),
    "bluesky": Shape(("",), 20, ".bsky.social"),
    "mastodon": Shape(("_", ""), 20, "@mastodon.social"),
}
MOST_ROUNDS: Final = 30
LEAST: Final = 5
"""Characters; shorter ones get digits behind."""


def draw_handles(
    words: DrawnNames, platforms: NDArray[np.uint8], rng: np.random.Generator
) -> pa.Array:
    """One handle an item of both; in normal form, but not unlike each other yet."""
    count = len(platforms)
    separators = _separators(platforms, rng)
    pattern = _choice([share for _, share, _ in PATTERNS], count, rng)
    base = words.first
    for number, (_, _, join) in enumerate(PATTERNS):
        made = join(words.first, words.second, words.third, separators)
        base = pc.if_else(pa.array(pattern == number), made, base)
    base = _cut(base, platforms)
    kind = _choice([share for _, share, _ in DIGITS], count, rng)
    digits = np.zeros(count, dtype=np.int64)
    for number, (_, _, (low, high)) in enumerate(DIGITS):
        if high:
            digits = np.where(kind == number, rng.integers(low, high, count), digits)
    behind = pc.if_else(pa.array(kind == 0), "", pa.array(digits).cast(pa.string()))
    local = _joined(base, behind)
    short = pc.less(pc.utf8_length(local), LEAST)
    filler = pa.array(rng.integers(1000, 10_000, count)).cast(pa.string())
    return _with_hosts(pc.if_else(short, _joined(local, filler), local), platforms)


def until_unique(
    handles: pa.Array, platforms: NDArray[np.uint8], rng: np.random.Generator
) -> pa.Array:
    """The handles, with other digits behind those that an earlier one has already."""
    for more in range(MOST_ROUNDS):
        hashes = handle_hashes(handles, platforms)
        order = np.argsort(hashes, kind="stable")
        double = np.zeros(len(hashes), dtype=bool)
        double[order[1:]] = hashes[order[1:]] == hashes[order[:-1]]
        again = np.flatnonzero(double)
        if not len(again):
            return handles
        at = pa.array(again)
        # Thousands share a common name, so the digits grow, and take the place of letters.
        size = 4 + more // 3
        digits = pa.array(rng.integers(1, 10**size, len(again))).cast(pa.string())
        local = handles.take(at)
        for host in {shape.host for shape in SHAPES.values()} - {""}:
            local = pc.replace_substring(local, host, "")
        bare = pc.replace_substring_regex(local, "[0-9]+$", "")
        changed = _with_hosts(
            _joined(_cut(bare, platforms[again], size - 4), digits), platforms[again]
        )
        handles = pc.replace_with_mask(handles, pa.array(double), changed)
    raise ValueError(f"{len(again)} handles are still not unlike the others. Draw fewer people.")


def handle_hashes(handles: pa.Array, platforms: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """One hash a handle and platform; equal handles have equal ones."""
    column = handles.cast(pa.large_string())
    _, ends, text = column.buffers()
    bounds = np.frombuffer(ends, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    content = np.frombuffer(text, dtype=np.uint8) if text is not None else np.zeros(0, np.uint8)
    hashes: NDArray[np.uint64] = string_hashes(platforms, content, bounds)
    return hashes


def is_in(hashes: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(hashes), dtype=bool)
    places = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
    found: NDArray[np.bool_] = ordered[places] == hashes
    return found


def _separators(platforms: NDArray[np.uint8], rng: np.random.Generator) -> pa.Array:
    chosen = pa.nulls(len(platforms), pa.string())
    for code, platform in enumerate(PLATFORMS):
        options = SHAPES[platform].separators
        drawn = pa.array(options).take(pa.array(rng.integers(0, len(options), len(platforms))))
        chosen = pc.if_else(pa.array(platforms == code), drawn, chosen)
    return chosen


def _cut(local: pa.Array, platforms: NDArray[np.uint8], less: int = 0) -> pa.Array:
    """No longer than the platform's handles leave room for with four digits (and `less`) behind."""
    cut = local
    for code, platform in enumerate(PLATFORMS):
        shorter = pc.utf8_slice_codeunits(local, 0, SHAPES[platform].letters - less)
        cut = pc.if_else(pa.array(platforms == code), shorter, cut)
    return pc.utf8_trim(pc.replace_substring_regex(cut, r"([._-])[._-]+", r"\1"), "._-")


def _with_hosts(local: pa.Array, platforms: NDArray[np.uint8]) -> pa.Array:
    hosts = pa.array([SHAPES[platform].host for platform in PLATFORMS])
    return _joined(local, hosts.take(pa.array(platforms)))


def _choice(shares: list[float], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    bounds = np.cumsum(shares)
    return np.minimum(np.searchsorted(bounds, rng.random(count)), len(shares) - 1)
