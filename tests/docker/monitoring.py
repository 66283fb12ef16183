"""A real Prometheus, scraping real workers, with the shipped rules."""

import asyncio
import json
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from config.settings import Settings
from streams.embedded import free_port
from streams.records import Watchlist
from tests.docker.rules import PROMETHEUS
from tests.invariants.live import flaggable
from tests.invariants.scene import EXAMPLE, STRANGER

DEADLINE = 60.0
SCRAPE = "200ms"


@dataclass(frozen=True)
class Prometheus:
    url: str

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The samples of an instant query."""
        url = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': expr})}"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
                found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
                return found
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expr}: {error.read().decode()}") from None

    def until(self, expr: str, wanted: Callable[[list[dict[str, Any]]], bool] = bool) -> None:
        """Ask until the answer is as wanted: not empty unless said otherwise."""
        end = time.monotonic() + DEADLINE
        while not wanted(found := self.query(expr)):
            assert time.monotonic() < end, f"{expr}: still {found}"
            time.sleep(0.05)


@contextmanager
def prometheus(binary: str, folder: Path, targets: list[int]) -> Iterator[Prometheus]:
    """One on a free port, with the shipped rules evaluated as often as it scrapes."""
    folder.mkdir(parents=True)
    port = free_port()
    config = {
        "global": dict.fromkeys(
            ("scrape_interval", "scrape_timeout", "evaluation_interval"), SCRAPE
        ),
        "rule_files": [str(PROMETHEUS / "rules" / "*.yml")],
        "scrape_configs": [
            {
                "job_name": "netral",
                "static_configs": [{"targets": [f"127.0.0.1:{each}" for each in targets]}],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                binary,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process, folder / "prometheus.log")
        yield Prometheus(url)
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2_000:]
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(log.read_text()[-2_000:])


def open_now() -> Watchlist:
    """The example election, with its last window open for another month."""
    (election,) = EXAMPLE.elections
    (contest,) = election.contests
    *others, last = contest.phases
    longer = msgspec.structs.replace(last, end=datetime.now(UTC) + timedelta(days=30))
    contest = msgspec.structs.replace(contest, phases=(*others, longer))
    election = msgspec.structs.replace(election, contests=(contest,))
    return msgspec.structs.replace(EXAMPLE, elections=(election,))


def posts(count: int) -> list[bytes]:
    """Of ten, one is flagged, one cannot be read, the others are a stranger's."""
    made = []
    for number in range(count):
        post = flaggable(f"load-{number}")
        if number % 10 == 1:
            made.append(b"no json")
            continue
        if number % 10:
            post["actor"] = {"handle": STRANGER}
        made.append(json.dumps(post).encode())
    return made


@contextmanager
def load(
    settings: Settings, values: list[bytes], pause: float = 0.02, *, survives: bool = False
) -> Iterator[None]:
    """The values, again and again to every partition, for as long as the block runs.

    `survives`: the broker may go away meanwhile.
    """
    stop = threading.Event()
    errors: list[Exception] = []

    async def send() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap, linger_ms=5)
        await producer.start()
        try:
            partition = 0
            while not stop.is_set():
                partition = (partition + 1) % settings.topics.partitions
                for value in values:
                    await producer.send(settings.topics.public_posts, value, partition=partition)
                await asyncio.sleep(pause)
        finally:
            await producer.stop()

    def run() -> None:
        try:
            asyncio.run(send())
        except Exception as error:  # noqa: BLE001 - raised again below
            if not (survives and isinstance(error, KafkaError)):
                errors.append(error)

    thread = threading.Thread(target=run, name="load")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not errors, errors


def quick(settings: Settings, **kafka: Any) -> Settings:
    """Looks at the brokers often; everything else as it is."""
    health = settings.health.model_copy(update={"probe_interval": 0.2})
    return settings.model_copy(
        update={"health": health, "kafka": settings.kafka.model_copy(update=kafka)}
    )
