"""The compose file and the Alertmanager's configuration, checked; no engine runs here."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from config.settings import Settings, load_settings
from tests.docker.conftest import DOCKER, tool

COMPOSE = DOCKER / "compose.yaml"
SCHEMA = Path(__file__).parent / "schemas" / "compose.json"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    found: dict[str, dict[str, Any]] = document["services"]
    return found


def test_it_has_what_is_needed_to_watch_one_worker(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"kafka", "worker", "prometheus", "alertmanager", "grafana"}


def test_a_misspelt_key_is_refused() -> None:
    document = yaml.safe_load(COMPOSE.read_text())
    document["services"]["worker"]["read_olny"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(SCHEMA.read_text()))


def test_every_image_is_pinned_by_a_tag(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        assert re.fullmatch(r"[a-z/-]+:v?\d+\.\d+\.\d+", service["image"])
    for image in re.findall(r"^FROM (\S+)", (DOCKER / "image" / "Dockerfile").read_text(), re.M):
        assert re.fullmatch(r"[a-z/-]+:\d+\.\d+\.\d+[a-z-]*", image)


def test_what_is_mounted_is_there(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./data":
                assert (DOCKER / source).exists(), source


def test_nothing_may_write_to_an_image_or_gain_power(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service.get("read_only") or name == "kafka"


def test_only_loopback_is_opened(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")


def test_the_workers_settings_are_settings(
    services: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in services["worker"]["environment"].items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert isinstance(settings, Settings)
    assert settings.kafka.instance_id == "worker-0"
    # The drain and the leaving fit into the time before SIGKILL.
    assert settings.kafka.drain_timeout + 10 < int(services["worker"]["stop_grace_period"][:-1])


def test_the_alertmanagers_configuration_is_valid() -> None:
    amtool = tool("amtool", "apt-get install prometheus-alertmanager")
    done = subprocess.run(
        [amtool, "check-config", DOCKER / "alertmanager" / "alertmanager.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
