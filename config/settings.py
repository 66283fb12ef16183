"""The one frozen settings object, from `netral.toml` and the environment (`NETRAL_…`).

Strict: an unknown or unreadable setting stops the start and names itself. Nothing is read when
this module is imported; :func:`load_settings` is called once, at the edge, and its result is
passed in.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import orjson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from config.errors import SettingsError

ENV_PREFIX = "NETRAL_"
ENV_NESTED = "__"
CONFIG_DIR = Path(__file__).parent
FILE_MAX_BYTES: Final = 64 * 1024
_TOML_PLACE: Final = re.compile(r"\(?at (line \d+, column \d+|end of document)\)?")


class _Section(BaseModel):
    # Inputs stay out of pydantic's messages: one of them may be a password.
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )


class KafkaSettings(_Section):
    """How to reach the brokers. Times are seconds, sizes bytes.

    A secret comes from a file (`…_file`) or from the environment, never from `netral.toml`.
    """

    bootstrap: Annotated[str, Field(pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$")] = "127.0.0.1:9092"
    group: Annotated[str, Field(min_length=1, max_length=200)] = "netral-screen"
    instance_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=249)] | None = None
    session_timeout: Annotated[float, Field(ge=1, le=300)] = 45.0
    commit_interval: Annotated[float, Field(gt=0, le=60)] = 0.5
    batch_max_records: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    message_max_bytes: Annotated[int, Field(ge=1_024, le=64 * 1024 * 1024)] = 8 * 1024 * 1024
    drain_timeout: Annotated[float, Field(gt=0, le=300)] = 10.0
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    sasl_password_file: Path | None = None
    sasl_password: SecretStr | None = None
    ssl_ca_file: Path | None = None
    ssl_cert_file: Path | None = None
    ssl_key_file: Path | None = None
    ssl_key_password_file: Path | None = None
    ssl_key_password: SecretStr | None = None
    ssl_check_hostname: bool = True

    @property
    def uses_sasl(self) -> bool:
        return self.security_protocol.startswith("SASL_")

    @property
    def uses_tls(self) -> bool:
        return self.security_protocol.endswith("SSL")

    @model_validator(mode="after")
    def _security_agrees(self) -> Self:
        """What would be ignored without a word, or miss its other half, is refused."""
        protocol = f"kafka.security_protocol is {self.security_protocol}"
        if not self.uses_sasl and (ignored := self._set_of("sasl_")):
            raise ValueError(f"{protocol}, which uses no {ignored}; set SASL_SSL or SASL_PLAINTEXT")
        if not self.uses_tls and (ignored := self._set_of("ssl_")):
            raise ValueError(f"{protocol}, which uses no {ignored}; set SSL or SASL_SSL")
        if self.uses_sasl and self.sasl_username is None:
            raise ValueError(f"{protocol}, which needs kafka.sasl_username")
        for secret in ("sasl_password", "ssl_key_password"):
            if getattr(self, secret) is not None and getattr(self, f"{secret}_file") is not None:
                raise ValueError(
                    f"kafka.{secret}_file and {environment_name('kafka', secret)} are both set; "
                    "keep one"
                )
        if self.uses_sasl and self.sasl_password is None and self.sasl_password_file is None:
            raise ValueError(
                f"{protocol}, which needs kafka.sasl_password_file or "
                f"{environment_name('kafka', 'sasl_password')}"
            )
        if self.ssl_cert_file is None and (alone := self._set_of("ssl_key_")):
            raise ValueError(f"kafka.ssl_cert_file is missing; {alone} is for a client certificate")
        return self

    def _set_of(self, prefix: str) -> str | None:
        """The first setting with this prefix that differs from its default, as it is written."""
        for name, field in type(self).model_fields.items():
            if name.startswith(prefix) and getattr(self, name) != field.default:
                return f"kafka.{name}"
        return None


TopicName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=249)]


class TopicSettings(_Section):
    """Names and partitions of the topics. List and control topics always have one partition."""

    public_posts: TopicName = "public-posts"
    flagged_events: TopicName = "flagged-events"
    dead_letters: TopicName = "dead-letters"
    register_updates: TopicName = "register-updates"
    watchlist_updates: TopicName = "watchlist-updates"
    control: TopicName = "netral-control"
    review_decisions: TopicName = "review-decisions"
    partitions: Annotated[int, Field(ge=1, le=1_000)] = 4
    replication: Annotated[int, Field(ge=1, le=9)] = 1


class ListSettings(_Section):
    """Where the two lists, the rules and the match model lie.

    `max_shrink` is how far a list may shrink at once (0 to 1).
    """

    register_dir: Path | None = None
    watchlist_file: Path | None = None
    rules_file: Path = CONFIG_DIR / "rules.yaml"
    model_file: Path = CONFIG_DIR / "match_model.yaml"
    max_shrink: Annotated[float, Field(ge=0, le=1)] = 0.2


class JudgementSettings(_Section):
    """What changes a judgement; its digest is the `settings` version in every flagged event.

    `base_rate` is the share of watchlist-touching events whose author is registered under a
    variant of the handle; `lead_threshold` the least probability of a lead. Both per 10,000.
    """

    base_rate: Annotated[int, Field(ge=1, le=9_999)] = 10
    lead_threshold: Annotated[int, Field(ge=1, le=10_000)] = 8_000
    e4_reading: Literal["narrow", "broad"] = "narrow"
    official_accounts: tuple[str, ...] = ()
    """Accounts of election bodies and agencies, as `platform:handle`."""

    @field_validator("official_accounts")
    @classmethod
    def _platform_and_handle(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        for account in accounts:
            platform, colon, handle = account.partition(":")
            if not (platform and colon and handle):
                raise ValueError("each official account is written platform:handle")
        return tuple(sorted(accounts))

    def digest(self) -> str:
        """Content hash of what changes a judgement, 16 hexadecimal digits."""
        canonical = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(canonical).hexdigest()[:16]


class ReviewSettings(_Section):
    """The reviewers' console: its store, keys, people's duties, and how long it keeps what.

    Days count from the last that happened to a case. `golden_rate` is the share (0 to 1) of tasks
    that are synthetic cases with known answers.
    """

    store: str = "sqlite:///review.db"
    """SQLAlchemy's URL: `sqlite:////PATH` or `postgresql+psycopg://USER@HOST/NAME`."""
    master_key_file: Path | None = None
    """What wraps the cases' keys; the console needs it."""
    group: Annotated[str, Field(min_length=1, max_length=200)] = "netral-review"
    ingest_batch: Annotated[int, Field(ge=1, le=10_000)] = 500

    vault_dir: Path | None = None
    """Holds `ELECTION.vault`, the sealed vaults."""
    review_key_file: Path | None = None
    units_dir: Path | None = None
    """Holds `ELECTION.units`, keyed hashes of units."""
    compare_units: bool = True
    """False: nobody is kept from cases of their own unit. Only where no unit hashes exist."""

    lease_minutes: Annotated[int, Field(ge=1, le=240)] = 15
    flood_authors: Annotated[int, Field(ge=2, le=100_000)] = 50
    flood_window_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    suppression_days: Annotated[int, Field(ge=1, le=400)] = 60
    golden_rate: Annotated[float, Field(ge=0, le=0.5)] = 0.02

    unreviewed_days: Annotated[int, Field(ge=1, le=90)] = 14
    dismissed_days: Annotated[int, Field(ge=1, le=365)] = 30
    undelivered_days: Annotated[int, Field(ge=1, le=365)] = 90
    """A suspected breach that two agreed on and nobody exported or closed."""
    closed_days: Annotated[int, Field(ge=0, le=365)] = 0
    """After a referred case was closed."""
    tombstone_days: Annotated[int, Field(ge=15, le=365)] = 60
    """Longer than `flagged-events` keeps its records, or a replay could bring a case back."""

    export_dir: Path | None = None
    export_recipient: str | None = None
    """`age1…`: packages are encrypted to it. None: plain files in `export_dir`, mode 0600."""
    export_recipient_name: Annotated[str, Field(max_length=200)] | None = None


