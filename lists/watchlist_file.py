"""A watchlist from disk: read, checked against the schema, then against every rule of its own."""

from pathlib import Path

import msgspec

from config.errors import WatchlistError
from lists.yaml_file import read_document
from matchers.watchlist_check import check_watchlist
from streams.records import Watchlist


def load_watchlist(path: Path) -> Watchlist:
    """Read a `.yaml` or `.json` watchlist.

    Raises WatchlistError: unreadable, against the schema (a bare date or a time without zone is),
    or refused by :func:`matchers.watchlist_check.check_watchlist`.
    """
    watchlist = read_watchlist(path)
    try:
        check_watchlist(watchlist)
    except WatchlistError as error:
        raise WatchlistError(f"{path}: {error}") from None
    return watchlist


def read_watchlist(path: Path) -> Watchlist:
    """Read a watchlist and check its schema only. Raises WatchlistError."""
    document = read_document(path, "watchlist", WatchlistError)
    try:
        return msgspec.convert(document, Watchlist)
    except msgspec.ValidationError as error:
        raise WatchlistError(
            f"watchlist {path}: {error}. Times are written with date, time and zone, such as "
            "2024-09-25T00:00:00+07:00; codes and names as text in quotes."
        ) from None
