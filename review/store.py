"""The store: an engine for SQLite (WAL) or PostgreSQL, its migrations and its transactions.

A `read` transaction sees one state of the store. A `write` transaction on SQLite takes the write
lock at its beginning, and writers of one process queue up in front of it, so that none is refused
in mid-transaction and none waits by polling.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from config.errors import StoreError

MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_TIMEOUT: Final = 30_000
"""Milliseconds that SQLite waits for another process's write."""
POOL_SIZE: Final = 20
POOL_MOST: Final = 60
"""Connections kept, and at most: more than a service has threads, so that none waits for one."""


class Store:
    """Where cases live. Make one with :func:`open_store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        self._writer = engine.execution_options(netral_write=True)
        self._turn: threading.Lock | nullcontext[None] = (
            threading.Lock() if self.sqlite else nullcontext()
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One state of the store; nothing that is changed in it is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """All or nothing: committed when the block ends, rolled back when it raises."""
        with (
            self._turn,
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """A connection without a transaction, for what the database does outside of one."""
        with self._turn, self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def compact(self) -> bool:
        """Write over what was deleted: empty SQLite's WAL, vacuum PostgreSQL's tables.

        False: somebody is reading an older state, so that SQLite's WAL could not be emptied yet.
        """
        with self.plain() as connection:
            if self.sqlite:
                busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
                return not busy
            connection.execute(text("VACUUM"))
            return True

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Connect and bring the schema up to date.

    `url` is SQLAlchemy's: `sqlite:////path/review.db` or `postgresql+psycopg://user@host/name`.
    Raises StoreError where it cannot be reached, is of another kind, or is newer than this Netral.
    """
    try:
        engine = create_engine(url, **_options(url))
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise StoreError(
            "review.store: no usable address of a database. Write sqlite:////PATH or "
            "postgresql+psycopg://USER@HOST/NAME."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begins)
    elif engine.dialect.name != "postgresql":
        raise StoreError(
            f"review.store: {engine.dialect.name} is not supported. Use SQLite or PostgreSQL."
        )
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(
            f"review.store: {engine.url.render_as_string()} cannot be used "
            f"({type(error.orig).__name__}). Check that it is there and may be written."
        ) from error
    return Store(engine)


def migrate(engine: Engine) -> None:
    """Apply the packaged migrations. Raises StoreError where the store is newer than they are."""
    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    with engine.execution_options(netral_write=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            # One process migrates, the others wait for it.
            connection.execute(text("SELECT pg_advisory_xact_lock(7302)"))
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in {s.revision for s in script.walk_revisions()}:
            raise StoreError(
                f"review.store: its schema {current} is unknown to this Netral. Use the newer "
                "version that wrote it."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def alembic_config() -> Config:
    """Alembic's configuration, without a file: the migrations come with the package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _options(url: str) -> dict[str, Any]:
    pool = {"pool_size": POOL_SIZE, "max_overflow": POOL_MOST - POOL_SIZE}
    if url.startswith("sqlite"):
        return {"connect_args": {"check_same_thread": False}, **pool}
    return {**pool, "pool_pre_ping": True}


def _sqlite_connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where pysqlite guesses
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begins(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("netral_write") else "BEGIN")