class MetricsSettings(_Section):
    """The port for `/metrics`, `/healthz` and `/readyz`; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 9_464

    @field_validator("host")
    @classmethod
    def _is_address(cls, host: str) -> str:
        return str(ip_address(host))


class HealthSettings(_Section):
    """When `/healthz` says that the worker is stuck. Times are seconds."""

    stuck_after: Annotated[float, Field(ge=10, le=86_400)] = 120.0
    probe_interval: Annotated[float, Field(ge=0.1, le=60)] = 5.0


class SigningSettings(_Section):
    """Whose control records and list updates are obeyed, and the key of who sends some.

    `required` false lets unsigned records in: for a broker that nobody else can write to.
    """

    trusted_keys: Path | None = None
    private_key: Path | None = None
    required: bool = True


SECRETS: Final = frozenset({("kafka", "sasl_password"), ("kafka", "ssl_key_password")})
"""Settings that hold a secret; in a settings file they are refused."""


def environment_name(section: str, name: str) -> str:
    """The variable that sets `section.name`."""
    return f"{ENV_PREFIX}{section}{ENV_NESTED}{name}".upper()


class LogSettings(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class TracingSettings(_Section):
    """Traces by OpenTelemetry (extra `otel`), sent as OTLP over HTTP; off unless asked for."""

    enabled: bool = False
    endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] = "http://127.0.0.1:4318/v1/traces"
    sample_ratio: Annotated[float, Field(ge=0, le=1)] = 0.01


class Settings(BaseSettings):
    """Everything that can be set, by section. Unknown names are refused."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_NESTED,
        validate_default=True,
        hide_input_in_errors=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    lists: ListSettings = ListSettings()
    judgement: JudgementSettings = JudgementSettings()
    signing: SigningSettings = SigningSettings()
    review: ReviewSettings = ReviewSettings()
    metrics: MetricsSettings = MetricsSettings()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FileWithoutSecrets(settings_cls)


