"""A signed record is obeyed as it was signed, in its order, and in no other way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from aiokafka import ConsumerRecord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from streams.codec import DecodeFailure, decode_control, encode
from streams.records import ControlRecord
from streams.signature_order import SignatureOrder
from streams.signing import (
    KEY_HEADER,
    SEQUENCE_HEADER,
    SIGNATURE_HEADER,
    Headers,
    Signature,
    SignatureRefusedError,
    Signer,
    TrustedKey,
    Verifier,
    key_id,
    signed_bytes,
)
from tests.lists.test_in_force import control

TOPIC = "netral-control"
OLD, NEW = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))


def trusted(private: Ed25519PrivateKey, *topics: str, **until: int) -> TrustedKey:
    public = private.public_key()
    return TrustedKey(key_id(public), public, frozenset(topics or (TOPIC,)), until)


VERIFIER = Verifier([trusted(OLD)])
SIGNER = Signer(OLD)

Parts = tuple[str, bytes | None, int, bytes | None]
parts = st.tuples(
    st.text("abc-", min_size=1, max_size=12),
    st.none() | st.binary(max_size=20),
    st.integers(0, 10**18),
    st.none() | st.binary(max_size=60),
)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SignatureRefusedError) as refused:
        act()
    return refused.value.reason


@given(parts)
def test_what_was_signed_is_taken(part: Parts) -> None:
    topic, key, sequence, value = part
    headers = SIGNER.headers(topic, key, sequence, value)
    verifier = Verifier([trusted(OLD, topic)])
    taken = verifier.verify(topic, key, value, [("other", b"1"), *headers])
    assert taken == Signature(SIGNER.key_id, sequence)


@given(parts, st.data())
def test_any_changed_byte_is_refused(part: Parts, data: st.DataObject) -> None:
    topic, key, sequence, value = part
    headers = SIGNER.headers(topic, key, sequence, value)
    fields: dict[str, bytes | None] = {
        "topic": topic.encode(),
        "key": key,
        "value": value,
        **dict(headers),
    }
    name = data.draw(st.sampled_from(sorted(n for n, content in fields.items() if content)))
    content = fields[name] or b""
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 127 if name == "topic" else 255))
    changed = bytes([*content[:place], content[place] ^ other, *content[place + 1 :]])
    fields[name] = changed
    there = (changed if name == "topic" else topic.encode()).decode("latin-1")
    everywhere = Verifier([trusted(OLD, there)])
    with pytest.raises(SignatureRefusedError):
        everywhere.verify(
            there, fields["key"], fields["value"], [(n, fields[n] or b"") for n, _ in headers]
        )


@given(parts, parts)
def test_no_two_records_are_signed_alike(one: Parts, other: Parts) -> None:
    assert (signed_bytes(*one) == signed_bytes(*other)) == (one == other)


def test_an_absent_value_is_not_an_empty_one() -> None:
    headers = SIGNER.headers(TOPIC, None, 1, b"")
    assert refusal(lambda: VERIFIER.verify(TOPIC, None, None, headers)) == "bad_signature"
    assert refusal(lambda: VERIFIER.verify(TOPIC, b"", b"", headers)) == "bad_signature"


def test_unsigned_is_refused_unless_that_is_allowed() -> None:
    assert refusal(lambda: VERIFIER.verify(TOPIC, None, b"x", ())) == "unsigned"
    lenient = Verifier([trusted(OLD)], required=False)
    assert lenient.verify(TOPIC, None, b"x", [("other", b"1")]) is None
    forged = SIGNER.headers(TOPIC, None, 1, b"y")
    assert refusal(lambda: lenient.verify(TOPIC, None, b"x", forged)) == "bad_signature"


def test_an_unknown_key_is_named() -> None:
    headers = Signer(NEW).headers(TOPIC, None, 1, b"x")
    with pytest.raises(SignatureRefusedError, match=key_id(NEW.public_key())) as refused:
        VERIFIER.verify(TOPIC, None, b"x", headers)
    assert refused.value.reason == "unknown_key"


def test_a_key_is_good_for_its_topics_only() -> None:
    register = Verifier([trusted(OLD, "register-updates")])
    headers = SIGNER.headers(TOPIC, None, 1, b"x")
    assert refusal(lambda: register.verify(TOPIC, None, b"x", headers)) == "key_not_for_topic"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: headers[1:],
        lambda headers: headers[:2],
        lambda headers: [*headers, headers[0]],
        lambda headers: [(SEQUENCE_HEADER, b"01"), *(h for h in headers if h[0] == KEY_HEADER)],
        lambda headers: [(name, b"" if name == KEY_HEADER else value) for name, value in headers],
        lambda headers: [(n, b"+1" if n == SEQUENCE_HEADER else value) for n, value in headers],
        lambda headers: [(n, b"9" * 30 if n == SEQUENCE_HEADER else v) for n, v in headers],
    ],
)
def test_malformed_headers_are_refused(spoil: Callable[[Headers], Headers]) -> None:
    headers = spoil(list(SIGNER.headers(TOPIC, None, 1, b"x")))
    assert refusal(lambda: VERIFIER.verify(TOPIC, None, b"x", headers)) == "malformed_signature"


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    headers = dict(SIGNER.headers(TOPIC, None, 1, b"x")) | {SIGNATURE_HEADER: bytes(length)}
    found = [*headers.items()]
    assert refusal(lambda: VERIFIER.verify(TOPIC, None, b"x", found)) == "bad_signature"


def test_rotation_old_and_new_then_the_old_one_for_what_it_signed() -> None:
    both = Verifier([trusted(OLD), trusted(NEW)])
    retired = Verifier([replace(trusted(OLD), until={TOPIC: 7}), trusted(NEW)])
    for sequence, signer in ((7, SIGNER), (8, Signer(NEW))):
        headers = signer.headers(TOPIC, None, sequence, b"x")
        for verifier in (both, retired):
            assert verifier.verify(TOPIC, None, b"x", headers) is not None
    late = SIGNER.headers(TOPIC, None, 8, b"x")
    assert both.verify(TOPIC, None, b"x", late) is not None
    assert refusal(lambda: retired.verify(TOPIC, None, b"x", late)) == "key_retired"


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 9)), max_size=30))
def test_every_topic_takes_rising_sequences_only(
    records: list[tuple[str, int]],
) -> None:
    order = SignatureOrder(Verifier([trusted(OLD, "a", "b")]))
    taken: dict[str, list[int]] = {"a": [], "b": []}
    for topic, sequence in records:
        headers = SIGNER.headers(topic, None, sequence, b"x")
        is_new = all(sequence > earlier for earlier in taken[topic])
        if is_new:
            assert order.verify(topic, None, b"x", headers) == Signature(SIGNER.key_id, sequence)
            taken[topic].append(sequence)
        else:
            old = refusal(lambda t=topic, h=headers: order.verify(t, None, b"x", h))  # type: ignore[misc]
            assert old == "old_sequence"


def test_a_forged_record_does_not_make_the_next_one_old() -> None:
    order = SignatureOrder(VERIFIER)
    forged = SIGNER.headers(TOPIC, None, 10**18, b"y")
    assert refusal(lambda: order.verify(TOPIC, None, b"x", forged)) == "bad_signature"
    assert order.verify(TOPIC, None, b"x", SIGNER.headers(TOPIC, None, 1, b"x")) is not None


def control_record(headers: Headers, sequence: int) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(TOPIC, 0, 0, 0, 0, None, stop(sequence), None, 0, 0, headers)


def stop(sequence: int) -> bytes:
    return encode(control(sequence, "stop"))


def test_the_record_must_have_the_sequence_it_was_signed_with() -> None:
    order = SignatureOrder(VERIFIER)

    def read(headers: Headers, sequence: int) -> tuple[ControlRecord | DecodeFailure, object]:
        return order.read(control_record(headers, sequence), decode_control, 10_000)

    taken, signature = read(SIGNER.headers(TOPIC, None, 4, stop(4)), 4)
    assert isinstance(taken, ControlRecord)
    assert signature == Signature(SIGNER.key_id, 4)
    other = SIGNER.headers(TOPIC, None, 5, stop(6))
    assert refusal(lambda: read(other, 6)) == "sequence_mismatch"


def test_an_unsigned_record_has_the_sequence_it_says() -> None:
    order = SignatureOrder(Verifier([], required=False))
    taken, signature = order.read(control_record((), 4), decode_control, 10_000)
    assert isinstance(taken, ControlRecord)
    assert (taken.sequence, signature) == (4, None)
