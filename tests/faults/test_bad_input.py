"""Bad records through a broker and a real worker: one dead letter each; the next one is judged."""

from hashlib import sha256
from typing import Any

import pytest

from streams.codec import decode_dead_letter
from streams.records import DeadLetter
from tests.invariants.live import IN_A_ROW, INVALID, LiveRun

pytestmark = pytest.mark.broker
NAMES = [case.name for case in INVALID]


def letters(live: LiveRun) -> dict[int, tuple[DeadLetter, Any]]:
    """Dead letters and their records by the bad record's offset; all lie in partition 0."""
    found = {}
    for record in live.topics[live.settings.topics.dead_letters]:
        letter = decode_dead_letter(record.value)
        assert isinstance(letter, DeadLetter)
        found[letter.offset] = letter, record
    return found


def test_every_kind_of_the_table_is_sent() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert {
        "5 MB",
        "null value",
        "no JSON",
        "invalid UTF-8",
        "lone surrogate",
        "3,000 brackets",
    } <= {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_record_becomes_one_dead_letter(live: LiveRun, name: str) -> None:
    (sent,) = [one for one in live.sent if one.case.name == name]
    letter, record = letters(live)[sent.offset]
    assert (letter.reason, letter.path) == (sent.case.reason, sent.case.path)
    assert letter.topic == live.settings.topics.public_posts
    assert letter.partition == sent.partition == 0
    assert letter.sha256 == sha256(sent.case.value or b"").hexdigest()
    assert record.key == f"{letter.topic}:0:{letter.offset}".encode()
    line = f'netral_dead_letters_total{{reason="{letter.reason}"}}'
    count = [case.reason for case in INVALID].count(letter.reason)
    assert f"{line} {count:.1f}" in live.metrics.splitlines()


def test_the_record_behind_each_is_judged_in_its_order(live: LiveRun) -> None:
    behind = [case.name for case in IN_A_ROW if case.disposition == "flagged"]
    assert len(behind) == len(INVALID)
    flags = live.flags()
    offsets = [int(dict(flags[name][0][1].headers)["source-offset"]) for name in behind]
    assert offsets == sorted(offsets)
    assert [offset - 1 for offset in offsets] == sorted(letters(live))


def test_a_dead_letter_carries_the_time_of_the_broker(live: LiveRun) -> None:
    for letter, _ in letters(live).values():
        assert live.began - 1 <= letter.at.timestamp() <= live.ended + 1
