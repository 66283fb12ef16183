"""Who may do what on the brokers: one table of role × resource × operations.

Only what a role needs is in it; Kafka lets Read and Write imply Describe. The table is the source
of `netral kafka acls`, of the error messages about a missing right, and of the test that takes
each right away in turn.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from config.settings import Settings

Role = Literal[
    "worker",
    "source",
    "publisher",
    "operator",
    "reviewer",
    "recipient",
    "sre",
    "replay",
    "topics",
]
Operation = Literal["Read", "Write", "Describe", "Create", "Delete"]
ResourceType = Literal["topic", "group"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)

PURPOSES: Final[dict[Role, str]] = {
    "worker": "reads posts and lists, writes flags and dead letters",
    "source": "writes public posts",
    "publisher": "sends list updates, and reads them to go on from the last",
    "operator": "stops and resumes all flagging",
    "reviewer": "reads flagged events, writes decisions",
    "recipient": "reads what reviewers came to",
    "sre": "reads the lag",
    "replay": "reads refused or skipped posts again and judges them anew",
    "topics": "makes the topics",
}

Rule = tuple[ResourceType, str, tuple[Operation, ...]]
"""Kind of resource; the setting that names it, `section.name`; operations."""

ACCESS: Final[dict[Role, tuple[Rule, ...]]] = {
    "worker": (
        ("topic", "topics.public_posts", ("Read",)),
        ("topic", "topics.register_updates", ("Read",)),
        ("topic", "topics.watchlist_updates", ("Read",)),
        ("topic", "topics.control", ("Read",)),
        ("topic", "topics.flagged_events", ("Write",)),
        ("topic", "topics.dead_letters", ("Write",)),
        ("group", "kafka.group", ("Read",)),
    ),
    "source": (("topic", "topics.public_posts", ("Write",)),),
    "publisher": (
        ("topic", "topics.register_updates", ("Read", "Write")),
        ("topic", "topics.watchlist_updates", ("Read", "Write")),
    ),
    "operator": (("topic", "topics.control", ("Read", "Write")),),
    "reviewer": (
        ("topic", "topics.flagged_events", ("Read",)),
        ("topic", "topics.review_decisions", ("Write",)),
        ("group", "review.group", ("Read",)),
    ),
    "recipient": (("topic", "topics.review_decisions", ("Read",)),),
    "sre": (
        ("topic", "topics.public_posts", ("Describe",)),
        ("group", "kafka.group", ("Describe",)),
    ),
    "replay": (
        ("topic", "topics.public_posts", ("Read",)),
        ("topic", "topics.register_updates", ("Read",)),
        ("topic", "topics.watchlist_updates", ("Read",)),
        ("topic", "topics.control", ("Read",)),
        ("topic", "topics.flagged_events", ("Read", "Write")),
        ("topic", "topics.dead_letters", ("Read", "Write")),
        ("group", "kafka.group", ("Read",)),
    ),
    "topics": tuple(
        ("topic", f"topics.{name}", ("Create", "Describe"))
        for name in (
            "public_posts",
            "flagged_events",
            "dead_letters",
            "register_updates",
            "watchlist_updates",
            "control",
            "review_decisions",
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Right:
    """One operation on one resource of this exact name."""

    operation: Operation
    resource_type: ResourceType
    resource: str

    def __str__(self) -> str:
        return f"{self.operation} on {self.resource_type} {self.resource}"


def rights(settings: Settings, role: Role) -> tuple[Right, ...]:
    """Every right of the role, in the table's order."""
    return tuple(
        Right(operation, resource_type, _resource(settings, named))
        for resource_type, named, operations in ACCESS[role]
        for operation in operations
    )


def _resource(settings: Settings, named: str) -> str:
    section, _, name = named.partition(".")
    value = getattr(getattr(settings, section), name)
    if not isinstance(value, str):
        raise TypeError(f"{named} names no resource")
    return value


def acls_command(role: Role) -> str:
    """What prints the commands that grant a role its rights."""
    return f"netral kafka acls --role {role}"
