"""A watchlist on disk: read, checked against the schema, then against every rule of its own; and
written, whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

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


FORMATS: Final = (".yaml", ".yml", ".json")
"""Endings of a watchlist's name."""
_Dumper: Any = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


def write_watchlist(path: Path, watchlist: Watchlist) -> None:
    """Write a `.yaml` or `.json` watchlist beside its place, then put it there.

    Raises WatchlistError where the name has another ending or the file cannot be written; what was
    there before stays.
    """
    check_format(path)
    content = _encoded(path, watchlist)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise WatchlistError(
            f"{path}: cannot be written ({error.strerror or type(error).__name__}). Name a place "
            "in a folder that is there and may be written to."
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def check_format(path: Path) -> None:
    """Raise WatchlistError where the name's ending is no watchlist's."""
    if path.suffix not in FORMATS:
        raise WatchlistError(
            f"{path}: no kind of watchlist. Give it a name that ends in {', '.join(FORMATS)}."
        )


def _encoded(path: Path, watchlist: Watchlist) -> bytes:
    if path.suffix == ".json":
        return msgspec.json.format(msgspec.json.encode(watchlist), indent=1) + b"\n"
    text: str = yaml.dump(
        msgspec.to_builtins(watchlist),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    return text.encode()
