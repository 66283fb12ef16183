import msgspec
import pytest

from streams.codec import DecodeFailure, decode_post
from synth.bad_records import BAD_RECORDS, BadRecord, five_megabytes

GOOD = {
    "schema": 1,
    "post_id": "1",
    "platform": "x",
    "action": "post",
    "actor": {"handle": "budi"},
    "observed_at": "2024-11-01T08:00:05+07:00",
    "created_at": "2024-11-01T08:00:00+07:00",
    "source": "test",
    "visibility": "public",
    "text": "halo",
}


def test_the_record_that_is_spoilt_is_good() -> None:
    assert not isinstance(decode_post(msgspec.json.encode(GOOD)), DecodeFailure)


@pytest.mark.parametrize("bad", BAD_RECORDS, ids=lambda bad: bad.name)
def test_each_bad_record_gets_its_reason(bad: BadRecord) -> None:
    value = bad.spoil(dict(GOOD))
    assert decode_post(value) == DecodeFailure(bad.reason, bad.path)
    assert bad.in_file == (value is not None and b"\n" not in value)


def test_five_megabytes_are_refused_for_the_text() -> None:
    assert decode_post(five_megabytes(dict(GOOD))) == DecodeFailure("over_limit", "$.text")
