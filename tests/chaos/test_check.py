"""The check sees what is lost, wrong, repeated or uncommitted: a green run means something."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chaos.check import Verdict, check
from chaos.scene import Answer
from streams.codec import encode
from streams.records import DeadLetter

PLACES = [(0, 0), (0, 2), (1, 0), (1, 5)]
BEFORE = [
    Answer({"a": b"a1"}, None),
    Answer({"b": b"b1"}, None),
    Answer({}, "malformed_json"),
    Answer({}, None),
]
AFTER = [Answer({"a": b"a2"}, None), Answer({}, None), BEFORE[2], Answer({}, None)]
COMMITTED = {0: 3, 1: 6}


@dataclass(frozen=True)
class Record:
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


def flag(flag_id: str, value: bytes, place: tuple[int, int]) -> Record:
    partition, offset = (str(number).encode() for number in place)
    headers = (("source-partition", partition), ("source-offset", offset))
    return Record(flag_id.encode(), value, headers)


def letter(partition: int, offset: int, reason: Any = "malformed_json") -> Record:
    value = DeadLetter(
        schema=1,
        reason=reason,
        path="$",
        topic="public-posts",
        partition=partition,
        offset=offset,
        sha256="0" * 64,
        at=datetime(2024, 10, 1, tzinfo=UTC),
    )
    return Record(b"", encode(value))


A1, A2, A3 = (flag("a", value, (0, 0)) for value in (b"a1", b"a2", b"a3"))
B1, C1 = flag("b", b"b1", (0, 2)), flag("c", b"c1", (1, 5))
FINE = Verdict(
    expected=1,
    records=2,
    lost=0,
    wrong=0,
    duplicates=0,
    switched=0,
    letters=1,
    letters_lost=0,
    letters_wrong=0,
    letter_duplicates=0,
    not_committed=0,
)


@pytest.mark.parametrize(
    ("flags", "letters", "committed", "verdict"),
    [
        ([A1, B1], [letter(1, 0)], COMMITTED, FINE),
        # After the switch: a under the new version, b need not come.
        ([A2], [letter(1, 0)], COMMITTED, replace(FINE, records=1, switched=1)),
        # The same post judged twice, before and after the switch.
        ([A1, A2], [letter(1, 0)], COMMITTED, replace(FINE, duplicates=1, switched=1)),
        ([B1], [letter(1, 0)], COMMITTED, replace(FINE, records=1, lost=1)),
        ([A1, A3], [letter(1, 0)], COMMITTED, replace(FINE, wrong=1, duplicates=1)),
        ([A1, C1], [letter(1, 0)], COMMITTED, replace(FINE, wrong=1)),
        ([A1, B1], [], COMMITTED, replace(FINE, letters_lost=1)),
        ([A1, B1], [letter(1, 0)] * 2, COMMITTED, replace(FINE, letter_duplicates=1)),
        ([A1, B1], [letter(1, 0), letter(0, 0)], COMMITTED, replace(FINE, letters_wrong=1)),
        ([A1, B1], [letter(1, 0)], {0: 2, 1: 6}, replace(FINE, not_committed=1)),
        ([A1, B1], [letter(1, 0)], {0: 4, 1: 6}, replace(FINE, not_committed=1)),
        ([A1, B1], [letter(1, 0)], {0: 3}, replace(FINE, not_committed=1)),
    ],
)  # fmt: skip
def test_what_came_out_is_counted(
    flags: Any, letters: Any, committed: dict[int, int], verdict: Verdict
) -> None:
    assert check(PLACES, BEFORE, AFTER, flags, letters, committed) == verdict
