"""The demo's lists and settings: the example election, and a register of invented people."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from config.settings import (
    CONFIG_DIR,
    JudgementSettings,
    KafkaSettings,
    ListSettings,
    LogSettings,
    MetricsSettings,
    Settings,
    SigningSettings,
    TopicSettings,
)
from lists import register_build
from lists.refs import make_key, write_refs
from lists.vault import make_review_key
from streams.embedded import EmbeddedBroker, free_port
from streams.records import Watchlist
from streams.signing_keys import make_signing_key, read_signing_key, trusted_entry
from synth.register import SourceRow, write_source

ELECTION_FILE: Final = CONFIG_DIR / "elections" / "jatim-2024.yaml"
LOOPBACK: Final = "127.0.0.1"


def build_register(folder: Path, rows: Sequence[SourceRow], watchlist: Watchlist) -> Path:
    """Build the register artifact with pseudonyms for every election; returns its folder."""
    source, register = folder / "register.csv", folder / "register"
    key, vault = folder / "election.key", folder / "identities.vault"
    write_source(rows, source)
    register_build.build_register(source, register)
    make_key(key)
    recipient = make_review_key(folder / "review.key")
    for election in watchlist.elections:
        write_refs(register, election.id, key, recipient, vault.with_suffix(f".{election.id}"))
    return register


def make_signing(folder: Path) -> SigningSettings:
    """A key of the demo's own, and the file that says that it is trusted."""
    private, trusted = folder / "signing.key", folder / "trusted-keys.toml"
    make_signing_key(private)
    trusted.write_text(trusted_entry(read_signing_key(private).public_key()))
    return SigningSettings(private_key=private, trusted_keys=trusted)


def demo_settings(broker: EmbeddedBroker, register: Path, signing: SigningSettings) -> Settings:
    """Defaults but for what the demo starts itself.

    The caller's environment and `netral.toml` are not read: they may change the answer.
    """
    return Settings.model_construct(
        kafka=KafkaSettings(
            bootstrap=broker.bootstrap, session_timeout=broker.session_timeout, group="netral-demo"
        ),
        topics=TopicSettings(),
        lists=ListSettings(register_dir=register, watchlist_file=ELECTION_FILE),
        judgement=JudgementSettings(),
        signing=signing,
        metrics=MetricsSettings(host=LOOPBACK, port=free_port()),
        log=LogSettings(),
    )
