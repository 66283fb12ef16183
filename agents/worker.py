"""`netral worker`, assembled: lists, overlay, agent, producer, metrics; and one way out."""

import asyncio
import contextlib
import gc
import math
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

import faust
import structlog
from faust.exceptions import ConsumerNotStarted
from prometheus_client import CollectorRegistry, disable_created_metrics

from agents.list_updates import ListUpdates
from agents.liveness import Liveness
from agents.screen import Screener, attach
from agents.stop_switch import StopSwitch
from config.errors import ListError, SigningError
from config.settings import Settings
from lists.in_force import LIST_NAMES, ListName, ListsInForce
from lists.register_watch import follow_register, stamp
from matchers.screening import STAGES
from matchers.types import DISPOSITIONS
from streams.accounting import Partition
from streams.app import consumer_of, create_app
from streams.confirmation import Confirmation
from streams.connection import connection
from streams.health import Health, Sighting
from streams.http import Readiness, StatusServer
from streams.logs import configure_logging
from streams.metrics import LabelSets, WorkerMetrics
from streams.overlay import EndWatch, OverlayService, ReadTo
from streams.producer import RecordProducer
from streams.runner import run, serve, serve_again
from streams.signature_order import SignatureOrder
from streams.signing_keys import load_verifier
from streams.topic_end import TopicEnd
from streams.topics import declared_topics, ensure_topics, list_topics
from streams.tracing import Tracing, tracing

ENGINE_VERSION: Final = version("netral")

GC_ALLOCATIONS: Final = 50_000
"""Net allocations between two rounds; a batch makes some thousands and leaves none behind."""

log = structlog.get_logger(__name__)


def run_worker(settings: Settings) -> int:
    """Screen public posts until SIGTERM or Ctrl-C. Returns the process's exit code.

    0: stopped as asked. 65, 78: a list or a setting is refused at the start. 69: the broker
    cannot be used for good. 70: an unexpected exception in our code.
    """
    configure_logging(settings.log)
    # A second series for every counter, which nobody asks for and every scrape would render.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    return run(lambda stop: work(settings, stop))


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """The worker's life. Raises NetralError, CrashedError; see :func:`run_worker`."""
    with tracing(settings, ENGINE_VERSION) as tracer:
        await _work(Worker(settings, tracer), settings, stop)


async def _work(worker: "Worker", settings: Settings, stop: asyncio.Event) -> None:
    with worker.reload_on_hangup():
        async with StatusServer(
            settings.metrics,
            metrics=worker.expose_metrics,
            health=worker.health,
            readiness=worker.readiness,
        ):
            beside = {
                asyncio.create_task(worker.follow_register(), name="register watch"),
                asyncio.create_task(worker.follow_progress(), name="progress watch"),
            }
            for task in beside:
                task.add_done_callback(lambda _: stop.set())  # they end by a bug only
            try:
                await worker.run(stop)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.wait(beside)
            for task in beside:
                if not task.cancelled():
                    task.result()


