"""Workers on one host share one map of the register: each has its part of the pages, no copy."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.memory import mapped_memory
from lists.register_artifact import IDENTITIES, read_manifest
from lists.register_build import build_register
from synth.population import draw_population
from synth.population_file import write_population

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="shared pages are read from /proc/PID/smaps, which is Linux's"
)
ROOT = Path(__file__).resolve().parent.parent.parent
PEOPLE = 25_000
"""With 50,000 accounts: some 5 MB, so that pages shared in part are few."""


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    write_population(draw_population(PEOPLE, 3), folder / "s.parquet")
    build_register(folder / "s.parquet", folder / "register")
    return folder / "register"


@contextmanager
def reader(register: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has the register open and makes the same thousands of look-ups as any."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.register_reader", str(register)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.communicate()  # closes its input, at which it ends


def has_read(process: "subprocess.Popen[bytes]") -> int:
    """Wait for its word that all look-ups are made; its id."""
    assert process.stdout is not None
    assert process.stdout.readline() == b"read\n"
    return process.pid


def test_two_processes_share_the_pages_of_one_register(register: Path) -> None:
    files = read_manifest(register).files
    size = sum(file.size for name, file in files.items() if name != IDENTITIES) / 2**20
    with ExitStack() as stack:
        first, second = (stack.enter_context(reader(register)) for _ in range(2))
        pids = has_read(first), has_read(second)
        together = [mapped_memory(pid, register).mapping for pid in pids]
        second.communicate()  # ends it
        alone = mapped_memory(pids[0], register).mapping
    assert size / 2 < alone < size * 1.2, "nearly all of it is read, and all of it is mapped"
    for one in together:
        assert one == pytest.approx(alone / 2, rel=0.1)
