"""The desk: what every service of the console is called with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import KeyFileError
from config.settings import ReviewSettings
from review.keys import CaseCipher, MasterKey, read_master_key
from review.store import Store, open_store
from review.tables import Case, CaseKey, Fact
from review.units import UnitHashes

Clock = Callable[[], datetime]
"""Tells the time, with zone."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Store, keys, unit hashes, settings and clock."""

    store: Store
    keys: MasterKey
    units: UnitHashes
    settings: ReviewSettings
    clock: Clock

    def cipher(self, session: Session, case: Case) -> CaseCipher:
        """What opens a case. The case's key is always there while the case is."""
        wrapped = session.execute(
            select(CaseKey.wrapped).where(CaseKey.case_id == case.id)
        ).scalar_one()
        return self.keys.case(case.ref, wrapped)


def open_desk(settings: ReviewSettings, clock: Clock) -> Desk:
    """Open store and keys. Raises StoreError, KeyFileError, or SettingsError for unit hashes."""
    if settings.master_key_file is None:
        raise KeyFileError(
            "review.master_key_file is not set. 'netral review key FILE' makes one; name it there."
        )
    keys = read_master_key(settings.master_key_file)
    units = UnitHashes(settings.units_dir, compare=settings.compare_units)
    store = open_store(settings.store)
    try:
        _check_master_key(store, keys)
    except KeyFileError:
        store.close()
        raise
    return Desk(store, keys, units, settings, clock)


def _check_master_key(store: Store, keys: MasterKey) -> None:
    """A store belongs to the first master key that opened it."""
    own = keys.hash("check", "store")
    with store.write() as session:
        known = session.get(Fact, "master_key")
        if known is None:
            session.add(Fact(name="master_key", value=own))
        elif known.value != own:
            raise KeyFileError(
                "review.master_key_file: this is not the key that the store was made with, so "
                "that nothing in it would open. Name the right file."
            )
