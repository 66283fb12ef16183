"""Small registers and events for the tests of who acted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from matchers.names import canonical_name
from matchers.register import MemoryRegister, RegisterTables
from matchers.types import RegisterIndex
from streams.records import Action, Actor, Platform, PublicPost

NOON = datetime(2024, 10, 1, 5, tzinfo=UTC)
DECLARED = date(2024, 1, 5)


class Row(NamedTuple):
    """One declared account; people are told apart by `person`."""

    handle: str
    account_id: str | None = None
    person: str = "p1"
    name: str = "Budi Sasmitho"
    platform: Platform = "instagram"
    region: str | None = "35.78"
    agency: str | None = "BKPSDM"
    declared_on: date = DECLARED
    withdrawn_on: date | None = None


def register_of(
    *rows: Row, refs: Mapping[str, Mapping[str, str]] | None = None, overlay_offset: int = -1
) -> MemoryRegister:
    """`refs` is election → person → pseudonym."""
    people: dict[str, Row] = {}
    for row in rows:
        people.setdefault(row.person, row)
    order = list(people)
    return MemoryRegister(
        RegisterTables(
            platforms=[row.platform for row in rows],
            handles=[row.handle for row in rows],
            account_ids=[row.account_id for row in rows],
            people=[order.index(row.person) for row in rows],
            declared_on=[row.declared_on.toordinal() for row in rows],
            withdrawn_on=[
                row.withdrawn_on.toordinal() if row.withdrawn_on else None for row in rows
            ],
            names=[canonical_name(row.name) for row in people.values()],
            region_codes=[row.region for row in people.values()],
            agency_codes=[row.agency for row in people.values()],
            version="v1",
            refs={
                election: [ref[person] for person in order]
                for election, ref in (refs or {}).items()
            },
            overlay_offset=overlay_offset,
        )
    )


def post_by(
    handle: str,
    account_id: str | None = None,
    *,
    name: str | None = None,
    bio: str | None = None,
    platform: Platform = "instagram",
    action: Action = "post",
    at: datetime | None = NOON,
) -> PublicPost:
    return PublicPost(
        schema=1,
        post_id="1",
        platform=platform,
        action=action,
        actor=Actor(handle=handle, account_id=account_id, display_name=name, bio=bio),
        created_at=at,
        observed_at=NOON,
        source="test",
        visibility="public",
    )


def handles_of(register: RegisterIndex, rows: Sequence[int]) -> list[str]:
    return [register.account(row).handle for row in rows]
