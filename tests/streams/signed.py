"""A signing key for tests, and list and control records that are signed with it."""

import atexit
import functools
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer

from config.settings import Settings, SigningSettings
from streams.codec import encode
from streams.signing import Signer
from streams.signing_keys import make_signing_key, read_signing_key, trusted_entry

_odd_numbers: Iterator[int] = itertools.count(1_000_000)
"""For records that have no readable sequence: higher than those that have."""


def make_signing(folder: Path, name: str = "signing") -> SigningSettings:
    """A new key, trusted for every topic, in a folder."""
    private, trusted = folder / f"{name}.key", folder / f"{name}.toml"
    make_signing_key(private)
    trusted.write_text(trusted_entry(read_signing_key(private).public_key()))
    return SigningSettings(private_key=private, trusted_keys=trusted)


@functools.cache
def own_signing() -> SigningSettings:
    """One key for the whole process."""
    folder = Path(tempfile.mkdtemp(prefix="netral-test-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_signing(folder)


def signing_environment() -> dict[str, str]:
    """The same for a process."""
    signing = own_signing()
    return {
        "NETRAL_SIGNING__PRIVATE_KEY": str(signing.private_key),
        "NETRAL_SIGNING__TRUSTED_KEYS": str(signing.trusted_keys),
    }


def signed_headers(
    topic: str,
    value: bytes | None,
    sequence: int,
    key: bytes | None = None,
    signing: SigningSettings | None = None,
) -> list[tuple[str, bytes]]:
    private = (signing or own_signing()).private_key
    assert private is not None
    return list(Signer(read_signing_key(private)).headers(topic, key, sequence, value))


async def write_signed(
    settings: Settings, topic: str, *records: msgspec.Struct | bytes, sequence: int | None = None
) -> int:
    """Send signed records in order; the last one's time by the broker, milliseconds since 1970."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, acks="all")
    await producer.start()
    timestamp = 0
    try:
        for record in records:
            value = record if isinstance(record, bytes) else encode(record)
            number = _sequence_of(record) if sequence is None else sequence
            headers = signed_headers(topic, value, number, signing=settings.signing)
            place = await producer.send_and_wait(topic, value, headers=headers, partition=0)
            timestamp = int(place.timestamp)
    finally:
        await producer.stop()
    return timestamp


def _sequence_of(record: msgspec.Struct | bytes) -> int:
    if isinstance(record, bytes):
        try:
            return int(msgspec.json.decode(record)["sequence"])
        except (ValueError, TypeError, KeyError):
            return next(_odd_numbers)
    number = getattr(record, "sequence", None)
    assert isinstance(number, int)
    return number
