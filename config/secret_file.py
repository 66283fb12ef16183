"""Files that hold a secret: made for their user alone, and refused where others may read them."""

import os
import stat
from pathlib import Path
from typing import Final

from config.errors import NetralError

MAX_BYTES: Final = 4_096


def write_secret(path: Path, content: str, what: str, error: type[NetralError]) -> None:
    """Write a file that only its user may read, mode 0600; `what` names it in errors.

    Raises `error` where the file exists or cannot be written.
    """
    try:
        with open(path, "x", encoding="ascii", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise error(
            f"{path}: exists already, and a {what} is never replaced: what was made with it would "
            "be lost. Name a new file."
        ) from None
    except OSError as failure:
        raise error(f"{path}: {what} cannot be written ({failure.strerror}).") from None


def read_secret(path: Path, what: str, command: str, error: type[NetralError]) -> bytes:
    """What a secret file holds; `what` names it in errors, `command` makes one.

    Raises `error` where others than its user may read the file.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(MAX_BYTES)
    except OSError as failure:
        raise error(
            f"{path}: {what} cannot be read ({failure.strerror}). '{command}' makes one."
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise error(
            f"{path}: {what} has mode {mode:04o}, others may read it. Set it with "
            f"'chmod 600 {path}', or make a new one if they may have."
        )
    return content


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
