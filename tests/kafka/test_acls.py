"""What `netral kafka acls` prints is what a worker needs: exactly, on Apache Kafka."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.kafka import app, commands
from config.settings import Settings
from streams.access import ACCESS, ROLES, Right, rights
from streams.topics import declared_topics, ensure_topics
from tests.brokers import Place
from tests.invariants.live import worker_settings
from tests.invariants.scene import files_in
from tests.kafka.secured import USER, Secured
from tests.kafka.worker import ended, screened

NUMBERS = itertools.count(1)


def printed(settings: Settings) -> Iterator[Right]:
    """The rights of the worker's kafka-acls.sh commands, read as kafka-acls.sh reads them."""
    for command in commands(settings, "worker", f"User:{USER}"):
        assert command[0] == "kafka-acls.sh"
        rest = [word for word in command[1:] if word != "--add"]
        options = list(zip(rest[::2], rest[1::2], strict=True))
        assert ("--allow-principal", f"User:{USER}") in options
        for option, name in options:
            if option in ("--topic", "--group"):
                for operation in (value for key, value in options if key == "--operation"):
                    yield Right(operation, option[2:], name)  # type: ignore[arg-type]


def scene(secured: Secured, folder: Path) -> tuple[Settings, str]:
    """Topics are made; USER may do nothing yet."""
    admin = worker_settings(
        Place(secured.cluster.internal), f"acls-{next(NUMBERS)}-", files_in(folder / "lists")
    )
    asyncio.run(ensure_topics(admin))
    return secured.with_security(admin, **secured.security("SCRAM")), admin.kafka.bootstrap


@pytest.mark.broker
def test_a_worker_runs_with_exactly_these_rights(secured: Secured, tmp_path: Path) -> None:
    settings, admin = scene(secured, tmp_path)
    secured.allow(printed(settings))
    screened(settings, admin, tmp_path / "worker")


@pytest.mark.broker
@pytest.mark.parametrize("left_out", range(sum(len(rule[2]) for rule in ACCESS["worker"])))
def test_without_any_one_it_stops_and_names_it(
    secured: Secured, tmp_path: Path, left_out: int
) -> None:
    settings, admin = scene(secured, tmp_path)
    needed = list(printed(settings))
    missing = needed.pop(left_out)
    secured.allow(needed)
    code, said = ended(settings, admin, tmp_path / "worker")
    assert code == 69, said
    assert str(missing) in said
    assert "netral kafka acls --role worker" in said


@pytest.mark.broker
@pytest.mark.parametrize("only_seen", range(sum(len(rule[2]) for rule in ACCESS["worker"])))
def test_to_see_a_resource_is_not_enough(secured: Secured, tmp_path: Path, only_seen: int) -> None:
    """With Describe alone the topic is there, and what fails is its use."""
    settings, admin = scene(secured, tmp_path)
    needed = list(printed(settings))
    missing = needed.pop(only_seen)
    secured.allow([*needed, Right("Describe", missing.resource_type, missing.resource)])
    code, said = ended(settings, admin, tmp_path / "worker")
    assert code == 69, said
    assert str(missing) in said
    assert "netral kafka acls --role worker" in said


def test_every_role_is_printed_and_every_topic_has_a_reader_and_a_writer() -> None:
    done = CliRunner().invoke(app, ["acls"])
    assert done.exit_code == 0
    assert [line.split(":")[0][2:] for line in done.stdout.splitlines() if line[0] == "#"] == list(
        ROLES
    )
    settings = Settings()
    held = {right for role in ROLES for right in rights(settings, role)}
    for spec in declared_topics(settings):
        for operation in ("Read", "Write", "Create"):
            assert Right(operation, "topic", spec.name) in held


def test_only_the_operator_writes_control_and_only_the_publisher_lists() -> None:
    settings = Settings()
    writers = {
        topic: {role for role in ROLES if Right("Write", "topic", topic) in rights(settings, role)}
        for topic in ("netral-control", "watchlist-updates", "register-updates")
    }
    assert writers == {
        "netral-control": {"operator"},
        "watchlist-updates": {"publisher"},
        "register-updates": {"publisher"},
    }


def test_a_reviewer_reads_flags_writes_decisions_and_nothing_else() -> None:
    topics = {
        (right.operation, right.resource)
        for right in rights(Settings(), "reviewer")
        if right.resource_type == "topic"
    }
    assert topics == {("Read", "flagged-events"), ("Write", "review-decisions")}
