"""Small registers and events for the tests of who acted."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from lists.register_assembly import AccountColumns, PeopleColumns, assemble
from matchers.names import parse_name
from matchers.register import REF_BYTES, Pseudonyms, Register, RegisterFacts
from matchers.register_arrays import day_number
from matchers.types import RegisterIndex
from streams.records import PLATFORMS, Action, Actor, Platform, PublicPost

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
) -> Register:
    """`refs` is election → person → pseudonym; see :func:`pseudonym`."""
    people: dict[str, Row] = {}
    for row in rows:
        people.setdefault(row.person, row)
    order = list(people)
    parsed = [parse_name(row.name) for row in people.values()]
    regions = ["", *sorted({row.region for row in rows if row.region})]
    agencies = ["", *sorted({row.agency for row in rows if row.agency})]
    arrays = assemble(
        AccountColumns(
            platforms=np.array([PLATFORMS.index(row.platform) for row in rows], np.uint8),
            handles=pa.array([row.handle for row in rows], pa.large_string()),
            account_ids=pa.array([row.account_id for row in rows], pa.large_string()),
            people=np.array([order.index(row.person) for row in rows], np.uint32),
            declared_on=np.array([day_number(row.declared_on) for row in rows], np.uint16),
            withdrawn_on=np.array([day_number(row.withdrawn_on) for row in rows], np.uint16),
        ),
        PeopleColumns(
            names=pa.array([name.canonical for name in parsed], pa.large_string()),
            regions=np.array([regions.index(r.region or "") for r in people.values()], np.uint16),
            agencies=np.array([agencies.index(r.agency or "") for r in people.values()], np.uint16),
            titles=np.array([name.titles for name in parsed], np.uint32),
        ),
    )
    return Register(
        arrays,
        RegisterFacts(
            version="v1",
            overlay_offset=overlay_offset,
            size=sum(row.withdrawn_on is None for row in rows),
            regions=regions,
            agencies=agencies,
            pseudonyms={
                election: _pseudonyms([ref[person] for person in order])
                for election, ref in (refs or {}).items()
            },
        ),
    )


def pseudonym(word: str) -> str:
    """A pseudonym of the form that registers hold, told by a word."""
    return f"s{sha256(word.encode()).hexdigest()[:32]}"


def _pseudonyms(refs: Sequence[str]) -> Pseudonyms:
    table = np.array([list(bytes.fromhex(ref[1:])) for ref in refs], np.uint8)
    table = table.reshape(len(refs), REF_BYTES)
    return Pseudonyms(table, np.lexsort(table.T[::-1]).astype(np.uint32))


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
