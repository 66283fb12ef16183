"""From settings to what every client connects with; TLS against a real TLS server."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import faust
import pytest
from pydantic import SecretStr

from config.errors import BrokerError, SettingsError
from config.settings import KafkaSettings
from streams.broker import wait_for_broker
from streams.connection import connection
from streams.faust_login import faust_credentials
from tests.certificates import Authority, Signed

DEADLINE = 10.0
"""Seconds; a broker that is waited for would be waited for for ever."""


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("a secret\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def sasl(**more: Any) -> KafkaSettings:
    return KafkaSettings(security_protocol="SASL_PLAINTEXT", sasl_username="netral", **more)


def tls(authority: Authority, **more: Any) -> KafkaSettings:
    return KafkaSettings(security_protocol="SSL", ssl_ca_file=authority.certificate, **more)


def with_key(authority: Authority, signed: Signed, **more: Any) -> KafkaSettings:
    return tls(authority, ssl_cert_file=signed.certificate, ssl_key_file=signed.key, **more)


def test_plaintext_needs_the_addresses_only() -> None:
    assert connection(KafkaSettings(bootstrap="a:1,b:2")) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
    }
    assert faust_credentials(KafkaSettings()) is None


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_faust_logs_in_as_every_other_client(password_file: Path, mechanism: Any) -> None:
    kafka = sasl(sasl_password_file=password_file, sasl_mechanism=mechanism)
    given, credentials = connection(kafka), faust_credentials(kafka)
    assert given["sasl_plain_password"] == "a secret"  # noqa: S105 - without the line's end
    assert isinstance(credentials, faust.SASLCredentials)
    assert (credentials.username, credentials.password, credentials.mechanism.value) == (
        given["sasl_plain_username"],
        given["sasl_plain_password"],
        given["sasl_mechanism"],
    )
    assert credentials.protocol.value == given["security_protocol"]
    assert "a secret" not in repr(credentials)


def test_over_tls_faust_verifies_as_every_other_client(
    authority: Authority, password_file: Path
) -> None:
    both = KafkaSettings(
        security_protocol="SASL_SSL",
        sasl_username="netral",
        sasl_password_file=password_file,
        ssl_ca_file=authority.certificate,
    )
    for kafka in (both, tls(authority)):
        credentials = faust_credentials(kafka)
        assert credentials is not None
        assert credentials.protocol.value == kafka.security_protocol
    context = connection(both)["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    loose = connection(tls(authority, ssl_check_hostname=False))["ssl_context"]
    assert (loose.verify_mode, loose.check_hostname) == (ssl.CERT_REQUIRED, False)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "empty"), (b"\n", "empty"), (b"\xff\xfe", "not UTF-8")]
)
def test_a_password_file_that_holds_none_is_refused(
    password_file: Path, content: bytes, said: str
) -> None:
    password_file.write_bytes(content)
    with pytest.raises(SettingsError, match=f"kafka.sasl_password_file is {said}"):
        connection(sasl(sasl_password_file=password_file))


def test_a_missing_password_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"kafka\.sasl_password_file cannot be read \(No such"):
        connection(sasl(sasl_password_file=tmp_path / "none"))


def test_an_empty_variable_is_no_password() -> None:
    with pytest.raises(SettingsError, match="NETRAL_KAFKA__SASL_PASSWORD is empty"):
        connection(sasl(sasl_password=SecretStr("")))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_password_that_others_may_read_is_refused(password_file: Path, mode: int) -> None:
    password_file.chmod(mode)
    with pytest.raises(SettingsError, match=f"mode {mode:04o}.*chmod 640 {password_file}"):
        connection(sasl(sasl_password_file=password_file))
    password_file.chmod(0o440)  # as Kubernetes mounts it for a pod's group
    connection(sasl(sasl_password_file=password_file))


def test_a_key_with_a_password(authority: Authority, password_file: Path) -> None:
    signed = authority.sign("client", password="a secret")  # noqa: S106
    connection(with_key(authority, signed, ssl_key_password_file=password_file))
    connection(with_key(authority, signed, ssl_key_password=SecretStr("a secret")))
    with pytest.raises(SettingsError, match=r"is encrypted\. Set kafka\.ssl_key_password_file"):
        connection(with_key(authority, signed))
    with pytest.raises(SettingsError, match="cannot be used") as refused:
        connection(with_key(authority, signed, ssl_key_password=SecretStr("another secret")))
    assert "another secret" not in str(refused.value)
    with pytest.raises(SettingsError, match=r"over 1,024 bytes"):
        connection(with_key(authority, signed, ssl_key_password=SecretStr("x" * 2_000)))


def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    one, other = authority.sign("one"), authority.sign("other")
    with pytest.raises(SettingsError, match=r"kafka\.ssl_cert_file .*KEY_VALUES_MISMATCH"):
        connection(with_key(authority, Signed(one.certificate, other.key)))


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_that_others_may_read_is_refused(authority: Authority) -> None:
    signed = authority.sign("client")
    signed.key.chmod(0o644)
    with pytest.raises(SettingsError, match=r"kafka\.ssl_key_file\) has mode 0644"):
        connection(with_key(authority, signed))


def test_an_authority_that_is_none_is_refused(tmp_path: Path, password_file: Path) -> None:
    for file in (password_file, tmp_path / "none"):
        with pytest.raises(SettingsError, match=r"kafka\.ssl_ca_file"):
            connection(KafkaSettings(security_protocol="SSL", ssl_ca_file=file))


async def refused_by(kafka: KafkaSettings) -> None:
    async with asyncio.timeout(DEADLINE):
        await wait_for_broker(kafka, asyncio.Event())


@contextlib.asynccontextmanager
async def tls_server(signed: Signed) -> AsyncIterator[str]:
    """Speaks TLS and hangs up."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed.certificate, signed.key)

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_broker_of_an_unknown_authority_is_not_waited_for(
    authority: Authority, tmp_path: Path
) -> None:
    ours = Authority(tmp_path, "ours")
    async with tls_server(authority.sign("broker", hosts=("127.0.0.1",))) as bootstrap:
        with pytest.raises(BrokerError, match=r"certificate that is not accepted.*ssl_ca_file"):
            await refused_by(tls(ours, bootstrap=bootstrap))


async def test_a_broker_under_another_name_is_not_waited_for(authority: Authority) -> None:
    async with tls_server(authority.sign("broker", hosts=("elsewhere",))) as bootstrap:
        with pytest.raises(BrokerError, match=r"certificate that is not accepted.*kafka\.boot"):
            await refused_by(tls(authority, bootstrap=bootstrap))


async def test_a_broker_without_tls_is_not_waited_for(authority: Authority) -> None:
    def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"no TLS here, only words")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        bootstrap = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(BrokerError, match=r"cannot be spoken to over TLS .*speaks SSL"):
            await refused_by(tls(authority, bootstrap=bootstrap))
