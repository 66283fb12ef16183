"""No secret gets out: every place that holds one is given a canary, and all output is searched."""

import asyncio
import io
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from cli.demo_worker import worker_environment
from config.errors import NetralError, SettingsError
from config.settings import KafkaSettings, LogSettings, Settings, load_settings
from lists.refs import read_key
from streams.access import rights
from streams.broker import wait_for_broker
from streams.connection import connection
from streams.faust_login import faust_credentials
from streams.logs import configure_logging
from streams.topics import ensure_topics
from tests.brokers import Place
from tests.certificates import Authority, Signed
from tests.invariants.live import worker_settings
from tests.invariants.scene import files_in
from tests.kafka.secured import KEY_PASSWORD, PASSWORDS, Secured
from tests.kafka.worker import screened

CANARY = "canary-4e1f0c"
ROOT = Path(__file__).resolve().parents[2]


def assert_silent(said: str, *secrets: str) -> None:
    for secret in (CANARY, *secrets):
        assert secret not in said


def everything_about(error: BaseException) -> str:
    """As it shows itself to people, tracebacks with all that led to it, and to debuggers."""
    parts = [str(error), repr(error), *traceback.format_exception(error)]
    seen: BaseException | None = error
    while seen is not None:  # also what `from None` hides
        parts += [str(seen), repr(seen), repr(seen.args)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join(parts)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def client(authority: Authority) -> Signed:
    return authority.sign("client", password=CANARY)


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


BAD_ENVIRONMENTS: list[dict[str, str]] = [
    {"NETRAL_KAFKA__SASL_PASSWORD": CANARY},  # without SASL
    {"NETRAL_KAFKA__SSL_KEY_PASSWORD": CANARY},
    {"NETRAL_KAFKA__SASL_PASSWORD": CANARY, "NETRAL_KAFKA__SECURITY_PROTOCOL": "SASL"},
    {"NETRAL_KAFKA__SASL_PASSWORD": CANARY, "NETRAL_KAFKA__SASL_PASSWORD_FILE": "f"},
    {"NETRAL_KAFKA__SASL_PASSWORT": CANARY},
    {"NETRAL_KAFKA": f'{{"sasl_password": "{CANARY}"}}'},
    {"NETRAL_KAFKA": f'{{"sasl_password": ["{CANARY}"]}}'},
    {"NETRAL_KAFKA": f'{{"sasl_passwort": "{CANARY}"}}'},
    {"NETRAL_KAFKA": f'{{"sasl_password": "{CANARY}"'},
    {"NETRAL_KAFKA": f'["{CANARY}"]'},
    {"NETRAL_KAFKA": CANARY},
]


@pytest.mark.parametrize("environment", BAD_ENVIRONMENTS)
def test_bad_variables(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert_silent(everything_about(refused.value))


@pytest.mark.parametrize(
    "content",
    [
        f"[kafka]\nsasl_password = '{CANARY}'\n",
        f"[kafka]\nsasl_password = ['{CANARY}']\n",
        f"[kafka]\nsasl_passwort = '{CANARY}'\n",
        f"[kafka]\nsasl_password = {CANARY}\n",
        f"[kafka]\nsasl_password_file = ['{CANARY}']\n",
        f"sasl_password = '{CANARY}'\n",
    ],
)
def test_bad_files(no_settings: Path, content: str) -> None:
    (no_settings / "netral.toml").write_text(content)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert_silent(everything_about(refused.value))


def test_settings_and_credentials(authority: Authority, client: Signed) -> None:
    kafka = KafkaSettings(
        security_protocol="SASL_SSL",
        sasl_username="netral",
        sasl_password=SecretStr(CANARY),
        ssl_ca_file=authority.certificate,
        ssl_cert_file=client.certificate,
        ssl_key_file=client.key,
        ssl_key_password=SecretStr(CANARY),
    )
    settings = Settings(kafka=kafka)
    assert_silent(f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}")
    assert_silent(str(worker_environment(settings)))
    credentials = faust_credentials(kafka)
    assert_silent(f"{credentials} {credentials!r}")
    assert connection(kafka)["sasl_plain_password"] == CANARY  # there is something to leak


def test_bad_secret_files(tmp_path: Path, authority: Authority, client: Signed) -> None:
    def refused(**given: Any) -> str:
        with pytest.raises(SettingsError) as error:
            connection(KafkaSettings(**given))
        return everything_about(error.value)

    secret = tmp_path / "secret"
    sasl = {"security_protocol": "SASL_PLAINTEXT", "sasl_username": "netral"}
    secret.write_bytes(CANARY.encode() + b"\xff")
    secret.chmod(0o600)
    assert_silent(refused(**sasl, sasl_password_file=secret))
    secret.write_text(CANARY * 10_000)
    assert_silent(refused(**sasl, sasl_password_file=secret))
    secret.write_text(CANARY)
    secret.chmod(0o644)
    assert_silent(refused(**sasl, sasl_password_file=secret))
    tls = {"security_protocol": "SSL", "ssl_ca_file": authority.certificate}
    own = {"ssl_cert_file": client.certificate, "ssl_key_file": client.key}
    assert_silent(refused(**tls, **own, ssl_key_password=SecretStr(f"{CANARY}-not")))
    assert_silent(refused(**tls, **own, ssl_key_password=SecretStr(CANARY * 100)))
    secret.chmod(0o600)
    assert_silent(refused(**tls, ssl_cert_file=client.certificate, ssl_key_file=secret))
    assert_silent(refused(**tls | {"ssl_ca_file": secret}))


@pytest.mark.parametrize("content", [CANARY, CANARY.encode().hex(), CANARY.encode().hex() * 9])
def test_bad_pseudonym_keys(tmp_path: Path, content: str) -> None:
    key = tmp_path / "key"
    key.write_text(content)
    for mode in (0o600, 0o644):
        key.chmod(mode)
        with pytest.raises(NetralError) as refused:
            read_key(key)
        assert_silent(everything_about(refused.value), CANARY.encode().hex())


@pytest.fixture
def debug_log() -> Iterator[io.StringIO]:
    """Everything that our logging lets out when libraries are at debug, too."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(LogSettings(level="debug"), stream)
    root.setLevel(logging.DEBUG)
    logging.getLogger("aiokafka").setLevel(logging.DEBUG)
    yield stream
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


@pytest.mark.broker
async def test_a_refused_login(secured: Secured, debug_log: io.StringIO) -> None:
    given = secured.security("SCRAM") | {"sasl_password_file": None}
    kafka = KafkaSettings(**given, sasl_password=SecretStr(CANARY))
    with pytest.raises(NetralError) as refused:
        await wait_for_broker(kafka, asyncio.Event())
    said = debug_log.getvalue() + everything_about(refused.value)
    assert "library_message" in said
    assert_silent(said)


@pytest.mark.broker
def test_a_worker_at_debug(secured: Secured, tmp_path: Path) -> None:
    files = files_in(tmp_path / "lists")
    admin = worker_settings(Place(secured.cluster.internal), "canaries-", files)
    asyncio.run(ensure_topics(admin))
    given = secured.security("SCRAMTLS")
    own = {
        "ssl_cert_file": secured.client.certificate,
        "ssl_key_file": secured.client.key,
        "ssl_key_password_file": secured.secret("key.pass", KEY_PASSWORD),
    }
    settings = secured.with_security(admin, **given | own)
    secured.allow(rights(settings, "worker"))
    said = screened(settings, admin.kafka.bootstrap, tmp_path / "worker")
    assert "/metrics:" in said  # the pages were asked for
    assert_silent(said, *PASSWORDS.values(), KEY_PASSWORD)


@pytest.mark.broker
@pytest.mark.parametrize(
    "command", [["tail", "--from-start"], ["produce", "posts.jsonl"], ["worker"]]
)
def test_commands(secured: Secured, tmp_path: Path, command: list[str]) -> None:
    files = files_in(tmp_path / "lists")
    (tmp_path / "posts.jsonl").write_text("{}\n")
    settings = worker_settings(Place(secured.cluster.bootstrap), "commands-", files)
    environment = {
        **worker_environment(settings),
        "NETRAL_KAFKA__SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "NETRAL_KAFKA__SASL_USERNAME": "netral-worker",
        "NETRAL_KAFKA__SASL_PASSWORD": CANARY,
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *command],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 69
    assert "does not accept user netral-worker" in done.stdout + done.stderr
    assert_silent(done.stdout + done.stderr)
