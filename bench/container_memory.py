"""What mapped pages of a register cost under a container's memory limit (Linux, root).

    python -m bench.container_memory DIR [--limit MIB ...]

Each line is one memory control group, as a container has: so many processes read 40,000 accounts
of the register at random, with the group's limit. The register's pages are dropped from the page
cache before, so that they are charged to the group. Prints Markdown.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
V2, V1 = Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/memory")


@dataclass(frozen=True, slots=True)
class Used:
    """MiB of a group: in all, of files (mapped or cached), of the processes' own."""

    all: float
    files: float
    own: float


class Group:
    """A memory control group, version 1 or 2."""

    def __init__(self, limit_mib: int | None) -> None:
        self.is_v2 = (V2 / "cgroup.controllers").exists()
        self.path = (V2 if self.is_v2 else V1) / f"netral-bench-{os.getpid()}"
        self.path.mkdir()
        if limit_mib is not None:
            name = "memory.max" if self.is_v2 else "memory.limit_in_bytes"
            (self.path / name).write_text(str(limit_mib * MIB))

    def enter(self) -> None:
        """Move this process in; called in the child before it becomes the program."""
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def used(self) -> Used:
        """What the kernel charges to the group now."""
        name = "memory.current" if self.is_v2 else "memory.usage_in_bytes"
        lines = (self.path / "memory.stat").read_text().splitlines()
        stat = {key: int(value) for key, value in (line.split() for line in lines)}
        files, own = ("file", "anon") if self.is_v2 else ("cache", "rss")
        total = int((self.path / name).read_text())
        return Used(total / MIB, stat[files] / MIB, stat[own] / MIB)


@contextmanager
def group(limit_mib: int | None) -> Iterator[Group]:
    made = Group(limit_mib)
    try:
        yield made
    finally:
        made.path.rmdir()


def drop_from_cache(directory: Path) -> None:
    """Let the kernel forget the files' pages; nobody else may have them mapped."""
    for path in directory.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def measured(directory: Path, processes: int, limit_mib: int | None) -> str:
    """One line of the table."""
    drop_from_cache(directory)
    command = [sys.executable, "-m", "bench.register_reader", str(directory)]
    with group(limit_mib) as made:
        started = time.monotonic()
        readers = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=made.enter
            )
            for _ in range(processes)
        ]
        done = [reader.stdout is not None and reader.stdout.readline() for reader in readers]
        seconds = time.monotonic() - started
        used = made.used()
        for reader in readers:
            reader.communicate()
    limit = "none" if limit_mib is None else f"{limit_mib:,}"
    if not all(done):
        return f"| {processes} | {limit} | killed | | | |"
    return (
        f"| {processes} | {limit} | {used.all:,.0f} | {used.files:,.0f} | {used.own:,.0f} "
        f"| {seconds:.1f} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--limit", type=int, nargs="*", default=[1_280, 1_024])
    given = parser.parse_args(arguments)
    print("| processes | limit, MiB | charged, MiB | files | their own | seconds |")
    print("|---|---|---|---|---|---|")
    for processes in (1, 2, 4):
        print(measured(given.directory, processes, None), flush=True)
    for limit in given.limit:
        print(measured(given.directory, 1, limit), flush=True)


if __name__ == "__main__":
    main()
