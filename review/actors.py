"""Who asks: an actor and their roles."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from config.errors import NotAllowedError

Role = Literal["reviewer", "lead", "auditor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for something, as the store knows them now."""

    id: str
    roles: frozenset[Role]
    units: frozenset[str]


def need(actor: Actor, *roles: Role) -> None:
    """Raises NotAllowedError where the actor has none of these roles."""
    if not actor.roles.intersection(roles):
        raise NotAllowedError(f"this needs the role {' or '.join(roles)}.")
