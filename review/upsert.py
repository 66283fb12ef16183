"""Inserts that leave what is there alone, alike on SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from review.tables import Base, Count


def insert_new(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if not rows:
        return
    make: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(make(table).on_conflict_do_nothing(), list(rows))


def count(session: Session, name: str, more: int = 1) -> None:
    """Add to a count of the store."""
    if not more:
        return
    make: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(Count).values(name=name, value=more)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Count.name], set_={"value": Count.value + more}
        )
    )
