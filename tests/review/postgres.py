"""A PostgreSQL server of the tests' own: a free port, a folder of its own, stopped by its pid."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from streams.embedded import free_port

_PLACES: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def postgres_bin() -> Path | None:
    """Where initdb and postgres are, None where PostgreSQL is not installed."""
    for place in _PLACES:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    found = shutil.which("initdb")
    return None if found is None else Path(found).parent


def why_not() -> str | None:
    """Why no server can be started here, None where one can."""
    if postgres_bin() is None:
        return "PostgreSQL absent: apt-get install postgresql (Debian) gives initdb and postgres"
    if os.getuid() == 0 and _other_user() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
    return None


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Runs until the block ends; gives the URL of its database, for SQLAlchemy."""
    place = postgres_bin()
    assert place is not None
    # Not under pytest's folder, into which another user may not look.
    folder = Path(mkdtemp(prefix="netral-pg-"))
    user = _other_user() if os.getuid() == 0 else None
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data, port = folder / "data", free_port()
        _run(
            [
                place / "initdb",
                *("-D", data, "-U", "netral", "-A", "trust", "-E", "UTF8"),
                *("--no-sync", "--locale=C"),
            ],
            user,
            folder,
        )
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    str(place / "postgres"),
                    *("-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)),
                    *("-c", "fsync=off", "-c", "max_connections=200"),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **_as(user),
            )
        try:
            _wait_until_ready(place, port, server, folder / "log")
            yield f"postgresql+psycopg://netral@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # its "fast" shutdown
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _run(command: list[object], user: pwd.struct_passwd | None, folder: Path) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        **_as(user),
    )
    assert done.returncode == 0, done.stderr


def _wait_until_ready(place: Path, port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        asked = subprocess.run(
            [str(place / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-t", "1"],
            capture_output=True,
            check=False,
        )
        if asked.returncode == 0:
            return
        server_wait(server)
    raise AssertionError(log.read_text())


def server_wait(server: "subprocess.Popen[bytes]") -> None:
    """Give the server a moment, or less where it ends."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(0.1)
