"""Machine code where numba may not write."""

import subprocess
import sys
from pathlib import Path

ADD = """
from numba.core import event
from matchers.jit import kernel

def add(a, b):
    return a + b

with event.install_recorder("numba:compile") as compiled:
    assert kernel(add)(1, 2) == 3
print(len(compiled.buffer) // 2)
"""


def compilations(source: Path, cache: Path) -> int:
    done = subprocess.run(
        [sys.executable, source],
        env={"NUMBA_CACHE_DIR": str(cache), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_it_is_compiled_once_where_it_may_be_kept(tmp_path: Path) -> None:
    source = tmp_path / "added.py"
    source.write_text(ADD)
    assert compilations(source, tmp_path / "cache") == 1
    assert compilations(source, tmp_path / "cache") == 0


def test_it_is_compiled_each_time_where_it_may_not(tmp_path: Path) -> None:
    """No folder can be made below a file, whoever one is."""
    source, occupied = tmp_path / "added.py", tmp_path / "file"
    source.write_text(ADD)
    occupied.touch()
    assert compilations(source, occupied) == 1
    assert compilations(source, occupied) == 1