class Worker:
    """One screening process: what outlives an app that must be started again."""

    def __init__(self, settings: Settings, tracer: Tracing) -> None:
        """Load the lists. Raises SettingsError or ListError where they are refused."""
        self._settings = settings
        self._tracing = tracer
        order = SignatureOrder(load_verifier(settings))
        self._register_stamp = None
        if settings.lists.register_dir is not None:
            self._register_stamp = stamp(settings.lists.register_dir)
        self._lists = ListsInForce(settings)
        self._metrics = WorkerMetrics(
            CollectorRegistry(),
            LabelSets(
                topics=[spec.name for spec in declared_topics(settings)],
                dispositions=DISPOSITIONS,
                stages=("decode", *STAGES, "encode"),
                lists=LIST_NAMES,
                rules=[r.code for r in self._lists.stages.rulebook.rules if r.observable],
            ),
            version=ENGINE_VERSION,
            settings=settings.judgement.digest(),
        )
        self._liveness = Liveness(
            settings,
            metrics=self._metrics,
            progress=self._progress,
            longest_wait=self._longest_wait,
        )
        self._updates = ListUpdates(
            settings.topics, self._lists, self._metrics, settings.kafka.message_max_bytes, order
        )
        self._confirmation = Confirmation()
        self._switch = StopSwitch(self._lists, self._confirmation)
        self._positions: dict[str, int] = {}
        self._overlays: tuple[OverlayService, ...] = ()
        self._app: faust.App | None = None
        self._producers: tuple[RecordProducer, ...] = ()
        _settle_memory()

    async def run(self, stop: asyncio.Event) -> None:
        """Screen until `stop`, over every absence of the broker."""
        await serve_again(self._settings, stop, lambda: self._screen(stop))

    async def _screen(self, stop: asyncio.Event) -> None:
        settings = self._settings
        await ensure_topics(settings)
        async with (
            RecordProducer(settings.kafka, self._switch.guard) as flags,
            RecordProducer(settings.kafka) as letters,
        ):
            self._producers = (flags, letters)
            control = settings.topics.control
            self._overlays = (
                self._follow((control,), self._confirmation.read_to),
                self._follow(list_topics(settings)),
            )
            end = TopicEnd(control, **connection(settings.kafka))
            services = (EndWatch(end, self._confirmation), *self._overlays)
            app = self._app = create_app(settings, services=services, observer=self._metrics)
            screener = Screener(
                settings,
                self._lists,
                self._switch,
                flags,
                letters,
                self._metrics,
                self._tracing,
                ENGINE_VERSION,
            )
            attach(app, settings.topics.public_posts, screener)
            try:
                await serve(app, stop, settings.kafka.drain_timeout)
            finally:
                self._app, self._overlays, self._producers = None, (), ()

    def _follow(self, topics: Sequence[str], read_to: ReadTo | None = None) -> OverlayService:
        return OverlayService(
            kafka=self._settings.kafka,
            topics=topics,
            apply=self._updates,
            positions=self._positions,
            max_bytes=self._settings.kafka.message_max_bytes,
            read_to=read_to,
        )

    async def follow_register(self) -> None:
        """Switch to a new register between two batches as soon as it lies in its place."""
        directory = self._settings.lists.register_dir
        assert directory is not None  # noqa: S101 - the lists are loaded
        await follow_register(self._lists, directory, self._register_stamp)

    def _longest_wait(self) -> float:
        """A batch that is held back waits for its output too: a restart would not help it."""
        waits = [self._switch.longest_wait(), *(one.longest_wait() for one in self._producers)]
        return max(waits)

    async def follow_progress(self) -> None:
        """Look whether the partitions held move, brokers and output being well."""
        await self._liveness.follow()

    def health(self) -> Health:
        """Not alive only for what a restart mends: a partition stands still for no reason."""
        return self._liveness.health()

    def readiness(self) -> Readiness:
        """Ready: lists loaded, overlays caught up, control topic confirmed, group joined.

        Refused lists are shown, and what the control topic says.
        """
        partitions = self._partitions()
        checks = {
            "register_loaded": True,  # the constructor loads both or raises
            "watchlist_loaded": True,
            "overlays_caught_up": bool(self._overlays)
            and all(overlay.caught_up for overlay in self._overlays),
            "control_confirmed": self._confirmation.is_fresh,
            "partitions_assigned": partitions is not None,
        }
        refused = {
            name: {"reason": refusal.reason, "count": refusal.count, "at": refusal.at}
            for name, refusal in self._lists.refusals.items()
            if refusal.standing
        }
        return Readiness(
            checks,
            {
                "partitions": partitions or 0,
                "refused_lists": refused,
                "control": self._control_state(),
            },
        )

    def _control_state(self) -> dict[str, Any]:
        """`confirmed` is the age of the newest confirmation, in seconds."""
        age, control = self._confirmation.age, self._lists.control
        return {
            "stopped": self._lists.is_stopped,
            "may_flag": self._switch.may_flag,
            "confirmed": None if age is None else round(age, 3),
            "sequence": None if control is None else control.record.sequence,
            "signed_by": None if control is None else control.signed_by,
        }

    def expose_metrics(self) -> bytes:
        """Bring the gauges up to date and render everything."""
        metrics = self._metrics
        stages = self._lists.stages
        sizes: dict[ListName, tuple[str | None, int | None]] = {
            "register": (stages.register.version, stages.register.size),
            "watchlist": (stages.watchlist.version, stages.watchlist.entry_count),
            "rules": (stages.rulebook.version, len(stages.rulebook.rules)),
            "control": (None, None),
        }
        for name, (content, entries) in sizes.items():
            metrics.set_list(
                name, version=content, entries=entries, changed_at=self._lists.changed_at[name]
            )
        for name, refusal in self._lists.refusals.items():
            metrics.set_refusals(name, count=refusal.count, standing=refusal.standing)
        metrics.stopped.set(1 if stages.stopped else 0)
        metrics.contests_open.set(stages.watchlist.contests_at(datetime.now(UTC)).bit_count())
        metrics.monitoring_enabled.set(1 if self._switch.may_flag else 0)
        age = self._confirmation.age
        metrics.control_confirmed_seconds.set(math.inf if age is None else age)
        metrics.ready.set(1 if self.readiness().ready else 0)
        self._liveness.expose()
        return metrics.expose()

    @contextlib.contextmanager
    def reload_on_hangup(self) -> Iterator[None]:
        """Read lists and trusted keys again on SIGHUP, for as long as the block runs."""
        hangup = getattr(signal, "SIGHUP", None)
        if hangup is None:  # Windows
            yield
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(hangup, self._reload)
        try:
            yield
        finally:
            loop.remove_signal_handler(hangup)

    def _reload(self) -> None:
        """All of it or nothing: a key file that is refused leaves keys and lists as they are."""
        try:
            verifier = load_verifier(self._settings)
            self._lists.reload()
        except (ListError, SigningError) as error:
            log.warning("reload_refused", error=type(error).__name__, reason=str(error))
        else:
            self._updates.trust(verifier)
            log.info("lists_reloaded")

    def _progress(self) -> dict[Partition, Sighting]:
        return {} if self._app is None else consumer_of(self._app).progress()

    def _partitions(self) -> int | None:
        """Partitions held; None before the worker is a member of the group."""
        app = self._app
        if app is None or app.rebalancing or not app.rebalancing_count:
            return None
        try:
            return len(consumer_of(app).assignment())
        except ConsumerNotStarted:
            return None


def _settle_memory() -> None:
    """Take the lists out of the garbage collector's rounds: they stay, and they are large.

    Measured: without it a fifth of a busy worker's time went into walking over them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)
