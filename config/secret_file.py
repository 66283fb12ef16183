"""Files that hold a secret: made for their user alone, and refused where others may read them.

Nothing of what a secret file holds is ever part of a message.
"""

import os
import stat
from pathlib import Path
from typing import Final

from config.errors import NetralError

SECRET_MAX_BYTES: Final = 64 * 1024
"""Keys, passwords and certificate chains are far below; a slip names a larger file."""

OWNER_ONLY: Final = 0o600
OWNER_AND_GROUP: Final = 0o640
"""For files that an orchestrator mounts: Kubernetes gives them to root and to the pod's group."""


def read_secret_file(
    path: Path,
    what: str,
    remedy: str,
    *,
    error: type[NetralError],
    allowed: int = OWNER_ONLY,
) -> bytes:
    """The content of a secret file; `what` names it in messages, `remedy` says how to get one.

    Raises `error` where the file cannot be read, is larger than any secret, has a mode beyond
    `allowed`, or belongs to somebody else than the user who runs this or root: its owner can read
    and replace it, whatever its mode says.
    """
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            content = file.read(SECRET_MAX_BYTES + 1)
    except OSError as problem:
        raise error(f"{path}: {what} cannot be read ({problem.strerror}). {remedy}") from None
    if len(content) > SECRET_MAX_BYTES:
        raise error(f"{path}: {what} has over {SECRET_MAX_BYTES:,} bytes. {remedy}")
    if os.name == "posix":
        _check_access(path, what, state, error, allowed)
    return content


def _check_access(
    path: Path, what: str, state: os.stat_result, error: type[NetralError], allowed: int
) -> None:
    mode = stat.S_IMODE(state.st_mode)
    # The owner may do what they like with it; that it is executable harms nobody.
    if mode & 0o077 & ~allowed:
        raise error(
            f"{path}: {what} has mode {mode:04o}, others may read or change it. Set it with "
            f"'chmod {allowed:o} {path}', or make a new one if they may have."
        )
    own = os.geteuid()
    if state.st_uid not in (own, 0):
        raise error(
            f"{path}: {what} belongs to user {state.st_uid}, and this runs as user {own}. Set it "
            f"with 'chown {own} {path}', or make a new one if they are not to know it."
        )


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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
