"""A copy of an SQLite store, for safe keeping, without the cases' keys.

Content that is deleted must not live on in backups. So a backup holds sealed content and no key;
the keys go to a file of their own, which is replaced by every backup and to be kept for as long as
a deleted case may still be restored, and no longer.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from config.errors import StoreError
from review.desk import Desk


def backup(desk: Desk, target: Path, *, keys: Path | None = None) -> None:
    """Write the store to `target`, and the wrapped keys to `keys` where it is named.

    Raises StoreError for PostgreSQL (whose own tools can leave out the table `case_keys`), or
    where the file exists.
    """
    if not desk.store.sqlite:
        raise StoreError(
            "backup: this is for SQLite. Use pg_dump --exclude-table-data=case_keys, and dump that "
            "table by itself."
        )
    if target.exists():
        raise StoreError(f"{target}: exists, and a backup replaces nothing. Name a new file.")
    beside = target.with_name(f".{target.name}.new")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with desk.store.plain() as connection:
        connection.execute(text("VACUUM INTO :target"), {"target": str(beside)})
    with closing(sqlite3.connect(beside, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        found = copy.execute("SELECT case_id, wrapped FROM case_keys ORDER BY case_id").fetchall()
        copy.execute("DELETE FROM case_keys")
        copy.execute("VACUUM")
    if keys is not None:
        _write_keys(keys, found)
    beside.replace(target)


def restore_keys(copy: Path, keys: Path) -> int:
    """Put the keys back into a restored copy; returns how many of them fit a case."""
    rows = []
    for line in keys.read_text("ascii").splitlines():
        number, _, wrapped = line.partition(" ")
        rows.append((int(number), bytes.fromhex(wrapped)))
    with closing(sqlite3.connect(copy)) as store, store:
        before = store.total_changes
        store.executemany(
            "INSERT OR IGNORE INTO case_keys (case_id, wrapped) "
            "SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM cases WHERE id = ?1)",
            rows,
        )
        return store.total_changes - before


def _write_keys(path: Path, rows: list[tuple[int, bytes]]) -> None:
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{number} {wrapped.hex()}\n" for number, wrapped in rows)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
