"""`netral tail`: flagged events as they come, readable."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation, run_quietly

if TYPE_CHECKING:
    from rich.console import Console

    from config.settings import Settings
    from streams.records import FlaggedEvent


def tail(
    ctx: typer.Context,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic of flagged events.")] = None,
    from_start: Annotated[bool, typer.Option("--from-start", help="Also what is there.")] = False,
    maximum: Annotated[
        int | None, typer.Option("--max", min=1, help="Stop after this many events.")
    ] = None,
    idle_exit: Annotated[
        float | None, typer.Option(min=0.1, help="Stop when nothing came for this many seconds.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show flagged events with their evidence, until Ctrl-C.

    The content of an event whose identity is unconfirmed is withheld, here as in the review.
    """
    settings = invocation(ctx).settings(
        {
            "kafka": {"bootstrap": bootstrap} if bootstrap else {},
            "topics": {"flagged_events": topic} if topic else {},
        }
    )
    run_quietly(_follow(settings, from_start, maximum, idle_exit, as_json))


async def _follow(
    settings: "Settings",
    from_start: bool,
    maximum: int | None,
    idle_exit: float | None,
    as_json: bool,
) -> None:
    from rich.console import Console

    from cli.topic_reader import open_topic, read_records
    from streams.codec import DecodeFailure, decode_flag

    console = Console(highlight=False, soft_wrap=True)
    shown = 0
    async with open_topic(
        settings.kafka, settings.topics.flagged_events, from_start=from_start
    ) as consumer:
        async for record in read_records(consumer, idle_exit=idle_exit):
            flag = decode_flag(record.value)
            if isinstance(flag, DecodeFailure):
                place = f"{record.topic}:{record.partition}:{record.offset}"
                typer.echo(f"{place}: no flagged event, {flag.reason} at {flag.path}", err=True)
                continue
            _show(flag, console, as_json)
            shown += 1
            if shown == maximum:
                return


def _show(flag: "FlaggedEvent", console: "Console", as_json: bool) -> None:
    from cli.flag_view import describe, without_content

    if as_json:
        from streams.codec import encode

        typer.echo(encode(without_content(flag)).decode())
        return
    for line in describe(flag, colour=console.is_terminal):
        console.print(line)
    console.print()
