"""How Faust's own consumer logs in; apart, so that who only connects needs no Faust."""

from faust import SASLCredentials, SSLCredentials
from faust.auth import Credentials

from config.settings import KafkaSettings
from streams.connection import connection


def faust_credentials(kafka: KafkaSettings) -> Credentials | None:
    """What `connection` gives, as Faust's `broker_credentials`; None where there are none."""
    given = connection(kafka)
    context = given.get("ssl_context")
    if kafka.uses_sasl:
        return SASLCredentials(
            username=given["sasl_plain_username"],
            password=given["sasl_plain_password"],
            mechanism=given["sasl_mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context) if context is not None else None
