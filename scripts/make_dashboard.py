"""Write docker/grafana/dashboards/netral.json from docker/grafana/panels.yaml.

    python scripts/make_dashboard.py [--check]

A dashboard's JSON is two thousand lines that nobody reads in a review; the table is what is meant.
Every query is executed against a real Prometheus by tests/docker/test_dashboard.py.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

GRAFANA: Final = Path(__file__).parent.parent / "docker" / "grafana"
TABLE: Final = GRAFANA / "panels.yaml"
TARGET: Final = GRAFANA / "dashboards" / "netral.json"
COLUMNS: Final = 24
HEIGHT: Final = 7
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True, slots=True)
class Panel:
    """`queries` are PromQL by legend; `unit` is Grafana's word for it."""

    title: str
    unit: str
    queries: dict[str, str]
    kind: Literal["timeseries", "stat", "table"] = "timeseries"
    width: int = 8
    says: str = ""


def rows() -> dict[str, list[Panel]]:
    """The table, read. Raises TypeError where it holds what a panel has not."""
    table = yaml.safe_load(TABLE.read_text())
    return {title: [Panel(**panel) for panel in panels] for title, panels in table.items()}


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana's JSON model (schema 39, Grafana 11)."""
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in rows().items():
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "collapsed": False,
                "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": y},
                "panels": [],
            }
        )
        y += 1
        x = 0
        for panel in row:
            if x + panel.width > COLUMNS:
                x, y = 0, y + HEIGHT
            panels.append(_panel(panel, len(panels) + 1, x, y))
            x += panel.width
        y += HEIGHT
    return {
        "uid": "netral",
        "title": "Netral",
        "description": "Workers that screen public posts. The runbook is docs/runbook.md.",
        "tags": ["netral"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [
                {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
            ]
        },
        "annotations": {"list": []},
        "panels": panels,
    }


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "gridPos": {"h": HEIGHT, "w": panel.width, "x": x, "y": y},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": SOURCE,
                "expr": query,
                "legendFormat": legend,
                "instant": panel.kind != "timeseries",
                "range": panel.kind == "timeseries",
                "format": "table" if panel.kind == "table" else "time_series",
            }
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }
    if panel.kind == "stat":
        made["options"] = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}
    return made


def main() -> None:
    """Write the file, or with `--check` say whether it is as the table has it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    wanted = json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"
    if arguments.parse_args().check:
        if TARGET.exists() and TARGET.read_text() == wanted:
            return
        sys.exit(f"{TARGET} is stale. Run: python scripts/make_dashboard.py")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(wanted)


if __name__ == "__main__":
    main()
