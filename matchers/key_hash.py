"""Hashes for the register's tables, the same on every machine and in every process.

A skeleton is hashed as a polynomial over 2^64 with an odd base, so that the hash without its j-th
letter follows from two prefix sums: P[j] + (P[n] - P[j+1]) / base. Platform and host are added to
the sum, and a finaliser (MurmurHash3's) spreads the result over all bits.
"""

from typing import Final

import numpy as np

from matchers.jit import inlined, kernel

BASE: Final = np.uint64(0x9E3779B97F4A7C15)
BASE_INVERSE: Final = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_PLATFORM_STEP: Final = np.uint64(0xD1B54A32D192ED03)
_HOST_STEP: Final = np.uint64(0x2545F4914F6CDD1D)


def _byte_values() -> np.ndarray:
    """One arbitrary 64-bit number a byte, by the SplitMix64 sequence (Steele and others, 2014)."""
    values = np.empty(256, dtype=np.uint64)
    state = 0
    for byte in range(256):
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        mixed = state
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB % 2**64
        values[byte] = mixed ^ (mixed >> 31)
    return values


BYTE_VALUES: Final = _byte_values()


@inlined
def spread(value):  # type: ignore[no-untyped-def]
    """MurmurHash3's 64-bit finaliser."""
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xFF51AFD7ED558CCD)
    value ^= value >> np.uint64(33)
    value *= np.uint64(0xC4CEB9FE1A85EC53)
    value ^= value >> np.uint64(33)
    return value


@kernel
def place_of(platform, text, start, end):  # type: ignore[no-untyped-def]
    """What is added to a skeleton's sum for its platform and the host at [start, end)."""
    host = np.uint64(0)
    for at in range(start, end):
        host = (host + BYTE_VALUES[text[at]]) * BASE
    return np.uint64(platform + 1) * _PLATFORM_STEP + host * _HOST_STEP


@kernel
def hash_bytes(platform, text, start, end):  # type: ignore[no-untyped-def]
    """Hash of the whole string at [start, end), for the exact tables."""
    value = np.uint64(platform + 1) * _PLATFORM_STEP
    for at in range(start, end):
        value = (value ^ BYTE_VALUES[text[at]]) * BASE
        value ^= value >> np.uint64(29)
    return spread(value)
