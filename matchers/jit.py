"""The one way in which this project compiles a loop to machine code (numba).

Kernels are pure functions over arrays; they release the interpreter's lock. Their parameters have
no types: numba makes one version for each kind of argument.

The machine code is kept in `NUMBA_CACHE_DIR` or the user's cache folder, so that only the first
start pays some seconds. numba by itself looks only at the file that a kernel stands in, not at
those whose kernels it calls; so the folder's name holds a digest of all of this package.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba

Kernel = Callable[..., Any]


def _cache_folder() -> Path:
    digest = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    given = numba.config.CACHE_DIR  # type: ignore[attr-defined] # NUMBA_CACHE_DIR, if it is set
    base = Path(given) if given else Path.home() / ".cache" / "netral"
    return base / f"kernels-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]


def kernel(function: Kernel) -> Kernel:
    """Compile at the first call with each kind of argument."""
    try:
        compiled: Kernel = numba.njit(cache=True, nogil=True)(function)
    except (RuntimeError, OSError):
        # There is no folder that numba may write to: compile anew in every process.
        compiled = numba.njit(nogil=True)(function)
    return compiled


def inlined(function: Kernel) -> Kernel:
    """As :func:`kernel`, for small steps of other kernels."""
    compiled: Kernel = numba.njit(inline="always")(function)
    return compiled
