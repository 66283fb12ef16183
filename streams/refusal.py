"""What a broker's refusal means and what to do about it: which right is missing, or what of the
connection it does not accept."""

import ssl
from collections.abc import Iterator, Sequence

from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)

from config.errors import BrokerError
from config.settings import KafkaSettings
from streams.access import Right

ACLS = "netral kafka acls"
"""Prints the commands that grant every role its rights."""


def refused(
    error: BaseException,
    kafka: KafkaSettings,
    needed: Sequence[Right] = (),
    acls_command: str = ACLS,
) -> BrokerError:
    """The refusal in words; `needed` are the rights of whoever was refused."""
    if isinstance(error, SaslAuthenticationFailed | IllegalSaslStateError):
        reason = (
            f"does not accept user {kafka.sasl_username} with {kafka.sasl_mechanism} "
            f"({type(error).__name__}). Check kafka.sasl_username and the password, and that the "
            "broker holds credentials of that user for that mechanism."
        )
    elif isinstance(error, UnsupportedSaslMechanismError):
        reason = (
            f"does not offer {kafka.sasl_mechanism} (UnsupportedSaslMechanismError). Set "
            "kafka.sasl_mechanism to one that its listener has, or kafka.bootstrap to another "
            "listener."
        )
    elif (tls := tls_error_of(error)) is not None:
        reason = _tls_reason(tls, kafka)
    elif missing := _missing(error, needed):
        reason = (
            f"does not allow {_user(kafka)} {' and '.join(missing)} ({type(error).__name__}). "
            f"'{acls_command}' prints the commands that grant it."
        )
    else:
        reason = (
            f"refuses us ({type(error).__name__}). Check kafka.bootstrap and the broker's access "
            "rules and log."
        )
    return BrokerError(f"the broker at {kafka.bootstrap} {reason}")


def is_refusal(error: BaseException) -> bool:
    """True for a refusal that comes in the clothes of a lost connection: TLS, or a login."""
    return tls_error_of(error) is not None or isinstance(
        error, SaslAuthenticationFailed | UnsupportedSaslMechanismError | IllegalSaslStateError
    )


def tls_error_of(error: BaseException) -> ssl.SSLError | None:
    """The TLS error behind a failed connection, if that is what it was."""
    for each in _causes(error):
        # A peer that goes away in the midst of TLS is away, and refuses nothing.
        if isinstance(each, ssl.SSLError) and not isinstance(
            each, ssl.SSLEOFError | ssl.SSLZeroReturnError
        ):
            return each
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _tls_reason(error: ssl.SSLError, kafka: KafkaSettings) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"shows a certificate that is not accepted ({error.verify_message}). Check "
            "kafka.ssl_ca_file, and that kafka.bootstrap names the host as the certificate does."
        )
    code = error.reason or "TLS error"
    if "CERTIFICATE" in code:
        return (
            f"does not accept our certificate ({code}). Set kafka.ssl_cert_file to one that its "
            "authority signed, with its key in kafka.ssl_key_file."
        )
    return (
        f"cannot be spoken to over TLS ({code}). Check that the listener of kafka.bootstrap speaks "
        f"{kafka.security_protocol}."
    )


def _missing(error: BaseException, needed: Sequence[Right]) -> list[str]:
    """The missing rights: those of `needed` on the resource that the error names."""
    if isinstance(error, TopicAuthorizationFailedError):
        resources = _names(error)
        return _needed_on("topic", resources, needed) or [f"topic {name}" for name in resources]
    if isinstance(error, GroupAuthorizationFailedError):
        resources = _names(error)
        return _needed_on("group", resources, needed) or [
            f"Read on group {name}" for name in resources
        ]
    if isinstance(error, ClusterAuthorizationFailedError):
        # Asked of who writes idempotently: Write on one topic, any, is enough for Kafka.
        return [str(right) for right in needed if right.operation == "Write"]
    return []


def _needed_on(kind: str, resources: Sequence[str], needed: Sequence[Right]) -> list[str]:
    return [
        str(right)
        for right in needed
        # An error that names no resource may be about any of the kind.
        if right.resource_type == kind and (right.resource in resources or not resources)
    ]


def _names(error: KafkaError) -> tuple[str, ...]:
    """aiokafka says one name, or a set of them, or none."""
    if not error.args:
        return ()
    said = error.args[0]
    if isinstance(said, str):
        return (said,)
    return tuple(sorted(said)) if isinstance(said, set | frozenset | list | tuple) else ()


def _user(kafka: KafkaSettings) -> str:
    if kafka.sasl_username is not None:
        return f"user {kafka.sasl_username}"
    return "the client certificate's user" if kafka.ssl_cert_file is not None else "us"
