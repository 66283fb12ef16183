"""`netral replay`: judge a span of the input again, and add the flags that are missing."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli.context import invocation, run_quietly
from cli.screen import Summary, new_summary, print_summary
from config.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from cli.rejudge import Judged, NewFlag
    from cli.spans import Span
    from config.settings import Settings

EXPIRED: Final = 3
"""Exit code: part of what was asked for is past retention."""

DEFECT: Final = 70
"""Exit code: our code raised on a record; it is named, the others were judged."""

MOST_FLAGS: Final = 50_000
"""New flags held at once, at some kilobytes each."""


@dataclass(slots=True)
class Found:
    """What the span holds under the lists in force."""

    summary: Summary
    new: dict[bytes, "NewFlag"] = field(default_factory=dict)
    """By flag_id, flags that are not on the topic yet."""
    known: int = 0
    expired: dict[int, tuple[int, int]] = field(default_factory=dict)
    defects: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By place: the records that our code raises on, and what a log would say of it."""
    stopped: bool = False


def replay(
    ctx: typer.Context,
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="WHERE",
            help="First record: PARTITION:OFFSET,… or an instant with its zone.",
        ),
    ],
    end: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="WHERE", help="Where to end, itself left out; else the topic's end."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Add the flags without asking.")] = False,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """Judge a span of the public posts again, under the lists in force, and say what would be new.

    After a change of the lists, or for posts that came while flagging was stopped. Nothing is
    written without --yes, or a yes on the terminal. Exits 3 where part of the span is past
    retention, 70 where our code raised on a record, 75 where flagging is stopped.
    """
    from cli.spans import parse_span

    span = parse_span(start, end)
    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    found = run_quietly(examine(settings, span))
    if not as_json:
        _print(found)
    added = None
    if found.new and (yes or (not as_json and _confirmed(found))):
        added = run_quietly(add(settings, list(found.new.values())))
    if as_json:
        import orjson

        typer.echo(orjson.dumps(_document(found, added), option=orjson.OPT_INDENT_2).decode())
    elif added is not None:
        typer.echo(f"added {added[0]:,} flags, {added[1]:,} dead letters")
    elif found.new:
        typer.echo("nothing was added (--yes adds the new flags)")
    if found.defects:
        raise typer.Exit(DEFECT)
    if found.expired:
        raise typer.Exit(EXPIRED)


async def examine(settings: "Settings", span: "Span") -> Found:
    """Judge the span as on request: also what came while flagging was stopped (invariant 14).

    Raises BrokerError, InputError, SettingsError, ListError.
    """
    from cli.flag_ids import known_flag_ids
    from cli.lists_now import lists_now
    from cli.rejudge import judge
    from cli.span_reader import read_span, resolve
    from cli.topic_reader import open_topic

    topic = settings.topics.public_posts
    known = await known_flag_ids(settings)
    found = Found(new_summary())
    async with (
        lists_now(settings) as lists,
        open_topic(settings.kafka, topic, from_start=True) as consumer,
    ):
        found.stopped = lists.stopped
        ranges = await resolve(consumer, span)
        found.expired = ranges.expired
        async for records in read_span(consumer, span, ranges):
            judged = judge(records, lists.stages_on_request, settings.kafka.message_max_bytes)
            _count(judged, known, found)
    return found


async def add(settings: "Settings", flags: Sequence["NewFlag"]) -> tuple[int, int]:
    """Write the flags as a worker would; returns how many flags and dead letters were added.

    Raises StoppedError where flagging is stopped, BrokerError.
    """
    from aiokafka.errors import KafkaError

    from agents.envelopes import Envelopes
    from cli.lists_now import ENGINE_VERSION, lists_now
    from cli.rejudge import open_writers, write_flags
    from config.errors import BrokerError

    try:
        async with lists_now(settings) as lists, open_writers(settings, lists) as writers:
            envelopes = Envelopes(settings.topics, ENGINE_VERSION)
            return await write_flags(flags, lists, writers, envelopes)
    except KafkaError as error:
        raise BrokerError(
            f"the broker at {settings.kafka.bootstrap} cannot be used ({type(error).__name__}). "
            "Some flags may be added; replay the span again, only what is missing is added."
        ) from None


def _count(judged: Sequence["Judged"], known: set[bytes], found: Found) -> None:
    from cli.rejudge import NewFlag, place_of

    for each in judged:
        if each.outcome is None:
            assert each.defect is not None  # noqa: S101 - one of the two is there
            found.defects[place_of(each.record)] = each.defect
            continue
        found.summary.add(each.outcome)
        for flag in each.outcome.flags:
            key = flag.flag_id.encode()
            if key in known:
                found.known += 1
            else:
                found.new.setdefault(key, NewFlag(each.record, flag))
    if len(found.new) > MOST_FLAGS:
        raise InputError(
            f"the span holds more than {MOST_FLAGS:,} new flags. Take a shorter one: --to."
        )


def _print(found: Found) -> None:
    from rich.console import Console

    from cli.rejudge import told

    console = Console(highlight=False, soft_wrap=True)
    print_summary(found.summary, console)
    console.print(f"flags: {found.known:,} on the topic already, {len(found.new):,} new")
    _print_expired(found, console)
    for place, defect in found.defects.items():
        console.print(f"defect at {place}: {told(defect)}", markup=False)
    if found.stopped:
        console.print("flagging is stopped now: nothing can be added until it is resumed")


def _print_expired(found: Found, console: "Console") -> None:
    for partition, (first, end) in sorted(found.expired.items()):
        console.print(f"expired: offsets {first} to {end - 1} of partition {partition}")


def _confirmed(found: Found) -> bool:
    """Ask where somebody sits at a terminal."""
    return sys.stdin.isatty() and typer.confirm(f"add {len(found.new):,} flags?")


def _document(found: Found, added: tuple[int, int] | None) -> dict[str, Any]:
    return {
        "records": found.summary.lines,
        "dispositions": found.summary.dispositions,
        "flags_known": found.known,
        "flags_new": len(found.new),
        "flags_added": None if added is None else added[0],
        "dead_letters_added": None if added is None else added[1],
        "expired": {str(number): list(part) for number, part in found.expired.items()},
        "defects": found.defects,
        "stopped": found.stopped,
    }
