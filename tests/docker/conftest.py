"""Tools that are no Python packages. Where one is absent its tests skip and say how to get it."""

import shutil
from pathlib import Path

import pytest

DOCKER = Path(__file__).resolve().parents[2] / "docker"


def tool(name: str, how: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} absent: {how}")
    return found


@pytest.fixture(scope="session")
def promtool() -> str:
    return tool("promtool", "apt-get install prometheus")


@pytest.fixture(scope="session")
def prometheus_binary() -> str:
    return tool("prometheus", "apt-get install prometheus")
