"""A CycloneDX bill of materials from the lock: python -m scripts.sbom [OUT].

Made from the run-time lock, not from an environment: it says what is installed anywhere the lock
is, with every file's hash. Same lock, same bytes.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "run.txt"
OUT: Final = ROOT / "dist" / "netral.cdx.json"
SPEC_VERSION: Final = "1.6"


def write_sbom(lock: Path, out: Path) -> None:
    """Raises subprocess.CalledProcessError where cyclonedx-py refuses the lock."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(lock)]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), "--spec-version", SPEC_VERSION]
    command += ["--output-reproducible", "--validate", "--output-format", "JSON"]
    command += ["--output-file", str(out)]
    subprocess.run(command, check=True)  # noqa: S603 - the arguments are ours


def main() -> int:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    write_sbom(LOCK, out)
    print(f"{out}: bill of materials of {LOCK.relative_to(ROOT)}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
