"""Looks again and again whether the worker gets on, for `/healthz` and the progress metrics."""

import asyncio
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from config.settings import Settings
from streams.accounting import Partition
from streams.health import Health, ProgressWatch, Sighting
from streams.metrics import WorkerMetrics
from streams.probe import ANSWER_TIMEOUT, EndOffsetProbe

WRITE_PATIENCE: Final = 5.0
"""Seconds that a write may wait for the brokers before the output counts as not accepting."""

Progress = Callable[[], dict[Partition, Sighting]]
"""How far each partition held is, by what the consumer knows; empty without a consumer."""


class Liveness:
    """The newest look at the brokers, the output and every partition held."""

    def __init__(
        self,
        settings: Settings,
        *,
        metrics: WorkerMetrics,
        progress: Progress,
        longest_wait: Callable[[], float],
    ) -> None:
        """`longest_wait` is the seconds that the oldest write, under way or held, has waited."""
        self._settings = settings
        self._metrics = metrics
        self._progress = progress
        self._longest_wait = longest_wait
        self._ends: Mapping[Partition, int] = {}
        every = settings.health.probe_interval
        # A look takes as long as the brokers may take to answer, and twice that is no accident.
        self._watch = ProgressWatch(settings.health.stuck_after, 2 * (every + ANSWER_TIMEOUT))

    async def follow(self) -> None:
        """Look until cancelled."""
        async with EndOffsetProbe(self._settings.kafka) as probe:
            while True:
                ends = await probe.ends(list(self._progress()))
                self._ends = ends or {}
                self._metrics.brokers_answer.set(0 if ends is None else 1)
                self._watch.observe(
                    monotonic(),
                    self.seen(),
                    brokers_answer=ends is not None,
                    output_accepts=self._longest_wait() < WRITE_PATIENCE,
                )
                await asyncio.sleep(self._settings.health.probe_interval)

    def seen(self) -> dict[Partition, Sighting]:
        """Every partition held; its end is the farther of what consumer and brokers say."""
        return {
            each: Sighting(sighting.done, max(sighting.end, self._ends.get(each, 0)))
            for each, sighting in self._progress().items()
        }

    def health(self) -> Health:
        """What `/healthz` answers."""
        return self._watch.health()

    def expose(self) -> None:
        """Bring the metrics of progress up to date."""
        self._metrics.set_progress(self.seen(), self._watch.still())
        self._metrics.output_wait_seconds.set(self._longest_wait())
