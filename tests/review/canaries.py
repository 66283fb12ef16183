"""Searching raw files for what must not be there, in every way it could be written."""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

SHORTEST: Final = 6
"""Bytes of a pattern; shorter ones are found anywhere."""


def ways(canary: str) -> Iterator[bytes]:
    """A value as it could stand in a file."""
    plain = canary.encode()
    yield plain
    yield canary.encode("utf-16-le")
    yield plain.hex().encode()
    for start in range(3):  # base64 at any of its three phases, without the unsteady ends
        steady = base64.b64encode(b"\0" * start + plain)[4:-4]
        if len(steady) >= SHORTEST:
            yield steady


def found_in(files: Iterable[Path], canaries: Iterable[str]) -> list[tuple[str, str]]:
    """(file, canary) of everything that was found."""
    wanted = [(canary, way) for canary in canaries for way in ways(canary)]
    return [
        (path.name, canary)
        for path in files
        if path.is_file()
        for content in [path.read_bytes()]
        for canary, way in wanted
        if way in content
    ]


def all_files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
