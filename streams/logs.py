"""Logs that cannot leak: JSON lines (or text) with types and code locations, never messages of
foreign exceptions.

What a library writes about an exception or a record may echo a post. So every record of the
standard library's logging (Faust, mode, aiokafka, asyncio) is reduced to its level, its logger,
the line of code that wrote it and the types of the exceptions; and tracebacks, ours included, to
`file:line:function` (invariant 02).
"""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

import orjson
import structlog
from aiokafka.errors import KafkaConnectionError, NodeNotReadyError

from config.settings import LogSettings

LIBRARIES: Final = ("faust", "mode", "aiokafka", "asyncio", "aiohttp", "py.warnings")
REPEAT_AFTER: Final = 5.0
"""Seconds in which one line of a library's code writes once: a broker that is away makes
aiokafka complain many times a second."""

MAX_FRAMES: Final = 40
_SITE_PACKAGES: Final = "site-packages"
_HERE: Final = Path(__file__).resolve().parent.parent

_UNREACHABLE: Final = (KafkaConnectionError, NodeNotReadyError, ConnectionError)

log = structlog.get_logger(__name__)

EventDict = MutableMapping[str, Any]


def configure_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging for this process, once, at the edge."""
    output = stream if stream is not None else sys.stderr
    level = getattr(logging, settings.level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _stamp,
            _safe_exceptions,
            _render_json if settings.format == "json" else _render_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [LibraryHandler()]
    root.setLevel(max(level, logging.WARNING))
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)
    logging.captureWarnings(True)


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: the types of its chain, and where it was raised.

    `errors` goes from the exception to its causes; `frames` are those of the outermost, oldest
    first, as `file:line:function`.
    """
    return {
        "errors": [_type_name(each) for each in _chain(error)],
        "frames": [frame for each in _chain(error) for frame in _frames(each.__traceback__)][
            -MAX_FRAMES:
        ],
    }


def install_exception_hooks() -> None:
    """Send what would be printed with its message (uncaught, in threads too) through `describe`."""

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("uncaught_exception", **describe(error.with_traceback(trace)))

    def uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            log.critical("uncaught_exception_in_thread", **describe(arguments.exc_value))

    def unraisable(arguments: Any) -> None:
        if arguments.exc_value is not None:
            log.error("unraisable_exception", **describe(arguments.exc_value))

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable


class LibraryHandler(logging.Handler):
    """Writes what is safe of a standard library's log record, at most once in `REPEAT_AFTER`."""

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[tuple[str, str, int], tuple[float, int]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        error = _error_of(record)
        unreachable = isinstance(error, _UNREACHABLE)
        # Many lines of aiokafka say so at once: together they are one.
        where = ("", "", 0) if unreachable else (record.name, record.pathname, record.lineno)
        now = time.monotonic()
        last, skipped = self._written.get(where, (-REPEAT_AFTER, 0))
        if now - last < REPEAT_AFTER:
            self._written[where] = (last, skipped + 1)
            return
        self._written[where] = (now, 0)
        fields: dict[str, Any] = {
            "logger": record.name,
            "at": f"{_short(record.pathname)}:{record.lineno}:{record.funcName}",
        }
        if skipped:
            fields["repeated"] = skipped
        if unreachable and error is not None:
            log.warning("broker_unreachable", error=type(error).__name__, **fields)
            return
        if error is not None:
            fields |= describe(error)
        log.log(record.levelno, "library_message", **fields)


def _error_of(record: logging.LogRecord) -> BaseException | None:
    """The exception that a record is about: its `exc_info`, or one among its arguments."""
    if record.exc_info is not None and record.exc_info[1] is not None:
        return record.exc_info[1]
    arguments = record.args if isinstance(record.args, tuple) else ()
    return next((each for each in arguments if isinstance(each, BaseException)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            for member in current.exceptions:
                yield from _chain(member)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )


def _frames(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{_short(code.co_filename)}:{trace.tb_lineno}:{code.co_name}"
        trace = trace.tb_next


def _short(filename: str) -> str:
    """A source file's path without where it is installed."""
    path = Path(filename)
    if _SITE_PACKAGES in path.parts:
        return "/".join(path.parts[path.parts.index(_SITE_PACKAGES) + 1 :])
    with contextlib.suppress(ValueError):
        return path.relative_to(_HERE).as_posix()
    return "/".join(path.parts[-2:])


def _stamp(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event["time"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def _safe_exceptions(_logger: Any, _method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()[1]
    elif isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        event.update(describe(info))
    return event


def _type_only(value: object) -> str:
    """A value that JSON does not know: its type, since its text may say anything."""
    return f"<{type(value).__qualname__}>"


def _render_json(_logger: Any, _method: str, event: EventDict) -> str:
    ordered = {name: event.pop(name) for name in ("time", "level", "event")} | dict(event)
    return orjson.dumps(ordered, default=_type_only, option=orjson.OPT_NON_STR_KEYS).decode()


def _render_text(_logger: Any, _method: str, event: EventDict) -> str:
    head = f"{event.pop('time')} {event.pop('level'):<8} {event.pop('event')}"
    frames = event.pop("frames", [])
    fields = " ".join(
        f"{name}={orjson.dumps(value, default=_type_only).decode()}"
        for name, value in sorted(event.items())
    )
    return "\n    ".join([f"{head} {fields}".rstrip(), *frames])
