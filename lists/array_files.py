"""Nested tuples of numpy arrays as files: one `.npy` an array, mapped when opened.

An array's file is named for its place: `accounts.handles.text.npy`. The `.npy` header says type
and length, so the files can be read with numpy alone.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final, TypeVar, get_type_hints

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from config.errors import RegisterError

Arrays = TypeVar("Arrays", bound=tuple[Any, ...])

ENDING: Final = ".npy"


def named_arrays(arrays: tuple[Any, ...], prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array of a NamedTuple of arrays and of such tuples, with its file's name."""
    for name, value in arrays._asdict().items():  # type: ignore[attr-defined]
        if isinstance(value, np.ndarray):
            yield f"{prefix}{name}{ENDING}", value
        else:
            yield from named_arrays(value, f"{prefix}{name}.")


def file_names(kind: type[tuple[Any, ...]], prefix: str = "") -> Iterator[str]:
    """The names of the files that a NamedTuple class is kept in."""
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and hasattr(hint, "_fields"):
            yield from file_names(hint, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}{ENDING}"


def build(kind: type[Arrays], files: Mapping[str, NDArray[Any]], prefix: str = "") -> Arrays:
    """The NamedTuple of the arrays in `files`, which holds each of :func:`file_names`."""
    parts = [
        build(hint, files, f"{prefix}{name}.")
        if isinstance(hint, type) and hasattr(hint, "_fields")
        else files[f"{prefix}{name}{ENDING}"]
        for name, hint in get_type_hints(kind).items()
    ]
    return kind(*parts)


def write_array(path: Path, array: NDArray[Any]) -> None:
    with path.open("wb") as file:
        npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)


def map_array(path: Path) -> NDArray[Any]:
    """The array of a file, mapped for reading. Raises RegisterError where it is none."""
    try:
        with path.open("rb") as file:
            version = npy.read_magic(file)
            shape, fortran, dtype = npy.read_array_header_1_0(file)
            offset = file.tell()
    except (OSError, SyntaxError, TokenError, TypeError, ValueError) as error:
        # A header is a Python literal; a damaged one can fail in each of these ways.
        raise RegisterError(
            f"{path}: no readable array ({type(error).__name__}). Build the register again."
        ) from None
    size = dtype.itemsize * int(np.prod(shape))
    if version != (1, 0) or fortran or dtype.hasobject or path.stat().st_size != offset + size:
        raise RegisterError(f"{path}: its header does not fit its size. Build the register again.")
    if not size:
        array = np.empty(shape, dtype=dtype)
        array.flags.writeable = False
        return array
    # A plain view: the mapped array's own class makes every look at an item slow.
    return np.asarray(np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape))
