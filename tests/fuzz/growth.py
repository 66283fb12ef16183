"""Inputs that grow: time must grow with them, not with their square.

`python -m tests.fuzz --growth` measures; it is no test, because it reads a clock.
"""

import time
from collections.abc import Callable
from typing import Final

from tests.fuzz.targets import TARGETS

Family = Callable[[int], bytes]
"""Number of bytes → an input of about that size."""

SMALL: Final = 1 << 14
LARGE: Final = 1 << 17
SLACK: Final = 4
"""Times linear; the square would be eight."""
UNMEASURED: Final = 0.25
"""Seconds below which a ratio says nothing."""


def repeated(unit: bytes, head: bytes = b"", tail: bytes = b"") -> Family:
    """The unit over and over, between a head and a tail."""
    return lambda size: head + unit * (size // len(unit)) + tail


def numbered(template: bytes, head: bytes = b"", tail: bytes = b"") -> Family:
    """The template with 0, 1, 2 … in the place of %d."""
    return lambda size: head + b"".join(template % n for n in range(size // 8)) + tail


def text(unit: str) -> Family:
    return repeated(unit.encode())


HEAD: Final = (
    b"person_id,name,agency_code,region_code,platform,account_id,handle,display_name,"
    b"declared_on,declaration_ref,withdrawn_on\n"
)

FAMILIES: Final[dict[str, tuple[Family, ...]]] = {
    "watchlist": (
        repeated(b"["),
        repeated(b"{a: "),
        repeated(b"- "),
        repeated(b"? "),
        repeated(b"1:", b"a: ", b"1"),
        repeated(b"9", b"a: "),
        repeated(b"1_", b"a: "),
        repeated(b"1", b"a: 0b"),
        repeated(b"1.", b"a: "),
        numbered(b"k%d: 1\n"),
        repeated(b"a: &a x\n"),
        repeated(b"\n", b"a: 'x\n\n"),
        repeated(b"\\x41", b'a: "', b'"'),
        repeated(b"- id: a\n  contests: []\n", b"elections:\n"),
    ),
    "watchlist_json": (
        repeated(b"["),
        repeated(b'{"a":'),
        repeated(b"9"),
        numbered(b'"k%d":1,', b"{", b'"z":1}'),
        numbered(b'"k%d":1,', b"{", b'"k1":1}'),
        repeated(b"\\u0041", b'"', b'"'),
    ),
    "rules": (repeated(b"- code: A\n", b"rules:\n"), repeated(b"- [")),
    "settings": (
        repeated(b"a.", tail=b"a=1"),
        repeated(b"a.", b"[", b"a]\n"),
        repeated(b"[a]\n"),
        repeated(b"[", b"a="),
        repeated(b"9", b"a="),
        numbered(b"k%d=1\n"),
        numbered(b"[k%d]\n"),
        numbered(b"k%d=1,", b"a={", b"z=1}"),
    ),
    "source_csv": (
        repeated(b'"', HEAD),
        repeated(b",", HEAD),
        repeated(b"\n", HEAD),
        repeated(b"a,b\n", HEAD),
        repeated(b'"\n', HEAD),
        repeated(b'"a""\n', HEAD),
        repeated(b"1,B,A,R,x,1,b,d,2024-01-02,S,\n", HEAD),
        repeated(b"a,"),
    ),
    "source_jsonl": (repeated(b"["), repeated(b"[\n"), repeated(b'{"a":1}\n')),
    "folding": tuple(
        text(unit)
        for unit in (
            *("a", "a ", "1 ", "0", ".", "@", "/", ", ", "a.b", "a1 b2 ", "\u0301", "\u200d", "ﷺ"),
            *("S.Pd., ", "Drs. ", "Hj. Dr. ", "https://x.com/", "http://"),
        )
    ),
    "records": (
        repeated(b"["),
        repeated(b'{"a":'),
        repeated(b"9"),
        numbered(b'"k%d":1,', b"{", b'"z":1}'),
    ),
    "key_files": (repeated(b"a"), repeated(b"\n")),
    "vault": (repeated(b"-> X25519 a\n", b"age-encryption.org/v1\n"),),
}


def not_linear() -> list[str]:
    """The families whose time grows faster than their size, with the seconds measured."""
    found: list[str] = []
    for name, families in FAMILIES.items():
        TARGETS[name](families[0](16))  # what is compiled or made once
        for number, family in enumerate(families):
            small, large = (_seconds(name, family(size)) for size in (SMALL, LARGE))
            if large > UNMEASURED and large > SLACK * small * LARGE / SMALL:
                found.append(f"{name} family {number}: {small:.3f} s, {large:.3f} s")
    return found


def _seconds(name: str, data: bytes) -> float:
    start = time.process_time()
    TARGETS[name](data)
    return time.process_time() - start
