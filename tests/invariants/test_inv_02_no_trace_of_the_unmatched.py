"""Invariant 02: an event whose author is not matched leaves no trace but in the input topic."""

import asyncio
import base64
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from pathlib import Path

import numba
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli.demo_worker import worker_environment
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.invariants.live import (
    CANARY,
    INVALID,
    MARKER,
    STOPPED,
    UNMATCHED,
    Case,
    LiveRun,
    clean_environment,
    send,
    worker_settings,
    written_in,
)
from tests.invariants.planted_bug import STAGES
from tests.invariants.scene import BOUND, STRANGER, files_in
from tests.streams.wire import DEADLINE, committed, read_to_end

pytestmark = pytest.mark.broker


def forms(word: str) -> Iterator[bytes]:
    """A word as it might be hidden in bytes: plain, hexadecimal, in base64 at each alignment."""
    raw = word.encode()
    yield raw
    yield raw.hex().encode()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + raw)
        yield coded[-(-lead * 8 // 6) : len(raw) * 8 // 6 - 1].lower()


def holds(content: bytes, word: str = CANARY) -> bool:
    low = content.lower()
    return any(form in low for form in forms(word.lower()))


def everything(record: object) -> bytes:
    """All parts of a consumer record but its broker's bookkeeping."""
    parts = [record.key or b"", record.value or b""]  # type: ignore[attr-defined]
    for name, value in record.headers:  # type: ignore[attr-defined]
        parts += [name.encode(), value]
    return b"\n".join(parts)


def test_inv_02_the_search_finds_what_is_there(live: LiveRun) -> None:
    """In the input: every event of the unmatched. In the flags: what may come out."""
    posts = live.topics[live.settings.topics.public_posts]
    assert len([record for record in posts if holds(record.value or b"")]) >= len(UNMATCHED)
    flags = live.topics[live.settings.topics.flagged_events]
    assert any(holds(record.value, MARKER) for record in flags)
    for lead in range(3):
        assert holds(base64.b64encode(b"x" * lead + f"a {CANARY} b".encode()))


def test_inv_02_every_event_was_judged_as_it_should(live: LiveRun) -> None:
    counts = {
        sample.labels["disposition"]: sample.value
        for family in text_string_to_metric_families(live.metrics)
        for sample in family.samples
        if sample.name == "netral_dispositions_total"
    }
    wanted: list[str] = [sent.case.disposition for sent in live.sent]
    assert counts == {name: wanted.count(name) for name in counts}
    assert {case.disposition for case in (*UNMATCHED, *INVALID, STOPPED)} == {
        *("unmatched", "untouched", "out_of_window", "not_public", "invalid", "stopped")
    }


def test_inv_02_no_log_line_holds_an_event(live: LiveRun) -> None:
    assert live.log.count(b"\n") > 1
    assert not holds(live.log)
    for named in (STRANGER, BOUND):
        assert not holds(live.log, named)


def test_inv_02_no_metric_and_no_answer_of_the_status_server_holds_an_event(live: LiveRun) -> None:
    assert "netral_dispositions_total" in live.metrics
    assert not holds(live.metrics.encode())
    assert not holds(live.ready.encode())


def test_inv_02_no_file_is_left(live: LiveRun) -> None:
    """In the worker's working folder, its home and its folder for temporary files."""
    assert live.files == {}


def test_inv_02_no_compiled_kernel_holds_an_event(live: LiveRun) -> None:
    """The worker's machine code, which it keeps outside of the folders above."""
    assert live.sent
    kernels = [path for path in Path(numba.config.CACHE_DIR).rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    assert kernels
    for path in kernels:
        assert not holds(path.read_bytes()), path


def test_inv_02_no_topic_but_the_input_holds_an_event(live: LiveRun) -> None:
    names = live.settings.topics
    assert {names.flagged_events, names.dead_letters, names.control} < live.topics.keys()
    for topic, records in live.topics.items():
        if topic != names.public_posts:
            leaking = [record.offset for record in records if holds(everything(record))]
            assert not leaking, topic


def test_inv_02_a_dead_letter_says_where_and_never_what(live: LiveRun) -> None:
    letters = live.topics[live.settings.topics.dead_letters]
    assert len(letters) == len(INVALID)
    for record in letters:
        assert not holds(everything(record))
        assert len(record.value) < 512


@pytest.mark.parametrize("stage", STAGES)
async def test_inv_02_a_crash_leaves_no_trace(broker: Broker, tmp_path: Path, stage: str) -> None:
    """Our own bug, with an exception that quotes the event: type and place are logged, no more."""
    lists = files_in(tmp_path / "lists")
    settings = worker_settings(broker, f"crash-{stage.replace(' ', '-')}-", lists)
    await ensure_topics(settings)
    invalid = Case("canary as text", CANARY.encode(), "invalid")
    await send(settings, [(invalid if stage == "dead letter" else UNMATCHED[0], 0)])
    folder = tmp_path / "worker"
    with clean_environment(folder):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.invariants.planted_bug", stage),
            cwd=folder,
            env=worker_environment(settings),
            stdout=PIPE,
            stderr=STDOUT,
        )
    try:
        async with asyncio.timeout(DEADLINE):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 70, output.decode()
    assert b"agent_crashed" in output
    assert b"tests/invariants/planted_bug.py" in output
    if stage == "identity":
        for event in (b"loop_exception", b"uncaught_exception_in_thread", b"unraisable_exception"):
            assert event in output
        assert output.count(b"library_message") > 3
    assert not holds(output)
    assert written_in(folder) == {}
    assert await committed(settings, 4) == {}
    for topic in (settings.topics.flagged_events, settings.topics.dead_letters):
        assert await read_to_end(broker.bootstrap, topic) == []
