"""The bill of materials lists every locked package with its version and hashes."""

import json
import re
from pathlib import Path

from scripts.sbom import LOCK, write_sbom

Locked = dict[tuple[str, str], set[str]]


def locked(text: str) -> Locked:
    """(name, version) → sha256 of its files, read line by line."""
    found: Locked = {}
    now: set[str] = set()
    for line in text.splitlines():
        if package := re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+)", line):
            now = found.setdefault((package[1], package[2]), set())
        now.update(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return found


def listed(text: str) -> Locked:
    return {
        (component["name"], component["version"]): {
            one["content"]
            for reference in component.get("externalReferences", [])
            for one in reference.get("hashes", [])
            if one["alg"] == "SHA-256"
        }
        for component in json.loads(text)["components"]
    }


def test_every_locked_package_is_there_with_version_and_hashes(tmp_path: Path) -> None:
    out, again = tmp_path / "sbom.json", tmp_path / "again.json"
    write_sbom(LOCK, out)
    expected = locked(LOCK.read_text())
    assert len(expected) > 20
    assert all(expected.values())
    assert listed(out.read_text()) == expected
    document = json.loads(out.read_text())
    assert document["bomFormat"] == "CycloneDX"
    assert document["metadata"]["component"]["name"] == "netral"
    write_sbom(LOCK, again)
    assert again.read_bytes() == out.read_bytes()
