"""Logs hold types and places; what a library or an exception says stays out of them."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog

from config.settings import LogSettings
from streams.logs import configure_logging, describe, install_exception_hooks

CANARY = "KANARI-c07"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """Logging set up to write here, and put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    stream = io.StringIO()
    configure_logging(LogSettings(), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    structlog.reset_defaults()


def lines(output: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.getvalue().splitlines()]


def failing() -> None:
    try:
        raise KeyError(CANARY)  # noqa: TRY301
    except KeyError as error:
        raise ValueError(f"bad: {CANARY}") from error


def caught() -> ValueError:
    try:
        failing()
    except ValueError as error:
        return error
    raise AssertionError


def test_an_exception_is_its_types_and_places(output: io.StringIO) -> None:
    described = describe(caught())
    assert described["errors"] == ["ValueError", "KeyError"]
    assert all(frame.startswith("tests/streams/test_logs.py:") for frame in described["frames"])
    assert described["frames"][-1].endswith(":failing")
    assert CANARY not in str(described)


def test_a_group_is_its_members() -> None:
    group = ExceptionGroup(CANARY, [caught(), OSError(CANARY)])
    assert describe(group)["errors"] == ["ExceptionGroup", "ValueError", "KeyError", "OSError"]


@pytest.mark.parametrize("library", ["faust.app", "mode.services", "aiokafka", "asyncio", "other"])
def test_inv_02_a_librarys_words_do_not_get_out(library: str, output: io.StringIO) -> None:
    logger = logging.getLogger(library)
    try:
        failing()
    except ValueError as error:
        logger.exception("Crashed reason=%r", error)  # noqa: TRY401
        logger.error(f"value {CANARY}")  # noqa: TRY400
        logger.warning("with %s", CANARY, extra={"post": CANARY})
        logger.warning("error among the arguments: %r", error)
    assert CANARY not in output.getvalue()
    first, second, _, last = lines(output)
    assert first["event"] == second["event"] == "library_message"
    assert first["logger"] == library
    assert first["errors"] == ["ValueError", "KeyError"]
    assert first["at"].startswith("tests/streams/test_logs.py:")
    assert last["errors"] == ["ValueError", "KeyError"]


def test_what_a_library_repeats_is_written_once(output: io.StringIO) -> None:
    for _ in range(100):
        logging.getLogger("aiokafka").warning("Unable to connect")
    assert len(lines(output)) == 1


def test_a_broker_out_of_reach_is_one_line_for_all(output: io.StringIO) -> None:
    for library in ("aiokafka", "aiokafka.consumer.fetcher"):
        logging.getLogger(library).error("no: %s", ConnectionRefusedError(111, CANARY))
    (line,) = lines(output)
    assert line["event"] == "broker_unreachable"
    assert line["error"] == "ConnectionRefusedError"


def test_info_of_libraries_is_left_out(output: io.StringIO) -> None:
    logging.getLogger("faust").info("chatter")
    assert output.getvalue() == ""


def test_inv_02_our_own_lines_carry_exceptions_safely(output: io.StringIO) -> None:
    log = structlog.get_logger()
    try:
        failing()
    except ValueError:
        log.exception("it_failed", topic="t")
    log.error("odd", value=caught())
    first, second = lines(output)
    assert first["errors"] == ["ValueError", "KeyError"]
    assert first["topic"] == "t"
    assert second["value"] == "<ValueError>"
    assert CANARY not in output.getvalue()


def test_inv_02_uncaught_exceptions_and_warnings_are_safe(
    output: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    install_exception_hooks()
    error = caught()
    sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=failing)
    thread.start()
    thread.join()
    warnings.warn(CANARY, stacklevel=1)
    events = [line["event"] for line in lines(output)]
    assert events[:2] == ["uncaught_exception", "uncaught_exception_in_thread"]
    assert CANARY not in output.getvalue() + capsys.readouterr().err


@pytest.mark.parametrize("kind", ["json", "text"])
def test_both_formats_say_the_same(kind: Literal["json", "text"], output: io.StringIO) -> None:
    stream = io.StringIO()
    configure_logging(LogSettings(format=kind), stream)
    structlog.get_logger().warning("broker_away", waited_seconds=1.5, **describe(caught()))
    text = stream.getvalue()
    for part in ("broker_away", "warning", "waited_seconds", "1.5", "test_logs.py", "ValueError"):
        assert part in text
    assert CANARY not in text
