"""Invariant 12 on the wire: provenance in headers, the time in the record's, the value constant."""

import ast
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import matchers
from agents.worker import ENGINE_VERSION
from matchers import screening
from streams.codec import encode
from streams.records import FlaggedEvent
from tests.invariants.live import MATCHED, ROOT, LiveRun
from tests.invariants.scene import BOUND, Files, in_force, read

FLAGGED = [case for case in MATCHED if case.disposition == "flagged"]


def test_inv_12_the_value_is_what_the_core_says_byte_for_byte(live: LiveRun) -> None:
    stages = in_force(live.lists).stages
    for case in FLAGGED:
        assert case.value is not None
        ((flag,),) = [outcome.flags for outcome in screening.screen([read(case.value)], stages)]
        values = {record.value for _, record in live.flags()[case.name]}
        assert values == {encode(flag)}


def test_inv_12_headers_say_where_it_came_from(live: LiveRun) -> None:
    places = {
        (sent.case.name, sent.partition, sent.offset)
        for sent in live.sent
        if sent.case.disposition == "flagged"
    }
    found = set()
    for post_id, several in live.flags().items():
        for flag, record in several:
            headers = dict(record.headers)
            assert headers.keys() == {
                *("source-topic", "source-partition", "source-offset", "engine-version")
            }
            assert headers["source-topic"] == live.settings.topics.public_posts.encode()
            assert headers["engine-version"] == ENGINE_VERSION.encode()
            place = int(headers["source-partition"]), int(headers["source-offset"])
            found.add((post_id, *place))
            assert record.key == flag.flag_id.encode()
    assert found == places


def test_inv_12_the_time_of_flagging_is_the_records_and_not_the_values(live: LiveRun) -> None:
    twice = live.flags()["again"]
    assert len({record.offset for _, record in twice}) == 2
    assert len({record.value for _, record in twice}) == 1
    for several in live.flags().values():
        for flag, record in several:
            assert live.began * 1_000 - 1 <= record.timestamp <= live.ended * 1_000 + 1
            times = {flag.created_at, flag.election.phase_from, flag.election.phase_to}
            assert not any(live.began <= time.timestamp() <= live.ended for time in times)


def test_inv_12_a_flag_says_by_which_rules_evidence_and_versions(live: LiveRun) -> None:
    versions = in_force(live.lists).stages.versions
    for several in live.flags().values():
        for flag, _ in several:
            assert flag.rules
            assert any(item.sufficient for item in flag.evidence)
            assert flag.versions == versions
    for name in versions.__struct_fields__:
        assert getattr(versions, name) not in ("", None)


def _types(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema["type"]
        for part in schema.values():
            yield from _types(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _types(part)


def test_inv_12_no_field_is_a_fraction() -> None:
    """Probabilities and scores are integers per 10,000: bytes never hang on how floats print."""
    schema = msgspec.json.schema(FlaggedEvent)
    assert {"integer", "string"} <= set(_types(schema))
    assert "number" not in set(_types(schema))


IMPURE_MODULES = {"time", "random", "os", "uuid", "secrets", "socket", "threading", "asyncio"}
IMPURE_CALLS = {"now", "utcnow", "today", "urandom", "hash", "id"}


@pytest.mark.parametrize(
    "module", sorted(Path(matchers.__path__[0]).glob("*.py")), ids=lambda path: str(path.stem)
)
def test_inv_12_the_core_has_no_clock_no_chance_and_no_hash_of_the_process(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").split(".")[0]}
        elif isinstance(node, ast.Call):
            call = node.func
            names = set()
            name = call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
            assert name not in IMPURE_CALLS, f"{module.name}:{node.lineno}: {name}()"
        else:
            continue
        assert not names & IMPURE_MODULES, f"{module.name}:{node.lineno}"


PROGRAM = """
import hashlib, sys
from pathlib import Path
from tests.invariants.test_inv_12_on_the_wire import digest
sys.stdout.write(digest(Path(sys.argv[1])))
"""


def digest(folder: Path) -> str:
    """Of all flags of all cases, leads and many-tongued evidence among them, from files up."""
    stages = in_force(Files(folder)).stages
    posts = [read(case.value) for case in MATCHED if case.value is not None]
    posts += [
        msgspec.structs.replace(post, text=f"{post.text} Luluk Nur Hamidah, Risma & Bu Khofifah!")
        for post in posts
        if post.text
    ]
    values = [encode(flag) for outcome in screening.screen(posts, stages) for flag in outcome.flags]
    assert len(values) > len(FLAGGED)
    assert any(b'"unconfirmed"' in value for value in values)
    return hashlib.sha256(b"\n".join(values)).hexdigest()


def test_inv_12_two_processes_give_the_same_bytes(live: LiveRun) -> None:
    """Whatever the seed by which a process hashes its strings, and so orders its sets."""
    folder = live.lists.folder
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert said == [digest(folder)] * 2


def test_inv_12_lists_on_the_wire_have_their_stated_order(live: LiveRun) -> None:
    flags = [flag for several in live.flags().values() for flag, _ in several]
    assert any(len(flag.evidence) > 1 for flag in flags)
    assert any(len(flag.rules) > 1 for flag in flags)
    for flag in flags:
        assert list(flag.rules) == sorted(flag.rules, key=lambda rule: rule.code)
        assert list(flag.evidence) == sorted(
            flag.evidence, key=lambda one: (one.field, one.start, one.end, one.kind, one.entry_id)
        )
        assert list(flag.cues) == sorted(
            flag.cues, key=lambda one: (one.field, one.start, one.end, one.kind)
        )
        assert list(flag.identity.candidates) == sorted(
            flag.identity.candidates, key=lambda one: (-one.probability, one.subject_ref)
        )
        assert flag.author.handle.startswith((BOUND[:2], "siti"))
