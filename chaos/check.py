"""What came out, against what had to come out of what is in the input."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka.structs import ConsumerRecord

from chaos.scene import Answer
from streams.codec import decode_dead_letter
from streams.records import DeadLetter

Place = tuple[int, int]
"""Partition and offset of an input record."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`lost`: flags that had to come under both versions and did not; `wrong`: records of the
    output that neither version gives; `duplicates`: records that repeat a flag of one input record.

    `switched`: flags that came under the version after the switch. Dead letters likewise, by place.
    """

    expected: int
    records: int
    lost: int
    wrong: int
    duplicates: int
    switched: int
    letters: int
    letters_lost: int
    letters_wrong: int
    letter_duplicates: int
    not_committed: int


def check(
    places: Sequence[Place],
    before: Sequence[Answer],
    after: Sequence[Answer],
    flags: Sequence[ConsumerRecord[bytes, bytes]],
    letters: Sequence[ConsumerRecord[bytes, bytes]],
    committed: Mapping[int, int],
) -> Verdict:
    """`before` and `after` are the answers to the input's records, in the order of `places`."""
    certain: set[str] = set()
    possible: dict[str, set[bytes]] = {}
    new_only: set[bytes] = set()
    for old, new in zip(before, after, strict=True):
        certain |= old.flags.keys() & new.flags.keys()
        for answer in (old, new):
            for flag_id, value in answer.flags.items():
                possible.setdefault(flag_id, set()).add(value)
        new_only |= set(new.flags.values()) - set(old.flags.values())
    came = Counter(_origin(record) for record in flags)
    seen = {(record.key or b"").decode() for record in flags}
    wrong = sum(
        record.value not in possible.get((record.key or b"").decode(), ()) for record in flags
    )
    refused = {
        place: answer.reason
        for place, answer in zip(places, before, strict=True)
        if answer.reason is not None
    }
    lettered = Counter[tuple[Place, str | None]]()
    for record in letters:
        letter = decode_dead_letter(record.value)
        if not isinstance(letter, DeadLetter):
            lettered[(-1, -1), None] += 1
            continue
        lettered[(letter.partition, letter.offset), str(letter.reason)] += 1
    ends: dict[int, int] = {}
    for partition, offset in places:
        ends[partition] = max(ends.get(partition, 0), offset + 1)
    return Verdict(
        expected=len(certain),
        records=len(flags),
        lost=len(certain - seen),
        wrong=wrong,
        duplicates=sum(came.values()) - len(came),
        switched=sum(record.value in new_only for record in flags),
        letters=len(refused),
        letters_lost=len(refused.items() - lettered.keys()),
        letters_wrong=len(lettered.keys() - refused.items()),
        letter_duplicates=sum(lettered.values()) - len(lettered),
        not_committed=sum(committed.get(number) != end for number, end in ends.items()),
    )


def _origin(record: ConsumerRecord[bytes, bytes]) -> tuple[bytes, bytes, bytes]:
    headers = dict(record.headers)
    return headers["source-partition"], headers["source-offset"], record.key or b""
