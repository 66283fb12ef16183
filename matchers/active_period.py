"""From when until when a declared account can be matched: days into instants.

A declaration's dates are whole days and Indonesia has three time zones. The doubt goes to the
person: an account is active from the *end* of the day it was declared on in the westernmost zone
(WIB, UTC+7) until the *start* of the day it was withdrawn on in the easternmost (WIT, UTC+9).
"""

from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7))
WIT = timezone(timedelta(hours=9))

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""A declaration outside these years is a slip of the pen."""


def parse_day(text: str) -> date | None:
    """An ISO 8601 calendar day (`2024-09-22`) of a year that can be, None for anything else."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def declared_from(declared_on: date) -> datetime:
    """The end of the day in WIB, which is the first instant at which the account is active."""
    return datetime(declared_on.year, declared_on.month, declared_on.day, tzinfo=WIB) + timedelta(1)


def day_declared(start: datetime) -> date:
    """The day whose :func:`declared_from` is `start`."""
    return start.astimezone(WIB).date() - timedelta(1)


def day_withdrawn(end: datetime) -> date:
    """The day whose :func:`withdrawn_from` is `end`."""
    return end.astimezone(WIT).date()


def withdrawn_from(withdrawn_on: date) -> datetime:
    """The start of the day in WIT, which is the first instant at which it no longer is."""
    return datetime(withdrawn_on.year, withdrawn_on.month, withdrawn_on.day, tzinfo=WIT)
