"""What the worker tells Prometheus: base units, every label set there from the start.

No label names a person, candidate, handle or subject (invariant 10). The registry is passed in;
nothing is global.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest

from streams.accounting import Partition
from streams.health import Sighting
from streams.records import ACTIONS, DeadLetterReason
from streams.signing import SIGNATURE_REASONS

REASONS: Final[tuple[str, ...]] = get_args(DeadLetterReason)
BATCH_SIZES: Final = (1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
AGES: Final = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 6 * 3_600, 24 * 3_600, 72 * 3_600)
"""Seconds from the event to its flag."""

COMMITS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Seconds until the brokers had stored a commit."""

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class LabelSets:
    """The values that labels may take, so that every series exists before it counts anything."""

    topics: Iterable[str]
    dispositions: Iterable[str]
    stages: Iterable[str]
    lists: Iterable[str]
    rules: Iterable[str]
    identity_statuses: Iterable[str] = ("bound", "declared", "unconfirmed")


class WorkerMetrics:
    """The worker's metrics in one registry; also what the batch consumer tells its life to."""

    def __init__(
        self, registry: CollectorRegistry, labels: LabelSets, *, version: str, settings: str
    ) -> None:
        """`settings` is the digest of what changes a judgement."""
        self.registry = registry
        self.events = Counter(
            "netral_events", "Records read or written.", ["topic"], registry=registry
        )
        self.dispositions = Counter(
            "netral_dispositions",
            "Events by what became of them; they add up to the events read.",
            ["disposition"],
            registry=registry,
        )
        self.flags = Counter(
            "netral_flags",
            "Fired rules of flagged events; an event that fires two counts in both.",
            ["rule", "identity", "action"],
            registry=registry,
        )
        self.dead_letters = Counter(
            "netral_dead_letters", "Refused records by reason.", ["reason"], registry=registry
        )
        self.batch_events = Histogram(
            "netral_batch_events", "Events in a batch.", buckets=BATCH_SIZES, registry=registry
        )
        self.stage_seconds = Counter(
            "netral_stage_seconds", "Time spent in a stage.", ["stage"], registry=registry
        )
        self.flag_age_seconds = Histogram(
            "netral_flag_age_seconds",
            "Age of an event when it was flagged.",
            buckets=AGES,
            registry=registry,
        )
        self.last_flag = Gauge(
            "netral_last_flag_timestamp_seconds",
            "When the newest flag was acknowledged; 0 before the first.",
            registry=registry,
        )
        partition = ["topic", "partition"]
        self.lag_events = Gauge(
            "netral_lag_events",
            "Events of a partition that are not dealt with yet.",
            partition,
            registry=registry,
        )
        self.partition_offset = Gauge(
            "netral_partition_offset",
            "Next offset of a partition that is not dealt with yet.",
            partition,
            registry=registry,
        )
        self.partition_still_seconds = Gauge(
            "netral_partition_still_seconds",
            "How long a partition with lag has not moved, brokers and output being well.",
            partition,
            registry=registry,
        )
        self.input_lost_records = Counter(
            "netral_input_lost",
            "Records that were deleted before the group had read them.",
            partition,
            registry=registry,
        )
        self.rebalances = Counter(
            "netral_rebalances", "Assignments of partitions to this worker.", registry=registry
        )
        self.commit_seconds = Histogram(
            "netral_commit_seconds",
            "Time until the brokers had stored a commit.",
            buckets=COMMITS,
            registry=registry,
        )
        self.commits_put_off = Counter(
            "netral_commits_put_off",
            "Commits that did not happen and are made later.",
            registry=registry,
        )
        self.brokers_answer = Gauge(
            "netral_brokers_answer",
            "1 while the leader of every partition held answers.",
            registry=registry,
        )
        self.output_wait_seconds = Gauge(
            "netral_output_wait_seconds",
            "How long the oldest write under way has waited for the brokers.",
            registry=registry,
        )
        self.list_info = Gauge(
            "netral_list_info", "Version in force.", ["list", "version"], registry=registry
        )
        self.list_entries = Gauge(
            "netral_list_entries", "Entries of a list in force.", ["list"], registry=registry
        )
        self.list_changed = Gauge(
            "netral_list_changed_timestamp_seconds",
            "When the list in force was taken.",
            ["list"],
            registry=registry,
        )
        self.list_age_seconds = Gauge(
            "netral_list_age_seconds", "Age of the list in force.", ["list"], registry=registry
        )
        self.list_refusals = Counter(
            "netral_list_refusals", "Refused changes of a list.", ["list"], registry=registry
        )
        self.list_refused = Gauge(
            "netral_list_refused",
            "1 while the newest change of a list stands refused.",
            ["list"],
            registry=registry,
        )
        self.signature_refusals = Counter(
            "netral_signature_refusals",
            "Changes of a list refused for their signature or its order.",
            ["list", "reason"],
            registry=registry,
        )
        self.stopped = Gauge(
            "netral_stopped", "1 while all flagging is stopped.", registry=registry
        )
        self.contests_open = Gauge(
            "netral_contests_open", "Contests with a window open just now.", registry=registry
        )
        self.monitoring_enabled = Gauge(
            "netral_monitoring_enabled",
            "1 while flags may be sent: not stopped, and known not to be.",
            registry=registry,
        )
        self.control_confirmed_seconds = Gauge(
            "netral_control_confirmed_seconds",
            "Since the time at which the control topic was known to be read to its end.",
            registry=registry,
        )
        self.ready = Gauge("netral_ready", "1 while the worker is ready.", registry=registry)
        Info("netral_build", "What runs.", registry=registry).info(
            {"version": version, "settings": settings}
        )
        ProcessCollector(registry=registry)
        self._versions: dict[str, str] = {}
        self._counted_refusals: dict[str, int] = {}
        self._initialise(labels)

    def _initialise(self, labels: LabelSets) -> None:
        for topic in labels.topics:
            self.events.labels(topic)
        for disposition in labels.dispositions:
            self.dispositions.labels(disposition)
        for stage in labels.stages:
            self.stage_seconds.labels(stage)
        for reason in REASONS:
            self.dead_letters.labels(reason)
        for name in labels.lists:
            for metric in (self.list_entries, self.list_changed, self.list_refused):
                metric.labels(name)
            self.list_age_seconds.labels(name)
            self.list_refusals.labels(name)
            if name != "rules":
                for reason in SIGNATURE_REASONS:
                    self.signature_refusals.labels(name, reason)
        for rule in labels.rules:
            for status in labels.identity_statuses:
                for action in ACTIONS:
                    self.flags.labels(rule, status, action)

    def set_list(
        self, name: str, *, version: str | None, entries: int | None, changed_at: float
    ) -> None:
        """Say which list is in force; `changed_at` in seconds since 1970."""
        before = self._versions.get(name)
        if version is not None and version != before:
            if before is not None:
                self.list_info.remove(name, before)
            self._versions[name] = version
            self.list_info.labels(name, version).set(1)
        if entries is not None:
            self.list_entries.labels(name).set(entries)
        self.list_changed.labels(name).set(changed_at)
        self.list_age_seconds.labels(name).set(max(0.0, time.time() - changed_at))

    def set_refusals(self, name: str, *, count: int, standing: bool) -> None:
        """Say how many changes of a list were refused so far, and whether the newest was."""
        counted = self._counted_refusals.get(name, 0)
        if count > counted:
            self.list_refusals.labels(name).inc(count - counted)
            self._counted_refusals[name] = count
        self.list_refused.labels(name).set(1 if standing else 0)

    def set_progress(
        self, seen: Mapping[Partition, Sighting], still: Mapping[Partition, float]
    ) -> None:
        """Say how far the partitions held now are; those given up disappear."""
        for metric in (self.lag_events, self.partition_offset, self.partition_still_seconds):
            metric.clear()
        for (topic, number), sighting in seen.items():
            labels = topic, str(number)
            self.lag_events.labels(*labels).set(sighting.lag)
            self.partition_offset.labels(*labels).set(sighting.done)
            self.partition_still_seconds.labels(*labels).set(still.get((topic, number), 0.0))
            self.input_lost_records.labels(*labels)

    def rebalanced(self) -> None:
        """The group has settled anew, with us in it."""
        self.rebalances.inc()

    def commit_ended(self, seconds: float, *, stored: bool) -> None:
        """A commit took so long; `stored` False: it is put off."""
        if stored:
            self.commit_seconds.observe(seconds)
        else:
            self.commits_put_off.inc()

    def input_lost(self, topic: str, partition: int, records: int) -> None:
        """So many records were deleted before the group had read them."""
        self.input_lost_records.labels(topic, str(partition)).inc(records)

    def expose(self) -> bytes:
        """The text that Prometheus scrapes."""
        return generate_latest(self.registry)


class StageClock:
    """Adds up the time between two ticks, by stage; written to the metric once a batch."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._last = clock()
        self.seconds: dict[str, float] = {}

    def start(self) -> None:
        """Begin a batch: the time since the last tick belongs to no stage."""
        self._last = self._clock()

    def tick(self, stage: str) -> None:
        """The stage is done."""
        now = self._clock()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now

    def drain_into(self, metrics: WorkerMetrics) -> None:
        """Move what was added up into the metric."""
        for stage, seconds in self.seconds.items():
            metrics.stage_seconds.labels(stage).inc(seconds)
        self.seconds.clear()