class _FileWithoutSecrets(TomlConfigSettingsSource):
    """`netral.toml`; a secret in it is refused, because such files are copied and committed."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        content = _parsed(Path(file_path))
        for section, name in sorted(SECRETS):
            part = content.get(section)
            if isinstance(part, dict) and name in part:
                raise SettingsError(
                    f"{section}.{name} stands in {file_path}: a settings file is no place for a "
                    "secret. Take it out, make a new one if others may have read the file, and "
                    f"set {section}.{name}_file or the variable {environment_name(section, name)}."
                )
        return content


def _parsed(path: Path) -> dict[str, Any]:
    """Raises SettingsError, with line and column only: the line itself may hold a secret."""
    try:
        content = path.read_bytes()
        if len(content) > FILE_MAX_BYTES:  # the time that tomllib takes is not linear
            raise SettingsError(
                f"settings refused ({path}): over {FILE_MAX_BYTES:,} bytes. Name a settings file."
            )
        return tomllib.loads(content.decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        where = f"{path} {place[0] if place else ''}".rstrip()
        raise SettingsError(f"settings refused ({where}): no TOML. Mend the syntax.") from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"settings refused ({path} at byte {error.start}): not UTF-8. Save it as UTF-8."
        ) from None
    except RecursionError:
        raise SettingsError(
            f"settings refused ({path}): nested too deep. Write plain sections."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"settings file {path} cannot be read ({error.strerror}). Name a readable file."
        ) from None


def load_settings(
    file: Path | None = None, *, overrides: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """Read the settings once: overrides, then environment, then `file`, then defaults.

    `file` None means `netral.toml` in the working folder where there is one. Raises
    :class:`SettingsError`, naming every setting that is unknown or unreadable.
    """
    path = file if file is not None else Path("netral.toml")
    if file is not None and not file.is_file():
        raise SettingsError(f"settings file {file}: no such file. Name an existing file.")
    _refuse_unknown_environment(os.environ)

    class _FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    try:
        return _FromFile.model_validate(
            {name: dict(part) for name, part in (overrides or {}).items()}
        )
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in problem['loc']) or 'the file'}: {problem['msg']}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError(
            f"settings refused ({path} and {ENV_PREFIX}… variables):\n"
            + "\n".join(lines)
            + "\nMend or remove the settings named above."
        ) from None
    except ValueError as error:
        # pydantic-settings' message holds the variable's name only.
        raise SettingsError(f"settings refused: {error}. Mend the syntax.") from None


def _refuse_unknown_environment(environment: Mapping[str, str]) -> None:
    known = {
        environment_name(section, name)
        for section, field in Settings.model_fields.items()
        for name in _fields_of(field.annotation)
    }
    known |= {f"{ENV_PREFIX}{section}".upper() for section in Settings.model_fields}
    unknown = sorted(
        name
        for name in environment
        if name.upper().startswith(ENV_PREFIX) and name.upper() not in known
    )
    if unknown:
        raise SettingsError(
            f"unknown environment setting {', '.join(unknown)}. Settings are written "
            f"{ENV_PREFIX}SECTION{ENV_NESTED}NAME, for example {ENV_PREFIX}KAFKA{ENV_NESTED}GROUP."
        )


def _fields_of(section: Any) -> tuple[str, ...]:
    return tuple(section.model_fields)
