"""The cross-check from the sample to the guess, on a small register."""

from pathlib import Path

import numpy as np
import pytest

from learning.crosscheck import crosscheck, main
from learning.crosscheck_guess import counted, guess
from learning.crosscheck_report import agreement, lines_of
from learning.crosscheck_sample import Sample, comparisons_of, draw_sample, pairs_by_pattern
from learning.expectation_maximisation import NOTHING
from learning.ground import ground, tables_of
from learning.mix import variant_shares
from learning.weights import Counts
from matchers.evidence_levels import DigitLevel, HandleLevel, NameLevel, RegionLevel
from tests.learning.met import evidence, met, observation


@pytest.fixture(scope="module")
def sample() -> Sample:
    with ground(5_000, 11) as stands_on:
        return draw_sample(stands_on, variant_shares([]), 1_000, 10_000)


def test_entries_are_counted_by_what_they_show_as_often_as_they_stand_for() -> None:
    one, other = evidence(bearers=2), evidence(HandleLevel.SWAPPED)
    events = [
        observation(met(one), met(other, 2.4, is_true=False)),
        observation(met(one._replace(bearers=9)), met(other, 2.4, is_true=False)),
    ]
    assert pairs_by_pattern(events, matches=True) == {one._replace(bearers=0): 2}
    assert pairs_by_pattern(events, matches=False) == {other._replace(bearers=0): 5}


def test_levels_are_coded_by_their_place_and_digits_by_handle() -> None:
    patterns = [
        evidence(HandleLevel.SEPARATORS, NameLevel.SILENT, DigitLevel.AGREE),
        evidence(HandleLevel.SWAPPED, NameLevel.ONE, DigitLevel.CONFLICT, region=RegionLevel.NAMED),
    ]
    found = {one.name: one for one in comparisons_of(patterns)}
    cells = found["handle_and_name"]
    assert [cells.levels[code] for code in cells.codes] == [
        (one.handle, one.name) for one in patterns
    ]
    digits = found["digits_separators"]
    assert digits.codes.tolist() == [list(DigitLevel).index(DigitLevel.AGREE), NOTHING]
    edits = found["digits_inserted"]  # stands for every edit
    assert edits.codes.tolist() == [NOTHING, list(DigitLevel).index(DigitLevel.CONFLICT)]
    region = found["region"]
    assert [region.levels[code] for code in region.codes] == [one.region for one in patterns]


def test_whole_pairs_are_counted_as_learning_counts_them() -> None:
    shown = [evidence(), evidence(HandleLevel.SWAPPED), evidence(name=NameLevel.DIFFERS)]
    learned = Counts()
    events = [observation(met(one)) for one in (*shown, *shown[:2])] + [observation()] * 3
    learned.add(events, 1.0, matches=True)
    found = counted(shown, np.array([2.0, 2.0, 1.0]), len(events))
    for name in ("cells", "digits", "titles", "region", "agency"):
        assert getattr(found, name) == pytest.approx(getattr(learned, name))
    assert found.seen == learned.seen
    assert found.least == learned.least


def test_the_samples_pairs_are_those_that_learning_counted(sample: Sample) -> None:
    assert sample.true_pairs.sum() > 900
    assert sample.other_pairs.sum() > 3_000
    for counts, pairs, events in (
        (sample.matches, sample.true_pairs, sample.registered_events),
        (sample.outsiders, sample.other_pairs, sample.outsiders_events),
    ):
        again = counted(sample.patterns, pairs.astype(float), events)
        for cell, share in counts.cells.items():
            assert again.cells[cell] == pytest.approx(share, rel=0.1, abs=1 / events)


@pytest.mark.parametrize("given_u", [False, True])
def test_a_guess_without_the_truth_is_near_it(sample: Sample, given_u: bool) -> None:
    found = guess(sample, given_u=given_u)
    true_share = sample.true_pairs.sum() / (sample.true_pairs + sample.other_pairs).sum()
    assert found.prior == pytest.approx(true_share, rel=0.1)
    assert found.found > (0.9 if given_u else 0.8)
    assert found.taken < 0.03
    lines = lines_of(sample, tables_of(sample.matches, sample.outsiders), [found.tables])
    agrees = agreement(lines, 0)
    assert min(agrees.by_pairs, agrees.by_true_pairs) > 0.93
    assert agrees.mean < (0.4 if given_u else 1.5)


@pytest.mark.shared
def test_the_command_prints_the_check(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--people", "500", "--registered", "400", "--outsiders", "2000"]
    main(["--data", str(shared), *sizes])
    head, _, one, other, _, _, _, *rows = capsys.readouterr().out.splitlines()
    assert head.startswith("500 invented people, seed 11; 400 events of registered people")
    assert one.startswith("- EM of m and u: share of true pairs ")
    assert other.startswith("- EM of m, u given: share of true pairs ")
    assert one.partition(": ")[2] != other.partition(": ")[2]
    assert rows[-1].startswith("| agency | no agency in bio | ")


def test_without_the_collections_there_is_no_check(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="meiu22"):
        crosscheck(tmp_path, people=10, seed=1, registered=10, outsiders=10)
