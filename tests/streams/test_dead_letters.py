"""A dead letter says where and why, and nothing of what was said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from streams.codec import DecodeFailure, decode_dead_letter, encode
from streams.dead_letters import dead_letter, dead_letter_key


@dataclass(frozen=True)
class Received:
    value: bytes | None
    topic: str = "public-posts"
    partition: int = 3
    offset: int = 17
    timestamp: int = 1_700_000_000_123


def test_it_holds_position_reason_hash_and_broker_time() -> None:
    value = b'{"text": "KANARI"}'
    letter = dead_letter(Received(value), DecodeFailure("missing_field", "$.schema"))
    assert (letter.reason, letter.path) == ("missing_field", "$.schema")
    assert (letter.topic, letter.partition, letter.offset) == ("public-posts", 3, 17)
    assert letter.sha256 == sha256(value).hexdigest()
    assert letter.at == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)
    assert dead_letter_key(letter) == b"public-posts:3:17"
    assert b"KANARI" not in encode(letter)
    assert decode_dead_letter(encode(letter)) == letter


def test_a_null_value_has_the_hash_of_nothing_and_no_time_is_1970() -> None:
    letter = dead_letter(Received(None, timestamp=-1), DecodeFailure("null_value"))
    assert letter.sha256 == sha256(b"").hexdigest()
    assert letter.at == datetime(1970, 1, 1, tzinfo=UTC)
