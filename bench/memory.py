"""Memory of processes as the kernel counts it (Linux)."""

import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

LOOK_SECONDS = 0.1


class TreePeak:
    """The most resident memory that a program and its children had together, in MiB."""

    def __init__(self) -> None:
        self.mib = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def follow(self, program: "subprocess.Popen[bytes]") -> None:
        """Look until the program has ended."""
        while program.poll() is None:
            self.mib = max(self.mib, sum(map(_resident, _family(program.pid))))
            time.sleep(LOOK_SECONDS)


class Memory(NamedTuple):
    """MiB: proportional share of the files of one folder and of everything; memory of its own."""

    mapping: float
    whole: float
    unique: float


def mapped_memory(pid: int, directory: Path) -> Memory:
    """What a process has mapped of the files in `directory`, and all it has."""
    mapping = whole = unique = 0
    inside = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        name, _, value = line.partition(":")
        if " " in name:  # a new mapping: its addresses, then at the end its file
            inside = str(directory.resolve()) in line
        elif name == "Pss":
            kib = int(value.split()[0])
            whole += kib
            mapping += kib if inside else 0
        elif name in ("Private_Clean", "Private_Dirty"):
            unique += int(value.split()[0])
    return Memory(mapping / 1024, whole / 1024, unique / 1024)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):  # it has ended
        return 0.0
    return pages * 4 / 1024
