"""Invariant 11: only `visibility: "public"` is processed; the rest is rejected and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.screening import Stages
from tests.invariants.live import NOT_PUBLIC, LiveRun
from tests.invariants.scene import BOUND, BOUND_ID, in_force, outcome


@pytest.fixture(scope="module")
def stages(live: LiveRun) -> Stages:
    return in_force(live.lists).stages


def test_inv_11_public_is_processed(stages: Stages) -> None:
    assert outcome(stages, BOUND, BOUND_ID, visibility="public").disposition == "flagged"


@pytest.mark.parametrize("visibility", NOT_PUBLIC)
def test_inv_11_nothing_else_is(stages: Stages, visibility: str) -> None:
    found = outcome(stages, BOUND, BOUND_ID, visibility=visibility)
    assert (found.disposition, found.flags) == ("not_public", ())


@given(visibility=st.text(max_size=32))
def test_inv_11_no_other_word_means_public(stages: Stages, visibility: str) -> None:
    found = outcome(stages, BOUND, BOUND_ID, visibility=visibility)
    assert (found.disposition == "flagged") == (visibility == "public")


def test_inv_11_a_worker_rejects_and_counts_them(live: LiveRun) -> None:
    sent = [one for one in live.sent if one.case.disposition == "not_public"]
    assert len(sent) == 2 * len(NOT_PUBLIC)
    line = f'netral_dispositions_total{{disposition="not_public"}} {len(sent):.1f}'
    assert line in live.metrics.splitlines()
    places = {(one.partition, one.offset) for one in sent}
    for several in live.flags().values():
        for _, record in several:
            headers = dict(record.headers)
            came_from = int(headers["source-partition"]), int(headers["source-offset"])
            assert came_from not in places
