"""The alerting and recording rules, read."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from tests.docker.conftest import DOCKER

PROMETHEUS = DOCKER / "prometheus"
_NAME = re.compile(r"\b(?:job:)?(?:netral|process)_[a-z0-9_]+(?::[a-z0-9_]+)*\b|\bup\b")


@dataclass(frozen=True)
class Rule:
    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def _rules(file: str, kind: str) -> list[Rule]:
    groups: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "rules" / file).read_text())[
        "groups"
    ]
    return [
        Rule(rule[kind], rule["expr"], rule.get("labels", {}), rule.get("annotations", {}))
        for group in groups
        for rule in group["rules"]
    ]


def alerts() -> list[Rule]:
    return _rules("alerts.yml", "alert")


def recordings() -> list[Rule]:
    return _rules("recording.yml", "record")


def metrics_in(expr: str) -> set[str]:
    """Names of metrics in an expression, those that rules record among them."""
    return set(_NAME.findall(expr))
