"""Whatever the files hold: a checked watchlist, read as it was written, or a clear error."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.errors import WatchlistError
from lists.ballot_import import import_ballot
from lists.watchlist_file import load_watchlist, write_watchlist
from matchers.watchlist_check import check_watchlist
from streams.records import Watchlist
from tests.lists.ballots import (
    ACCOUNTS,
    BALLOT,
    CALENDAR,
    DCT,
    ORDINARY,
    Sources,
    cells,
    contests_of,
    text_of,
)

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["", "1", "2", "KOLOM KOSONG", "Drs. H. AHMAD, S.E.", "GALANG (SI DUL)", "99", "9901", "A,B"]
)


@st.composite
def odd_ballots(draw: st.DrawFn) -> list[str]:
    """The ballot with cells changed, lines doubled, left out and in another order."""
    rows = cells(BALLOT)
    lines = draw(st.lists(st.sampled_from(rows[1:]), max_size=7))
    lines = [list(line) for line in lines]
    for line in lines:
        for place in draw(st.lists(st.integers(0, 8), max_size=2)):
            line[place] = draw(TEXTS)
    return text_of([rows[0], *lines]).splitlines()


NAMES = st.text(st.characters(categories=["L", "M", "N", "P", "Zs"]), min_size=1, max_size=20)


@st.composite
def ballots_with_odd_names(draw: st.DrawFn) -> list[str]:
    """The whole ballot with names and regions in any script."""
    rows = cells(BALLOT)
    for row in rows[1:]:
        if row[8] == "0":
            for place in draw(st.sets(st.sampled_from([6, 7]))):
                row[place] = draw(NAMES) + draw(st.sampled_from(["", " X", " Nama", ", S.E."]))
    return text_of(rows).splitlines()


def outcome(sources: Sources, **options: Any) -> Watchlist | None:
    """A watchlist that is fit to be in force and read as it was written, or a clear error."""
    try:
        watchlist, report = sources.imported(**options)
    except WatchlistError as error:
        first, *lines = str(error).splitlines()
        assert "nothing was written" in first
        assert lines
        for line in lines:
            assert re.match(r"  (\S+(ballot|accounts)\.csv\b|watchlist: |calendar |… )", line), line
            assert line.rstrip().endswith((".", ")")), line
        return None
    check_watchlist(watchlist)
    ballot = sum(len(pair.names) for c in contests_of(watchlist).values() for pair in c.ballot)
    assert ballot == report.people + report.empty_boxes
    for name in ("w.yaml", "w.json"):
        file = sources.folder / name
        write_watchlist(file, watchlist)
        assert load_watchlist(file) == watchlist
    return watchlist


@hypothesis_settings(max_examples=150)
@given(
    odd_ballots() | ballots_with_odd_names(),
    st.sampled_from(["determined", "prospective"]),
    st.booleans(),
)
def test_any_ballot_gives_a_checked_list_or_a_clear_error(
    ballot: list[str], status: str, allow_gaps: bool
) -> None:
    with TemporaryDirectory() as folder:
        calendar = CALENDAR.replace("determined", status, 1)
        sources = Sources(Path(folder), ballot=ballot, calendar=calendar)
        outcome(sources, allow_gaps=allow_gaps)
        sources.accounts = None
        outcome(sources, allow_gaps=allow_gaps)


@hypothesis_settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            *(TEXTS | st.just("Nama") for _ in range(2)),
            st.sampled_from(["1", "2", "x"]),
            TEXTS.filter(str.strip) | st.just("LESMANA"),
            st.just(""),
            st.sampled_from(["7", "8", "a.b", "a b"]),
            st.just(""),
        ),
        max_size=5,
    )
)
def test_any_legislative_list_too(rows: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as folder:
        lines = text_of([DCT[0].split(","), *map(list, rows)]).splitlines()
        outcome(Sources(Path(folder), ballot=lines, accounts=None), form="dct")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_clearly(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        sources = Sources(Path(folder))
        ballot, calendar, accounts = sources.paths()
        assert accounts is not None
        ballot.write_bytes(BALLOT[0].encode() + b"\n" + raw)
        accounts.write_bytes(ACCOUNTS[0].encode() + b"\n" + raw)
        with pytest.raises(WatchlistError, match="nothing was written"):
            import_ballot(ballot, calendar, accounts, ORDINARY)
