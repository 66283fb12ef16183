"""`replay`, `dead-letters replay` and `skip` on a real Kafka-protocol broker."""

import asyncio
import contextlib
import io
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from agents.envelopes import SKIP_REASON
from cli.demo_worker import worker_environment, worker_process
from cli.main import main
from cli.rejudge import judge, told
from config.settings import ListSettings, MetricsSettings, Settings
from lists.in_force import ListsInForce
from streams.codec import decode_dead_letter, encode
from streams.embedded import free_port
from streams.records import ControlRecord, DeadLetter
from streams.topics import ensure_topics
from tests.agents.judged import EVENT_TIME, REGISTERED, STRANGER, SUPPORT, built_lists, post
from tests.brokers import Broker, Kind
from tests.cli import poisoned
from tests.cli.conftest import ROOT
from tests.streams.signed import write_signed
from tests.streams.wire import DEADLINE, committed, read_to_end, settings_for, write

pytestmark = pytest.mark.broker

SENT = int(time.time()) * 1_000 - 60_000
"""The first post's time in the topic, milliseconds since 1970; each next one is a second later.
Within the topic's retention: Kafka looks at it."""


@pytest.fixture(scope="module")
def lists_of_one(tmp_path_factory: pytest.TempPathFactory) -> ListSettings:
    return built_lists(tmp_path_factory.mktemp("lists"))


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@dataclass
class Stage:
    """Topics of a test's own, and the command with its settings."""

    settings: Settings
    folder: Path

    async def run(self, *arguments: str) -> "Done":
        """The command, in a thread of this process: a process of its own starts for seconds."""
        return await asyncio.to_thread(self._run, list(arguments))

    def _run(self, arguments: list[str]) -> "Done":
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            for name, value in worker_environment(self.settings).items():
                if name.startswith("NETRAL_"):
                    patch.setenv(name, value)
            code = main(arguments)
        return Done(code, out.getvalue(), err.getvalue())

    async def post(self, values: Sequence[bytes]) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self.settings.kafka.bootstrap, acks="all")
        await producer.start()
        try:
            for number, value in enumerate(values):
                await producer.send_and_wait(
                    self.settings.topics.public_posts,
                    value,
                    partition=0,
                    timestamp_ms=SENT + number * 1_000,
                )
        finally:
            await producer.stop()

    async def judged_by_a_worker(self, records: int) -> None:
        """A real worker runs until it has dealt with that many records."""
        with worker_process(self.settings, self.folder) as worker:
            await worker.wait_until_ready()
            async with asyncio.timeout(DEADLINE):
                while sum((await committed(self.settings, 1)).values()) < records:
                    worker.check_alive()
                    await asyncio.sleep(0.2)

    async def control(self, sequence: int, action: Literal["stop", "resume"]) -> None:
        record = ControlRecord(
            schema=1, sequence=sequence, action=action, reason="a test", by="test", at=EVENT_TIME
        )
        await write_signed(self.settings, self.settings.topics.control, record)

    async def flags(self) -> list[Any]:
        return await read_to_end(self.settings.kafka.bootstrap, self.settings.topics.flagged_events)

    async def letters(self) -> list[Any]:
        return await read_to_end(self.settings.kafka.bootstrap, self.settings.topics.dead_letters)


Make = Callable[[str], Awaitable[Stage]]


@pytest.fixture
def stage(broker: Broker, lists_of_one: ListSettings, tmp_path: Path) -> Make:
    async def make(prefix: str) -> Stage:
        settings = settings_for(broker.bootstrap, prefix).model_copy(
            update={"lists": lists_of_one, "metrics": MetricsSettings(port=free_port())}
        )
        await ensure_topics(settings)
        return Stage(settings, tmp_path)

    return make


def breaches(count: int) -> list[bytes]:
    return [post(number, REGISTERED, SUPPORT) for number in range(count)]


def seen(record: Any) -> tuple[Any, ...]:
    return record.key, record.value, tuple(record.headers)


