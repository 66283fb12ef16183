"""The Helm chart: rendered, and each manifest held against the schema of its kind."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from config.settings import load_settings
from tests.docker.conftest import DOCKER, tool
from tests.docker.rules import alerts, recordings

CHART: Final = DOCKER / "helm" / "netral"
SCHEMAS: Final = json.loads((Path(__file__).parent / "schemas" / "kubernetes.json").read_text())
ALL: Final = (
    "keda.enabled=true",
    "prometheus.enabled=true",
    "secrets={netral-kafka}",
    "secretFiles[0].secret=netral-tls",
    "secretFiles[0].mountPath=/secrets/tls",
)


@pytest.fixture(scope="session")
def helm() -> str:
    return tool("helm", "see https://helm.sh, or run .ci/tools.sh where Go is installed")


def render(helm: str, *values: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [helm, "template", "try", CHART, "--kube-version", "1.31.0", "--set", ",".join(values)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
    )
    assert done.returncode == 0, done.stderr
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def validate(manifest: dict[str, Any]) -> None:
    name = f"{manifest['apiVersion']}/{manifest['kind']}"
    jsonschema.validate(manifest, {**SCHEMAS["kinds"][name], "definitions": SCHEMAS["definitions"]})


@pytest.mark.parametrize("values", [(), ALL, ("networkPolicy.enabled=false",)])
def test_every_manifest_is_valid(helm: str, values: tuple[str, ...]) -> None:
    manifests = render(helm, *values)
    assert len(manifests) > 3
    for manifest in manifests:
        validate(manifest)


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [each for each in manifests if each["kind"] == kind]
    return found


def test_a_misspelt_field_is_refused(helm: str) -> None:
    manifest = of_kind(render(helm), "StatefulSet")
    manifest["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    with pytest.raises(jsonschema.ValidationError):
        validate(manifest)


def test_the_chart_passes_helms_own_check(helm: str) -> None:
    done = subprocess.run(
        [helm, "lint", "--strict", CHART], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_worker_is_probed_hardened_and_named(helm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    workload = of_kind(render(helm, *ALL), "StatefulSet")
    assert "replicas" not in workload["spec"]  # KEDA's
    pod = workload["spec"]["template"]["spec"]
    (worker,) = pod["containers"]
    assert worker["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert worker["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert worker["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert pod["securityContext"]["runAsNonRoot"]
    assert worker["securityContext"]["readOnlyRootFilesystem"]
    assert worker["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    names = {each["name"]: each for each in worker["env"]}
    instance = names.pop("NETRAL_KAFKA__INSTANCE_ID")
    assert instance["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    for name, each in names.items():
        monkeypatch.setenv(name, each["value"])
    settings = load_settings()
    # A restart, drain and start together, is over before the session is.
    assert settings.kafka.session_timeout > pod["terminationGracePeriodSeconds"]
    assert settings.kafka.drain_timeout + 10 < pod["terminationGracePeriodSeconds"]
    assert re.fullmatch(r"netral:\d+\.\d+\.\d+", worker["image"])


def test_keda_scales_the_workers_on_the_lag_of_their_group(helm: str) -> None:
    manifests = render(helm, *ALL, "kafka.group=one", "kafka.topic=two")
    scaled = of_kind(manifests, "ScaledObject")
    target = scaled["spec"]["scaleTargetRef"]
    workload = of_kind(manifests, "StatefulSet")
    assert (target["kind"], target["name"]) == (workload["kind"], workload["metadata"]["name"])
    (trigger,) = scaled["spec"]["triggers"]
    assert trigger["metadata"]["consumerGroup"] == "one"
    assert trigger["metadata"]["topic"] == "two"
    selected = of_kind(manifests, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"]
    assert selected.items() <= workload["spec"]["template"]["metadata"]["labels"].items()


def test_the_operators_rules_are_the_shipped_ones(helm: str) -> None:
    groups = of_kind(render(helm, *ALL), "PrometheusRule")["spec"]["groups"]
    names = {rule.get("alert") or rule["record"] for group in groups for rule in group["rules"]}
    assert names == {rule.name for rule in (*alerts(), *recordings())}
