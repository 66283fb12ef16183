"""The one frozen settings object, from `netral.toml` and the environment (`NETRAL_…`).

Strict: an unknown or unreadable setting stops the start and names itself. Nothing is read when
this module is imported; :func:`load_settings` is called once, at the edge, and its result is
passed in.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
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


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class KafkaSettings(_Section):
    """How to reach the brokers. Times are seconds, sizes bytes."""

    bootstrap: Annotated[str, Field(pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$")] = "127.0.0.1:9092"
    group: Annotated[str, Field(min_length=1, max_length=200)] = "netral-screen"
    session_timeout: Annotated[float, Field(ge=1, le=300)] = 45.0
    commit_interval: Annotated[float, Field(gt=0, le=60)] = 0.5
    batch_max_records: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    message_max_bytes: Annotated[int, Field(ge=1_024, le=64 * 1024 * 1024)] = 8 * 1024 * 1024
    drain_timeout: Annotated[float, Field(gt=0, le=300)] = 10.0


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


class LogSettings(_Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Settings(BaseSettings):
    """Everything that can be set, by section. Unknown names are refused."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=ENV_NESTED,
        validate_default=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    lists: ListSettings = ListSettings()
    judgement: JudgementSettings = JudgementSettings()
    review: ReviewSettings = ReviewSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


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
        # tomllib's message holds line and column, pydantic-settings' the variable's name.
        raise SettingsError(f"settings refused ({path}): {error}. Mend the syntax.") from None


def _refuse_unknown_environment(environment: Mapping[str, str]) -> None:
    known = {
        f"{ENV_PREFIX}{section}{ENV_NESTED}{name}".upper()
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