def letter_about(stage: Stage, offset: int, value: bytes, reason: Any = "naive_time") -> bytes:
    return encode(
        DeadLetter(
            reason=reason,
            path="$.created_at",
            topic=stage.settings.topics.public_posts,
            partition=0,
            offset=offset,
            sha256=sha256(value).hexdigest(),
            at=EVENT_TIME,
        )
    )


async def test_a_letters_record_is_judged_as_a_worker_would_have(stage: Make) -> None:
    worked, replayed = await stage("as-worker-"), await stage("as-replay-")
    names = {"public_posts": worked.settings.topics.public_posts}
    replayed.settings = replayed.settings.model_copy(
        update={"topics": replayed.settings.topics.model_copy(update=names)}
    )
    good = post(1, REGISTERED, SUPPORT)
    await worked.post([good])
    await worked.judged_by_a_worker(1)
    letters = replayed.settings.topics.dead_letters
    await write(worked.settings.kafka.bootstrap, letters, [letter_about(worked, 0, good)])

    shown = await replayed.run("dead-letters", "replay", "--dry-run", "--json")
    assert shown.returncode == 0, shown
    assert orjson.loads(shown.stdout)["new_flags"] == 1
    assert await replayed.flags() == []

    done = await replayed.run("dead-letters", "replay", "--json")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout) == {
        "place": f"{names['public_posts']}:0:0",
        "was": "naive_time",
        "status": "judged",
        "now": "flagged",
        "new_flags": 1,
    }
    [flag] = await replayed.flags()
    [expected] = await worked.flags()
    assert seen(flag) == seen(expected)

    again = await replayed.run("dead-letters", "replay", "--json")
    assert orjson.loads(again.stdout)["new_flags"] == 0
    assert len(await replayed.flags()) == 1


async def test_what_is_still_bad_gets_a_letter_and_what_has_changed_is_told(stage: Make) -> None:
    here = await stage("bad-")
    bad = post(2, STRANGER, "KANARI-77", created_at="2024-10-10")
    await here.post([bad, post(3, REGISTERED, SUPPORT)])
    letters = [letter_about(here, 0, bad, "wrong_type"), letter_about(here, 1, b"another")]
    await write(here.settings.kafka.bootstrap, here.settings.topics.dead_letters, letters)

    done = await here.run("dead-letters", "replay")
    assert done.returncode == 1
    topic = here.settings.topics.public_posts
    assert f"{topic}:0:1  naive_time: changed" in done.stdout
    assert "KANARI" not in done.stdout + done.stderr
    assert await here.flags() == []
    assert f"{topic}:0:0  wrong_type: refused invalid_value at $.created_at" in done.stdout
    [new] = [each for each in await here.letters() if each.key == f"{topic}:0:0".encode()]
    letter = decode_dead_letter(new.value)
    assert isinstance(letter, DeadLetter)
    assert (letter.offset, letter.reason) == (0, "invalid_value")

    one = await here.run("dead-letters", "replay", f"{topic}:0:0", "--json")
    assert one.returncode == 0
    assert len(one.stdout.splitlines()) == 1
    none = await here.run("dead-letters", "replay", f"{topic}:0:7")
    assert none.returncode == 66
    assert f"{topic}:0:7" in none.stderr


