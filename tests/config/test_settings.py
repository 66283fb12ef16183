"""Settings are strict, and the documentation names every one with its default."""

import re
from pathlib import Path
from typing import Any

import pytest

from config.errors import SettingsError
from config.settings import CONFIG_DIR, Settings, load_settings

ROOT = CONFIG_DIR.parent


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No settings file and no NETRAL_ variable but a test's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(\w+\.\w+)` \| (\S+) \|", page, re.MULTILINE))
    defaults = {}
    for section, values in Settings().model_dump().items():
        for name, value in values.items():
            shown = "[]" if value == () else "–" if value is None else value
            if isinstance(shown, bool):
                shown = str(shown).lower()  # as TOML has it
            if isinstance(shown, Path):
                shown = shown.relative_to(ROOT).as_posix()
            defaults[f"{section}.{name}"] = "–" if shown == "–" else f"`{shown}`"
    assert documented == defaults


def test_the_environment_wins_over_the_file(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / "netral.toml").write_text('[kafka]\ngroup = "file"\nbootstrap = "file:1"\n')
    monkeypatch.setenv("NETRAL_KAFKA__GROUP", "environment")
    kafka = load_settings().kafka
    assert (kafka.group, kafka.bootstrap) == ("environment", "file:1")


def test_overrides_win_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRAL_KAFKA__BOOTSTRAP", "environment:1")
    settings = load_settings(overrides={"kafka": {"bootstrap": "override:1"}})
    assert settings.kafka.bootstrap == "override:1"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[kafka]\ngroupe = 'x'\n", "kafka.groupe"),
        ("[kafka]\nbatch_max_records = 'banana'\n", "kafka.batch_max_records"),
        ("[kafka]\nbatch_max_records = 0\n", "kafka.batch_max_records"),
        ("[kafka]\nbootstrap = 'nowhere'\n", "kafka.bootstrap"),
        ("[metrics]\nhost = 'banana'\n", "metrics.host"),
        ("[judgement]\nofficial_accounts = ['kpu']\n", "judgement.official_accounts"),
        ("banana = 1\n", "banana"),
        ("[kafka\n", "at line 1"),
    ],
)
def test_a_bad_file_names_what_is_wrong(nowhere: Path, content: str, named: str) -> None:
    (nowhere / "netral.toml").write_text(content)
    with pytest.raises(SettingsError, match=re.escape(named)) as refused:
        load_settings()
    assert "netral.toml" in str(refused.value)


@pytest.mark.parametrize("name", ["NETRAL_BANANA", "NETRAL_KAFKA__GROUPE", "netral_kafka__x"])
def test_an_unknown_variable_names_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=name):
        load_settings()


def test_a_named_file_must_be_there(nowhere: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load_settings(nowhere / "other.toml")


def test_only_what_changes_a_judgement_changes_the_digest() -> None:
    plain = load_settings()
    assert load_settings(overrides={"kafka": {"group": "x"}}).judgement.digest() == (
        plain.judgement.digest()
    )
    eager = load_settings(overrides={"judgement": {"lead_threshold": 5_000}})
    assert eager.judgement.digest() != plain.judgement.digest()


SASL = {"security_protocol": "SASL_SSL", "sasl_username": "netral"}


@pytest.mark.parametrize(
    ("kafka", "named"),
    [
        ({"sasl_username": "u"}, r"PLAINTEXT, which uses no kafka\.sasl_username"),
        ({"ssl_ca_file": "ca.pem"}, r"uses no kafka\.ssl_ca_file"),
        ({"ssl_check_hostname": False}, r"uses no kafka\.ssl_check_hostname"),
        ({"security_protocol": "SASL_SSL"}, r"needs kafka\.sasl_username"),
        (SASL, r"kafka\.sasl_password_file or NETRAL_KAFKA__SASL_PASSWORD"),
        (SASL | {"sasl_password_file": "f", "sasl_password": "hush"}, "both set"),
        (
            {"security_protocol": "SSL", "ssl_key_file": "key.pem"},
            r"kafka\.ssl_cert_file is missing; kafka\.ssl_key_file",
        ),
        (SASL | {"sasl_password": "hush", "sasl_mechanism": "PLAIN"}, r"kafka\.sasl_mechanism"),
        ({"security_protocol": "TLS"}, r"kafka\.security_protocol"),
    ],
)
def test_security_settings_that_do_not_agree_are_refused(kafka: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        load_settings(overrides={"kafka": kafka})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("name", ["sasl_password", "ssl_key_password"])
def test_a_secret_in_the_settings_file_is_refused(nowhere: Path, name: str) -> None:
    (nowhere / "netral.toml").write_text(f"[kafka]\n{name} = 'hush'\n")
    with pytest.raises(SettingsError, match=rf"kafka\.{name} stands in netral\.toml") as refused:
        load_settings()
    assert f"NETRAL_KAFKA__{name.upper()}" in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_secret_from_the_environment_shows_itself_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NETRAL_KAFKA__SASL_PASSWORD", "hush")
    settings = load_settings(overrides={"kafka": SASL})
    assert settings.kafka.sasl_password is not None
    assert settings.kafka.sasl_password.get_secret_value() == "hush"
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert "hush" not in shown


def test_a_line_that_is_no_toml_is_not_quoted(nowhere: Path) -> None:
    (nowhere / "netral.toml").write_text('[kafka]\nsasl_password = "hush" "hush"\n')
    with pytest.raises(SettingsError, match="line 2, column") as refused:
        load_settings()
    assert "hush" not in str(refused.value)
