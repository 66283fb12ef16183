"""Counts to match weights: by hand where it is short, else against plain dictionaries."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import product
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.ground import Tables, tables_of
from learning.weights import Counts, handle_and_digits, handle_and_name, single
from matchers.evidence_levels import (
    EDITS,
    AgencyLevel,
    DigitLevel,
    HandleLevel,
    NameLevel,
    RegionLevel,
    TitleLevel,
)
from matchers.match_model import Evidence
from tests.learning.met import evidence, met, observation

Seen = Sequence[tuple[Evidence, float]]
"""Of one event each: an entry, and how many it stands for."""
ENTRIES = st.builds(
    evidence,
    st.sampled_from([HandleLevel.SEPARATORS, HandleLevel.INSERTED, HandleLevel.SWAPPED]),
    st.sampled_from([NameLevel.ONE, NameLevel.SILENT, NameLevel.DIFFERS]),
    *(st.sampled_from(level) for level in (DigitLevel, TitleLevel, RegionLevel, AgencyLevel)),
)


def counts(seen: Seen, *, matches: bool) -> Counts:
    found = Counts()
    events = [observation(met(shown, times, is_true=matches)) for shown, times in seen]
    found.add(events, 1.0, matches=matches)
    return found


def reference(matches: Seen, outsiders: Seen) -> dict[Hashable, int]:
    """Tenths of every level whose handle is not the same, from lists of what was met."""

    def weights_by(seen: Seen, key: Any) -> dict[Hashable, float]:
        sums: dict[Hashable, float] = defaultdict(float)
        for shown, times in seen:
            sums[key(shown)] += times / len(seen)
        return sums

    def share(seen: Seen, key: Any, level: Hashable, levels: Sequence[Hashable]) -> float:
        sums = weights_by(seen, key)
        total = sum(sums[one] for one in levels)
        share = sums[level] / total if total else 1 / len(levels)
        return (share + 0.001) / (1 + 0.001 * len(levels))

    def cell(seen: Seen, handle: HandleLevel, name: NameLevel) -> tuple[float, int, float]:
        """The smoothed rate, how often it was seen, and what one observation counts for."""
        on_handle = [one for one in seen if one[0].handle is handle]
        if not on_handle:
            return 1 / len(seen), 0, 0.0
        here = [times for shown, times in on_handle if shown.name is name]
        of_name = sum(times for shown, times in seen if shown.name is name)
        name_share = max(1e-6, of_name / sum(times for _, times in seen))
        each = sum(times for _, times in on_handle) / len(on_handle) / len(seen)
        rate = sum(here) / len(seen) + 20 * each * name_share
        rate *= len(on_handle) / (len(on_handle) + 20)
        return max(rate, 1 / len(seen)), len(here), each

    tenths: dict[Hashable, int] = {}
    handles = [handle for handle in HandleLevel if handle is not HandleLevel.SAME]
    for handle, name in product(handles, NameLevel):
        m, seen_m, _ = cell(matches, handle, name)
        u, seen_u, each = cell(outsiders, handle, name)
        weight = round(10 * log2(m / (max(u, 3 * each) if seen_u < 3 else u)))
        tenths[handle, name] = weight if seen_m else min(weight, 0)
    for handle, digits in product(handles, DigitLevel):
        alike = EDITS if handle in EDITS else {handle}
        on_handle = [[one for one in of if one[0].handle in alike] for of in (matches, outsiders)]
        m, u = (share(of, lambda one: one.digits, digits, list(DigitLevel)) for of in on_handle)
        tenths[handle, digits] = round(10 * log2(m / u))
    for levels, key in (
        (list(TitleLevel), lambda one: one.titles),
        (list(RegionLevel), lambda one: one.region),
        (list(AgencyLevel), lambda one: one.agency),
    ):
        for level in levels:
            m, u = (share(of, key, level, levels) for of in (matches, outsiders))
            tenths[level] = round(10 * log2(m / u))
    return tenths


def tenths_of(tables: Tables) -> dict[Hashable, int]:
    return {
        level: weight.tenths
        for table in tables.values()
        for level, weight in table.items()
        if not (isinstance(level, tuple) and level[0] is HandleLevel.SAME)
    }


SEEN = st.lists(st.tuples(ENTRIES, st.sampled_from([1.0, 2.5, 400.0])), min_size=1, max_size=40)


@given(SEEN, SEEN)
def test_weights_are_those_of_plain_dictionaries(matches: Seen, outsiders: Seen) -> None:
    tables = tables_of(counts(matches, matches=True), counts(outsiders, matches=False))
    assert tenths_of(tables) == reference(matches, outsiders)


def test_a_table_of_one_kind_is_log2_of_the_shares() -> None:
    m = {TitleLevel.AGREE: 3.0, TitleLevel.SILENT: 1.0}
    u = {TitleLevel.AGREE: 0.1, TitleLevel.SILENT: 0.7}
    table = single(TitleLevel, m, u, {TitleLevel.AGREE: "Dr. Budi"})
    assert table[TitleLevel.AGREE].tenths == round(10 * log2(0.751 / 0.126))
    assert table[TitleLevel.SILENT].tenths == round(10 * log2(0.251 / 0.876))
    assert table[TitleLevel.OTHER].tenths == 0  # neither ever showed it
    assert table[TitleLevel.AGREE].example == "Dr. Budi"
    assert table[TitleLevel.OTHER].example == "not seen"
    assert table[TitleLevel.AGREE].basis == "m 0.75, u 0.13"


def test_kinds_count_by_their_share_and_not_by_how_many_were_drawn() -> None:
    found = Counts()
    one, other = evidence(name=NameLevel.ONE), evidence(name=NameLevel.FEW)
    found.add([observation(met(one))] * 2, 0.9, matches=True)
    found.add([observation(met(other))] * 5, 0.1, matches=True)
    assert found.cells[one.handle, one.name] == pytest.approx(0.9)
    assert found.cells[other.handle, other.name] == pytest.approx(0.1)
    assert (found.seen[one.handle, one.name], found.seen[other.handle, other.name]) == (2, 5)
    assert found.least == pytest.approx(0.02)


def test_events_that_meet_nobody_count_and_so_do_true_entries_of_matches_alone() -> None:
    shown = evidence()
    events = [observation(met(shown), met(shown, 7.0, is_true=False)), observation()]
    for matches, rate in ((True, 0.5), (False, 3.5)):
        found = Counts()
        found.add(events, 1.0, matches=matches)
        assert found.cells == {(shown.handle, shown.name): rate}
        assert found.titles == {shown.titles: rate}


def test_the_first_match_seen_at_a_level_is_its_example_else_the_first_outsider() -> None:
    matches, outsiders = Counts(), Counts()
    matches.add(
        [observation(met(evidence()), handle=one) for one in ("budi", "siti")], 1.0, matches=True
    )
    shown = (evidence(), evidence(name=NameLevel.FEW))
    events = [observation(*(met(one, is_true=False) for one in shown), handle="kopi.senja")]
    outsiders.add(events, 1.0, matches=False)
    table = handle_and_name(matches, outsiders)
    assert table[HandleLevel.SEPARATORS, NameLevel.ONE].example == "budi, Budi Santoso"
    assert table[HandleLevel.SEPARATORS, NameLevel.FEW].example == "kopi.senja, Budi Santoso"
    assert table[HandleLevel.SEPARATORS, NameLevel.SOME].example == "not seen"
    assert matches.examples[RegionLevel.SILENT] == "no bio"


def test_the_same_handle_has_the_assumed_weight_and_only_another_name_takes_from_it() -> None:
    agrees, differs = evidence(name=NameLevel.ONE), evidence(name=NameLevel.DIFFERS)
    matches = counts([(agrees, 1.0)] * 3 + [(differs, 1.0)], matches=True)
    outsiders = counts([(agrees, 1.0)] + [(differs, 1.0)] * 3, matches=False)
    table = handle_and_name(matches, outsiders)
    assumed = round(10 * log2(0.5 / 1e-6))
    for name in NameLevel:
        taken = round(10 * log2((1 / 4) / (3 / 4))) if name is NameLevel.DIFFERS else 0
        assert table[HandleLevel.SAME, name].tenths == assumed + taken
    # A name that differs more among matches than among outsiders adds nothing.
    table = handle_and_name(outsiders, matches)
    assert table[HandleLevel.SAME, NameLevel.DIFFERS].tenths == assumed


def test_digits_say_nothing_where_the_handle_is_the_same() -> None:
    found = counts([(evidence(digits=DigitLevel.AGREE), 1.0)], matches=True)
    other = counts([(evidence(digits=DigitLevel.CONFLICT), 1.0)], matches=False)
    table = handle_and_digits(found, other)
    assert [table[HandleLevel.SAME, digits].tenths for digits in DigitLevel] == [0] * 4
    assert table[HandleLevel.SEPARATORS, DigitLevel.AGREE].tenths > 50


def test_what_no_match_ever_showed_speaks_for_nobody() -> None:
    """Even if outsiders showed it less than anything else."""
    matches = counts([(evidence(), 1.0)], matches=True)
    outsiders = counts([(evidence(name=NameLevel.SILENT), 1.0)] * 1_000, matches=False)
    table = handle_and_name(matches, outsiders)
    assert table[HandleLevel.SEPARATORS, NameLevel.FEW].tenths == 0
    assert table[HandleLevel.SEPARATORS, NameLevel.ONE].tenths > 0