async def expire(
    here: Stage, before: int, broker_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Delete the first records of partition 0."""
    partition = TopicPartition(here.settings.topics.public_posts, 0)
    if broker_kind == "kafka":
        admin = AIOKafkaAdminClient(bootstrap_servers=here.settings.kafka.bootstrap)
        await admin.start()
        try:
            await admin.delete_records({partition: RecordsToDelete(before_offset=before)})
        finally:
            await admin.close()
        return
    # The embedded broker cannot delete records: this is what Kafka would say.
    beginning_offsets = AIOKafkaConsumer.beginning_offsets

    async def begins(consumer: Any, partitions: Any) -> Any:
        found = await beginning_offsets(consumer, partitions)
        return {each: before if each == partition else begin for each, begin in found.items()}

    monkeypatch.setattr(AIOKafkaConsumer, "beginning_offsets", begins)


async def test_a_record_past_retention_is_expired(
    stage: Make, broker_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await stage("old-")
    values = breaches(3)
    await here.post(values)
    await expire(here, 2, broker_kind, monkeypatch)
    await write(
        here.settings.kafka.bootstrap,
        here.settings.topics.dead_letters,
        [letter_about(here, 1, values[1])],
    )
    done = await here.run("dead-letters", "replay")
    assert done.returncode == 3, done.stderr
    assert "expired" in done.stdout
    span = await here.run("replay", "--from", "0:0", "--yes")
    assert span.returncode == 3, span.stderr
    assert "expired: offsets 0 to 1 of partition 0" in span.stdout
    assert len(await here.flags()) == 1


async def test_a_span_is_judged_and_only_what_is_missing_is_added(stage: Make) -> None:
    here = await stage("span-")
    stranger = post(98, STRANGER, SUPPORT)
    await here.post([*breaches(4), stranger, post(99, REGISTERED, "cuaca cerah"), b"{spoilt"])
    first = await here.run("replay", "--from", "0:1", "--to", "0:3", "--yes", "--json")
    assert first.returncode == 0, first.stderr
    assert orjson.loads(first.stdout)["flags_added"] == 2

    shown = await here.run("replay", "--from", "0:0")
    assert shown.returncode == 0, shown.stderr
    assert "flags: 2 on the topic already, 2 new" in shown.stdout
    assert "nothing was added" in shown.stdout
    assert len(await here.flags()) == 2

    done = await here.run("replay", "--from", "0:0", "--yes", "--json")
    found = orjson.loads(done.stdout)
    assert {name: count for name, count in found["dispositions"].items() if count} == {
        "flagged": 4,
        "unmatched": 1,
        "untouched": 1,
        "invalid": 1,
    }
    assert (found["flags_known"], found["flags_new"], found["flags_added"]) == (2, 2, 2)
    offsets = sorted(int(dict(flag.headers)["source-offset"]) for flag in await here.flags())
    assert offsets == [0, 1, 2, 3]
    # What is invalid has its dead letter from the worker that read it.
    assert await here.letters() == []


async def test_a_span_by_instants_is_by_the_brokers_time(stage: Make) -> None:
    here = await stage("time-")
    await here.post(breaches(5))
    instants = [datetime.fromtimestamp(SENT / 1_000 + second, UTC).isoformat() for second in (1, 4)]
    done = await here.run("replay", "--from", instants[0], "--to", instants[1], "--json")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["records"] == 3


async def test_inv_14_a_stopped_span_is_judged_on_request_once_flagging_is_resumed(
    stage: Make,
) -> None:
    here = await stage("stopped-")
    await here.control(1, "stop")
    await here.post(breaches(3))
    await here.judged_by_a_worker(3)
    assert await here.flags() == []
    refused = await here.run("replay", "--from", "0:0", "--yes")
    assert refused.returncode == 75
    assert "3 new" in refused.stdout
    assert "Resume" in refused.stderr
    assert await here.flags() == []

    await here.control(2, "resume")
    done = await here.run("replay", "--from", "0:0", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["flags_added"] == 3
    assert len(await here.flags()) == 3


async def crash(here: Stage) -> None:
    """A worker meets the poison and ends."""
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.cli.poisoned", "worker"),
        cwd=ROOT,
        env=worker_environment(here.settings),
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(DEADLINE):
        assert await worker.wait() == 70


async def test_a_poisoned_partition_is_freed_and_nothing_else_is_lost(
    stage: Make, broker_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await stage("poison-")
    topic = here.settings.topics.public_posts
    before, after = breaches(3), [post(50 + number, REGISTERED, SUPPORT) for number in range(2)]
    bad = post(40, STRANGER, "x", created_at="2024-10-10")
    poison = post(41, REGISTERED, f"RACUN {SUPPORT}")
    await here.post([*before, bad, poison, *after])
    if broker_kind == "kafka":  # the embedded broker keeps a member that has gone
        await crash(here)
    assert await committed(here.settings, 1) == {}

    # A dry run names the record that it was.
    with monkeypatch.context() as patch:
        patch.setattr("matchers.screening.touch_batch", poisoned.touch_batch)
        named = await here.run("replay", "--from", "0:0")
    assert named.returncode == 70
    assert f"defect at {topic}:0:4: ZeroDivisionError" in named.stdout
    assert "RACUN" not in named.stdout + named.stderr

    quoted = await skipped(here, f"{topic}:0:4", "it says RACUN Ayo dukung dan", code=66)
    assert "repeats" in quoted.stderr
    assert await committed(here.settings, 1) == {}

    freed = await skipped(here, f"{topic}:0:4", "division by zero, ticket 17")
    assert "4 records before it were judged, 3 flags written" in freed.stdout
    assert await committed(here.settings, 1) == {0: 5}
    letters = [(decode_dead_letter(each.value), each) for each in await here.letters()]
    [(letter, record)] = [
        (letter, record)
        for letter, record in letters
        if isinstance(letter, DeadLetter) and letter.reason == "skipped"
    ]
    assert (letter.offset, letter.sha256) == (4, sha256(poison).hexdigest())
    assert dict(record.headers)[SKIP_REASON] == b"division by zero, ticket 17"
    assert {letter.offset for letter, _ in letters if isinstance(letter, DeadLetter)} == {3, 4}
    listed = await here.run("dead-letters", "list")
    assert "ticket 17" in listed.stdout

    await here.judged_by_a_worker(7)  # committed to the end; the worker did not meet the poison
    offsets = sorted(int(dict(flag.headers)["source-offset"]) for flag in await here.flags())
    assert offsets == [0, 1, 2, 5, 6]
    # The cause is mended: the record is judged after all.
    mended = await here.run("dead-letters", "replay", "--reason", "skipped", "--json")
    assert orjson.loads(mended.stdout)["now"] == "flagged"
    assert len(await here.flags()) == 6


async def test_skip_refuses_while_workers_hold_the_group(stage: Make) -> None:
    here = await stage("held-")
    topic = here.settings.topics.public_posts
    await here.post(breaches(1))
    with worker_process(here.settings, here.folder) as worker:
        await worker.wait_until_ready()
        refused = await here.run("skip", f"{topic}:0:0", "--reason", "a test")
    assert refused.returncode == 75
    assert "member" in refused.stderr
    assert await here.letters() == []


async def test_skip_refuses_what_is_done_and_what_is_not_there(stage: Make) -> None:
    here = await stage("done-")
    topic = here.settings.topics.public_posts
    await here.post(breaches(2))
    absent = await skipped(here, f"{topic}:0:2", "a test", code=66)
    assert "holds no record" in absent.stderr
    await skipped(here, f"{topic}:0:0", "a test")
    assert await committed(here.settings, 1) == {0: 1}
    done = await skipped(here, f"{topic}:0:0", "a test", code=66)
    assert "nothing to skip" in done.stderr
    other = await here.run("skip", "other:0:0", "--reason", "a test")
    assert other.returncode == 66
    assert len(await here.letters()) == 1


async def skipped(here: Stage, place: str, reason: str, code: int = 0) -> Done:
    """Skip, once the group of a worker that has ended is empty."""
    async with asyncio.timeout(DEADLINE):
        while True:
            done = await here.run("skip", place, "--reason", reason)
            if done.returncode != 75:
                assert done.returncode == code, done.stderr
                return done


def test_a_record_that_our_code_raises_on_holds_up_no_other(
    lists_of_one: ListSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchers.screening.touch_batch", poisoned.touch_batch)
    settings = Settings.model_construct(lists=lists_of_one)
    texts = [SUPPORT, "RACUN", SUPPORT]
    values = [post(number, REGISTERED, text) for number, text in enumerate(texts)]
    records = [Record("posts", 0, offset, 0, value) for offset, value in enumerate(values)]
    first, second, third = judge(records, ListsInForce(settings).stages, 1_000_000)
    assert first.outcome is not None
    assert third.outcome is not None
    assert (len(first.outcome.flags), len(third.outcome.flags)) == (1, 1)
    assert second.outcome is None
    assert second.defect is not None
    assert second.defect["errors"] == ["ZeroDivisionError"]
    assert "poisoned.py" in told(second.defect)


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None
