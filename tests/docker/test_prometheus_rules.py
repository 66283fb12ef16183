"""Every rule is tested by promtool, reads metrics that exist, and is explained in the runbook."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.health import Sighting
from streams.metrics import LabelSets, WorkerMetrics
from tests.docker.conftest import DOCKER
from tests.docker.rules import PROMETHEUS, alerts, metrics_in, recordings

RUNBOOK = DOCKER.parent / "docs" / "runbook.md"
FROM_PROMETHEUS = {"up"}


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rules_are_valid(promtool: str) -> None:
    run(promtool, "check", "rules", *sorted((PROMETHEUS / "rules").glob("*.yml")))
    run(promtool, "check", "config", PROMETHEUS / "prometheus.yml")


def test_the_rules_do_what_their_cases_say(promtool: str) -> None:
    run(promtool, "test", "rules", *sorted((PROMETHEUS / "tests").glob("*.yml")))


def test_every_alert_fires_in_one_case_and_is_silent_in_another() -> None:
    fires: set[str] = set()
    silent: set[str] = set()
    for case in yaml.safe_load((PROMETHEUS / "tests" / "alerts.yml").read_text())["tests"]:
        for check in case["alert_rule_test"]:
            (fires if check["exp_alerts"] else silent).add(check["alertname"])
    names = {rule.name for rule in alerts()}
    assert fires == names
    assert silent == names


def exposed() -> set[str]:
    labels = LabelSets(
        topics=["t"], dispositions=["d"], stages=["s"], lists=["register"], rules=["E4"]
    )
    metrics = WorkerMetrics(CollectorRegistry(), labels, version="1", settings="1")
    metrics.set_progress({("t", 0): Sighting(0, 1)}, {})
    metrics.set_list("register", version="v", entries=1, changed_at=0.0)
    return {
        sample.name
        for family in text_string_to_metric_families(metrics.expose().decode())
        for sample in family.samples
    }


def queries_of_the_dashboard() -> list[str]:
    dashboard: dict[str, Any] = json.loads(
        (DOCKER / "grafana" / "dashboards" / "netral.json").read_text()
    )
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]


def test_rules_and_dashboard_ask_for_metrics_that_exist() -> None:
    known = exposed() | FROM_PROMETHEUS | {rule.name for rule in recordings()}
    asked = [rule.expr for rule in (*alerts(), *recordings())] + queries_of_the_dashboard()
    assert {name for expr in asked for name in metrics_in(expr)} <= known


def test_every_metric_of_our_own_is_in_an_alert_or_on_the_dashboard() -> None:
    asked = [rule.expr for rule in (*alerts(), *recordings())] + queries_of_the_dashboard()
    used = {name for expr in asked for name in metrics_in(expr)}
    named = {name for name in exposed() if name.startswith("netral_")}
    ours = {re.sub(r"_(sum|count|bucket)$", "", name) for name in named if name[-8:] != "_created"}
    used = {re.sub(r"_(sum|count|bucket)$", "", name) for name in used}
    # The age says the same.
    assert ours - used == {"netral_list_changed_timestamp_seconds"}


def test_every_alert_has_its_section_in_the_runbook_and_every_section_its_alert() -> None:
    sections = re.findall(r"^### (Netral\w+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert sections == [rule.name for rule in alerts()]
    for rule in alerts():
        assert rule.annotations["runbook"] == f"docs/runbook.md#{rule.name.lower()}"
        assert rule.annotations["summary"].endswith(".")
        assert rule.labels["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("part", ["What it means", "Look at", "Do", "Tried"])
def test_every_section_of_the_runbook_is_whole(part: str) -> None:
    _, *sections = re.split(r"^### ", RUNBOOK.read_text(), flags=re.MULTILINE)
    lacking = [each.splitlines()[0] for each in sections if f"\n**{part}.** " not in each]
    assert not lacking


def test_inv_10_no_rule_groups_by_a_person() -> None:
    for rule in (*alerts(), *recordings()):
        assert not re.search(r"handle|subject|candidate|author", rule.expr)
