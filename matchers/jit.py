"""The one way in which this project compiles a loop to machine code (numba).

Kernels are pure functions over arrays; they release the interpreter's lock. Their parameters have
no types: numba makes one version for each kind of argument.

The machine code is kept in `NUMBA_CACHE_DIR` or the user's cache folder, so that only the first
start pays some seconds. numba by itself looks only at the file that a kernel stands in, not at
those whose kernels it calls; so the folder's name holds a digest of all of this package.

numba refuses a folder that it may not write to, even where all it needs lies in it: an image with a
read-only file system. There the machine code that the image was built with is read as it is.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numba
from numba.core import caching

Kernel = Callable[..., Any]


def _cache_folder() -> Path:
    digest = sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    given = numba.config.CACHE_DIR  # type: ignore[attr-defined] # NUMBA_CACHE_DIR, if it is set
    base = Path(given) if given else Path.home() / ".cache" / "netral"
    return base / f"kernels-{digest.hexdigest()[:16]}"


numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]


class _ReadOnlyLocator(caching.UserProvidedCacheLocator):
    def ensure_cache_path(self) -> None:
        """Nothing is written there, so it need not be writable."""


class _CacheImpl(caching.CompileResultCacheImpl):
    # Our folder and no other: numba by itself would also try beside the source, and at home.
    _locator_classes = [caching.UserProvidedCacheLocator, _ReadOnlyLocator]  # noqa: RUF012


class _Cache(caching.FunctionCache):
    _impl_class = _CacheImpl

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is kept; None where nothing is, or the folder cannot be read."""
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except OSError:
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep it, unless the folder is read-only: then it is this process's own."""
        if not isinstance(self._impl.locator, _ReadOnlyLocator):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def kernel(function: Kernel) -> Kernel:
    """Compile at the first call with each kind of argument."""
    compiled: Any = numba.njit(nogil=True)(function)
    compiled._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(Kernel, compiled)


def inlined(function: Kernel) -> Kernel:
    """As :func:`kernel`, for small steps of other kernels."""
    compiled: Kernel = numba.njit(inline="always")(function)
    return compiled
