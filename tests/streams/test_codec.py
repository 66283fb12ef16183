"""Every bad input of the catalogue has one reason code and path, and decoding never raises."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.codec import (
    MAX_BYTES,
    DecodeFailure,
    decode_control,
    decode_dead_letter,
    decode_flag,
    decode_post,
    decode_register_update,
    decode_watchlist_update,
    encode,
)
from streams.records import ControlRecord, PublicPost

CANARY = "KANARI-7f3a"

GOOD: dict[str, Any] = {
    "schema": 1,
    "post_id": "p1",
    "platform": "x",
    "action": "post",
    "actor": {"handle": "warga"},
    "observed_at": "2024-10-01T08:00:00+07:00",
    "created_at": "2024-10-01T07:59:00+07:00",
    "source": "test",
    "visibility": "public",
    "text": "Selamat pagi",
    "mentions": [{"handle": "siapa"}],
}


def raw(**changes: Any) -> bytes:
    """A good post with fields replaced; ABSENT removes one."""
    post = {**GOOD, **changes}
    return json.dumps({name: value for name, value in post.items() if value is not ABSENT}).encode()


ABSENT = object()
HOLE = "@HOLE@"


def with_bytes(field: str, value: bytes) -> bytes:
    return raw(**{field: HOLE}).replace(json.dumps(HOLE).encode(), value)


def test_a_good_post_is_read() -> None:
    post = decode_post(raw())
    assert isinstance(post, PublicPost)
    assert post.created_at == datetime(2024, 10, 1, 0, 59, tzinfo=UTC)


DEEP = b"[" * 3_000 + b"]" * 3_000

BAD: list[tuple[str, bytes | None, str, str]] = [
    ("null value", None, "null_value", "$"),
    ("json null", b"null", "wrong_type", "$"),
    ("empty", b"", "malformed_json", "$"),
    ("not json", f"halo {CANARY}".encode(), "malformed_json", "$"),
    ("cut off", raw(text=CANARY)[:-3], "malformed_json", "$"),
    ("trailing bytes", raw() + b"x", "malformed_json", "$"),
    ("a list", b"[]", "wrong_type", "$"),
    ("wrong type", raw(post_id=17), "wrong_type", "$.post_id"),
    ("wrong type inside", raw(actor={"handle": [CANARY]}), "wrong_type", "$.actor.handle"),
    (
        "wrong type in a list",
        raw(mentions=[{}, {"handle": 5}]),
        "wrong_type",
        "$.mentions[1].handle",
    ),
    ("time is a number", raw(observed_at=5), "wrong_type", "$.observed_at"),
    ("missing field", raw(actor=ABSENT), "missing_field", "$.actor"),
    ("missing field inside", raw(actor={}), "missing_field", "$.actor.handle"),
    ("missing field in a list", raw(media=[{}]), "missing_field", "$.media[0].kind"),
    ("no created_at", raw(created_at=ABSENT), "missing_field", "$.created_at"),
    ("text over the limit", raw(text="x" * 65_537), "over_limit", "$.text"),
    ("handle over the limit", raw(actor={"handle": "x" * 129}), "over_limit", "$.actor.handle"),
    ("list over the limit", raw(mentions=[{}] * 257), "over_limit", "$.mentions"),
    ("5 MB of text", raw(text="x" * 5_000_000), "over_limit", "$.text"),
    ("5 MB of nonsense", b"x" * 5_000_000, "malformed_json", "$"),
    ("over 8 MB", b"x" * (MAX_BYTES + 1), "too_large", "$"),
    ("empty handle", raw(actor={"handle": ""}), "invalid_value", "$.actor.handle"),
    ("invalid utf-8", with_bytes("text", b'"\xff\xfe"'), "invalid_utf8", "$"),
    ("invalid utf-8, unknown field", with_bytes("x", b'"\xff\xfe"'), "invalid_utf8", "$"),
    ("encoded surrogate", with_bytes("text", b'"\xed\xa0\x80"'), "invalid_utf8", "$"),
    ("lone high surrogate", with_bytes("text", b'"a \\ud83d b c d"'), "invalid_utf8", "$"),
    ("lone high surrogate last", with_bytes("text", b'"\\ud83d"'), "invalid_utf8", "$"),
    ("lone low surrogate", with_bytes("text", b'"\\udc00 a b c d"'), "invalid_utf8", "$"),
    ("3,000 brackets", DEEP, "wrong_type", "$"),
    ("3,000 brackets as text", with_bytes("text", DEEP), "wrong_type", "$.text"),
    ("3,000 brackets, unknown field", with_bytes("x", DEEP), "too_deep", "$"),
    ("3,000 objects", with_bytes("x", b'{"a":' * 3_000 + b"1" + b"}" * 3_000), "too_deep", "$"),
    ("unknown schema", raw(schema=2), "unknown_schema", "$.schema"),
    ("schema as text", raw(schema="1"), "wrong_type", "$.schema"),
    ("unknown platform", raw(platform=CANARY), "unknown_platform", "$.platform"),
    ("unknown action", raw(action=CANARY), "unknown_action", "$.action"),
    ("unknown media", raw(media=[{"kind": CANARY}]), "invalid_value", "$.media[0].kind"),
    ("naive time", raw(created_at="2024-10-01T08:00:00"), "naive_time", "$.created_at"),
    ("naive observed", raw(observed_at="2024-10-01T08:00:00"), "naive_time", "$.observed_at"),
    ("bare date", raw(created_at="2024-10-01"), "invalid_value", "$.created_at"),
    ("no time at all", raw(created_at=CANARY), "invalid_value", "$.created_at"),
    ("the year 1", raw(created_at="0001-01-01T00:00:00+14:00"), "invalid_value", "$.created_at"),
    ("the year 9999", raw(observed_at="9999-12-31T23:59:59Z"), "invalid_value", "$.observed_at"),
    ("the future", raw(created_at="2024-10-01T08:05:01+07:00"), "from_the_future", "$.created_at"),
]


@pytest.mark.parametrize(
    ("value", "reason", "path"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_bad_input_has_a_reason_and_a_path(value: bytes | None, reason: str, path: str) -> None:
    assert decode_post(value) == DecodeFailure(reason, path)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_inv_02_a_failure_echoes_no_value(value: bytes | None) -> None:
    assert CANARY not in repr(decode_post(value))


def test_five_minutes_ahead_is_not_the_future() -> None:
    assert isinstance(decode_post(raw(created_at="2024-10-01T08:05:00+07:00")), PublicPost)


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_a_like_may_lack_its_time(action: str) -> None:
    assert isinstance(decode_post(raw(action=action, created_at=ABSENT)), PublicPost)


def test_the_limit_is_the_callers() -> None:
    assert decode_post(raw(), 10) == DecodeFailure("too_large", "$")


def test_unknown_fields_and_the_text_nul_are_let_through() -> None:
    assert isinstance(decode_post(raw(extra={"a": [1, {"b": None}]}, text="a\0b")), PublicPost)


@given(st.binary(max_size=300))
def test_bytes_never_raise(value: bytes) -> None:
    for decode in (
        decode_post,
        decode_flag,
        decode_dead_letter,
        decode_register_update,
        decode_watchlist_update,
        decode_control,
    ):
        assert isinstance(decode(value), DecodeFailure)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # building the Unicode tables, once
@given(st.dictionaries(st.sampled_from([*GOOD, "target", "media", "urls", "x"]), JSON), st.data())
def test_mutated_posts_never_raise(changes: dict[str, Any], data: st.DataObject) -> None:
    value = bytearray(raw(**changes))
    for _ in range(data.draw(st.integers(0, 3))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    result = decode_post(bytes(value))
    assert isinstance(result, PublicPost | DecodeFailure)
    if isinstance(result, DecodeFailure):
        # Only names of our schema: whatever the record said, it is not there.
        assert set(result.path) <= set("$.[]_0123456789abcdefghijklmnopqrstuvwxyz")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["text", "url", "urls", "hashtags", "media"]), JSON))
def test_what_is_read_is_written_and_read_the_same(changes: dict[str, Any]) -> None:
    post = decode_post(raw(**changes))
    if isinstance(post, PublicPost):
        assert decode_post(encode(post)) == post
        assert encode(post) == encode(msgspec.json.decode(encode(post), type=PublicPost))


def test_bytes_are_canonical() -> None:
    record = ControlRecord(
        schema=1, sequence=3, action="stop", reason="é", by="x", at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    assert encode(record) == (
        '{"schema":1,"sequence":3,"action":"stop","reason":"é","by":"x",'
        '"at":"2024-01-01T00:00:00Z"}'.encode()
    )
    assert decode_control(encode(record)) == record


def test_decoding_costs_microseconds() -> None:
    """Generous: 1 µs on a quiet core; the bound catches a return to slow decoding only."""
    value = raw(text="Selamat pagi semua " * 15)
    best = 1.0
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(2_000):
            decode_post(value)
        best = min(best, (time.perf_counter() - start) / 2_000)
    assert best < 20e-6
