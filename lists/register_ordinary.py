"""The ordinary row of a register's source, told by one pass over the bytes of its columns.

Ordinary is a row with all that is required, in its normal form: no spaces around a value, dates
that are days, a platform's name in small letters and a handle that is already as
:func:`matchers.handles.normalise` gives it. Whatever is not surely so is left to the slow check, so
these rules may be narrower than the platforms' own, never wider.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchers.active_period import FIRST_YEAR, LAST_YEAR
from matchers.handle_fold import BLUESKY, MASTODON
from matchers.jit import kernel
from matchers.register_arrays import DAY_ZERO
from streams.records import PLATFORMS
from streams.records.limits import MAX_HANDLE

LONGEST: Final = {"handle": 4 * MAX_HANDLE, "region_code": 64, "agency_code": 64}
LONGEST_OTHER: Final = 256

_DAYS_BEFORE_ZERO: Final = DAY_ZERO.toordinal()
_LOCAL_MOST: Final = np.array(
    [
        {"x": 15, "instagram": 30, "threads": 30, "facebook": 50, "tiktok": 24, "youtube": 30}.get(
            platform, 60
        )
        for platform in PLATFORMS
    ]
)
_LOCAL_LEAST: Final = np.array(
    [{"tiktok": 2, "youtube": 3}.get(platform, 1) for platform in PLATFORMS]
)
_DOTS: Final = np.array([platform in ("instagram", "threads", "tiktok") for platform in PLATFORMS])
_UNDERSCORES: Final = np.array(
    [platform in ("x", "instagram", "threads", "tiktok", "mastodon") for platform in PLATFORMS]
)


def ordinary_rows(
    platforms: NDArray[np.uint8], columns: Mapping[str, pa.Array]
) -> tuple[NDArray[np.bool_], NDArray[np.uint16], NDArray[np.uint16]]:
    """Which rows are ordinary, and for those the days of declaration and withdrawal as numbers.

    `platforms` are places in `PLATFORMS`, 255 for an unknown one; `columns` as in a chunk.
    """
    ordinary = platforms < len(PLATFORMS)
    for name, column in columns.items():
        required = name in ("person_id", "declared_on", "declaration_ref", "handle")
        _plain(*_flat(column), LONGEST.get(name, LONGEST_OTHER), required, ordinary)
    _handles(platforms, *_flat(columns["handle"]), ordinary)
    days = []
    for name in ("declared_on", "withdrawn_on"):
        found = np.zeros(len(platforms), dtype=np.uint16)
        _days(*_flat(columns[name]), found, ordinary)
        days.append(found)
    declared, withdrawn = days
    ordinary &= (withdrawn == 0) | (withdrawn >= declared)
    return ordinary, declared, withdrawn


def _flat(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Bytes and ends of a column of large strings without nulls."""
    _, ends, text = column.buffers()
    if ends is None or not len(column):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    bounds = np.frombuffer(ends, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    content = np.frombuffer(text, dtype=np.uint8) if text is not None else np.zeros(0, np.uint8)
    return content, bounds


@kernel
def _plain(text, ends, longest, required, ordinary):  # type: ignore[no-untyped-def]
    """No space, control or other script at either end; not too long; not empty if required."""
    for row in range(len(ordinary)):
        start, end = ends[row], ends[row + 1]
        if start == end:
            if required:
                ordinary[row] = False
        elif end - start > longest or not (32 < text[start] < 127 and 32 < text[end - 1] < 127):
            ordinary[row] = False


@kernel
def _days(text, ends, found, ordinary):  # type: ignore[no-untyped-def]
    """Days written YYYY-MM-DD as numbers, by the Gregorian calendar; empty is 0."""
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    for row in range(len(ordinary)):
        start = ends[row]
        size = ends[row + 1] - start
        if not ordinary[row] or size == 0:
            continue
        good = size == 10 and text[start + 4] == 45 and text[start + 7] == 45
        numbers = (0, 0, 0)
        if good:
            year = month = day = 0
            for at in range(10):
                byte = text[start + at]
                if at in (4, 7):
                    continue
                if not 48 <= byte <= 57:
                    good = False
                    break
                if at < 4:
                    year = year * 10 + byte - 48
                elif at < 7:
                    month = month * 10 + byte - 48
                else:
                    day = day * 10 + byte - 48
            numbers = (year, month, day)
        year, month, day = numbers
        if not (good and FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            ordinary[row] = False
            continue
        leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
        if not 1 <= day <= lengths[month - 1] + (leap and month == 2):
            ordinary[row] = False
            continue
        before = year - 1
        ordinal = before * 365 + before // 4 - before // 100 + before // 400 + day
        for earlier in range(month - 1):
            ordinal += lengths[earlier]
        if leap and month > 2:
            ordinal += 1
        found[row] = ordinal - _DAYS_BEFORE_ZERO


@kernel
def _domain(text, start, end):  # type: ignore[no-untyped-def]
    """Whether [start, end) is surely a domain name of two or more labels."""
    labels = 0
    first = start
    for at in range(start, end + 1):
        if at < end and text[at] != 46:
            byte = text[at]
            if not (97 <= byte <= 122 or 48 <= byte <= 57 or byte == 45):
                return False
            continue
        size = at - first
        if not 1 <= size <= 63 or text[first] == 45 or text[at - 1] == 45:
            return False
        labels += 1
        if at == end and not 97 <= text[first] <= 122:
            return False
        first = at + 1
    return labels >= 2


@kernel
def _handles(platforms, text, ends, ordinary):  # type: ignore[no-untyped-def]
    """Whether each handle is surely in its platform's normal form."""
    for row in range(len(ordinary)):
        if not ordinary[row]:
            continue
        platform = platforms[row]
        start, end = ends[row], ends[row + 1]
        local = end
        if platform in (BLUESKY, MASTODON):
            # `handle.invalid` names nobody; any such ending goes to the slow check.
            invalid = end - start >= 7 and text[end - 1] == 100 and text[end - 7] == 105
            if end - start > MAX_HANDLE or invalid:
                ordinary[row] = False
                continue
        if platform == BLUESKY:
            ordinary[row] = _domain(text, start, end)
            continue
        if platform == MASTODON:
            local = start
            while local < end and text[local] != 64:
                local += 1
            if local == end or not _domain(text, local + 1, end):
                ordinary[row] = False
                continue
        good = _LOCAL_LEAST[platform] <= local - start <= _LOCAL_MOST[platform]
        for at in range(start, local):
            byte = text[at]
            if 97 <= byte <= 122 or 48 <= byte <= 57:
                continue
            if byte == 95 and _UNDERSCORES[platform]:
                continue
            inside = start < at < local - 1 and text[at - 1] != 46
            if byte == 46 and _DOTS[platform] and inside:
                continue
            good = False
            break
        ordinary[row] = good
