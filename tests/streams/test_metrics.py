"""Every series exists before it counts, follows the conventions and names nobody."""

import re

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from streams.health import Sighting
from streams.metrics import LabelSets, StageClock, WorkerMetrics


@pytest.fixture
def metrics() -> WorkerMetrics:
    labels = LabelSets(
        topics=["public-posts"],
        dispositions=["flagged", "untouched"],
        stages=["decode", "touch"],
        lists=["register", "watchlist"],
        rules=["E4", "D6"],
    )
    return WorkerMetrics(CollectorRegistry(), labels, version="1.2.3", settings="5e77")


def test_every_label_set_is_there_from_the_start(metrics: WorkerMetrics) -> None:
    text = metrics.expose().decode()
    for series in (
        'netral_events_total{topic="public-posts"} 0.0',
        'netral_dispositions_total{disposition="flagged"} 0.0',
        'netral_flags_total{action="like",identity="bound",rule="E4"} 0.0',
        'netral_flags_total{action="join",identity="unconfirmed",rule="D6"} 0.0',
        'netral_dead_letters_total{reason="from_the_future"} 0.0',
        'netral_dead_letters_total{reason="unwritable"} 0.0',
        'netral_stage_seconds_total{stage="touch"} 0.0',
        'netral_list_refused{list="register"} 0.0',
        'netral_list_refusals_total{list="watchlist"} 0.0',
        'netral_build_info{settings="5e77",version="1.2.3"} 1.0',
    ):
        assert series in text.splitlines()


def test_names_follow_the_conventions(metrics: WorkerMetrics) -> None:
    for family in text_string_to_metric_families(metrics.expose().decode()):
        assert family.name.startswith(("netral_", "process_"))
        assert not re.search(r"millis|_ms$|minutes|kilobytes", family.name)
        assert family.documentation.endswith(".")


def test_inv_10_no_label_names_a_person(metrics: WorkerMetrics) -> None:
    labels = {
        name
        for family in text_string_to_metric_families(metrics.expose().decode())
        for sample in family.samples
        for name in sample.labels
    }
    assert labels <= {
        *("topic", "disposition", "rule", "identity", "action", "reason"),
        *("stage", "list", "version", "settings", "partition", "le"),
    }


def test_a_new_version_replaces_the_old(metrics: WorkerMetrics) -> None:
    metrics.set_list("register", version="aaa", entries=3, changed_at=1.0)
    metrics.set_list("register", version="bbb", entries=4, changed_at=2.0)
    text = metrics.expose().decode()
    assert 'netral_list_info{list="register",version="bbb"} 1.0' in text
    assert "aaa" not in text
    assert 'netral_list_entries{list="register"} 4.0' in text


def test_refusals_are_counted_once(metrics: WorkerMetrics) -> None:
    metrics.set_refusals("register", count=2, standing=True)
    metrics.set_refusals("register", count=2, standing=True)
    text = metrics.expose().decode()
    assert 'netral_list_refusals_total{list="register"} 2.0' in text
    assert 'netral_list_refused{list="register"} 1.0' in text
    metrics.set_refusals("register", count=2, standing=False)
    assert 'netral_list_refused{list="register"} 0.0' in metrics.expose().decode()


def test_partitions_given_up_have_no_lag(metrics: WorkerMetrics) -> None:
    both = {("public-posts", 0): Sighting(3, 10), ("public-posts", 1): Sighting(5, 5)}
    metrics.set_progress(both, {("public-posts", 0): 2.5})
    text = metrics.expose().decode()
    assert 'netral_lag_events{partition="0",topic="public-posts"} 7.0' in text
    assert 'netral_partition_offset{partition="1",topic="public-posts"} 5.0' in text
    assert 'netral_partition_still_seconds{partition="0",topic="public-posts"} 2.5' in text
    metrics.set_progress({("public-posts", 1): Sighting(7, 10)}, {})
    text = metrics.expose().decode()
    assert 'netral_lag_events{partition="1",topic="public-posts"} 3.0' in text
    assert 'netral_lag_events{partition="0"' not in text
    # What was lost there stays counted.
    assert 'netral_input_lost_total{partition="0",topic="public-posts"} 0.0' in text


def test_the_consumers_life_is_counted(metrics: WorkerMetrics) -> None:
    metrics.rebalanced()
    metrics.commit_ended(0.02, stored=True)
    metrics.commit_ended(5.0, stored=False)
    metrics.input_lost("public-posts", 3, 40)
    metrics.input_lost("public-posts", 3, 2)
    text = metrics.expose().decode()
    for line in (
        "netral_rebalances_total 1.0",
        'netral_commit_seconds_bucket{le="0.025"} 1.0',
        "netral_commit_seconds_count 1.0",
        "netral_commits_put_off_total 1.0",
        'netral_input_lost_total{partition="3",topic="public-posts"} 42.0',
    ):
        assert line in text.splitlines()


def test_time_between_ticks_belongs_to_the_stage(metrics: WorkerMetrics) -> None:
    times = iter([0.0, 10.0, 10.5, 12.5])
    clock = StageClock(lambda: next(times))
    clock.start()
    clock.tick("decode")
    clock.tick("touch")
    clock.drain_into(metrics)
    text = metrics.expose().decode()
    assert 'netral_stage_seconds_total{stage="decode"} 0.5' in text
    assert 'netral_stage_seconds_total{stage="touch"} 2.0' in text
