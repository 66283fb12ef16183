"""Invariant 07: outside its election's windows, by event time, nothing is flagged."""

from datetime import timedelta
from typing import Any

import pytest

from config.errors import WatchlistError
from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from lists.watchlist_file import load_watchlist
from matchers.evidence import gather
from matchers.touch import touch
from matchers.verdict import judge
from matchers.watchlist_index import WatchlistIndex
from streams.records import Watchlist
from tests.matchers import build
from tests.matchers.build import EVERY_CONTEST, INDEX, ORDINARY, PHASES, a_post, verdict

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
TEXT = "ayo dukung Sartika Wulandari"
FIRST, LAST = PHASES[0].start, PHASES[-1].end
INSTANT = timedelta(microseconds=1)


def test_inv_07_the_window_is_by_event_time_to_the_microsecond() -> None:
    assert verdict(a_post(TEXT, created_at=FIRST, observed_at=LAST), BOOK)
    assert verdict(a_post(TEXT, created_at=LAST - INSTANT, observed_at=LAST), BOOK)
    for outside in (FIRST - INSTANT, LAST):
        assert verdict(a_post(TEXT, created_at=outside, observed_at=FIRST), BOOK) == ()


def test_inv_07_the_verdict_looks_at_the_window_itself() -> None:
    """Even if hits of a closed contest reached it."""
    post = a_post(TEXT, created_at=LAST)
    items = gather(post, touch(post, EVERY_CONTEST, INDEX), INDEX)
    assert any(item.sufficient for item in items)
    flags = judge(
        post,
        build.CONCLUSIVE,
        items,
        at=LAST,
        register=build.NamelessRegister(),  # type: ignore[arg-type]
        index=INDEX,
        rulebook=BOOK,
        judgement=build.JUDGEMENT,
        versions=build.VERSIONS,
    )
    assert flags == ()


def test_inv_07_without_an_election_there_is_no_window() -> None:
    index = WatchlistIndex(Watchlist(schema=1, elections=()), ORDINARY)
    assert index.contests_at(FIRST) == 0
    assert verdict(a_post(TEXT), BOOK, index=index) == ()


@pytest.mark.parametrize("written", ["2024-08-27", "2024-08-27T00:00:00", "2024-08-27 00:00:00"])
def test_inv_07_bare_dates_and_times_without_zone_are_refused(tmp_path: Any, written: str) -> None:
    example = (CONFIG_DIR / "elections" / "jatim-2024.yaml").read_text(encoding="utf-8")
    file = tmp_path / "w.yaml"
    file.write_text(example.replace("2024-08-27T00:00:00+07:00", written, 1), encoding="utf-8")
    with pytest.raises(WatchlistError, match="phases"):
        load_watchlist(file)
