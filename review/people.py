"""Who works here: users, their roles, and keyed hashes of their units.

Credentials, sessions and sign-in are the web side's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config.errors import InvalidInputError, NotFoundError
from review import audit
from review.actors import ROLES, Actor, Role, need
from review.desk import Desk
from review.tables import Staff, StaffRole, StaffUnit

_ID = re.compile(r"^[a-z0-9][a-z0-9._@-]{0,63}$")
_UNIT = re.compile(r"^u[0-9a-f]{32}$")
_ALONE: Final[frozenset[Role]] = frozenset({"auditor", "admin"})
"""An auditor changes nothing, an admin sees no case: both exclude every other role."""


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    display_name: str
    roles: frozenset[Role]
    units: frozenset[str]
    active: bool


def actor(desk: Desk, staff_id: str) -> Actor:
    """Raises NotFoundError for an unknown or inactive user."""
    with desk.store.read() as session:
        person = session.get(Staff, staff_id)
        if person is None or not person.active:
            raise NotFoundError("no such active user.")
        return Actor(staff_id, _roles(session, staff_id), _units(session, staff_id))


def everybody(desk: Desk, by: Actor) -> list[Person]:
    """All users, by id. For admins and auditors."""
    need(by, "admin", "auditor")
    with desk.store.read() as session:
        return [
            Person(
                row.id,
                row.display_name,
                _roles(session, row.id),
                _units(session, row.id),
                row.active,
            )
            for row in session.scalars(select(Staff).order_by(Staff.id))
        ]


def add_first(desk: Desk, staff_id: str, display_name: str, roles: Iterable[Role]) -> None:
    """Add a user without anybody's leave: for the command line, which the host's owner has."""
    with desk.store.write() as session:
        _add(session, desk, "command-line", staff_id, display_name, frozenset(roles))


def add(desk: Desk, by: Actor, staff_id: str, display_name: str, roles: Iterable[Role]) -> None:
    """Raises InvalidInputError for an id that is taken or refused."""
    need(by, "admin")
    with desk.store.write() as session:
        _add(session, desk, by.id, staff_id, display_name, frozenset(roles))


def set_roles(desk: Desk, by: Actor, staff_id: str, roles: Iterable[Role]) -> None:
    need(by, "admin")
    wanted = _checked_roles(frozenset(roles))
    with desk.store.write() as session:
        _known(session, staff_id)
        session.execute(delete(StaffRole).where(StaffRole.staff_id == staff_id))
        session.add_all(StaffRole(staff_id=staff_id, role=role) for role in wanted)
        audit.append(
            session, desk, by.id, "staff_roles", body={"user": staff_id, "roles": sorted(wanted)}
        )


def set_units(desk: Desk, by: Actor, staff_id: str, hashes: Iterable[str]) -> None:
    """The hashes of the user's own units, as 'netral register unit' told them."""
    need(by, "admin")
    wanted = frozenset(hashes)
    if not all(_UNIT.match(unit) for unit in wanted):
        raise InvalidInputError(
            "a unit is given as its hash, u and 32 hexadecimal digits, never by its name. "
            "'netral register unit' tells it."
        )
    with desk.store.write() as session:
        _known(session, staff_id)
        session.execute(delete(StaffUnit).where(StaffUnit.staff_id == staff_id))
        session.add_all(StaffUnit(staff_id=staff_id, unit_hash=unit) for unit in wanted)
        audit.append(
            session, desk, by.id, "staff_units", body={"user": staff_id, "units": len(wanted)}
        )


def set_active(desk: Desk, by: Actor, staff_id: str, active: bool) -> None:
    """An inactive user does nothing; what they decided stands."""
    need(by, "admin")
    with desk.store.write() as session:
        _known(session, staff_id).active = active
        audit.append(
            session, desk, by.id, "staff_active", body={"user": staff_id, "active": active}
        )


def _add(
    session: Session,
    desk: Desk,
    by: str,
    staff_id: str,
    display_name: str,
    roles: frozenset[Role],
) -> None:
    wanted = _checked_roles(roles)
    if not _ID.match(staff_id):
        raise InvalidInputError(
            "a user's id has 1 to 64 lower-case letters, digits and . _ @ -, and begins with a "
            "letter or digit."
        )
    if session.get(Staff, staff_id) is not None:
        raise InvalidInputError("a user of that id exists already.")
    session.add(Staff(id=staff_id, display_name=display_name, active=True, created_at=desk.clock()))
    session.flush()
    session.add_all(StaffRole(staff_id=staff_id, role=role) for role in wanted)
    audit.append(session, desk, by, "staff_added", body={"user": staff_id, "roles": sorted(wanted)})


def _checked_roles(roles: frozenset[Role]) -> frozenset[Role]:
    if not roles <= set(ROLES):
        raise InvalidInputError(f"roles are {', '.join(ROLES)}.")
    if len(roles) > 1 and roles & _ALONE:
        raise InvalidInputError("auditor and admin go with no other role.")
    return roles


def _known(session: Session, staff_id: str) -> Staff:
    person = session.get(Staff, staff_id)
    if person is None:
        raise NotFoundError("no such user.")
    return person


def _roles(session: Session, staff_id: str) -> frozenset[Role]:
    held = set(session.scalars(select(StaffRole.role).where(StaffRole.staff_id == staff_id)))
    return frozenset(role for role in ROLES if role in held)


def _units(session: Session, staff_id: str) -> frozenset[str]:
    return frozenset(
        session.scalars(select(StaffUnit.unit_hash).where(StaffUnit.staff_id == staff_id))
    )
