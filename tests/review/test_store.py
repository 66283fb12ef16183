"""The store's schema, its migrations, and whose it is."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from config.errors import KeyFileError, StoreError
from review.keys import make_master_key
from review.store import open_store
from review.tables import Base
from tests.review.scene import Clock, make_desk


def test_migrations_make_the_tables_that_the_models_say(store_url: str) -> None:
    store = open_store(store_url)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    store.close()


def test_opening_twice_changes_nothing(store_url: str) -> None:
    open_store(store_url).close()
    open_store(store_url).close()


def test_a_newer_store_is_refused(store_url: str) -> None:
    store = open_store(store_url)
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="unknown to this Netral"):
        open_store(store_url)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql+nothing://x", "postgresql+psycopg://127.0.0.1:1/x"]
)
def test_an_address_that_leads_nowhere_is_named(url: str) -> None:
    with pytest.raises(StoreError, match=r"review\.store"):
        open_store(url)


def test_a_store_opens_with_its_own_master_key_only(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    make_desk(store_url, tmp_path, clock).store.close()
    make_master_key(tmp_path / "other.key")
    with pytest.raises(KeyFileError, match="not the key"):
        make_desk(store_url, tmp_path, clock, master_key_file=tmp_path / "other.key")
    (tmp_path / "other.key").chmod(0o644)
    with pytest.raises(KeyFileError, match="others may read or change it"):
        make_desk(store_url, tmp_path, clock, master_key_file=tmp_path / "other.key")
