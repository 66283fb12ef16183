"""How every Kafka client of ours connects: one function from settings to keyword arguments.

Secrets are read when a client is made, so that a file that was renewed counts from the next
connection on. They go to the client and nowhere else.
"""

import contextlib
import ssl
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from config.errors import SettingsError
from config.secret_file import OWNER_AND_GROUP, read_secret_file
from config.settings import KafkaSettings, environment_name

KEY_PASSWORD_MAX: Final = 1_024
"""Bytes; OpenSSL takes no more."""

Connection = dict[str, Any]


def connection(kafka: KafkaSettings) -> Connection:
    """The arguments that an aiokafka consumer, producer, admin or bare client connects with.

    Raises SettingsError, naming the setting and never what a file holds, where a file of a secret
    or a certificate is refused.
    """
    arguments: Connection = {
        "bootstrap_servers": kafka.bootstrap.split(","),
        "security_protocol": kafka.security_protocol,
    }
    if kafka.uses_tls:
        arguments["ssl_context"] = tls_context(kafka)
    if kafka.uses_sasl:
        arguments["sasl_mechanism"] = kafka.sasl_mechanism
        arguments["sasl_plain_username"] = kafka.sasl_username
        password = _secret(kafka.sasl_password, kafka.sasl_password_file, "sasl_password")
        if password is None:  # the settings object refuses this
            raise SettingsError("kafka.sasl_password_file is not set. Set it.")
        arguments["sasl_plain_password"] = password.get_secret_value()
    return arguments


def tls_context(kafka: KafkaSettings) -> ssl.SSLContext:
    """TLS 1.2 or newer; the broker's certificate is always verified, its host name unless
    `kafka.ssl_check_hostname` is off. Raises SettingsError."""
    try:
        context = ssl.create_default_context(cafile=kafka.ssl_ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(
            f"kafka.ssl_ca_file: {kafka.ssl_ca_file} cannot be used ({_why(error)}). Name a PEM "
            "file with the certificates of the authority that signed the brokers'."
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = kafka.ssl_check_hostname
    if kafka.ssl_cert_file is not None:
        _add_client_certificate(context, kafka, kafka.ssl_cert_file)
    return context


class _NoPasswordError(Exception):
    """OpenSSL asks for the password of a key, and none is set."""


def _add_client_certificate(
    context: ssl.SSLContext, kafka: KafkaSettings, certificate: Path
) -> None:
    # Without a key file of its own the key stands beside the certificate.
    key, setting = kafka.ssl_key_file or certificate, "kafka.ssl_key_file"
    if kafka.ssl_key_file is None:
        setting = "kafka.ssl_cert_file"
    read_secret_file(
        key,
        f"the client's private key ({setting})",
        "Name a readable PEM file.",
        error=SettingsError,
        allowed=OWNER_AND_GROUP,
    )
    password = _secret(kafka.ssl_key_password, kafka.ssl_key_password_file, "ssl_key_password")
    if password is not None and len(password.get_secret_value().encode()) > KEY_PASSWORD_MAX:
        raise SettingsError(
            f"kafka.ssl_key_password: over {KEY_PASSWORD_MAX:,} bytes, which OpenSSL does not "
            "take. Encrypt the key with a shorter one."
        )

    def asked() -> str:
        if password is None:  # without this OpenSSL would ask on the terminal
            raise _NoPasswordError
        return password.get_secret_value()

    try:
        context.load_cert_chain(certificate, key, password=asked)
    except _NoPasswordError:
        raise SettingsError(
            f"{key}: the client's private key is encrypted. Set kafka.ssl_key_password_file or "
            f"{environment_name('kafka', 'ssl_key_password')}."
        ) from None
    except OSError as error:  # ssl.SSLError is one
        raise SettingsError(
            f"kafka.ssl_cert_file {certificate} with the key {key} cannot be used ({_why(error)}). "
            "Both must be PEM and belong together, and the key's password must be its own."
        ) from None


def _secret(value: SecretStr | None, file: Path | None, name: str) -> SecretStr | None:
    """The secret from the environment or from its file, without the file's last line end."""
    if value is not None:
        if not value.get_secret_value():
            raise SettingsError(f"{environment_name('kafka', name)} is empty. Give it a value.")
        return value
    if file is None:
        return None
    content = read_secret_file(
        file,
        f"the secret of kafka.{name}_file",
        "Name a readable file that holds it.",
        error=SettingsError,
        allowed=OWNER_AND_GROUP,
    )
    text: str | None = None
    with contextlib.suppress(UnicodeDecodeError):  # it holds the secret, also as a context
        text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    if text is None:
        raise SettingsError(
            f"{file}: the secret of kafka.{name}_file is not UTF-8. Write it as UTF-8."
        )
    if not text:
        raise SettingsError(f"{file}: the secret of kafka.{name}_file is empty. Write it there.")
    return SecretStr(text)


def _why(error: OSError) -> str:
    """OpenSSL's reason code, or what the operating system says; never what a file holds."""
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "no PEM certificate or key in it")
    return str(error.strerror)
