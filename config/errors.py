"""The one small tree of Netral's errors.

Every message says what is wrong, where, and what to do. Messages about decoded posts carry codes
and paths only, never a value (invariant 02).
"""


class NetralError(Exception):
    """Anything Netral refuses on purpose; the command line prints it and exits `exit_code`."""

    exit_code = 1


class SettingsError(NetralError):
    """A setting is unknown, unreadable or out of range."""

    exit_code = 78


class ListError(NetralError):
    """A register, watchlist or rules file is refused; the list in force stays in force."""

    exit_code = 65


class RegisterError(ListError):
    """The register's source or artifact is refused."""


class WatchlistError(ListError):
    """The watchlist is refused."""


class RulesError(ListError):
    """The rules file is refused."""


class ModelError(ListError):
    """The match model is refused."""


class SigningError(NetralError):
    """A signing key, or the file of trusted keys, cannot be used."""

    exit_code = 78


class BrokerError(NetralError):
    """The Kafka broker cannot be used."""

    exit_code = 69


class StoppedError(NetralError):
    """Flagging is stopped, or the record cannot be let go just now; try again later."""

    exit_code = 75


class InputError(NetralError):
    """A file given on the command line cannot be read."""

    exit_code = 66


class ReviewError(NetralError):
    """Something that the review console refuses. Messages never hold a case's content."""


class StoreError(ReviewError):
    """The review store cannot be used."""

    exit_code = 69


class KeyFileError(ReviewError):
    """The review side's master key is missing, unreadable, or not the store's."""

    exit_code = 78


class NotFoundError(ReviewError):
    """No such case, flood, suppression or user; it may have been deleted."""


class NotAllowedError(ReviewError):
    """The actor's role, unit or earlier opinion forbids it."""


class TakenError(ReviewError):
    """Somebody else holds the seat, or the lease ran out and somebody else took it."""


class StaleError(ReviewError):
    """The case changed since the actor looked at it. Look again."""


class WrongStateError(ReviewError):
    """The case is not in a state in which that can be done."""


class InvalidInputError(ReviewError):
    """A choice, reason or note is refused."""


class AuditError(ReviewError):
    """The audit chain is broken."""
